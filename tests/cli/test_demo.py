"""The verb `demo` makes a video and a contact sheet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from avatarify.media.images import read_image
from avatarify.media.video_reader import VideoReader
from avatarify.paths import AVATARS
from tests.cli.conftest import Type


def test_the_demo_makes_a_video_and_a_contact_sheet(type_: Type, tiny: Path, tmp_path: Path) -> None:
    ended = type_(
        "demo", "--output", tmp_path / "d", "--model", tiny, "--seconds", 1, "--size", 64, "--avatars", "kofi,Ilse"
    )
    assert ended.code == 0, ended.err
    assert f"video          {tmp_path / 'd' / 'demo.mp4'}" in ended.out
    assert "pictures a second" in ended.out
    assert "device cpu" in ended.out or "device cuda" in ended.out
    with VideoReader(tmp_path / "d" / "demo.mp4") as reader:
        frames = list(reader)
    assert len(frames) == 25
    assert frames[0].image.shape == (64, 3 * 64, 3)
    assert read_image(tmp_path / "d" / "demo.png").shape[1] > 6 * 192


def test_json(type_: Type, tiny: Path, tmp_path: Path) -> None:
    ended = type_(
        "demo", "--output", tmp_path, "--model", tiny, "--seconds", 1, "--size", 64, "--avatars", "zola", "--json"
    )
    report = json.loads(ended.out)
    assert report["avatars"] == ["zola"]
    assert report["pictures"] == 25
    assert Path(report["video"]).is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--seconds", "0"], 2, "--seconds is 0"),
        (["--size", "33"], 2, "--size is 33"),
        (["--avatars", "nobody"], 1, "no avatar 'nobody'"),
    ],
)
def test_what_cannot_be_done_is_told(
    type_: Type, tiny: Path, tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    ended = type_("demo", "--output", tmp_path / "d", "--model", tiny, *arguments)
    assert ended.code == code
    assert message in ended.err


def test_a_file_where_the_folder_should_be(type_: Type, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = type_("demo", "--output", tmp_path / "file")
    assert ended.code == 1
    assert "cannot be made" in ended.err


def test_every_avatar_has_its_line_in_the_credits() -> None:
    credits_ = (AVATARS.parent / "CREDITS.md").read_text()
    avatars = sorted(AVATARS.glob("*.png"))
    assert len(avatars) >= 7
    for avatar in avatars:
        assert avatar.stem in credits_.lower()
