"""Avatars: a folder of pictures, judged, numbered, encoded one at a time."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from avatarify import Animator
from avatarify.avatars import Avatars, FaceTools
from avatarify.errors import FaceError, MediaError, RuntimeUnavailableError
from avatarify.face.mesh import FaceMesh
from avatarify.face.search import FaceSearch
from avatarify.frame import Image
from avatarify.media.images import read_image, write_image
from avatarify.paths import AVATARS
from avatarify.runtime.base import Source
from avatarify.runtime.device import DeviceChoice
from avatarify.runtime.eager import EagerRuntime
from tests.face.face_pictures import Canvas
from tests.fakes.models import tiny_model

FACE = read_image(AVATARS / "suvi.png", max_side=256)


class CountingReader:
    """Reads pictures and counts them."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, path: Path) -> Image:
        self.read.append(path.name)
        return read_image(path)


class FullDevice:
    """Has no memory for any source."""

    def encode_source(self, image: Image) -> Source:
        raise RuntimeUnavailableError("The device is out of memory.")


@pytest.fixture(scope="module")
def tools() -> FaceTools:
    return FaceTools(FaceSearch(), FaceMesh())


@pytest.fixture(scope="module")
def animator() -> Animator:
    return Animator(EagerRuntime(tiny_model(), DeviceChoice(torch.device("cpu"), "a test")))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    for name in ("berta.png", "Anna.jpg"):
        write_image(folder / name, FACE)
    (folder / "notes.txt").write_text("not a picture")
    return folder


def avatars(own: Path, tools: FaceTools, reader: CountingReader | None = None, shipped: Path | None = None) -> Avatars:
    return Avatars([shipped or own.parent / "shipped", own], reader or CountingReader(), tools, size=64)


def test_they_are_ordered_by_name_numbered_and_framed(own: Path, tools: FaceTools) -> None:
    first, second = avatars(own, tools).reload()
    assert (first.name, first.number, second.name, second.number) == ("Anna", 1, "berta", 2)
    assert first.portrait is not None
    assert first.portrait.shape == (64, 64, 3)
    assert first.usable
    assert first.source is None
    assert abs(first.target.pose.yaw) < 10


def test_the_tenth_has_no_number(own: Path, tools: FaceTools) -> None:
    for index in range(9):
        (own / f"c{index}.png").symlink_to(own / "berta.png")
    assert [avatar.number for avatar in avatars(own, tools).reload()] == [*range(1, 10), None, None]


def test_encoding_goes_one_at_a_time_and_tells_its_memory(own: Path, tools: FaceTools, animator: Animator) -> None:
    shelf = avatars(own, tools)
    before = shelf.reload()[0].megabytes
    assert shelf.encode_next(animator)
    assert [avatar.source is not None for avatar in shelf.all] == [True, False]
    assert shelf.encode_next(animator)
    assert not shelf.encode_next(animator)
    assert shelf.all[0].megabytes > before > 0.01
    shelf.forget_encodings()
    assert shelf.all[0].source is None


def test_reloading_reads_only_what_is_new_or_changed(own: Path, tools: FaceTools, animator: Animator) -> None:
    reader = CountingReader()
    shelf = avatars(own, tools, reader)
    shelf.reload()
    shelf.encode_next(animator)
    encoded = shelf.all[0].source
    reader.read.clear()
    write_image(own / "zoe.png", FACE)
    os.utime(own / "berta.png", ns=(1, 1))
    shelf.reload()
    assert sorted(reader.read) == ["berta.png", "zoe.png"]
    assert shelf.all[0].source is encoded
    (own / "Anna.jpg").unlink()
    assert [avatar.name for avatar in shelf.reload()] == ["berta", "zoe"]


def test_one_that_will_not_work_says_why_and_the_others_do(own: Path, tools: FaceTools, animator: Animator) -> None:
    write_image(own / "wall.png", np.full((80, 80, 3), 128, np.uint8))
    (own / "broken.png").write_bytes(b"no picture")
    write_image(own / "far.png", Canvas(400, 300).put(FACE, left=150, top=100, side=60).image)
    shelf = avatars(own, tools)
    shelf.reload()
    while shelf.encode_next(animator):
        pass
    assert [avatar.name for avatar in shelf.all if avatar.source is not None] == ["Anna", "berta"]
    assert "No face" in shelf.find("wall").problems[0]
    assert "broken.png" in shelf.find("broken").problems[0]
    assert "pixels" in shelf.find("far").problems[0]
    assert not shelf.find("far").usable


def test_a_device_that_cannot_encode_is_told_and_not_asked_again(own: Path, tools: FaceTools) -> None:
    shelf = avatars(own, tools)
    shelf.reload()
    calls = 0
    while shelf.encode_next(FullDevice()):
        calls += 1
    assert calls == 2
    assert "out of memory" in shelf.find(1).problems[-1]


def test_adding_copies_and_removing_deletes(own: Path, tools: FaceTools, tmp_path: Path) -> None:
    elsewhere = tmp_path / "zoe.png"
    write_image(elsewhere, FACE)
    shelf = avatars(own, tools)
    shelf.reload()
    added = shelf.add(elsewhere)
    assert (added.name, added.number, added.own) == ("zoe", 3, True)
    assert (own / "zoe.png").read_bytes() == elsewhere.read_bytes()
    with pytest.raises(MediaError, match="already"):
        shelf.add(elsewhere)
    shelf.remove("zoe")
    assert [avatar.name for avatar in shelf.all] == ["Anna", "berta"]
    assert not (own / "zoe.png").exists()
    assert elsewhere.exists()


def test_a_picture_that_will_not_work_is_not_added(own: Path, tools: FaceTools, tmp_path: Path) -> None:
    write_image(tmp_path / "wall.png", np.full((80, 80, 3), 128, np.uint8))
    shelf = avatars(own, tools)
    shelf.reload()
    with pytest.raises(FaceError, match=r"wall\.png will not work"):
        shelf.add(tmp_path / "wall.png")
    assert not (own / "wall.png").exists()


def test_the_programs_own_cannot_be_removed_but_hidden(own: Path, tools: FaceTools, tmp_path: Path) -> None:
    shipped = tmp_path / "with the program"
    shipped.mkdir()
    for name in ("suvi.png", "berta.png"):
        write_image(shipped / name, FACE)
    shelf = avatars(own, tools, shipped=shipped)
    shelf.reload()
    assert [(avatar.name, avatar.own) for avatar in shelf.all] == [("Anna", True), ("berta", True), ("suvi", False)]
    with pytest.raises(MediaError, match="comes with the program"):
        shelf.remove("suvi")
    shelf.remove("berta")
    assert not shelf.find("berta").own


def test_an_unknown_one_is_answered_with_those_there_are(own: Path, tools: FaceTools) -> None:
    shelf = avatars(own, tools)
    shelf.reload()
    with pytest.raises(MediaError, match="Anna, berta"):
        shelf.find("nobody")
    assert shelf.find(2).name == "berta"


def test_folders_that_are_not_there_are_empty(tmp_path: Path, tools: FaceTools) -> None:
    assert avatars(tmp_path / "own", tools).reload() == ()
