"""Squares around faces."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from avatarify.train.face_points import FACE, UPRIGHT, LandmarkConfig
from avatarify.train.face_square import FaceSquare, SquareShape, cut, face_square
from avatarify.train.landmarks import Landmarks, unknown

SHAPE = SquareShape(width=1.5, below=0.33, side=60)


def face(*, degrees: float = 0.0, mirrored: bool = False) -> Landmarks:
    """Of a face whose eyes lie at height 0 and its chin at 0.5, turned about its chin."""
    places = {33: (-0.3, 0), 133: (-0.1, 0), 263: (0.3, 0), 362: (0.1, 0), 152: (0, 0.5)}
    value = torch.zeros(1, FACE.count, 2)
    angle = np.radians(degrees)
    turn = torch.tensor([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], dtype=torch.float32)
    for index, (x, y) in zip(FACE.places(UPRIGHT), places.values(), strict=True):
        value[0, index] = turn @ torch.tensor([-x if mirrored else x, y - 0.5]) + torch.tensor([0.0, 0.5])
    return Landmarks(value, torch.ones(1, FACE.count))


def at(square: FaceSquare, x: float, y: float) -> list[float]:
    """The place of the picture that the square shows at x, y in [-1,1]."""
    return [float(each) for each in square.theta[0] @ torch.tensor([x, y, 1.0])]


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_square_stands_upright(mirrored: bool) -> None:
    square = face_square(face(mirrored=mirrored), FACE, SHAPE)
    assert float(square.known) == 1
    assert at(square, 0, 0) == pytest.approx([0, 0.165], abs=1e-4)
    assert at(square, 1, -1) == pytest.approx([0.375, 0.165 - 0.375], abs=1e-4)
    turned = face_square(face(mirrored=mirrored, degrees=90), FACE, SHAPE)  # clockwise: its top is on the right
    assert at(turned, 0, -1) == pytest.approx([0.5 - 0.165 + 0.375, 0.5], abs=1e-4)


def test_where_a_face_is_not_wholly_known_it_is_where_framed_pictures_have_it() -> None:
    cut_off = face()
    cut_off.weight[0, FACE.places((152,))[0]] = 0
    free = LandmarkConfig()
    for square in (
        face_square(unknown(1, FACE.count), FACE, SHAPE),
        face_square(cut_off, FACE, SHAPE),
        face_square(unknown(1, 0), free, SHAPE),
    ):
        assert square.known.tolist() == [0]
        assert at(square, 0, 0) == pytest.approx([0, 0.08])
        assert at(square, 1, 1) == pytest.approx([0.75, 0.83])


def test_what_is_cut_out_is_what_the_square_shows() -> None:
    square = face_square(face(), FACE, SHAPE)
    picture = torch.zeros(1, 3, 192, 192)
    x, y = (round((place + 1) / 2 * 192 - 0.5) for place in at(square, 0.5, -0.25))
    picture[0, :, y - 1 : y + 2, x - 1 : x + 2] = 1
    picture.requires_grad_(True)
    face_only = cut(picture, square, SHAPE)
    assert face_only.shape == (1, 3, 60, 60)
    brightest = int(face_only[0, 0].argmax())
    assert (brightest % 60, brightest // 60) == (pytest.approx(44.5, abs=1), pytest.approx(22, abs=1))
    face_only.sum().backward()  # type: ignore[no-untyped-call]
    assert picture.grad is not None
    assert float(picture.grad[0, 0, y, x]) > 0


def test_places_are_exact_in_half_precision() -> None:
    """Autocast would make the grid in bfloat16, off by a quarter of a pixel."""
    square, picture = face_square(face(degrees=7), FACE, SHAPE), torch.rand(1, 3, 128, 128)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        half = cut(picture, square, SHAPE)
    assert torch.equal(half, cut(picture, square, SHAPE))
