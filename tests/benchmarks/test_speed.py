"""The table of speeds and the table of precisions, with a model that takes milliseconds."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
import torch

from avatarify.bench.contenders import Contender, RuntimeContender
from avatarify.bench.footage import Footage
from avatarify.bench.lineup import PassedOver
from avatarify.bench.runner import Ready, Runner
from avatarify.camera.synthetic import SyntheticCamera
from avatarify.errors import SettingsError
from avatarify.media.video_writer import VideoWriter
from avatarify.runtime.base import RuntimeDescription
from avatarify.runtime.quantise import ranges_path
from benchmarks import precision, speed
from benchmarks.speed import Group, opened, print_speed, write_int8
from tests.fakes.models import TINY_PLAIN, write_tiny_model

OPTIONS = argparse.Namespace(runtimes=["openvino", "eager"], device="cpu", rounds=1, block=0.01)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVATARIFY_HOME", str(tmp_path / "home"))
    torch.set_num_threads(1)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_tiny_model(tmp_path / "tiny.safetensors", TINY_PLAIN)


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    folder = tmp_path / "clips"
    folder.mkdir()
    size = (256, 256)
    with SyntheticCamera(size=size, fps=2.0) as camera, VideoWriter(folder / "drawn.mp4", size=size, fps=2.0) as writer:
        for frame in camera.frames(5):
            writer.write(frame.image)
    return folder


@pytest.mark.slow
def test_int8_is_measured_with_the_doublings_and_without(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gentle = write_int8(model, tmp_path / "gentle.safetensors")
    refused: dict[tuple[str, str], PassedOver] = {}
    print_speed(Group("tiny", "A tiny model", model, None, gentle), model, OPTIONS, refused, start=Runner)
    rows = [line.split("|") for line in capsys.readouterr().out.splitlines() if line.startswith("|")][2:]
    names = [row[1].strip() for row in rows]
    assert names[:3] == ["naive, full network", "openvino int8, doublings too", "openvino int8, doublings float32"]
    assert {"openvino float32", "eager float32"} < set(names)
    assert rows[0][5].strip() == "1.00"
    assert [row[8].strip() for row in rows if row[1].strip() == "eager float32"] == ["0 / 0.000"]
    assert ("eager", "int8") in refused


def test_the_gentle_copy_leaves_the_doublings_alone(model: Path, tmp_path: Path) -> None:
    gentle = write_int8(model, tmp_path / "gentle.safetensors")
    layers = [json.loads(ranges_path(each).read_text())["layers"] for each in (model, gentle)]
    assert None not in layers[0]
    assert layers[1].count(None) == TINY_PLAIN.generator.num_down_blocks + 1, "and the last convolution"


class NamedRuns(Runner):
    """Is ready and does nothing; what it chooses by itself is int8."""

    def __init__(self, contender: Contender, footage: Footage) -> None:
        assert isinstance(contender, RuntimeContender)
        self.contender = contender
        chosen = "int8" if contender.precision == "auto" else contender.precision
        self.ready = Ready(RuntimeDescription(contender.runtime, "cpu", "a test", chosen), 0.0, 64)

    def __exit__(self, *_: object) -> None:
        pass


def test_each_row_of_int8_runs_its_own_file() -> None:
    footage = Footage((), np.zeros((8, 8, 3), np.uint8))
    group = Group("tiny", "", Path("all"), None, Path("gentle"))
    with ExitStack() as stack:
        rows = opened(group, OPTIONS, footage, stack, {}, start=NamedRuns)
    models = {row.name: row.runs.contender.model for row in rows if row.name.startswith("openvino int8")}
    assert models == {"openvino int8, doublings too": Path("all"), "openvino int8, doublings float32": Path("gentle")}


@pytest.mark.slow
def test_precisions_are_judged_by_their_bounds(
    clips: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the script itself, with the embedded model; no speeds, which are tested above."""
    monkeypatch.setattr(speed, "print_speed", lambda *_, **__: None)
    monkeypatch.setattr(speed, "write_random_model", lambda path, _: write_tiny_model(path, TINY_PLAIN))
    monkeypatch.setattr(sys, "argv", ["speed", "--clips", str(clips), "--frames", "3"])
    speed.main()
    lines = capsys.readouterr().out.splitlines()
    assert (
        "Bounds: worst picture, dB: float32 60, bfloat16 35, float16 35, int8 32; keypoints 0.3 px; flicker 5%."
        in lines
    )
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("| drawn")]
    assert [row[1] for row in rows] == list(precision.PRECISIONS)
    assert float(rows[0][2]) > 60
    assert rows[0][-1] == "nothing"


def test_a_folder_without_clips_is_refused(tmp_path: Path, model: Path) -> None:
    with pytest.raises(SettingsError, match="no mp4 files"):
        next(precision.table(tmp_path, model, 3))
