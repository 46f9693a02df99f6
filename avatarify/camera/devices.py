"""Which cameras this computer has, by names and ids that stay the same when they are plugged in again."""

from __future__ import annotations

import errno
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from avatarify.errors import CameraError
from avatarify.v4l2 import v4l2loopback

_NO_CAMERA = 'Plug one in, or take "synthetic", a video file or the address of a network camera.'


@dataclass(frozen=True)
class CameraDevice:
    """A camera that can be opened.

    number: what the user may type, and what other programs call it. name: as its maker calls it; two may have the same.
    id: stays the same when it is plugged into another port (where it has a serial number) or after a restart; the path
    where the system knows nothing better. address: what its backend opens, a path or an index. backend: "V4L2", "DSHOW",
    "MSMF" or "AVFOUNDATION". virtual: another program's output, perhaps our own. problem: why it cannot be used now.
    """

    number: int
    name: str
    id: str
    address: str | int
    backend: str
    virtual: bool = False
    problem: str = ""


@dataclass(frozen=True)
class LinuxFolders:
    """Where Linux tells of cameras."""

    sys: Path = Path("/sys/class/video4linux")
    dev: Path = Path("/dev")
    by_id: Path = Path("/dev/v4l/by-id")


class EnumeratedCamera(Protocol):
    """What cv2_enumerate_cameras tells of a camera."""

    @property
    def index(self) -> int: ...

    @property
    def name(self) -> str: ...

    @property
    def path(self) -> str | None: ...


Enumerate = Callable[[str], Sequence[EnumeratedCamera]]
"""The cameras of a backend, by its name."""

BACKENDS = {"Windows": ("DSHOW", "MSMF"), "Darwin": ("AVFOUNDATION",)}
"""In the order of preference; a camera that several of them see is taken from the first."""

_VIRTUAL_NAMES = ("obs virtual", "obs-camera", "unity video", "virtual camera", "avatarify")


def list_cameras() -> tuple[CameraDevice, ...]:
    """All cameras, by number. Takes milliseconds on Linux, up to a second elsewhere; opens no camera."""
    system = platform.system()
    if system == "Linux":
        return list_linux(LinuxFolders())
    return list_enumerated(BACKENDS.get(system, ()), _enumerate)


def first_camera(cameras: Sequence[CameraDevice] | None = None) -> str:
    """The id of the first that is a real one and works; its number may be another one's when it is plugged in again.
    cameras: those of `list_cameras`. Raises CameraError."""
    real = [camera for camera in (list_cameras() if cameras is None else cameras) if not camera.virtual]
    for camera in real:
        if not camera.problem:
            return camera.id
    found = "; ".join(f"{camera.name}: {camera.problem}" for camera in real)
    raise CameraError(
        f"No camera can be used ({found})." if found else "There is no camera here.",
        "Plug one in and try again, or take the drawn performer: --camera synthetic, in the window Settings, Camera.",
    )


def list_linux(folders: LinuxFolders) -> tuple[CameraDevice, ...]:
    """The V4L2 devices that capture: not a camera's second node with its metadata, not a v4l2loopback to which nobody
    sends. One that may not be opened is listed with its problem.
    """
    if not folders.sys.is_dir():
        return ()
    ids = _stable_ids(folders.by_id)
    nodes = [entry for entry in folders.sys.iterdir() if entry.name.startswith("video") and entry.name[5:].isdigit()]
    found = (
        _look(entry, folders.dev / entry.name, ids) for entry in sorted(nodes, key=lambda node: int(node.name[5:]))
    )
    return tuple(device for device in found if device is not None)


def list_enumerated(backends: Sequence[str], enumerate_: Enumerate) -> tuple[CameraDevice, ...]:
    """The cameras of several backends, each once."""
    found: list[CameraDevice] = []
    for backend in backends:
        seen = {device.name for device in found}
        for camera in enumerate_(backend):
            if camera.name in seen:
                continue
            virtual = any(word in camera.name.lower() for word in _VIRTUAL_NAMES)
            id_ = camera.path or camera.name
            found.append(CameraDevice(len(found), camera.name, id_, camera.index, backend, virtual))
    return tuple(found)


def find_camera(text: str, cameras: Sequence[CameraDevice] | None = None) -> CameraDevice:
    """The camera that the user means by a number, a whole id or path, or a part of its name (any case).

    cameras: None looks for them. Raises CameraError, with a list of what there is: none, none such, several such.
    """
    devices = list_cameras() if cameras is None else cameras
    wanted = text.strip()
    for device in devices:
        if wanted in (str(device.number), device.id) or _is_path_of(device, wanted):
            return device
    if not devices:
        raise CameraError(f'There is no camera "{text}": this computer has none.', _NO_CAMERA)
    if wanted.isdigit():
        raise CameraError(f"There is no camera number {wanted}.", _there_are(devices))
    same = [device for device in devices if device.name.lower() == wanted.lower()]
    alike = same or [device for device in devices if wanted and wanted.lower() in device.name.lower()]
    if not alike:
        raise CameraError(f'There is no camera with the number, name, id or path "{text}".', _there_are(devices))
    if len(alike) > 1:
        raise CameraError(f'"{text}" fits {len(alike)} cameras.', f"Take the number or the id. {_there_are(alike)}")
    return alike[0]


def is_video_device(path: Path) -> bool:
    """Whether this is a device of Linux and not a file, whatever it can do at the moment."""
    try:
        v4l2loopback.query(path)
    except OSError:
        return path.is_char_device()
    return True


def device_at(path: Path, devices: Sequence[CameraDevice]) -> CameraDevice:
    """The V4L2 device of this path, also where it is none of `devices`."""
    known = next((device for device in devices if _is_path_of(device, str(path))), None)
    return known or CameraDevice(-1, str(path), str(path), str(path), "V4L2")


def _is_path_of(device: CameraDevice, text: str) -> bool:
    return isinstance(device.address, str) and "/" in text and Path(text).resolve() == Path(device.address).resolve()


def _look(entry: Path, node: Path, ids: dict[str, str]) -> CameraDevice | None:
    number, path = int(entry.name[5:]), str(node)
    try:
        name = (entry / "name").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        name = ""
    id_ = ids.get(str(node.resolve()), path)
    try:
        capability = v4l2loopback.query(path)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EPERM):
            return None
        return CameraDevice(number, name or entry.name, id_, path, "V4L2", problem="no permission")
    if not capability.capture:
        return None
    return CameraDevice(number, name or capability.label, id_, path, "V4L2", virtual=capability.is_loopback)


def _stable_ids(folder: Path) -> dict[str, str]:
    """The path of a device node -> the link that udev has made for it from maker, model and serial number."""
    if not folder.is_dir():
        return {}
    return {str(link.resolve()): str(link) for link in sorted(folder.iterdir(), reverse=True)}


def _there_are(devices: Sequence[CameraDevice]) -> str:
    return "There are: " + ", ".join(f'{device.number} "{device.name}" ({device.id})' for device in devices) + "."


def _enumerate(backend: str) -> Sequence[EnumeratedCamera]:
    import cv2
    from cv2_enumerate_cameras import enumerate_cameras

    found: Sequence[EnumeratedCamera] = enumerate_cameras(getattr(cv2, f"CAP_{backend}"))
    return found
