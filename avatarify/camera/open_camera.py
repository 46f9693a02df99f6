"""From what the user wrote to an opened camera, of whatever kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from avatarify.camera.camera import Camera
from avatarify.camera.devices import CameraDevice, device_at, find_camera, is_video_device, list_cameras
from avatarify.camera.network_camera import SCHEMES, NetworkCamera, shown_address
from avatarify.camera.opencv_camera import OpenCvCamera
from avatarify.camera.synthetic import SyntheticCamera
from avatarify.errors import CameraError

SYNTHETIC = "synthetic"
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_LOOKS_LIKE_A_FILE = re.compile(r"[/\\]|\.[A-Za-z0-9]{2,4}$")


def open_camera(
    text: str,
    *,
    size: tuple[int, int] = (640, 480),
    fps: float = 30.0,
    devices: Callable[[], tuple[CameraDevice, ...]] = list_cameras,
) -> Camera:
    """Opens what `text` names: "synthetic", the number, name, id or path of a device, a video file, or an http(s) or rtsp
    address.

    size: (width, height) in pixels, and fps: wishes to a device and to the drawn camera; a file and a network camera have
    their own. devices: lists the cameras of this computer. Raises CameraError, which says what the text was taken for.
    """
    wanted = text.strip()
    if not wanted:
        raise CameraError("No camera was named.", "Write a number, a name, a video file or an address.")
    if wanted == SYNTHETIC:
        return SyntheticCamera(size=size, fps=fps)
    address = _ADDRESS.match(wanted)
    if address is not None:
        if address[1] not in SCHEMES:
            raise CameraError(
                f"{shown_address(wanted)} is not the address of a camera.",
                f"An address begins with one of {', '.join(f'{scheme}://' for scheme in SCHEMES)}.",
            )
        return NetworkCamera(wanted)
    if _LOOKS_LIKE_A_FILE.search(wanted) or (Path(wanted).exists() and not wanted.isdigit()):
        return _open_path(wanted, size, fps, devices())
    return OpenCvCamera(find_camera(wanted, devices()), size=size, fps=fps)


def shown_name(text: str) -> str:
    """What the user wrote, without the secrets that an address may hold: for messages and lists."""
    return shown_address(text.strip()) if _ADDRESS.match(text.strip()) else text.strip()


def _open_path(text: str, size: tuple[int, int], fps: float, devices: Sequence[CameraDevice]) -> Camera:
    """A device by its path or id, or a video file."""
    path = Path(text)
    if is_video_device(path):
        return OpenCvCamera(device_at(path, devices), size=size, fps=fps)
    if path.exists():
        from avatarify.camera.video_camera import VideoCamera  # what reads films takes a while to import

        return VideoCamera(path)
    try:
        device = find_camera(text, devices)  # as it is written: a path may spell an id of Windows otherwise
    except CameraError as error:
        nothing = "no camera" if path.is_relative_to("/dev") else "no video file and no camera"
        raise CameraError(f"There is {nothing} at {path}.", error.hint) from None
    return OpenCvCamera(device, size=size, fps=fps)
