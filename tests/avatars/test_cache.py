"""Judgements of earlier days: the same as new ones, for the same picture only, and gone with it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from avatarify.avatars import Avatars, Consent, FaceTools, PortraitCache
from avatarify.face.crop import Crop
from avatarify.face.mesh import FaceMesh
from avatarify.face.search import FaceSearch
from avatarify.frame import Image
from avatarify.media.images import read_image, write_image
from avatarify.paths import AVATARS


class CountingReader:
    """Reads pictures and counts them."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, path: Path) -> Image:
        self.read.append(path.name)
        return read_image(path)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    for name in ("kofi", "suvi"):
        write_image(folder / f"{name}.png", read_image(AVATARS / f"{name}.png", max_side=256))
    write_image(folder / "wall.png", np.full((80, 80, 3), 128, np.uint8))
    return folder


def shelf(own: Path, *, size: int = 64) -> tuple[Avatars, CountingReader]:
    reader = CountingReader()
    cache = PortraitCache(own.parent / "cache")
    return Avatars([own], reader, FaceTools(FaceSearch(), FaceMesh()), size=size, cache=cache), reader


def test_the_second_day_reads_no_picture_and_says_the_same(own: Path) -> None:
    first = shelf(own)[0].reload()
    avatars, reader = shelf(own)
    again = avatars.reload()
    assert reader.read == []
    for one, other in zip(first, again, strict=True):
        assert (one.name, one.usable, one.problems) == (other.name, other.usable, other.problems)
        assert one.target == other.target
        if one.usable:
            assert np.array_equal(one.portrait, other.portrait)  # type: ignore[arg-type]


def test_another_picture_size_or_square_is_judged_anew(own: Path) -> None:
    shelf(own)[0].reload()
    shutil.copy(own / "suvi.png", own / "kofi.png")
    avatars, reader = shelf(own)
    avatars.reload()
    assert reader.read == ["kofi.png"]
    larger, reader = shelf(own, size=96)
    larger.reload()
    assert len(reader.read) == 3
    added = larger.add(own / "suvi.png", consent=Consent.DRAWN, crop=Crop(20, 20, 200), name="mine")
    assert np.array_equal(added.portrait, Crop(20, 20, 200).apply(read_image(own / "mine.png"), 96))  # type: ignore[arg-type]


def test_what_other_folders_need_stays(own: Path) -> None:
    shelf(own)[0].reload()
    (own.parent / "other").mkdir()
    shelf(own.parent / "other")[0].reload()
    avatars, reader = shelf(own)
    avatars.reload()
    assert reader.read == []


@pytest.mark.parametrize("content", [b"", b"{}\n", b'{"pose": 1}\nx', b"\xff\xfe"])
def test_a_damaged_entry_is_found_out_again(own: Path, content: bytes) -> None:
    first = shelf(own)[0].reload()
    for path in (own.parent / "cache").iterdir():
        path.write_bytes(content)
    avatars, reader = shelf(own)
    assert [avatar.usable for avatar in avatars.reload()] == [avatar.usable for avatar in first]
    assert len(reader.read) == 3


def test_nobodys_face_stays_after_its_picture_has_gone(own: Path) -> None:
    avatars, _ = shelf(own)
    avatars.reload()
    assert len(list((own.parent / "cache").iterdir())) == 3
    avatars.remove("kofi")
    assert len(list((own.parent / "cache").iterdir())) == 2


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(own: Path) -> None:
    (own.parent / "cache").write_text("in the way")
    avatars, _ = shelf(own)
    assert len(avatars.reload()) == 3
