"""What to tell a user who has no virtual camera, or one that cannot be opened: the exact sentence and the command for the machine."""

from __future__ import annotations

import contextlib
import platform
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from avatarify.errors import VirtualCameraError

LOAD = 'sudo modprobe v4l2loopback exclusive_caps=1 card_label="Avatarify" video_nr=9'
"""Loads the driver the way meeting apps need it: with exclusive_caps=1 browsers list the camera while it is sent to."""

RELOAD = f"sudo modprobe -r v4l2loopback && {LOAD}"
"""The same for a driver that is loaded already; every program must have closed its cameras."""

INSTALL = {
    "debian": "sudo apt install v4l2loopback-dkms linux-headers-$(uname -r)",
    "fedora": (
        "sudo dnf install https://mirrors.rpmfusion.org/free/fedora/rpmfusion-free-release-$(rpm -E %fedora).noarch.rpm "
        "&& sudo dnf install akmod-v4l2loopback && sudo akmods"
    ),
    "arch": "sudo pacman -S v4l2loopback-dkms linux-headers",
}
"""By family of distributions. Ubuntu and Mint count as Debian; Fedora has the driver in RPM Fusion."""

_SECURE_BOOT_VARIABLE = "firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
_SECURE_BOOT = (
    ' Secure Boot is on: if modprobe answers "Key was rejected by service", enrol the key that signs the module '
    "(sudo mokutil --import KEY.der, then restart and confirm) or switch Secure Boot off in the firmware."
)
_WINDOWS, _MAC = "winget install OBSProject.OBSStudio", "brew install --cask obs"
_JOIN, _PACKAGE = "sudo usermod -aG video $USER", "pip install pyvirtualcam"
_COMMANDS = (*(f"{install} && {LOAD}" for install in INSTALL.values()), RELOAD, LOAD, _JOIN, _WINDOWS, _MAC, _PACKAGE)
"""The longer before those that they contain."""
_REOPEN = "Choose another camera in OBS and in the meeting apps for a moment, then start again."


@dataclass(frozen=True)
class Machine:
    """What the advice depends on. system: as platform.system() says. distribution: a key of INSTALL, or "" for others.
    driver_installed: v4l2loopback lies there for the running kernel, loaded or not.
    """

    system: str
    distribution: str = ""
    driver_installed: bool = False
    secure_boot: bool = False


def this_machine(
    *,
    system: str | None = None,
    etc: Path = Path("/etc"),
    sys: Path = Path("/sys"),
    modules: Path | None = None,
) -> Machine:
    """Looks at this computer. etc, sys, modules: folders like /etc, /sys and /lib/modules/KERNEL; tests pass their own."""
    name = platform.system() if system is None else system
    if name != "Linux":
        return Machine(name)
    kernel = Path("/lib/modules") / platform.release() if modules is None else modules
    return Machine(name, _distribution(etc), _driver_installed(kernel), _secure_boot(sys))


def no_virtual_camera(machine: Machine) -> VirtualCameraError:
    """The error for a machine without a virtual camera, with everything that has to be done."""
    if machine.system == "Windows":
        return VirtualCameraError(
            "There is no virtual camera on this computer.",
            f"Install OBS Studio ({_WINDOWS}), open it once, click Start Virtual Camera and then "
            "Stop Virtual Camera, and close it. Without OBS: Unity Capture (github.com/schellingb/UnityCapture), run "
            "Install.bat in its Install folder.",
        )
    if machine.system == "Darwin":
        return VirtualCameraError(
            "There is no virtual camera on this Mac.",
            f"Install OBS 30 or newer ({_MAC}) in Applications, open it, click Start Virtual Camera, allow "
            "the extension in System Settings, click Stop Virtual Camera and quit OBS. Restart the Mac if it does not "
            "appear.",
        )
    if machine.driver_installed:
        note = _SECURE_BOOT if machine.secure_boot else ""
        return VirtualCameraError("The virtual camera's driver, v4l2loopback, is not loaded.", f"{LOAD}.{note}")
    install = INSTALL.get(machine.distribution, "Install v4l2loopback with your package manager")
    note = _SECURE_BOOT if machine.secure_boot else ""
    return VirtualCameraError(
        "There is no virtual camera: the driver v4l2loopback is not installed.",
        f"{install} && {LOAD}.{note}" if machine.distribution else f"{install}, then: {LOAD}.{note}",
    )


def keep_loaded() -> str:
    """The command that loads the driver at every start of a Linux system."""
    options = LOAD.removeprefix("sudo modprobe ")
    return (
        "echo v4l2loopback | sudo tee /etc/modules-load.d/v4l2loopback.conf && "
        f"echo 'options {options}' | sudo tee /etc/modprobe.d/v4l2loopback.conf"
    )


def command_in(advice: str) -> str:
    """The command to type in a terminal that a sentence of this module holds; "" where there is none."""
    return next((command for command in _COMMANDS if command in advice), "")


def in_use(device: str, holders: tuple[str, ...]) -> VirtualCameraError:
    """The error for a camera that another program sends to. holders: the programs that have it open, as far as seen."""
    who = " or ".join(holders) if holders else "another program, perhaps of another user"
    return VirtualCameraError(
        f"The virtual camera {device} is in use by {who}: only one program can send to it.",
        "Close that program, or choose another virtual camera.",
    )


def explain(error: BaseException, device: str | None, machine: Machine) -> VirtualCameraError:
    """pyvirtualcam's refusal in the house's words. error: what its Camera raised (RuntimeError, KeyError, OSError,
    ImportError, ...). device: the one that was asked for; None where it was to choose.
    """
    if isinstance(error, ImportError):
        return VirtualCameraError(
            f"The package pyvirtualcam, which sends to virtual cameras, cannot be loaded ({error}).",
            _PACKAGE,
        )
    if isinstance(error, KeyError):
        return VirtualCameraError(
            f"There is no kind of virtual camera called {error.args[0]} on {machine.system or 'this system'}.",
            "Leave the kind out, and the one that belongs to this system is taken.",
        )
    text = str(error)
    name = device or "The virtual camera"
    for pattern, answer in _ANSWERS:
        if re.search(pattern, text):
            return answer(name, machine)
    reason = "; ".join(line.strip() for line in text.splitlines() if line.strip()) or type(error).__name__
    return VirtualCameraError(f"{name} cannot be opened: {reason}.", _REOPEN)


def _missing(device: str, machine: Machine) -> VirtualCameraError:
    advice = no_virtual_camera(machine)
    return VirtualCameraError(f"There is no virtual camera {device}.", f"Choose another, or: {advice.hint}")


def _not_ours(device: str, _: Machine) -> VirtualCameraError:
    return VirtualCameraError(
        f"{device} is a real camera or belongs to another driver: nothing can be sent to it.",
        "Choose a virtual camera; v4l2loopback makes one.",
    )


def _no_rights(device: str, _: Machine) -> VirtualCameraError:
    return VirtualCameraError(f"You may not open {device}.", f"{_JOIN}, then log out and in again.")


def _already_here(device: str, _: Machine) -> VirtualCameraError:
    return VirtualCameraError(
        f"{device} is already open in this program.", "Close the first virtual camera before opening another."
    )


def _too_many(device: str, _: Machine) -> VirtualCameraError:
    return VirtualCameraError(
        f"Too many programs have {device} open.", f"Close some of them, or load the driver anew: {RELOAD}"
    )


def _not_an_output(device: str, _: Machine) -> VirtualCameraError:
    return VirtualCameraError(
        f"{device} takes no pictures: another program sends to it, or its driver (v4l2loopback 0.12) is stuck.",
        f"Close the other program; if none is running, load the driver anew: {RELOAD}",
    )


def _busy_format(device: str, _: Machine) -> VirtualCameraError:
    return VirtualCameraError(
        f"{device} does not take our picture size while other programs have it open.",
        "Choose another camera in the meeting app, start again, and choose this one back.",
    )


def _nowhere(_: str, machine: Machine) -> VirtualCameraError:
    return no_virtual_camera(machine)


def _obs_busy(device: str, _: Machine) -> VirtualCameraError:
    return VirtualCameraError(
        f"{device} could not be started: OBS, or another program, is sending to it.",
        "Click Stop Virtual Camera in OBS, close other programs that send to it, and start again.",
    )


def _mac_restart(device: str, _: Machine) -> VirtualCameraError:
    return VirtualCameraError(
        f"{device} could not be started.",
        "Allow OBS under System Settings, General, Login Items & Extensions, Camera Extensions; then restart the Mac.",
    )


_ANSWERS: tuple[tuple[str, Callable[[str, Machine], VirtualCameraError]], ...] = (
    (r"missing permissions|Permission denied", _no_rights),
    (r"is already in use|Multiple cameras are not supported", _already_here),
    (r"is not a video output device", _not_an_output),
    (r"is not a V4L2 device|could not be queried", _not_ours),
    (r"could not be opened: Device or resource busy", _too_many),
    (r"could not be configured", _busy_format),
    (r"could not be started", _obs_busy),  # before "No camera registered": Windows tells both backends' reasons
    (r"Couldn't start stream|Stream not found", _mac_restart),
    (r"No camera registered with this name|does not exist|supports only the", _missing),
    (r"No v4l2 loopback device found|device not found!|No camera registered|is not installed in your system", _nowhere),
)


def _distribution(etc: Path) -> str:
    with contextlib.suppress(OSError):
        fields = dict(re.findall(r'^(ID|ID_LIKE)="?([^"\n]*)"?$', (etc / "os-release").read_text(), re.MULTILINE))
        words = f"{fields.get('ID', '')} {fields.get('ID_LIKE', '')}".split()
        families = {"ubuntu": "debian", "rhel": "fedora"}
        for word in words:
            if families.get(word, word) in INSTALL:
                return families.get(word, word)
    return ""


def _driver_installed(modules: Path) -> bool:
    try:
        return "/v4l2loopback.ko" in (modules / "modules.dep").read_text()
    except OSError:
        return False


def _secure_boot(sys: Path) -> bool:
    try:
        return (sys / _SECURE_BOOT_VARIABLE).read_bytes()[-1:] == b"\1"
    except OSError:
        return False
