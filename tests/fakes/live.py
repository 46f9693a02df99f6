"""Cameras, engines and virtual cameras that misbehave on purpose, and a clock that the test winds.

Colours tell who made a picture: red comes from a camera and must never be seen outside, green is animated, blue is the
stand-by picture, grey the pause picture.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable, Sequence

import numpy as np

from avatarify.errors import AvatarifyError, CameraError
from avatarify.frame import Frame, Image

CAMERA = (255, 0, 0)
AVATAR = (0, 255, 0)
STANDBY = (0, 0, 255)
PAUSE = (90, 90, 90)
PATIENCE_S = 30.0
"""How long a test waits for another thread before it fails; never how long it takes."""


def picture(colour: tuple[int, int, int]) -> Image:
    """uint8 [6,8,3] of one colour."""
    return np.full((6, 8, 3), colour, np.uint8)


def until(condition: Callable[[], object], what: str = "") -> None:
    """Wait for other threads. Raises AssertionError when the patience is at its end."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"waited {PATIENCE_S} s in vain {what}"
        time.sleep(0.001)


class ManualClock:
    """Time stands still but for `advance`. One thread sleeps on it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._now = 1000.0
        self._wake_at: float | None = None
        self._sleeps = 0
        self._free = False

    def __call__(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        with self._changed:
            wake_at = self._now + seconds
            if self._free:
                self._now = wake_at
                return
            self._wake_at = wake_at
            self._sleeps += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._now >= wake_at or self._free, PATIENCE_S)
            self._wake_at = None

    def advance(self, seconds: float) -> None:
        """Let time pass up to each moment for which the sleeper asks, and wait until it sleeps again."""
        target = self._now + seconds
        while True:
            with self._changed:
                asleep = self._changed.wait_for(lambda: self._wake_at is not None, PATIENCE_S)
                assert asleep, "nobody sleeps on this clock"
                assert self._wake_at is not None
                if self._wake_at > target:
                    self._now = target
                    return
                self._now = self._wake_at
                self._wake_at = None
                sleeps = self._sleeps
                self._changed.notify_all()
                again = self._changed.wait_for(lambda before=sleeps: self._sleeps > before, PATIENCE_S)
                assert again, "the sleeper did not come back"

    def jump(self, seconds: float) -> None:
        """Let time pass at once, whatever anybody does."""
        with self._changed:
            self._now += seconds
            self._changed.notify_all()

    def release(self) -> None:
        """From now on sleeping itself makes time pass: lets a thread come to its end."""
        with self._changed:
            self._free = True
            self._changed.notify_all()


class HandCamera:
    """Films red, one frame for each `give`; can be unplugged at any moment."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._given = 0
        self._unplugged = False
        self.read_count = 0
        self.closed_by: str | None = None

    def give(self, count: int = 1) -> None:
        with self._changed:
            self._given += count
            self._changed.notify_all()

    def unplug(self) -> None:
        with self._changed:
            self._unplugged = True
            self._changed.notify_all()

    def read(self) -> Frame:
        with self._changed:
            self._changed.wait_for(lambda: self._given or self._unplugged, PATIENCE_S)
            if self._unplugged or not self._given:
                raise CameraError("The camera is gone.", "Plug it in.")
            self._given -= 1
            self.read_count += 1
            return Frame(picture(CAMERA), self.read_count - 1, self._clock())

    def close(self) -> None:
        self.closed_by = threading.current_thread().name


class FilmingCamera:
    """Films red by itself, a frame every few milliseconds of real time."""

    def __init__(self, *, every_s: float = 0.002, clock: Callable[[], float] = time.monotonic) -> None:
        self._every_s = every_s
        self._clock = clock
        self._index = -1
        self.closed_by: str | None = None

    def read(self) -> Frame:
        time.sleep(self._every_s)
        self._index += 1
        return Frame(picture(CAMERA), self._index, self._clock())

    def close(self) -> None:
        self.closed_by = threading.current_thread().name


class UnpluggedCamera(FilmingCamera):
    """Films a few frames, then is pulled out: from then on every read fails at once."""

    def __init__(self, *, frames: int = 3, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock=clock)
        self._left = frames

    def read(self) -> Frame:
        if self._left == 0:
            raise CameraError("The camera was unplugged.", "Plug it in again.")
        self._left -= 1
        return super().read()


class StallingCamera(FilmingCamera):
    """Films a few frames, then a read takes until the test lets go; after that it films on."""

    def __init__(self, *, frames: int = 3, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock=clock)
        self._left = frames
        self.stalled = threading.Event()
        self.go_on = threading.Event()

    def read(self) -> Frame:
        if self._left == 0:
            self.stalled.set()
            self.go_on.wait(PATIENCE_S)
        else:
            self._left -= 1
        return super().read()


class HangingCamera(StallingCamera):
    """Never gives a frame: its first read hangs."""

    def __init__(self) -> None:
        super().__init__(frames=0)


class Port:
    """A factory of cameras: opens one after the other, the last one again and again; None is an empty socket."""

    def __init__(self, *cameras: FilmingCamera | HandCamera | None) -> None:
        self._cameras: Sequence[FilmingCamera | HandCamera | None] = cameras
        self.opened = 0

    def __call__(self) -> FilmingCamera | HandCamera:
        camera = self._cameras[min(self.opened, len(self._cameras) - 1)]
        self.opened += 1
        if camera is None:
            raise CameraError("There is no camera 0.", "Plug one in.")
        return camera


class GreenEngine:
    """Turns every frame into green."""

    def __init__(self) -> None:
        self.threads = {threading.current_thread().name}
        self.steps = 0
        self.closed = 0

    def step(self, frame: Frame) -> Frame:
        self.threads.add(threading.current_thread().name)
        self.steps += 1
        return Frame(picture(AVATAR), frame.index, frame.captured_at)

    def close(self) -> None:
        self.threads.add(threading.current_thread().name)
        self.closed += 1


class SlowEngine(GreenEngine):
    """Takes its time over every frame."""

    def __init__(self, step_s: float) -> None:
        super().__init__()
        self._step_s = step_s

    def step(self, frame: Frame) -> Frame:
        time.sleep(self._step_s)
        return super().step(frame)


class BrokenEngine(GreenEngine):
    """Every second frame goes wrong."""

    def step(self, frame: Frame) -> Frame:
        if frame.index % 2:
            self.steps += 1
            raise AvatarifyError(f"No face in frame {frame.index}.", "Come closer.")
        return super().step(frame)


class DyingEngine(GreenEngine):
    """In the middle of a frame its thread comes to an end: by SystemExit, or, with `silently`, in the operating system,
    so that Python never hears of it."""

    def __init__(self, *, frames: int, silently: bool = False) -> None:
        super().__init__()
        self._left = frames
        self._silently = silently

    def step(self, frame: Frame) -> Frame:
        if self._left == 0:
            if self._silently:
                ctypes.CDLL(None).pthread_exit(None)
            raise SystemExit(3)
        self._left -= 1
        return super().step(frame)


class HangingEngine(GreenEngine):
    """In the middle of a frame it hangs until the test lets go, then hands that frame over."""

    def __init__(self, *, frames: int) -> None:
        super().__init__()
        self._left = frames
        self.hangs = threading.Event()
        self.go_on = threading.Event()

    def step(self, frame: Frame) -> Frame:
        if self._left == 0:
            self.hangs.set()
            self.go_on.wait(PATIENCE_S)
        else:
            self._left -= 1
        return super().step(frame)


class LeakyEngine(GreenEngine):
    """Hands the camera picture on, or a piece of it."""

    def step(self, frame: Frame) -> Frame:
        self.steps += 1
        return Frame(frame.image[1:, 1:], frame.index, frame.captured_at)


class MemorySink:
    """Keeps the colour of every pixel that it was sent."""

    def __init__(self, *, fps: float = 30.0) -> None:
        self.fps = fps
        self.sent: list[tuple[int, int, int]] = []
        self.colours: set[tuple[int, int, int]] = set()
        self.threads: set[str] = set()
        self.closed = 0

    def send(self, image: Image) -> None:
        pixels = {(int(red), int(green), int(blue)) for red, green, blue in image.reshape(-1, 3)}
        self.colours |= pixels
        self.threads.add(threading.current_thread().name)
        self.sent.append(pixels.pop() if len(pixels) == 1 else (1, 2, 3))

    def close(self) -> None:
        self.closed += 1


class UnreadSink(MemorySink):
    """Knows whether anybody looks; at first nobody does."""

    has_reader: bool | None = False


class VanishingSink(MemorySink):
    """The device disappears after a few pictures."""

    def __init__(self, *, pictures: int, error: Exception | None = None) -> None:
        super().__init__()
        self._left = pictures
        self._error = error or AvatarifyError(
            "The virtual camera /dev/video9 has vanished.", "Load v4l2loopback again."
        )

    def send(self, image: Image) -> None:
        if self._left == 0:
            raise self._error
        self._left -= 1
        super().send(image)


class HangingSink(MemorySink):
    """After a few pictures `send` hangs until the test lets go."""

    def __init__(self, *, pictures: int) -> None:
        super().__init__()
        self._left = pictures
        self.hangs = threading.Event()
        self.go_on = threading.Event()

    def send(self, image: Image) -> None:
        if self._left == 0:
            self.hangs.set()
            self.go_on.wait(PATIENCE_S)
        else:
            self._left -= 1
        super().send(image)
