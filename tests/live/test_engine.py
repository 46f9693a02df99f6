"""What the engine of a call does when the governor asks for less, on a real, tiny network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from avatarify.animator import Animator
from avatarify.avatars import Avatars, FaceTools
from avatarify.errors import NotReadyError
from avatarify.face.mesh import FaceMesh
from avatarify.face.search import FaceSearch
from avatarify.frame import Frame
from avatarify.live.engine import LiveEngine
from avatarify.live.request import LiveRequest
from avatarify.media.images import read_image
from avatarify.memory import CalibrationMemory
from tests.fakes.models import TINY_BLEND, TINY_PLAIN, tiny_model
from tests.live.stage import BY_HAND, CPU, Lowered, TracedRuntime


class Room:
    """An engine, and what it asked of the call."""

    def __init__(self, folder: Path, *, blends: bool = True) -> None:
        self.limits: list[float | None] = []
        self.index = 0
        request = LiveRequest(folder / "x", folders=(folder / "avatars",), portrait_size=128, settings=BY_HAND)
        self.avatars = Avatars(request.folders, read_image, FaceTools(FaceSearch(), FaceMesh()), size=128)
        self.avatars.reload()
        runtime = TracedRuntime(tiny_model(TINY_BLEND if blends else TINY_PLAIN), CPU)
        self.memory = CalibrationMemory(folder / "calibrations.json")
        self.engine = self.engine_for(request, runtime)
        self.engine.show(self.avatars.find("ilse"))

    def engine_for(self, request: LiveRequest, runtime: TracedRuntime) -> LiveEngine:
        """One that asks this room."""
        return LiveEngine(
            Animator(runtime),
            request,
            self.avatars,
            memory=self.memory,
            camera="a test",
            mark="tiny",
            limit=self.limits.append,
        )

    def step(self) -> Frame:
        self.index += 1
        image = np.asarray(np.random.default_rng(self.index).integers(0, 255, (120, 160, 3)), np.uint8)
        return self.engine.step(Frame(image, self.index, self.index / 10))

    def calibrated(self) -> Room:
        with pytest.raises(Exception, match="Not calibrated"):
            self.step()
        self.engine.session.calibrate()
        return self


def test_the_level_is_carried_out_without_a_frame_missing(folder: Path) -> None:
    room = Room(folder).calibrated()
    room.engine.pace = Lowered((room.engine.pace.level,), on=True)
    sizes = [room.step().image.shape[0] for _ in range(5)]
    assert sizes == [128, 128, 128, 64, 64]
    assert room.limits == [None, 12.0]


def test_an_avatar_chosen_at_a_low_level_comes_at_its_size(folder: Path) -> None:
    room = Room(folder).calibrated()
    room.engine.pace = Lowered((room.engine.pace.level,), on=True)
    for _ in range(8):
        room.step()
    assert room.avatars.find("kofi").source is not None, "encoded ahead, at full size"
    room.engine.show(room.avatars.find("kofi"))
    assert room.step().image.shape[0] == 64


def test_the_first_picture_goes_before_the_other_avatars(folder: Path) -> None:
    room = Room(folder).calibrated()
    assert room.avatars.find("kofi").source is None
    for _ in range(3):
        room.step()
    assert room.avatars.find("kofi").source is not None


def test_while_nobody_sits_there_the_other_avatars_are_encoded(folder: Path) -> None:
    room = Room(folder)
    for _ in range(29):
        with pytest.raises(NotReadyError):
            room.step()
    assert room.avatars.find("kofi").source is None
    for _ in range(5):
        with pytest.raises(NotReadyError):
            room.step()
    assert room.avatars.find("kofi").source is not None


def test_switching_the_governor_off_brings_everything_back(folder: Path) -> None:
    room = Room(folder).calibrated()
    room.engine.pace = Lowered((room.engine.pace.level,), on=True)
    for _ in range(4):
        room.step()
    room.engine.change_pace(governed=False, fps_cap=20.0)
    assert room.step().image.shape[0] == 128
    assert room.limits[-1] == 20.0
    assert not room.engine.pace.status.on


@pytest.mark.parametrize(("blends", "least"), [(True, 256), (False, 512)])
def test_only_a_model_that_blends_is_asked_for_smaller_portraits(folder: Path, blends: bool, least: int) -> None:
    wide = LiveRequest(folder, portrait_size=512)
    runtime = TracedRuntime(tiny_model(TINY_BLEND if blends else TINY_PLAIN), CPU)
    room = Room(folder)
    engine = room.engine_for(wide, runtime)
    for index in range(200):
        at = index / 3
        engine.pace.stepped(Frame(np.zeros((2, 2, 3), np.uint8), index, at), at, at + 5.0)
    assert engine.pace.level.portrait_size == least
