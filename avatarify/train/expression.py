"""The expression that a landmark network reads off a face."""

from __future__ import annotations

from typing import Final, Protocol

from torch import Tensor

from avatarify.train.face_square import FaceSquare, SquareShape, cut

SQUARE: Final = SquareShape(width=1.5, below=0.33, side=112)
"""Hugs the 68 points."""

GAPS: Final = ((48, 54), (61, 67), (62, 66), (63, 65), (37, 41), (38, 40), (43, 47), (44, 46))
"""Pairs of the classic 68 points between which a face opens: corners of the mouth, inner lips, lids."""

WEIGHTS: Final = (*[1.0] * 36, *[4.0] * 12, *[1.0] * 20)
"""Of the 68 points: the network moves lids by a fourth of what they move."""


class LandmarkNetwork(Protocol):
    """A landmark network with frozen parameters, differentiable in its pictures."""

    def __call__(self, faces: Tensor) -> Tensor:
        """faces: [B,3,112,112] RGB, 0..255, upright -> [B,68,2] xy in [0,1] of the picture."""
        ...


def find_points(network: LandmarkNetwork, images: Tensor, square: FaceSquare) -> Tensor:
    """images: [B,3,S,S] RGB in [0,1] -> [B,68,2] xy in [0,1] of the square, which has SQUARE."""
    return network(cut(images * 255, square, SQUARE))
