"""A virtual camera that takes pictures of any size and shows them in its frame."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType

from avatarify.frame import Image
from avatarify.v4l2.device_holders import HolderWatch
from avatarify.virtual_camera.composition import Composer, Look
from avatarify.virtual_camera.virtual_camera import VirtualCamera

Tap = Callable[[Image, float], object]
"""Gets each frame that was sent, uint8 [H,W,3] RGB, and when, by the clock. It must neither wait nor raise nor keep the frame:
Recorder.put is one.
"""


class FramedCamera:
    """Composes each picture (see Composer) and sends it on. A picture that has the frame's size already, such as the
    stand-by picture, goes out as it is. One thread opens, sends and closes. tap: sees what the others see; may be set and
    taken away at any time.
    """

    def __init__(
        self, camera: VirtualCamera, look: Look | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """camera: open; it is closed together with this. clock: seconds."""
        self.camera = camera
        self.fps = camera.fps
        self.size = camera.size
        self._look = look or Look()
        self._composer = Composer(camera.size, self._look)
        self._composed: Image | None = None  # the picture that the composer's frame shows
        self.tap: Tap | None = None
        self.closed = False
        self._clock = clock
        self._readers = HolderWatch(camera.device, clock=clock)

    @property
    def look(self) -> Look:
        """How pictures are composed. Any thread may set it; it takes effect with the next picture."""
        return self._look

    @look.setter
    def look(self, look: Look) -> None:
        self._look = look

    @property
    def has_reader(self) -> bool | None:
        """Some program has the camera open; None where that cannot be known. Cheap: looked up in the background, so up to
        some seconds old.
        """
        return self._readers.any_holder

    @property
    def reader(self) -> str | None:
        """The name of such a program, as its system calls it; None where none is known. As old."""
        holders = self._readers.holders or ()
        return next((holder.name for holder in holders if not holder.only_writes), None)

    def send(self, image: Image) -> None:
        """Shows the picture, uint8 [H,W,3] RGB of any size. The same array again costs no composing, so it must not be
        changed after it was sent. Raises VirtualCameraError as the camera does.
        """
        frame = self._framed(image)
        self.camera.send(frame)
        tap = self.tap
        if tap is not None:
            tap(frame, self._clock())

    def close(self) -> None:
        """Closes the camera too; twice is fine."""
        self._composed = None
        self.closed = True
        self.camera.close()

    def __enter__(self) -> FramedCamera:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _framed(self, image: Image) -> Image:
        width, height = self.size
        if image.shape[:2] == (height, width):
            return image
        look = self._look
        if look != self._composer.look:  # here and not in the setter: the composer belongs to the sending thread
            self._composer, self._composed = Composer(self.size, look), None
        if image is self._composed:
            return self._composer.frame
        frame = self._composer.compose(image)
        self._composed = image
        return frame
