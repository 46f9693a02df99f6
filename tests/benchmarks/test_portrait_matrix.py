from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch

from avatarify.animator import Animator
from avatarify.errors import MediaError, SettingsError
from avatarify.evaluate.face_reader import FaceReader
from avatarify.face.search import FaceSearch
from avatarify.frame import Image
from avatarify.media.images import read_image
from avatarify.paths import AVATARS
from avatarify.runtime.device import DeviceChoice
from avatarify.runtime.eager import EagerRuntime
from benchmarks import portrait_matrix
from benchmarks.portrait_matrix import DOCS, EXPRESSIONS, PERFORMERS, Performer, chosen_looks, output_of, write_jpeg
from tests.fakes.models import tiny_model
from tests.performances import write_performance


class Face(NamedTuple):
    """What is read of a face in these tests."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    mouth: float = 0.0
    eyes: float = 0.3


def named(number: int) -> Image:
    """A picture that can be told from others."""
    return np.full((4, 4, 3), number, np.uint8)


@pytest.fixture(scope="module")
def reader() -> FaceReader:
    return FaceReader()


@pytest.fixture(scope="module")
def animator() -> Animator:
    torch.set_num_threads(1)
    return Animator(EagerRuntime(tiny_model(), DeviceChoice(torch.device("cpu"), "a test")))


@pytest.fixture(scope="module")
def performer() -> Performer:
    return Performer(PERFORMERS[0], FaceSearch())


def test_people_do_not_end_up_in_the_documents(tmp_path: Path) -> None:
    assert output_of(None, clips=False) == DOCS / "images" / "portrait-matrix.jpg"
    assert output_of(tmp_path / "look.jpg", clips=True) == tmp_path / "look.jpg"
    for given in (None, DOCS / "images" / "look.jpg", DOCS / "images" / ".." / "look.jpg"):
        with pytest.raises(SettingsError, match="outside of docs"):
            output_of(given, clips=True)


def test_each_expression_is_taken_from_the_frame_where_it_is_clearest() -> None:
    faces = (
        Face(yaw=-3.0),
        Face(yaw=-30.0),
        Face(yaw=28.0),
        Face(roll=-20.0),
        Face(mouth=0.4),
        Face(eyes=0.02, pitch=5.0),
    )
    driver = chosen_looks("ann", [(face, named(place)) for place, face in enumerate(faces)])  # type: ignore[misc]
    assert driver.calm[0, 0, 0] == 0
    found = {look.label: look.image[0, 0, 0] for look in driver.looks}
    assert found == {"mouth open": 4, "eyes shut": 5, "turned left": 1, "turned right": 2, "tilted": 3}
    assert set(found) < set(EXPRESSIONS)


def test_a_performer_shows_every_expression(performer: Performer) -> None:
    driver = performer.driver()
    assert [look.label for look in driver.looks] == list(EXPRESSIONS)
    assert all(not np.array_equal(look.image, driver.calm) for look in driver.looks)


def test_a_sheet_and_its_figures(animator: Animator, reader: FaceReader, performer: Performer, tmp_path: Path) -> None:
    portraits = portrait_matrix.open_portraits(animator, reader, [AVATARS / "ilse.png"])
    write_performance(tmp_path / "film.mp4", frames=4)
    drivers = [*portrait_matrix.clip_drivers(tmp_path, reader), performer.driver()]
    picture = portrait_matrix.sheet(animator, portraits, drivers)
    cells = 1 + 5 + len(EXPRESSIONS)
    assert picture.shape[1] > cells * 104
    assert 2 * 104 < picture.shape[0] < 3 * 104
    found = portrait_matrix.follow(animator, reader, portraits, performer, 3)
    lines = list(portrait_matrix.rows("Miro", portraits, found))
    assert [line.split(" | ")[1] for line in lines] == ["ilse", "**mean**"]
    assert {line.count("|") for line in lines} == {7}


def test_a_sheet_fits_its_limit_or_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (200, 300, 3)).astype(np.uint8)
    monkeypatch.setattr(portrait_matrix, "MOST_BYTES", 60_000)
    write_jpeg(tmp_path / "sheet.jpg", noise)
    assert 10_000 < (tmp_path / "sheet.jpg").stat().st_size <= 60_000
    assert read_image(tmp_path / "sheet.jpg").shape == (200, 300, 3)
    monkeypatch.setattr(portrait_matrix, "MOST_BYTES", 5_000)
    with pytest.raises(MediaError, match="larger than 5 kB"):
        write_jpeg(tmp_path / "larger.jpg", noise)
    assert not (tmp_path / "larger.jpg").exists()
