"""A camera without a camera: it films a drawn performer. For the demo, for tests and for machines that have no webcam."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from types import TracebackType

from avatarify.camera.camera import CameraFormat
from avatarify.character.cast import PERFORMER
from avatarify.character.character import Character
from avatarify.character.draw import draw_scene
from avatarify.character.performance import DEMO, Performance, perform
from avatarify.errors import CameraError
from avatarify.frame import Frame, Image


class SyntheticCamera:
    """Head and shoulders of a character that performs a script, in a camera's picture.

    `read` is paced like a real camera, `frames` is not. Both show frame n as the script stands at n / fps, so the film
    is the same on every machine. Not thread-safe: one thread opens, reads and closes.

    size: (width, height) in pixels. clock and sleep: seconds; tests pass their own. Raises CameraError for an fps that
    is not positive.
    """

    def __init__(
        self,
        *,
        size: tuple[int, int] = (640, 480),
        fps: float = 30.0,
        character: Character = PERFORMER,
        script: Performance = DEMO,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not fps > 0:
            raise CameraError(f"A camera cannot run at {fps} frames per second.", "Choose a positive rate.")
        self.size = size
        self.fps = fps
        self._character = character
        self._script = script
        self._clock = clock
        self._sleep = sleep
        self._index = 0
        self._started: float | None = None
        self._closed = False

    @property
    def format(self) -> CameraFormat:
        """See camera.Camera."""
        return CameraFormat(*self.size, fps_claimed=self.fps, pixel_format="RGB", backend="drawn")

    def read(self) -> Frame:
        """The next frame, at its time: waits until frame n is due, n / fps after the first. Nothing is dropped: where
        drawing is slower than fps, frames come later, with their own `captured_at`.

        Raises CameraError after `close`.
        """
        if self._closed:
            raise CameraError("The synthetic camera is closed.", "Open a new one.")
        image = self._film(self._index)
        now = self._clock()
        if self._started is None:
            self._started = now
        wait = self._started + self._index / self.fps - now
        if wait > 0:
            self._sleep(wait)
            now = self._clock()
        frame = Frame(image, self._index, now)
        self._index += 1
        return frame

    def frames(self, count: int) -> Iterator[Frame]:
        """The first `count` frames of the film as fast as they can be drawn; `captured_at` is n / fps, as in a file.
        Independent of `read`.
        """
        for index in range(count):
            yield Frame(self._film(index), index, index / self.fps)

    def close(self) -> None:
        """Stop; a second call does nothing."""
        self._closed = True

    def __enter__(self) -> SyntheticCamera:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _film(self, index: int) -> Image:
        width, height = self.size
        return draw_scene(self._character, perform(self._script, index / self.fps), width=width, height=height)
