"""Which virtual cameras this computer has, in which state each is, and what is not right about it."""

from __future__ import annotations

import contextlib
import errno
import platform
import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from avatarify.v4l2 import v4l2loopback
from avatarify.virtual_camera.advice import RELOAD

LABEL = "Avatarify"
"""The name in meeting apps that the advice gives to the device; the first one so called is preferred."""


class State(Enum):
    """What can be done with a virtual camera now."""

    FREE = "free"
    SENDING = "sending"  # some program sends to it
    STUCK = "stuck"  # driver 0.12 after a producer closed it; opening it repairs it
    NO_RIGHTS = "no rights"
    FULL = "full"  # too many programs have it open
    UNKNOWN = "unknown"  # this system does not say


@dataclass(frozen=True)
class VirtualCameraDevice:
    """One virtual camera. device: what to open it by: /dev/video9, or its name on Windows and macOS. label: what meeting
    apps call it. kind: pyvirtualcam's backend. The driver's settings are None where the system does not tell them.
    """

    device: str
    label: str
    kind: str
    state: State
    driver_version: str | None = None
    exclusive_caps: bool | None = None
    max_openers: int | None = None

    @property
    def advice(self) -> str:
        """What should be changed about it, with the command; empty where nothing."""
        if self.state is State.NO_RIGHTS:
            return f"You may not open {self.device}: sudo usermod -aG video $USER, then log out and in again."
        if self.exclusive_caps is False:
            return f"{self.device} was made with exclusive_caps=0: Chrome, Meet, Teams and others will not list it. {RELOAD}"
        return ""


def find_virtual_cameras(
    *, system: str | None = None, dev: Path = Path("/dev"), sys: Path = Path("/sys")
) -> tuple[VirtualCameraDevice, ...]:
    """All virtual cameras, the one labelled Avatarify first, then by number. dev, sys: folders like /dev and /sys.

    On Linux nothing is changed by looking. On Windows and macOS pyvirtualcam can only be asked by opening each kind for a
    moment, so do not call it there while sending.
    """
    name = platform.system() if system is None else system
    if name != "Linux":
        return _ask_pyvirtualcam()
    folder = sys / "class/video4linux"
    if not folder.is_dir():
        return ()
    found = [
        device for entry in sorted(folder.iterdir(), key=_number) if (device := _look(entry.name, dev, sys)) is not None
    ]
    return tuple(sorted(found, key=lambda device: device.label != LABEL))


def _look(name: str, dev: Path, sys: Path) -> VirtualCameraDevice | None:
    """The device /dev/NAME if v4l2loopback made it."""
    path = dev / name
    settings = sys / "devices/virtual/video4linux" / name
    state, label, bus = State.UNKNOWN, _read(sys / "class/video4linux" / name / "name"), ""
    try:
        capability = v4l2loopback.query(path)
    except OSError as error:
        # Without the right to ask, the driver is known by the settings that only it has.
        if not (settings / "max_openers").exists():
            return None
        if error.errno in (errno.EACCES, errno.EPERM):
            state = State.NO_RIGHTS
        elif error.errno == errno.EBUSY:
            state = State.FULL
    else:
        if not capability.is_loopback:
            return None
        label, bus = capability.label, capability.bus
        if capability.is_stuck:
            state = State.STUCK
        elif capability.output:
            state = State.FREE  # with exclusive_caps=0 that is all it ever says
        else:
            state = State.SENDING
    openers = _read(settings / "max_openers")
    return VirtualCameraDevice(
        device=str(path),
        label=label or name,
        kind="v4l2loopback",
        state=state,
        driver_version=_driver_version(sys),
        exclusive_caps=_exclusive_caps(sys / "module/v4l2loopback", bus),
        max_openers=int(openers) if openers.isdigit() else None,
    )


def _driver_version(sys: Path) -> str | None:
    """Drivers since 0.12.6 or so tell it; Debian's 0.12.7 does not."""
    return _read(sys / "module/v4l2loopback/version") or None


def _exclusive_caps(module: Path, bus: str) -> bool | None:
    """The module's list has one letter a device, in the order in which the devices were made: the number in `bus`."""
    index = re.search(r"v4l2loopback-(\d+)", bus)
    values = _read(module / "parameters/exclusive_caps").split(",")
    if index is None or int(index[1]) >= len(values) or values[int(index[1])] not in ("Y", "N"):
        return None
    return values[int(index[1])] == "Y"


def _ask_pyvirtualcam() -> tuple[VirtualCameraDevice, ...]:
    try:
        import pyvirtualcam
        from pyvirtualcam.camera import BACKENDS
    except ImportError:
        return ()
    found = []
    for kind in BACKENDS:
        refused = contextlib.suppress(RuntimeError, OSError, ValueError)
        with refused, pyvirtualcam.Camera(1280, 720, 30, backend=kind) as camera:
            found.append(VirtualCameraDevice(camera.device, camera.device, kind, State.UNKNOWN))
    return tuple(found)


def _number(path: Path) -> tuple[int, str]:
    digits = re.search(r"\d+$", path.name)
    return (int(digits[0]) if digits else 0, path.name)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
