"""What the shipped landmark network says of a face that opens its mouth and shuts its eyes."""

from __future__ import annotations

import dataclasses

import numpy as np
import torch

from avatarify.character.cast import CAST
from avatarify.character.draw import draw
from avatarify.character.expression import NEUTRAL, Expression
from avatarify.evaluate.landmark_net import LandmarkNet
from avatarify.face.detector import FaceDetector
from avatarify.face.mesh import FaceMesh
from avatarify.train.augmentation import View
from avatarify.train.expression import GAPS, SQUARE, WEIGHTS, find_points
from avatarify.train.face_points import FACE
from avatarify.train.face_square import face_square
from avatarify.train.landmarks import locate

SIDE = 192


def test_mouths_open_and_lids_shut() -> None:
    """Wide open lips are further apart than shut ones, shut lids nearer than open ones."""
    network, character = LandmarkNet.load(), CAST[0]
    detector, mesh = FaceDetector(), FaceMesh()

    def gaps(expression: Expression) -> list[float]:
        drawing = draw(character, expression, SIDE)
        found = mesh.find(drawing, detector.detect(drawing)[0])
        square = face_square(locate(found.points, View(0, 0, SIDE, mirrored=False), FACE), FACE, SQUARE)
        picture = torch.from_numpy(drawing).permute(2, 0, 1)[None] / 255
        points = find_points(network, picture, square)[0]
        assert 0 < float(points.min()) < 0.15
        assert 0.85 < float(points.max()) < 1  # the square hugs them
        return [float((points[one] - points[other]).norm()) for one, other in GAPS]

    before = gaps(NEUTRAL)
    opened = gaps(dataclasses.replace(NEUTRAL, mouth_open=0.8))
    shut = gaps(dataclasses.replace(NEUTRAL, blink_left=1, blink_right=1))
    assert min(np.subtract(opened, before)[1:4]) > 0.03
    assert max(np.subtract(shut, before)[4:]) < -0.003


def test_every_point_has_a_weight() -> None:
    assert len(WEIGHTS) == 68
    assert {point for point, weight in enumerate(WEIGHTS) if weight > 1} == set(range(36, 48))  # the eyes
