"""Who it is that an identity network sees in a face."""

from __future__ import annotations

from typing import Final, Protocol

from torch import Tensor

from avatarify.train.face_square import FaceSquare, SquareShape, cut

SQUARE: Final = SquareShape(width=1.68, below=0.31, side=150)
"""As networks of dlib's kind are trained. width, below: medians over 3,000 faces of training clips, aligned as `evaluate` does it."""


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


def embed(network: FaceEmbedding, images: Tensor, square: FaceSquare) -> Tensor:
    """images: [B,3,S,S] RGB in [0,1] -> [B,E] of what is in the square, which has SQUARE."""
    return network(cut(images * 255, square, SQUARE)).embedding
