"""Pictures of what the model can do so far: the same pairs every time, so that two sheets can be compared."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from avatarify.frame import Image
from avatarify.media.contact_sheet import contact_sheet
from avatarify.model.network import FirstOrderModel
from avatarify.train.dataset import Batch
from avatarify.train.objective import animate

_CELL = 144
_DOT = 2  # pixels around a keypoint
_COLUMNS = ("source", "driving", "result", "warp", "painting", "alpha", "occlusion")


@torch.no_grad()
def preview_sheet(model: FirstOrderModel, batch: Batch, *, title: str) -> Image:
    """One row a pair, uint8 [H,W,3]. The model is used in evaluation mode and left as it was found."""
    training = model.training
    model.eval()
    source, driving = model.detect(batch.source), model.detect(batch.seen)
    prediction = animate(model, batch.source, source, driving)
    model.train(training)
    rows = []
    for item in range(len(batch.source)):
        occlusion = prediction.motion.occlusion_map[item]
        rows.append(
            [
                marked(to_image(batch.source[item]), source.value[item]),
                marked(to_image(batch.seen[item]), driving.value[item]),
                to_image(prediction.image[item]),
                to_image(prediction.warped[item]),
                to_image(prediction.paint[item]),
                to_image(prediction.alpha[item].expand(3, -1, -1)),
                to_image(occlusion.expand(3, -1, -1)),
            ]
        )
    return contact_sheet(rows, cell=_CELL, title=title, column_labels=_COLUMNS)


def to_image(picture: Tensor) -> Image:
    """[3,H,W] in [0,1] -> uint8 [H,W,3]."""
    scaled = picture.detach().float().clamp(0, 1).mul(255).round()
    return np.ascontiguousarray(scaled.permute(1, 2, 0).cpu().numpy().astype(np.uint8))


def marked(image: Image, points: Tensor) -> Image:
    """A copy with a dot at each of the keypoints [K,2] in [-1,1], each in its own colour."""
    out, side = image.copy(), image.shape[0]
    count = len(points)
    for index, (x, y) in enumerate(points.cpu().tolist()):
        column, row = (round((place + 1) / 2 * (side - 1)) for place in (x, y))
        phase = 2 * np.pi * (index / count + np.array([0, 1 / 3, 2 / 3]))
        left, top = max(column - _DOT, 0), max(row - _DOT, 0)
        out[top : max(row + _DOT + 1, 0), left : max(column + _DOT + 1, 0)] = 127.5 + 127.5 * np.cos(phase)
    return out
