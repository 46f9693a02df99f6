"""The thread that looks at the user's face."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from avatarify.errors import AvatarifyError
from avatarify.face.watcher import FaceState, FaceWatcher
from avatarify.frame import Frame
from avatarify.live.face_look import FaceLook
from avatarify.pipeline.slot import LatestSlot
from tests.fakes.live import until

IMAGE = np.zeros((2, 2, 3), np.uint8)


class BlindWatcher(FaceWatcher):
    """Sees nobody; made without networks."""

    def __init__(self) -> None:
        self.threads: set[str] = set()

    def observe(self, frame: Frame) -> FaceState:
        self.threads.add(threading.current_thread().name)
        return FaceState(frame.index, frame.captured_at, None)


class Looking:
    """A face thread and the frames for it."""

    def __init__(self, watcher: Callable[[], FaceWatcher] = BlindWatcher, fps: float = 1000.0) -> None:
        self.frames: LatestSlot[Frame] = LatestSlot()
        self.told: list[FaceState] = []
        self.fps = fps
        self.asked = 0
        self.look = FaceLook(
            self.frames, tell=self.told.append, looks_fps=self._looks_fps, watcher=watcher, again_s=0.01
        )

    def _looks_fps(self) -> float:
        self.asked += 1
        return self.fps

    def __enter__(self) -> Looking:
        self.look.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.look.stop()
        assert self.look.join(5)

    def give(self, index: int) -> None:
        self.frames.put(Frame(IMAGE, index, index / 30))


def test_every_look_is_told_from_the_face_thread() -> None:
    watcher = BlindWatcher()
    with Looking(lambda: watcher) as looking:
        assert looking.look.newest is None
        for index in range(3):
            looking.give(index)
            until(lambda index=index: len(looking.told) > index)
        assert [state.index for state in looking.told] == [0, 1, 2]
        assert looking.look.newest is looking.told[-1]
        assert watcher.threads == {"avatarify face"}


def test_it_keeps_to_the_rate_and_takes_the_newest_frame() -> None:
    with Looking(fps=20.0) as looking:
        began, index = time.monotonic(), 0
        while len(looking.told) < 4:
            index += 1
            looking.give(index)
            time.sleep(0.001)
        assert time.monotonic() - began >= 3 / 20 - 0.01
        assert looking.told[-1].index > len(looking.told) + 3


def test_none_are_made_while_none_are_wanted() -> None:
    with Looking(fps=0.0) as looking:
        looking.give(0)
        until(lambda: looking.asked)
        looking.fps = 1000.0
        looking.give(1)
        until(lambda: looking.told)
        assert looking.told[0].index == 1


def test_what_goes_wrong_is_told_and_tried_again() -> None:
    class MissingNetwork(BlindWatcher):
        tries = 0

        def __init__(self) -> None:
            super().__init__()
            MissingNetwork.tries += 1
            if MissingNetwork.tries == 1:
                raise AvatarifyError("face.onnx is missing.", "Install it again.")

    with Looking(MissingNetwork) as looking:
        looking.give(0)
        until(lambda: looking.look.trouble == "face.onnx is missing. Install it again.")
        assert looking.told == []
        looking.give(1)
        until(lambda: looking.told)
        until(lambda: looking.look.trouble == "")


def test_whatever_a_look_raises_the_next_watcher_looks_again(caplog: pytest.LogCaptureFixture) -> None:
    class Stumbling(BlindWatcher):
        made = 0

        def __init__(self) -> None:
            super().__init__()
            Stumbling.made += 1

        def observe(self, frame: Frame) -> FaceState:
            if Stumbling.made < 3:
                raise ValueError("an empty matrix")
            return super().observe(frame)

    with Looking(Stumbling) as looking:
        for index in range(2):
            looking.give(index)
            until(lambda made=index + 1: Stumbling.made == made and looking.look.trouble)
        assert "(ValueError: an empty matrix). It is tried again" in looking.look.trouble
        assert looking.told == []
        looking.give(2)
        until(lambda: looking.told)
        until(lambda: looking.look.trouble == "")
    assert [record.levelname for record in caplog.records] == ["WARNING"], "once, though it happened twice"


def test_it_ends_though_no_frame_comes() -> None:
    with Looking():
        pass
