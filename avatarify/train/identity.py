"""The face that an identity network looks at, cut from a framed picture in a way that gradients pass through."""

from __future__ import annotations

from typing import Protocol

import torch.nn.functional as F
from torch import Tensor

# Of pictures framed as VoxCeleb is (the face half as high as the picture, a little below its middle): the square of 1.5 boxes
# that identity networks of dlib's kind are used to. Both pictures of a loss are cut alike, so the head's tilt may stay.
_SHARE = 0.75
_DROP = 0.04
_SIDE = 150


class Embedded(Protocol):
    """What an identity network gives."""

    @property
    def embedding(self) -> Tensor:
        """[B,E]; near for pictures of one person."""
        ...


class FaceEmbedding(Protocol):
    """An identity network with frozen parameters, differentiable in its pictures."""

    def __call__(self, faces: Tensor) -> Embedded:
        """faces: [B,3,150,150] RGB, 0..255."""
        ...


def embed(network: FaceEmbedding, images: Tensor) -> Tensor:
    """images: [B,3,S,S] RGB in [0,1], framed -> [B,E]."""
    side = images.shape[-1]
    kept = round(_SHARE * side)
    top, left = round((side - kept) / 2 + _DROP * side), (side - kept) // 2
    faces = images[:, :, top : top + kept, left : left + kept]
    return network(F.interpolate(faces * 255, size=(_SIDE, _SIDE), mode="bilinear", align_corners=False)).embedding
