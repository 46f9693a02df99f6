"""The virtual camera: what a meeting app sees as a webcam. Opened once per run and kept, at one size.

Kept, because v4l2loopback 0.12 lets a producer like ours in only once, and because meeting apps lose a camera that closes.
Run on v4l2loopback 0.12.7 and on devices in user space. Windows and macOS follow pyvirtualcam's sources and were not run.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import platform
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import numpy as np

from avatarify.errors import VirtualCameraError
from avatarify.frame import Image
from avatarify.v4l2 import v4l2loopback
from avatarify.v4l2.device_holders import Holder, find_holders
from avatarify.virtual_camera.advice import explain, in_use, no_virtual_camera, this_machine
from avatarify.virtual_camera.devices import State, find_virtual_cameras
from avatarify.virtual_camera.stderr_tap import StderrTap
from avatarify.virtual_camera.timeout_picture import clear_timeout, set_timeout_picture

SIZES = ((1280, 720), (640, 480), (1920, 1080))
"""(width, height) of the pictures that can be sent; the first is the default."""

FPS = 30.0
CHECK_EVERY = 1.0  # seconds between two looks at the device

logger = logging.getLogger(__name__)


class VirtualCamera(Protocol):
    """A sink of pictures. One thread opens it, sends and closes; the properties may be read from any.

    size: (width, height) of every picture. fps: the rate at which `send` is to be called; the caller keeps it. name: what
    meeting apps call it. device: what it was opened by. notes: sentences for the user about this device, none where all is
    well.
    """

    size: tuple[int, int]
    fps: float
    name: str
    device: str

    @property
    def notes(self) -> tuple[str, ...]:
        """See above; may grow after the first frame."""

    @property
    def in_use(self) -> bool | None:
        """Some program has the camera open for reading, as far as can be seen; None where the system does not say. Takes
        milliseconds: not for the thread that sends.
        """

    def send(self, image: Image) -> None:
        """Shows the picture, uint8 [H,W,3] RGB of exactly `size`, until the next one. Does not wait for readers.

        Raises VirtualCameraError when the device has gone or takes no pictures any more: at once where the system tells,
        else within a second or two; then close it and open a new one every second or so until that works.
        """

    def close(self) -> None:
        """Lets the device go; twice is fine."""


class PyVirtualCamera:
    """The real one, through the package pyvirtualcam: v4l2loopback on Linux, OBS on Windows and macOS, Unity Capture.

    pyvirtualcam never says that a device has gone: `send` looks at it once a second (stat, VIDIOC_QUERYCAP), and hears
    what pyvirtualcam prints.
    """

    def __init__(
        self,
        device: str | None = None,
        *,
        size: tuple[int, int] = SIZES[0],
        fps: float = FPS,
        standby: Image | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """device: /dev/videoN, or the camera's name on Windows and macOS; None takes the first free one, which `device`
        then names. standby: uint8 [H,W,3] RGB of `size`, what the driver shall show by itself when nothing is sent for a
        second, also after this program was killed; where it cannot, `notes` says so. clock: seconds.

        Raises VirtualCameraError: none there, taken by another program (named), no rights, pyvirtualcam missing.
        """
        if size not in SIZES:
            raise ValueError(f"size={size} is none of {SIZES}")
        if not 1 <= fps <= 60:
            raise ValueError(f"fps={fps} must be in 1..60")
        self.size = size
        self.fps = float(fps)
        self._clock = clock
        self._standby = standby if standby is None else _checked(standby, size)
        self._linux = platform.system() == "Linux"
        self._notes: list[str] = []
        self._next_check = -np.inf
        self._first = True
        self._complaints = 0
        self._failure: VirtualCameraError | None = None
        self._has_limit = False
        self._closed = False
        wanted = _first_free(device) if self._linux and device is None else device
        self._camera = self._open(wanted)
        self.device = str(self._camera.device)
        self.name = self.device
        self._tap = StderrTap("error writing frame: [^\\n]*")
        if self._linux:
            try:
                self._identity = _identity(self.device)
                self.name = v4l2loopback.query(self.device).label or self.device
            except OSError as error:
                self.close()
                raise explain(error, self.device, this_machine()) from error

    @property
    def notes(self) -> tuple[str, ...]:
        """See VirtualCamera."""
        return tuple(self._notes)

    @property
    def readers(self) -> tuple[Holder, ...]:
        """The other programs that have the device open, by name: Linux only, and as far as they can be seen."""
        return find_holders(self.device) if self._linux else ()

    @property
    def in_use(self) -> bool | None:
        """See VirtualCamera."""
        return bool(self.readers) if self._linux else None

    def send(self, image: Image) -> None:
        """See VirtualCamera."""
        if self._closed:
            raise VirtualCameraError(f"The virtual camera {self.name} is closed.", "Start it again.")
        if self._failure is not None:
            raise self._failure
        _checked(image, self.size)
        now = self._clock()
        if now < self._next_check:
            self._camera.send(image)
            return
        self._next_check = now + CHECK_EVERY
        try:
            with self._tap.listen() as heard:
                self._camera.send(image)
            self._check(heard.text)
        except RuntimeError as error:  # macOS: the stream does not exist
            self._failure = explain(error, self.device, this_machine())
            raise self._failure from error
        except VirtualCameraError as error:
            self._failure = error
            raise

    def close(self) -> None:
        """See VirtualCamera. Leaves the device fit for the next program."""
        if self._closed:
            return
        self._closed = True
        if self._has_limit:
            with contextlib.suppress(OSError):
                clear_timeout(self.device)
        self._camera.close()
        self._tap.close()
        if self._linux:
            with contextlib.suppress(OSError):
                capability = v4l2loopback.query(self.device)
                if capability.is_loopback and not capability.output:  # now, or as soon as the last reader leaves
                    v4l2loopback.repair(self.device)

    def __enter__(self) -> PyVirtualCamera:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self, device: str | None) -> Any:  # noqa: ANN401 - pyvirtualcam has no types
        try:
            return _new_camera(self.size, self.fps, device)
        except _REFUSALS as error:
            reason: Exception = error
        if self._linux and device is not None and "not a video output device" in str(reason):
            self._make_ready(device, reason)
            try:
                return _new_camera(self.size, self.fps, device)
            except _REFUSALS as error:
                reason = error
        raise explain(reason, device, this_machine()) from reason

    def _make_ready(self, device: str, reason: Exception) -> None:
        """Repairs a device that driver 0.12 has left stuck. Raises VirtualCameraError where that is not the trouble."""
        try:
            capability = v4l2loopback.query(device)
            orphaned = capability.is_loopback and capability.capture and not v4l2loopback.has_producer(device)
            if capability.is_stuck or orphaned:
                v4l2loopback.repair(device)
                logger.info("%s was left stuck by its driver (v4l2loopback 0.12) and is repaired", device)
                return
        except OSError as error:
            raise explain(error, device, this_machine()) from reason
        if capability.is_loopback:
            holders = find_holders(device)
            producers = tuple(holder for holder in holders if holder.only_writes) or holders
            raise in_use(device, tuple(map(str, producers))) from reason
        raise explain(RuntimeError("is not a V4L2 device"), device, this_machine()) from reason

    def _check(self, complaint: str) -> None:
        """Raises VirtualCameraError where the device has gone or does not take pictures. complaint: what pyvirtualcam
        printed about this frame.
        """
        if self._linux:
            self._check_presence()
        self._complaints = self._complaints + 1 if complaint else 0
        if complaint:
            logger.warning("%s: %s", self.device, complaint)
            if self._first or self._complaints > 1:
                reason = complaint.partition(": ")[2].strip() or complaint
                raise VirtualCameraError(
                    f"The virtual camera {self.name} ({self.device}) takes no pictures ({reason}).",
                    "Close other programs that send to it; the camera is opened again then.",
                )
        if self._first and self._linux:
            self._first = False
            self._check_size()
            self._set_standby()

    def _check_presence(self) -> None:
        try:
            gone = _identity(self.device) != self._identity
            if not gone:
                v4l2loopback.query(self.device)
        except OSError as error:
            gone = error.errno not in _STILL_THERE
        if gone:
            raise VirtualCameraError(
                f"The virtual camera {self.name} ({self.device}) has gone.",
                "Its driver was unloaded or the device removed; when it is back, sending goes on. "
                f"{no_virtual_camera(this_machine()).hint}",
            )

    def _check_size(self) -> None:
        with contextlib.suppress(OSError):
            carried = v4l2loopback.carried_size(self.device)
            if carried != self.size:
                readers = " and ".join(map(str, self.readers)) or "another program"
                raise VirtualCameraError(
                    f"{self.device} is held at {carried[0]} x {carried[1]} by {readers}, so {self.size[0]} x "
                    f"{self.size[1]} cannot be sent.",
                    "Choose another camera there for a moment and start again, or send the size it is held at.",
                )

    def _set_standby(self) -> None:
        if self._standby is None:
            return
        try:
            set_timeout_picture(self.device, self._standby)
            self._has_limit = True
        except VirtualCameraError as error:
            self._notes.append(str(error))
            logger.info("%s", error)


_REFUSALS = (RuntimeError, KeyError, OSError, ImportError, ValueError)
_STILL_THERE = (errno.EACCES, errno.EBUSY, errno.EMFILE)  # it is there, only we may not look; EBUSY: too many openers


def _new_camera(size: tuple[int, int], fps: float, device: str | None) -> Any:  # noqa: ANN401
    import pyvirtualcam  # late: it is optional, and its licence is the GPL

    width, height = size
    return pyvirtualcam.Camera(width, height, fps, device=device, print_fps=False)


def _first_free(device: str | None) -> str:
    """The device to take where none is named: pyvirtualcam's own choice would silently pass over one in use."""
    cameras = find_virtual_cameras()
    for state in (State.FREE, State.STUCK):
        for camera in cameras:
            if camera.state is state:
                return camera.device
    if not cameras:
        raise no_virtual_camera(this_machine())
    taken = cameras[0]
    if taken.state is State.SENDING:
        raise in_use(taken.device, tuple(map(str, find_holders(taken.device))))
    raise VirtualCameraError(f"{taken.device} cannot be opened: {taken.state.value}.", taken.advice)


def _identity(device: str) -> tuple[int, int, int]:
    status = Path(device).stat()
    return status.st_dev, status.st_ino, getattr(status, "st_rdev", 0)


def _checked(image: Image, size: tuple[int, int]) -> Image:
    width, height = size
    if image.shape != (height, width, 3) or image.dtype != np.uint8:
        raise ValueError(f"expected uint8 [{height}, {width}, 3], got {image.dtype} {list(image.shape)}")
    return image
