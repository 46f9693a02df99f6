"""A camera of this computer, opened through OpenCV with the mode that gives the wanted size and rate."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import platform
from functools import partial
from pathlib import Path

import cv2

from avatarify.camera.devices import CameraDevice
from avatarify.camera.live_camera import LiveCamera, Patience
from avatarify.camera.opencv_source import OpenCvSource, settle_opencv
from avatarify.errors import CameraError
from avatarify.v4l2 import v4l2loopback
from avatarify.v4l2.camera_modes import CameraMode, choose_mode, is_busy, list_modes
from avatarify.v4l2.device_holders import find_holders

_WIDTH_BEYOND_USB_2 = 1280
"""From here on a USB 2 camera reaches 30 frames/s only with MJPG, and Windows does not tell us its modes."""

logger = logging.getLogger(__name__)


class OpenCvCamera(LiveCamera):
    """See camera.Camera. Its `format` is what the driver gave, which may be another size and rate than asked for, and
    `fps_measured` what arrives: in the dark many cameras give half of what they claim.
    """

    def __init__(
        self,
        device: CameraDevice,
        *,
        size: tuple[int, int] = (640, 480),
        fps: float = 30.0,
        patience: Patience | None = None,
    ) -> None:
        """size: (width, height) in pixels, fps: frames a second; the nearest that the camera can do is taken.

        Raises CameraError: gone, in use by another program, no permission, or no picture within patience.opening.
        """
        self.device = device
        super().__init__(partial(_open, device, size, fps), name=device.name, patience=patience)
        logger.info("%s gives %s; asked for %dx%d at %g", device.name, self.format, *size, fps)


def _open(device: CameraDevice, size: tuple[int, int], fps: float) -> OpenCvSource:
    settle_opencv()
    mode = _mode(device, size, fps)
    # The backend is always named: without it OpenCV tries all of them, and some print.
    capture = cv2.VideoCapture(device.address, _backend(device.backend))
    if not capture.isOpened():
        capture.release()
        raise _trouble(device)
    if mode is not None:
        settings = [
            (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*mode.pixel_format)),
            (cv2.CAP_PROP_FRAME_WIDTH, mode.width),
            (cv2.CAP_PROP_FRAME_HEIGHT, mode.height),
            (cv2.CAP_PROP_FPS, fps),
        ]
    else:
        pressed = size[0] >= _WIDTH_BEYOND_USB_2 and device.backend in ("DSHOW", "MSMF")
        settings = [(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))] if pressed else []
        settings += [(cv2.CAP_PROP_FRAME_WIDTH, size[0]), (cv2.CAP_PROP_FRAME_HEIGHT, size[1]), (cv2.CAP_PROP_FPS, fps)]
    for setting, value in settings:
        capture.set(setting, value)  # a refusal shows in the format that is read back
    return OpenCvSource(capture, trouble=partial(_trouble, device), waits_in_slices=device.backend == "V4L2")


def _mode(device: CameraDevice, size: tuple[int, int], fps: float) -> CameraMode | None:
    """None where the system does not tell the camera's modes. Raises CameraError where it cannot be opened."""
    if device.backend != "V4L2":
        return None
    try:
        return choose_mode(list_modes(str(device.address)), size=size, fps=fps)
    except OSError as error:
        raise _trouble(device) from error


def _backend(name: str) -> int:
    return int(getattr(cv2, f"CAP_{name}"))


def _trouble(device: CameraDevice) -> CameraError:
    """Why this camera gives no picture, and the remedy."""
    if device.backend == "V4L2":
        return _linux_trouble(device.name, Path(str(device.address)))
    if platform.system() == "Darwin":
        hint = "Allow it in System Settings > Privacy & Security > Camera, and close other programs that use it."
    else:
        hint = "Close other programs that use it, allow it in Settings > Privacy > Camera, or plug it in again."
    return CameraError(f"{device.name} gives no picture.", hint)


def _linux_trouble(name: str, path: Path) -> CameraError:
    try:
        busy = is_busy(path)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM):
            return CameraError(
                f"You may not open {name} ({path}).", "sudo usermod -aG video $USER, then log out and in again."
            )
        if error.errno == errno.EBUSY:
            return _in_use(name, path)
        if error.errno in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
            return CameraError(f"{name} is gone ({path}).", "Plug it in again.")
        return CameraError(f"{name} cannot be opened ({path}): {os.strerror(error.errno or 0)}.", "Plug it in again.")
    if busy:
        return _in_use(name, path)
    with contextlib.suppress(OSError):
        if not v4l2loopback.query(path).capture:
            return CameraError(
                f"{name} is a virtual camera to which no program sends ({path}).", "Start the program that does."
            )
    return CameraError(f"{name} can be opened, but gives no picture ({path}).", "Unplug it and plug it in again.")


def _in_use(name: str, path: Path) -> CameraError:
    others = ", ".join(str(holder) for holder in find_holders(path))
    if others:
        return CameraError(f"{name} is in use by another program: {others}.", "Close the camera there.")
    if any(holder.process == os.getpid() for holder in find_holders(path, besides=0)):
        return CameraError(f"{name} is already open in this program.", "Wait until its driver has let go of it.")
    return CameraError(f"{name} is in use by another program.", "Close other programs that show its picture.")
