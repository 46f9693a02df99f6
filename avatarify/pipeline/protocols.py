"""What the pipeline asks of a camera, an engine and a virtual camera. They satisfy it by their shape; none imports it."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from avatarify.frame import Frame, Image


class FrameSource(Protocol):
    """A camera. Its factory, `read` and `close` are called by the capture thread, one at a time. For a change of camera the
    factory is called in another thread while the present one is read; if the change is given up meanwhile, so is `close`.

    The factory opens the device. It must raise when there is none, at best an AvatarifyError that says which and what to
    do; it is then called again every second. It may block up to its own limit of a few seconds.
    """

    def read(self) -> Frame:
        """The next frame, as soon as there is one; called without pause, so the source sets the rate.

        Returns a new array each time, never written to again. `index` rises; `captured_at` is time.monotonic() at the
        moment of capture, also for a film that is played.
        Must raise (AvatarifyError) when the device is gone or its film is over: the source is then closed and its
        factory called again. Must not return an old frame a second time. May block up to its own limit, which should be
        under ten seconds; when it blocks longer than the pipeline's patience its thread is left behind and another one
        calls the factory, so two sources may exist for a while: the old one is never read again and is closed by its
        own thread once it returns.
        """
        ...

    def close(self) -> None:
        """Let go of the device. Called once after the last read, whatever happened. Must not raise; may block shortly."""
        ...


class Engine(Protocol):
    """What turns a camera frame into an avatar. Made, used and closed by the animate thread.

    The factory may take long (load, compile). When it raises the user reads why, and it is called again only when asked.
    """

    def step(self, frame: Frame) -> Frame:
        """One camera frame in, one animated frame out; called for the newest camera frame whenever the last is done.

        The result has the `index` and `captured_at` of the frame that it shows, and a new array uint8 [H,W,3] RGB, any
        size, never written to again. It must not be the camera's own array: such a result is refused.
        Whatever it raises means that there is nothing to show for this frame (no face, not calibrated, out of memory):
        it is counted and told and the next frame is tried. Must not return the camera picture instead.
        """
        ...

    def close(self) -> None:
        """Give memory back. Called once, after the last step. Must not raise."""
        ...


class Sink(Protocol):
    """A virtual camera. Its factory and all methods are called by the output thread only.

    The factory opens the device. It must raise when it cannot, at best an AvatarifyError; it is then called again every
    second, so it must not print. It is not called again while the sink works.
    """

    @property
    def fps(self) -> float:
        """Pictures a second that the device was opened with, constant: the pipeline sends at exactly this rate."""
        ...

    def send(self, image: Image) -> None:
        """Show a picture; called `fps` times a second. image: uint8 [H,W,3] RGB of any size, to be fitted to the device;
        the same array may come many times; must not be changed or kept.

        Must raise (AvatarifyError) when the device has vanished, within a second or so. Must not block for long: the
        time it takes is missing from the pause until the next picture, no more.
        """
        ...

    def close(self) -> None:
        """Let go of the device. Called once; the last picture sent is the stand-by picture. Must not raise."""
        ...


@runtime_checkable
class ReaderAware(Protocol):
    """A sink may also know whether a program reads it; then the pipeline can rest while nobody does."""

    @property
    def has_reader(self) -> bool | None:
        """None: unknown. Asked a few times a second from the output thread: must be cheap and must not raise."""
        ...
