"""A square around a face, upright and as large as a network wants it, cut out in a way that gradients pass through."""

from __future__ import annotations

from typing import Final, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from avatarify.model.motion import precise
from avatarify.train.face_points import UPRIGHT, LandmarkConfig
from avatarify.train.landmarks import Landmarks


class SquareShape(NamedTuple):
    """How a network wants a face. width: the square's side, and below: how far its middle is below the eyes, both in units of the
    way from the eyes to the chin. side: in pixels."""

    width: float
    below: float
    side: int


class FaceSquare(NamedTuple):
    """Where faces are. theta: [B,2,3], from places of the upright square to those of the picture, both in [-1,1]. known: [B],
    1 where the face is known; else it is 0, and theta is of the square that framed pictures have it in."""

    theta: Tensor
    known: Tensor


# Of pictures framed as VoxCeleb is (the face half as high as the picture, a little below its middle): three quarters.
_FRAMED: Final = ((0.75, 0.0, 0.0), (0.0, 0.75, 0.08))


def face_square(landmarks: Landmarks, config: LandmarkConfig, shape: SquareShape) -> FaceSquare:
    """By the tie points UPRIGHT; none is known where `config` has not all of them. Mirrored faces stay upright."""
    framed = landmarks.value.new_tensor(_FRAMED).expand(len(landmarks.value), 2, 3)
    if not config.ties_upright:
        return FaceSquare(framed, framed.new_zeros(len(framed)))
    places = list(config.places(UPRIGHT))
    value, known = landmarks.value[:, places], (landmarks.weight[:, places] > 0).all(1)
    right, left, chin = value[:, :2].mean(1), value[:, 2:4].mean(1), value[:, 4]
    eyes, across = (right + left) / 2, F.normalize(left - right, dim=-1)
    down = torch.stack([-across[:, 1], across[:, 0]], -1)
    # In a mirrored face the right eye is on the right.
    sign = torch.where(((chin - eyes) * down).sum(-1, keepdim=True) < 0, -1.0, 1.0)
    across, down = across * sign, down * sign
    height = (chin - eyes).norm(dim=-1, keepdim=True)
    middle = eyes + down * height * shape.below
    half = height * shape.width / 2
    theta = torch.stack([across * half, down * half, middle], -1)
    return FaceSquare(torch.where(known[:, None, None], theta, framed), known.to(value.dtype))


def cut(images: Tensor, square: FaceSquare, shape: SquareShape) -> Tensor:
    """images: [B,C,S,S] -> [B,C,side,side] float32, its border drawn out. Places are exact, whatever autocast says."""
    with torch.autocast(images.device.type, enabled=False):
        grid = F.affine_grid(square.theta, [len(images), images.shape[1], shape.side, shape.side], align_corners=False)
        return F.grid_sample(precise(images), grid, padding_mode="border", align_corners=False)
