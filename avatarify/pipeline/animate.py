"""The animate stage: the only thread that touches the engine, and the only place where an `Animated` is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import numpy as np

from avatarify.errors import AvatarifyError
from avatarify.frame import Frame
from avatarify.pipeline.freshness import Freshness
from avatarify.pipeline.gate import Animated
from avatarify.pipeline.jobs import Jobs, no_engine
from avatarify.pipeline.protocols import Engine
from avatarify.pipeline.report import Report
from avatarify.pipeline.slot import LatestSlot, SlotClosedError
from avatarify.pipeline.stats import Stats

E = TypeVar("E", bound=Engine)
_LOOK_UP_S = 0.5  # the longest wait for a frame; jobs and the end are announced by a nudge


class AnimateRun(Generic[E]):
    """One engine's life."""

    def __init__(
        self,
        report: Report,
        *,
        make_engine: Callable[[], E],
        frames: LatestSlot[Frame],
        results: LatestSlot[Animated],
        stats: Stats,
        clock: Callable[[], float],
    ) -> None:
        self.jobs: Jobs[E] = Jobs()
        self._report = report
        self._make_engine = make_engine
        self._frames = frames
        self._results = results
        self._stats = stats
        self._clock = clock
        self._freshness = Freshness()
        self._engine: E | None = None
        self._why_closed: BaseException = no_engine("it has been stopped.")

    def step(self) -> bool:
        """Make the engine, once; else do the jobs that wait and animate the newest frame."""
        if self._engine is None:
            self._report.opening()
            try:
                with self._report.calling("Making the engine", opens=True):
                    self._engine = self._make_engine()
            except BaseException as error:
                self._why_closed = error
                raise
            self._report.running()
            return True
        with self._report.calling("A command to the engine"):
            self.jobs.run(self._engine)
        try:
            frame = self._newest()
        except SlotClosedError:
            return False
        if frame is not None:
            self._animate(self._engine, frame)
        return True

    def close(self) -> None:
        self.jobs.close(self._why_closed)
        engine, self._engine = self._engine, None
        if engine is not None:
            with self._report.calling("Closing the engine"):
                engine.close()

    def abandon(self) -> None:
        self.jobs.close(no_engine("it was started anew, or hangs and was left behind."))
        self._frames.nudge()

    def _newest(self) -> Frame | None:
        frame = self._frames.take(_LOOK_UP_S)
        if frame is None:
            return None
        wait_s = self._freshness.wait_for_next_s(frame, self._clock())
        newer = self._frames.take(wait_s) if wait_s else None
        if newer is None:
            return frame
        self._stats.overtaken()
        return newer

    def _animate(self, engine: E, frame: Frame) -> None:
        began = self._clock()
        try:
            with self._report.calling("The engine"):
                result = engine.step(frame)
            _check(result, frame)
        except Exception as error:  # noqa: BLE001 - an error of this frame; it is told, and the next frame is tried
            self._stats.engine_failed()
            self._report.trouble(error)
            return
        now = self._clock()
        self._freshness.stepped(now - began)
        animated = Animated(result.image, result.index, result.captured_at, made_at=now, step_s=now - began)
        if self._report.deliver(lambda: self._results.put(animated)):
            self._stats.animated()
            self._report.running()


def _check(result: Frame, camera: Frame) -> None:
    """An engine must not hand on the camera's picture, nor anything that is no picture."""
    image = result.image
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise AvatarifyError(
            f"The engine returned {image.dtype} {list(image.shape)}, wanted uint8 [H,W,3].", "Report this as a defect."
        )
    if np.may_share_memory(image, camera.image):
        raise AvatarifyError(
            "The engine returned the camera's own picture; it is not shown.", "Report this as a defect."
        )
