"""The verb `evaluate` makes a table and a report."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from avatarify.catalog import landmark_file
from avatarify.cli import main
from avatarify.evaluate import evaluation
from avatarify.face import landmarks
from avatarify.face.detector import Face
from avatarify.frame import Image
from avatarify.media.images import read_image
from avatarify.paths import AVATARS
from tests.cli.conftest import Type
from tests.fakes.models import TINY_PLAIN, write_tiny_model

FAST = ("--frames", 2, "--size", 96, "--quiet")


@pytest.fixture
def clips(tmp_path: Path, performance: Path) -> Path:
    """A folder with a clip and something that is none."""
    folder = tmp_path / "clips"
    folder.mkdir()
    shutil.copy(performance, folder / "good.mp4")
    return folder


def test_a_folder_becomes_a_table_and_a_report(type_: Type, tiny: Path, clips: Path, tmp_path: Path) -> None:
    (clips / "broken.mp4").write_bytes(b"not a video")
    out = tmp_path / "out"
    ended = type_("evaluate", clips, "--output", out, "--model", tiny, "--portraits", AVATARS / "ilse.png", *FAST)
    assert ended.code == 0, ended.err
    assert "left out broken" in ended.err
    assert f"report  {out / 'report.html'}" in ended.out
    rows = [line.split() for line in ended.out.splitlines()]
    unchanged = next(row for row in rows if row[:1] == ["unchanged"])
    assert unchanged[2] == "1.00"
    assert "cross-identity, mean of 1 pairs" in ended.out
    head, row = (next(line for line in ended.out.splitlines() if words in line) for words in ("PSNR", "  model "))
    assert len(head) == len(row), "columns stand under their heads"
    tree = json.loads((out / "report.json").read_text())
    assert tree["complete"] is True
    assert (tree["size"], tree["clips"][0]["frames"]) == (96, 2)
    assert (tree["cross"][0]["portrait"], tree["cross"][0]["clip"]) == ("ilse", "good")
    for name in (tree["clips"][0]["strip"], tree["sheets"][0]["picture"]):
        assert read_image(out / name).shape[1] > 200


def test_json_is_what_the_file_holds(type_: Type, tiny: Path, clips: Path, tmp_path: Path) -> None:
    ended = type_("evaluate", clips, "--output", tmp_path / "out", "--model", tiny, "--json", *FAST)
    assert ended.out == (tmp_path / "out" / "report.json").read_text()


class Pointer:
    """Stands in for face-alignment: the same points on every face."""

    def __init__(self, file: Path, *, sha256: str, device: str) -> None:
        self.made_of = (file.name, sha256, device)

    def find(self, image: Image, face: Face) -> npt.NDArray[np.float64]:
        return np.arange(136.0).reshape(68, 2)


def test_akd_with_the_papers_own_instrument(
    type_: Type, tiny: Path, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / landmark_file.NAME
    file.write_bytes(b"x")
    monkeypatch.setattr(landmark_file, "installed_landmarks", lambda: file)
    monkeypatch.setattr(landmarks, "FanLandmarks", Pointer)
    ended = type_("evaluate", clips, "--output", tmp_path / "out", "--model", tiny, "--precise-landmarks", *FAST)
    assert ended.code == 0, ended.err
    assert "AKD: points found by face-alignment's 2DFAN-4" in ended.out
    tree = json.loads((tmp_path / "out" / "report.json").read_text())
    assert tree["landmarks"] == "face-alignment's 2DFAN-4"
    assert tree["mean"]["model"]["akd"] in (0.0, None), "every point of every face is at the same place"


def test_an_instrument_that_is_not_here_is_told_with_the_command(
    type_: Type, tiny: Path, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landmark_file, "installed_landmarks", lambda: None)
    ended = type_("evaluate", clips, "--output", tmp_path / "out", "--model", tiny, "--precise-landmarks", *FAST)
    assert ended.code == 2
    assert f"models import {landmark_file.NAME}" in ended.err
    assert not (tmp_path / "out").exists()


def test_ctrl_c_leaves_what_is_done(
    clips: Path, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(clips / "good.mp4", clips / "later.mp4")
    reconstruct = evaluation.reconstruct

    def interrupted_at_the_second(*arguments: object, **options: object) -> object:
        if options["strip_name"] == "strips/later.jpg":
            raise KeyboardInterrupt
        return reconstruct(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(evaluation, "reconstruct", interrupted_at_the_second)
    arguments = ("evaluate", clips, "--output", tmp_path / "out", "--model", tiny, *FAST)
    assert main([str(argument) for argument in arguments]) == 130
    assert "report.html holds the clips that were done" in capsys.readouterr().err
    tree = json.loads((tmp_path / "out" / "report.json").read_text())
    assert tree["complete"] is False
    assert [clip["clip"] for clip in tree["clips"]] == ["good"]
    assert "Not complete" in (tmp_path / "out" / "report.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nowhere"], 1, "no folder"),
        (["{clips}", "--frames", "-1"], 2, "--frames is -1"),
        (["{clips}", "--size", "20"], 2, "--size is 20"),
        (["{clips}", "--portraits", "nowhere"], 1, "no folder"),
        (["{clips}", "--output", "{clips}/good.mp4"], 2, "which is a file"),
        (["{clips}/bad.mp4"], 1, "None of 1 clips can be used"),
    ],
)
def test_what_cannot_be_done_is_told(
    type_: Type, tiny: Path, clips: Path, tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    (clips / "bad.mp4").write_bytes(b"not a video")
    filled = [argument.format(clips=clips) for argument in arguments]
    ended = type_("evaluate", "--output", tmp_path / "out", "--model", tiny, *filled)
    assert ended.code == code
    assert message in ended.err


def test_a_model_has_its_own_size(type_: Type, clips: Path, tmp_path: Path) -> None:
    plain = write_tiny_model(tmp_path / "plain.safetensors", TINY_PLAIN)
    ended = type_("evaluate", clips, "--output", tmp_path / "out", "--model", plain, *FAST)
    assert ended.code == 2
    assert "makes pictures of 64" in ended.err
    ended = type_("evaluate", clips, "--output", tmp_path / "out", "--model", plain, "--frames", 1, "--quiet")
    assert ended.code == 0
    assert json.loads((tmp_path / "out" / "report.json").read_text())["size"] == 64
