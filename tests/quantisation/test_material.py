"""Portraits that are moved to quantise by: what is made of them, and that judges are not among the judged."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from avatarify.errors import FaceError
from avatarify.frame import Image
from avatarify.media.images import read_image
from avatarify.paths import AVATARS
from avatarify.quantisation.material import make_material, portraits_here

NAMES = ("amal", "astronaut", "ilse", "kofi")


@pytest.fixture(scope="module")
def portraits() -> dict[str, Image]:
    return {name: read_image(AVATARS / f"{name}.png") for name in NAMES}


def test_clips_begin_with_the_portrait_and_move_it(portraits: dict[str, Image]) -> None:
    material = make_material(portraits, 128)
    assert len(material.clips) == 2
    for clip in material.clips:
        assert all(image.shape == (128, 128, 3) and image.dtype == np.uint8 for image in clip)
        assert all(np.abs(image.astype(int) - clip[0]).mean() > 0.3 for image in clip[1:])


def test_films_are_of_others_and_change_little_from_frame_to_frame(portraits: dict[str, Image]) -> None:
    material = make_material(portraits, 128)
    assert list(material.films) == ["astronaut", "kofi"]
    for film in material.films.values():
        assert not any(np.array_equal(film[0], clip[0]) for clip in material.clips)
        changes = [np.abs(after.astype(int) - before).mean() for before, after in pairwise(film)]
        assert 0 < max(changes) < np.abs(material.clips[0][0].astype(int) - film[0]).mean() / 2


def test_the_same_portraits_give_the_same_material(portraits: dict[str, Image]) -> None:
    one, other = make_material(portraits, 128), make_material(portraits, 128)
    assert all(
        np.array_equal(a, b)
        for ours, theirs in zip(one.clips, other.clips, strict=True)
        for a, b in zip(ours, theirs, strict=True)
    )


def test_without_faces_there_is_nothing_to_judge_by(portraits: dict[str, Image]) -> None:
    blank = {f"wall {index}": np.full((128, 128, 3), 90 + index, np.uint8) for index in range(4)}
    with pytest.raises(FaceError, match="Only 1 of 5 portraits show a face"):
        make_material({**blank, "kofi": portraits["kofi"]}, 128)


def test_shipped_avatars_are_portraits_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVATARIFY_HOME", str(tmp_path))
    found = portraits_here(96)
    assert set(NAMES) <= set(found)
    assert {image.shape for image in found.values()} == {(96, 96, 3)}
