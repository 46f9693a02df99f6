"""What a landmark network is shown, and what it says of an opened mouth."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from torch import Tensor

from avatarify.character.cast import CAST
from avatarify.character.draw import draw
from avatarify.character.expression import NEUTRAL, Expression
from avatarify.evaluate.landmark_net import LandmarkNet
from avatarify.face.detector import FaceDetector
from avatarify.face.mesh import FaceMesh
from avatarify.train.augmentation import View
from avatarify.train.expression import GAPS, FaceSquare, face_square, find_points
from avatarify.train.face_points import FACE, UPRIGHT
from avatarify.train.landmarks import Landmarks, locate, unknown

SIDE = 192


class Brightest:
    """A landmark network whose points all lie where the square is brightest."""

    def __call__(self, faces: Tensor) -> Tensor:
        assert faces.shape[1:] == (3, 112, 112)
        light = faces.mean(1).flatten(1).square()
        axis = (torch.arange(112) + 0.5) / 112
        x, y = (
            light @ place.flatten() / light.sum(1) for place in (axis.expand(112, 112), axis[:, None].expand(112, 112))
        )
        return torch.stack([x, y], -1)[:, None].expand(-1, 68, 2)


def face(*, degrees: float = 0.0, mirrored: bool = False) -> Landmarks:
    """Of a face whose eyes lie at height 0 and its chin at 0.5, turned about its chin."""
    places = {33: (-0.3, 0), 133: (-0.1, 0), 263: (0.3, 0), 362: (0.1, 0), 152: (0, 0.5)}
    value = torch.zeros(1, FACE.count, 2)
    angle = np.radians(degrees)
    turn = torch.tensor([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], dtype=torch.float32)
    for index, place in zip(FACE.places(UPRIGHT), places.values(), strict=True):
        x, y = place
        value[0, index] = turn @ (torch.tensor([-x if mirrored else x, y - 0.5])) + torch.tensor([0.0, 0.5])
    return Landmarks(value, torch.ones(1, FACE.count))


def at(square: FaceSquare, x: float, y: float) -> list[float]:
    """The place of the picture that the square shows at x, y in [-1,1]."""
    return [round(float(each), 4) for each in square.theta[0] @ torch.tensor([x, y, 1.0])]


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_square_stands_upright(mirrored: bool) -> None:
    square = face_square(face(mirrored=mirrored), FACE)
    assert float(square.known) == 1
    assert at(square, 0, 0) == pytest.approx([0, 0.33 * 0.5], abs=1e-4)
    assert at(square, 1, -1) == pytest.approx([0.375, 0.165 - 0.375], abs=1e-4)
    turned = face_square(face(mirrored=mirrored, degrees=90), FACE)  # clockwise: what was above is on the right
    assert at(turned, 0, -1) == pytest.approx([0.5 - 0.165 + 0.375, 0.5], abs=1e-4)


def test_a_face_that_is_not_wholly_known_has_no_square() -> None:
    assert face_square(unknown(2, FACE.count), FACE).known.tolist() == [0, 0]
    cut = face()
    cut.weight[0, FACE.places((152,))[0]] = 0
    square = face_square(cut, FACE)
    assert float(square.known) == 0
    assert not square.theta.any()


def test_points_are_places_of_the_square_and_teach_the_picture() -> None:
    square = face_square(face(), FACE)
    picture = torch.zeros(1, 3, SIDE, SIDE)
    x, y = at(square, 0.5, -0.25)
    spot = [round((place + 1) / 2 * SIDE - 0.5) for place in (x, y)]
    picture[0, :, spot[1] - 1 : spot[1] + 2, spot[0] - 1 : spot[0] + 2] = 1
    picture.requires_grad_(True)
    points = find_points(Brightest(), picture, square)
    assert points[0, 7].tolist() == pytest.approx([0.75, 0.375], abs=0.01)
    points.sum().backward()  # type: ignore[no-untyped-call]
    assert picture.grad is not None
    assert float(picture.grad.abs().sum()) > 0


def test_the_shipped_network_sees_mouths_open_and_lids_shut() -> None:
    """Of a drawn face: wide open lips are further apart than shut ones, shut lids nearer than open ones."""
    network, character = LandmarkNet.load(), CAST[0]
    calm = draw(character, NEUTRAL, SIDE)
    mesh = FaceMesh().find(calm, FaceDetector().detect(calm)[0])
    view = View(0, 0, SIDE, mirrored=False)
    square = face_square(locate(mesh.points, view, FACE), FACE)

    def gaps(expression: Expression) -> list[float]:
        picture = torch.from_numpy(draw(character, expression, SIDE)).permute(2, 0, 1)[None] / 255
        points = find_points(network, picture, square)[0]
        return [float((points[one] - points[other]).norm()) for one, other in GAPS]

    before = gaps(NEUTRAL)
    opened = gaps(dataclasses.replace(NEUTRAL, mouth_open=0.8))
    shut = gaps(dataclasses.replace(NEUTRAL, blink_left=1, blink_right=1))
    assert min(np.subtract(opened, before)[1:4]) > 0.03
    assert max(np.subtract(shut, before)[4:]) < -0.003
