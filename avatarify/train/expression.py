"""The expression that a landmark network reads off a face, cut from a picture in a way that gradients pass through."""

from __future__ import annotations

from typing import Final, NamedTuple, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from avatarify.train.face_points import UPRIGHT, LandmarkConfig
from avatarify.train.landmarks import Landmarks

# The square that such networks are used to hugs the 68 points. In units of the way from the eyes to the chin: its side, and how
# far below the eyes its middle is.
_WIDE, _BELOW = 1.5, 0.33
_SIDE = 112

GAPS: Final = ((48, 54), (61, 67), (62, 66), (63, 65), (37, 41), (38, 40), (43, 47), (44, 46))
"""Pairs of the classic 68 points between which a face opens: corners of the mouth, inner lips, lids."""

WEIGHTS: Final = (*[1.0] * 36, *[4.0] * 12, *[1.0] * 20)
"""Of the 68 points: the network moves lids by a fourth of what they move."""


class FaceLandmarks(Protocol):
    """A landmark network with frozen parameters, differentiable in its pictures."""

    def __call__(self, faces: Tensor) -> Tensor:
        """faces: [B,3,112,112] RGB, 0..255, upright -> [B,68,2] xy in [0,1] of the picture."""
        ...


class FaceSquare(NamedTuple):
    """Where the face is. theta: [B,2,3], from places of the upright square to those of the picture, both in [-1,1]. known: [B],
    1 where the face is known, else 0."""

    theta: Tensor
    known: Tensor


def face_square(landmarks: Landmarks, config: LandmarkConfig) -> FaceSquare:
    """By the tie points UPRIGHT of `config`. Mirrored faces stay upright."""
    places = list(config.places(UPRIGHT))
    value, known = landmarks.value[:, places], (landmarks.weight[:, places] > 0).all(1)
    right, left, chin = value[:, :2].mean(1), value[:, 2:4].mean(1), value[:, 4]
    eyes, across = (right + left) / 2, F.normalize(left - right, dim=-1)
    down = torch.stack([-across[:, 1], across[:, 0]], -1)
    sign = torch.where(
        ((chin - eyes) * down).sum(-1, keepdim=True) < 0, -1.0, 1.0
    )  # left and right change in mirrored faces
    across, down = across * sign, down * sign
    height = (chin - eyes).norm(dim=-1, keepdim=True)
    middle = eyes + down * height * _BELOW
    theta = torch.stack([across * height * _WIDE / 2, down * height * _WIDE / 2, middle], -1)
    return FaceSquare(torch.where(known[:, None, None], theta, 0.0), known.to(value.dtype))


def find_points(network: FaceLandmarks, images: Tensor, square: FaceSquare) -> Tensor:
    """images: [B,3,S,S] RGB in [0,1] -> [B,68,2] xy in [0,1] of the square."""
    grid = F.affine_grid(square.theta, [len(images), images.shape[1], _SIDE, _SIDE], align_corners=False)
    return network(F.grid_sample(images * 255, grid, padding_mode="border", align_corners=False))
