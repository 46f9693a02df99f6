"""The thread behind a camera whose driver may block for seconds: it keeps the newest picture and tells every trouble."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple, Protocol

from avatarify.camera.camera import CameraFormat, RateMeter
from avatarify.errors import CameraError
from avatarify.frame import Frame, Image

logger = logging.getLogger(__name__)


class Picture(NamedTuple):
    """A picture of a source: uint8 [H,W,3] RGB, and time.monotonic() when it arrived."""

    image: Image
    captured_at: float


class PictureSource(Protocol):
    """An opened device. One thread makes, reads and closes it."""

    @property
    def format(self) -> CameraFormat:
        """Final once the first picture has been read."""
        ...

    def read(self) -> Picture | None:
        """The next picture in the order of arrival; None where nothing has come yet. May block as long as a driver does.
        Must raise CameraError when there will be no more, with the reason.
        """
        ...

    def close(self) -> None:
        """Must not raise."""
        ...


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds. opening: for the first picture. stall: for the next one, before a stall is told.
    closing: for the driver to let go.
    """

    opening: float = 10.0
    stall: float = 2.0
    closing: float = 0.5


class LiveCamera:
    """A camera.Camera over a PictureSource. Everything that may block happens in a thread of its own, so that frames do
    not queue in the driver or the socket, a stall is told although the driver still blocks, and `close` never hangs.
    """

    def __init__(
        self, open_source: Callable[[], PictureSource], *, name: str, patience: Patience | None = None
    ) -> None:
        """Opens the source and waits for its first picture. `name` stands in the messages, so it holds no secret.

        Raises CameraError: what open_source raised, or that no picture has come in time.
        """
        self.name = name
        self._open_source = open_source
        self._patience = patience or Patience()
        self._news = threading.Condition()
        self._closed = False
        self._error: CameraError | None = None
        self._format: CameraFormat | None = None
        self._newest: Frame | None = None
        self._taken = -1
        self._last_at = time.monotonic()
        self._rate = RateMeter()
        self._thread = threading.Thread(target=self._run, name=f"camera {name}", daemon=True)
        self._thread.start()
        try:
            self._await_first()
        except BaseException:
            self.close()
            raise

    @property
    def format(self) -> CameraFormat:
        """See Camera.format."""
        assert self._format is not None, "set before the constructor returns"
        return self._format

    @property
    def fps_measured(self) -> float | None:
        """Frames a second that really arrive, over the last 60. None in the beginning. From any thread."""
        with self._news:
            return self._rate.fps

    def read(self) -> Frame:
        """See Camera.read."""
        with self._news:
            while True:
                if self._closed:
                    raise CameraError(f"{self.name} is closed.", "Open it again.")
                if self._error is not None:
                    raise CameraError(self._error.message, self._error.hint)
                age = time.monotonic() - self._last_at
                if age > self._patience.stall:
                    raise self._stalled(age)
                if self._newest is not None and self._newest.index > self._taken:
                    self._taken = self._newest.index
                    return self._newest
                self._news.wait(self._patience.stall - age + 0.001)

    def close(self) -> None:
        """See Camera.close."""
        with self._news:
            self._closed = True
            self._news.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join(self._patience.closing)

    def __enter__(self) -> LiveCamera:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _await_first(self) -> None:
        limit = self._patience.opening
        with self._news:
            self._news.wait_for(lambda: self._newest is not None or self._error is not None, limit)
            if self._error is not None:
                raise CameraError(self._error.message, self._error.hint)
            if self._newest is None:
                raise CameraError(
                    f"{self.name} has given no picture for {limit:g} s after it was opened.",
                    "See that it is switched on and not covered, or take another camera.",
                )

    def _stalled(self, age: float) -> CameraError:
        return CameraError(
            f"{self.name} has given no picture for {age:.1f} s.",
            "Unplug it and plug it in again if it does not come back by itself.",
        )

    def _run(self) -> None:
        """The thread: until closed or until the source raises."""
        told = CameraError(
            f"{self.name} has stopped because of a defect in the program.", "Please report it with the log."
        )
        try:
            source = self._open_source()
            try:
                self._pump(source)
            finally:
                source.close()
        except CameraError as error:
            # Without its traceback, which would hold this camera for long.
            told = CameraError(error.message, error.hint)
            logger.info("%s", error)
        finally:
            with self._news:
                self._error = told
                self._newest = None
                self._news.notify_all()

    def _pump(self, source: PictureSource) -> None:
        index = 0
        while not self._closed:
            picture = source.read()
            if picture is None:
                continue
            with self._news:
                if self._format is None:
                    self._format = source.format
                self._newest = Frame(picture.image, index, picture.captured_at)
                self._last_at = picture.captured_at
                self._rate.arrived(picture.captured_at)
                self._news.notify_all()
            index += 1
