"""Distances of whole pictures; those of faces are in test_reconstruction.py."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from torch import Tensor

from avatarify.errors import CheckpointError
from avatarify.evaluate.face_reader import FaceReader
from avatarify.evaluate.perceptual import PictureDistance, picture_distance
from avatarify.evaluate.tally import Tally
from avatarify.frame import Image
from avatarify.perceptual.filters import FilterBank

PICTURE = np.random.default_rng(2).integers(0, 255, (64, 64, 3), np.uint8)
SOFT = np.asarray(cv2.GaussianBlur(PICTURE, (0, 0), 2), np.uint8)


class CountingFilters(FilterBank):
    """Counts the pictures that it is shown."""

    count = 0

    def features(self, images: Tensor) -> list[Tensor]:
        self.count += 1
        return super().features(images)


@pytest.fixture
def no_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVATARIFY_MODELS", str(tmp_path))


def test_equal_pictures_are_near_and_soft_ones_farther() -> None:
    distance = PictureDistance(FilterBank())
    assert distance.between(PICTURE, PICTURE) == 0
    slight = distance.between(np.asarray(cv2.GaussianBlur(PICTURE, (0, 0), 0.6), np.uint8), PICTURE)
    assert 0 < slight < distance.between(SOFT, PICTURE) < 4


def test_a_target_is_looked_at_once_for_all_methods() -> None:
    filters = CountingFilters()
    distance = PictureDistance(filters)
    for output in (PICTURE, SOFT, PICTURE):
        distance.between(output, PICTURE)
    assert filters.count == 4
    distance.between(PICTURE, SOFT)
    assert filters.count == 6


def test_without_weights_there_is_no_such_figure(no_models: None, reader: FaceReader) -> None:
    assert picture_distance(None) is None
    assert scores_picture(Tally(reader)) is None
    assert scores_picture(Tally(reader, PictureDistance(FilterBank()))) == pytest.approx(
        PictureDistance(FilterBank()).between(SOFT, PICTURE)
    )


def test_other_weights_are_refused(no_models: None, tmp_path: Path) -> None:
    (tmp_path / "weights.pth").write_bytes(b"something else")
    with pytest.raises(CheckpointError, match="is not mobilenet"):
        picture_distance(tmp_path / "weights.pth")


def scores_picture(tally: Tally, output: Image = SOFT) -> float | None:
    tally.add(output, PICTURE, reading=None, driver=None)
    return tally.scores().picture
