"""The thread behind a camera, on scripted sources: what it hands out, what it tells, and that it never hangs."""

from __future__ import annotations

import contextlib
import gc
import threading
import time
import weakref

import numpy as np
import pytest

from avatarify.camera.camera import CameraFormat
from avatarify.camera.live_camera import LiveCamera, Patience, Picture
from avatarify.errors import CameraError
from avatarify.frame import Frame
from tests.fakes.live import PATIENCE_S, until

FORMAT = CameraFormat(4, 2, 30.0, "YUYV", "script")
CALM = Patience(opening=5, stall=5, closing=0.05)
QUICK = Patience(opening=5, stall=0.15, closing=0.05)


class Source:
    """Gives a picture each time `let_come` is called; pictures carry their number as their colour."""

    format = FORMAT

    def __init__(self, *, ready: int = 1) -> None:
        self._ready = threading.Semaphore(ready)
        self.number = 0
        self.times: list[float] = []
        self.closed = threading.Event()
        self.error: CameraError | None = None

    def let_come(self, count: int = 1) -> None:
        self._ready.release(count)

    def unplug(self) -> None:
        self.error = CameraError("Camera is gone.", "Plug it in again.")
        self._ready.release()

    def read(self) -> Picture | None:
        if not self._ready.acquire(timeout=0.02):
            return None
        if self.error is not None:
            raise self.error
        self.number += 1
        self.times.append(time.monotonic())
        return Picture(np.full((2, 4, 3), self.number, np.uint8), self.times[-1])

    def close(self) -> None:
        self.closed.set()


def stuck_driver(patience: Patience = QUICK) -> tuple[LiveCamera, threading.Event]:
    """A camera that has given one picture and then blocks in its driver until the event is set."""
    let_go = threading.Event()

    class Stuck(Source):
        def read(self) -> Picture | None:
            if self.number:
                let_go.wait(10)
            return super().read()

    return LiveCamera(Stuck, name="Stuck", patience=patience), let_go


def read_again(camera: LiveCamera) -> Frame:
    """The next frame after a stall, however often that is told before."""
    for _ in range(100):
        try:
            return camera.read()
        except CameraError:
            time.sleep(0.005)
    raise AssertionError


def test_frames_come_in_order_with_their_times() -> None:
    source = Source()
    with LiveCamera(lambda: source, name="Cam", patience=CALM) as camera:
        assert camera.format == FORMAT
        for index in range(3):
            frame = camera.read()
            assert (frame.index, int(frame.image[0, 0, 0])) == (index, index + 1)
            assert frame.captured_at == source.times[index]
            source.let_come()
    assert source.closed.wait(PATIENCE_S)


def test_absent_reader_gets_the_newest_and_sees_the_gap() -> None:
    source = Source(ready=5)
    with LiveCamera(lambda: source, name="Cam", patience=CALM) as camera:
        until(lambda: source.number == 5)
        assert camera.read().index in (3, 4)
        source.let_come()
        until(lambda: source.number == 6)
        frame = camera.read()
        while frame.index < 5:
            frame = camera.read()
        assert frame.image[0, 0, 0] == 6


def test_end_is_told_at_once_and_again() -> None:
    source = Source()
    with LiveCamera(lambda: source, name="Cam", patience=CALM) as camera:
        camera.read()
        source.unplug()
        began = time.monotonic()
        for _ in range(2):
            with pytest.raises(CameraError, match="gone") as told:
                camera.read()
            assert told.value.hint == "Plug it in again."
        assert time.monotonic() - began < CALM.stall, "it is not the silence that is told"
        assert source.closed.wait(PATIENCE_S)


def test_stall_is_told_and_ends_by_itself() -> None:
    source = Source()
    with LiveCamera(lambda: source, name="Cam", patience=QUICK) as camera:
        camera.read()
        with pytest.raises(CameraError, match=r"Cam has given no picture for \d\.\d s"):
            camera.read()
        source.let_come()
        assert read_again(camera).index == 1


def test_old_picture_is_not_given_out_after_a_stall() -> None:
    source = Source(ready=2)
    with LiveCamera(lambda: source, name="Cam", patience=QUICK) as camera:
        until(lambda: source.number == 2)
        threading.Event().wait(QUICK.stall + 0.02)
        with pytest.raises(CameraError, match="no picture"):
            camera.read()


def test_driver_that_hangs_hinders_nobody() -> None:
    camera, let_go = stuck_driver()
    camera.read()
    with pytest.raises(CameraError, match="no picture"):
        camera.read()
    began = time.monotonic()
    camera.close()
    camera.close()
    assert time.monotonic() - began < 5, "the driver blocks for ten seconds"
    let_go.set()
    until(lambda: not any(thread.name == "camera Stuck" for thread in threading.enumerate()))


def test_close_wakes_a_reader() -> None:
    camera, let_go = stuck_driver(CALM)
    camera.read()
    told: list[CameraError] = []

    def read() -> None:
        try:
            camera.read()
        except CameraError as error:
            told.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    camera.close()
    reader.join(PATIENCE_S)
    let_go.set()
    assert "closed" in told[0].message


def test_no_first_picture_is_told() -> None:
    source = Source(ready=0)
    with pytest.raises(CameraError, match=r"Cam has given no picture for 0\.3 s after it was opened"):
        LiveCamera(lambda: source, name="Cam", patience=Patience(opening=0.3, closing=0.05))
    assert source.closed.wait(PATIENCE_S)


def test_failed_opening_is_told() -> None:
    def refuse() -> Source:
        raise CameraError("Cam is in use.", "Close the other program.")

    with pytest.raises(CameraError, match="in use"):
        LiveCamera(refuse, name="Cam", patience=CALM)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_defect_is_told_too() -> None:
    def breaks() -> Source:
        raise ZeroDivisionError

    with pytest.raises(CameraError, match="defect"):
        LiveCamera(breaks, name="Cam", patience=CALM)


def test_a_camera_that_has_gone_goes_away_without_the_garbage_collector() -> None:
    """Each replug would else leave a picture and a driver's handle behind for minutes."""

    pulled = threading.Event()

    class Pulled(Source):
        def read(self) -> Picture | None:
            if pulled.is_set():
                raise CameraError("Camera is gone.", "Plug it in again.")
            return super().read()

    def lose_one() -> tuple[weakref.ref[LiveCamera], weakref.ref[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]]:
        camera = LiveCamera(Pulled, name="Script", patience=CALM)
        picture = weakref.ref(camera.read().image)
        pulled.set()
        with contextlib.suppress(CameraError):
            camera.read()
        camera.close()
        return weakref.ref(camera), picture

    gc.disable()
    try:
        camera, picture = lose_one()
        until(lambda: picture() is None)
        until(lambda: camera() is None)
    finally:
        gc.enable()
