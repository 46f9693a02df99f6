"""A portrait in motion before it is shown to anybody."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from avatarify.camera.synthetic import SyntheticCamera
from avatarify.errors import NotReadyError
from avatarify.frame import Frame
from avatarify.live.live import Live
from avatarify.live.rehearsal import DrawnRehearsal, OwnRehearsal
from avatarify.live.request import EngineRequest, LiveRequest
from avatarify.media.images import read_image
from avatarify.paths import AVATARS
from avatarify.pipeline.gate import Showing
from avatarify.runtime.base import Runtime
from avatarify.runtime.device import DeviceChoice
from avatarify.runtime.eager import EagerRuntime
from avatarify.settings import CalibrationSettings, Settings
from tests.fakes.live import until
from tests.fakes.models import TINY_BLEND, TINY_PLAIN, tiny_model

PORTRAIT = read_image(AVATARS / "kofi.png", max_side=128)


class CountingRuntime(EagerRuntime):
    """Counts detections and closings."""

    def __init__(self) -> None:
        super().__init__(tiny_model(), DeviceChoice(torch.device("cpu"), "a test"))
        self.detections = 0
        self.closed = 0

    def detect(self, image):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        self.detections += 1
        return super().detect(image)

    def close(self) -> None:
        self.closed += 1
        super().close()


def film() -> Iterator[Frame]:
    """Neutral, turned, turned back."""
    whole = SyntheticCamera(size=(160, 120), fps=2).frames(12)
    return islice(whole, 0, 12, 3)


def test_a_drawn_person_moves_it_again_and_again() -> None:
    runtime = CountingRuntime()
    rehearsal = DrawnRehearsal(lambda: runtime, film)
    with pytest.raises(NotReadyError):
        rehearsal.step()
    rehearsal.take(PORTRAIT)
    pictures = [rehearsal.step() for _ in range(10)]
    assert all(picture.shape == PORTRAIT.shape for picture in pictures)
    assert len({picture.tobytes() for picture in pictures}) == 4
    assert np.array_equal(pictures[4], pictures[8])
    detections = runtime.detections
    rehearsal.step()
    assert runtime.detections == detections  # the film is known by now
    rehearsal.close()
    assert runtime.closed == 1


def test_beside_a_call_the_users_face_moves_it_and_the_call_keeps_its_avatar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AVATARIFY_HOME", str(tmp_path / "home"))
    (tmp_path / "avatars").mkdir()
    shutil.copy(AVATARS / "ilse.png", tmp_path / "avatars")

    def load(wanted: EngineRequest) -> Runtime:
        config = TINY_BLEND if wanted.model.stem == "tiny" else TINY_PLAIN
        return EagerRuntime(tiny_model(config), DeviceChoice(torch.device("cpu"), "a test"))

    request = LiveRequest(
        tmp_path / "tiny.safetensors",
        folders=(tmp_path / "avatars",),
        output=False,
        size=(320, 240),
        portrait_size=128,
        settings=Settings(calibration=CalibrationSettings(first_s=0.1)),
    )
    camera = SyntheticCamera(size=(160, 120), fps=15)
    with Live(request, open_source=lambda: camera, load=load) as live:
        until(lambda: live.status().pipeline.showing is Showing.ANIMATED)
        rehearsal = OwnRehearsal(live)
        rehearsal.take(PORTRAIT)
        first = rehearsal.step()
        assert first.shape == PORTRAIT.shape
        assert abs(float(first.mean()) - float(PORTRAIT.mean())) < 40
        assert live.status().avatar == "ilse"
        live.change_engine(tmp_path / "other.safetensors").result(20)
        until(lambda: live.status().pipeline.showing is Showing.ANIMATED)
        assert rehearsal.step().shape == (64, 64, 3), "encoded anew by the other model"
        rehearsal.close()
        rehearsal.close()


def test_a_call_that_is_not_calibrated_moves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVATARIFY_HOME", str(tmp_path / "home"))
    (tmp_path / "avatars").mkdir()
    shutil.copy(AVATARS / "ilse.png", tmp_path / "avatars")
    request = LiveRequest(
        tmp_path / "tiny.safetensors",
        folders=(tmp_path / "avatars",),
        output=False,
        size=(320, 240),
        portrait_size=128,
        settings=Settings(calibration=CalibrationSettings(automatic=False)),
    )
    camera = SyntheticCamera(size=(160, 120), fps=15)
    load = lambda _: EagerRuntime(tiny_model(), DeviceChoice(torch.device("cpu"), "a test"))  # noqa: E731
    with Live(request, open_source=lambda: camera, load=load) as live:
        rehearsal = OwnRehearsal(live)
        rehearsal.take(PORTRAIT)
        with pytest.raises(NotReadyError, match="calibrated"):
            rehearsal.step()
        rehearsal.close()
