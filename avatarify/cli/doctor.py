"""`doctor`: what this machine has, what is missing, and the remedy; and whether the virtual camera really works."""

from __future__ import annotations

import argparse
import dataclasses
import importlib.metadata
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from avatarify.cli.output import say, say_json
from avatarify.errors import AvatarifyError
from avatarify.paths import PROJECT, user_models

if TYPE_CHECKING:
    from avatarify.camera.devices import CameraDevice

NAME = "doctor"
HELP = "check this machine: Python, packages, devices, models, disk"
_JOIN = "sudo usermod -aG video $USER, then log out and in again."
SIGNS = {"ok": "ok  ", "note": "note", "fail": "FAIL"}


@dataclass(frozen=True)
class Finding:
    """One checked thing. state: ok, note (works, but could be better) or fail (something will not work)."""

    name: str
    state: str
    detail: str
    remedy: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this verb."""
    parser.add_argument(
        "--self-test", action="store_true", help="send coded pictures through the virtual camera, read them back"
    )
    parser.add_argument(
        "--device", default="", metavar="D", help="the virtual camera for --self-test (the first free one)"
    )
    parser.add_argument("--json", action="store_true", help="the findings as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print every finding; 1 if anything fails."""
    findings = list(examine())
    if arguments.self_test:
        findings.append(self_test(arguments.device or None))
    if arguments.json:
        say_json([dataclasses.asdict(finding) for finding in findings])
    else:
        for finding in findings:
            say(f"{SIGNS[finding.state]}  {finding.name}: {finding.detail}")
            if finding.remedy:
                say(f"      {finding.remedy}")
    return 1 if any(finding.state == "fail" for finding in findings) else 0


def examine() -> Iterator[Finding]:
    """All checks, cheap ones first."""
    yield Finding("python", "ok", f"{platform.python_version()} in {sys.prefix}, {platform.platform()}")
    yield from _packages(PROJECT / "requirements.txt")
    yield from _devices()
    yield from _runtimes()
    yield from _models()
    yield from _face_networks()
    yield from _cameras()
    yield from _virtual_cameras()
    yield _disk(user_models())


def self_test(device: str | None) -> Finding:
    """Does a meeting app see what we send? Not during a call: everybody would see the test pictures."""
    from avatarify.virtual_camera.self_test import run_loopback_test
    from avatarify.virtual_camera.virtual_camera import PyVirtualCamera

    name = "self-test"
    try:
        with PyVirtualCamera(device) as camera:
            result = run_loopback_test(camera)
    except AvatarifyError as error:
        return Finding(name, "fail", error.message, error.hint)
    if not result.works:
        return Finding(
            name, "fail", f"{result.device}: {result.problem}", "`doctor` above says what is known of this device."
        )
    size, delay = f"{result.size[0]}x{result.size[1]}", f"{result.delay_ms:.0f} ms (p95 {result.delay_p95_ms:.0f})"
    return Finding(
        name, "ok", f"{result.seen} of {result.sent} pictures read back from {result.device}: {size}, delay {delay}"
    )


def _packages(requirements: Path) -> Iterator[Finding]:
    """Every requirement that applies here, with the version found."""
    from packaging.requirements import Requirement

    found = []
    for line in requirements.read_text(encoding="utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if not text:
            continue
        requirement = Requirement(text)
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        try:
            version = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            yield Finding(requirement.name, "fail", "not installed", "python3 run.py sets up .venv with everything.")
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            yield Finding(
                requirement.name, "fail", f"{version}, wanted {requirement.specifier}", "Delete .venv and run again."
            )
            continue
        found.append(f"{requirement.name} {version}")
    yield Finding("packages", "ok", ", ".join(found))


def _devices() -> Iterator[Finding]:
    """The device that "auto" takes, and each better one with the reason why not."""
    from avatarify.runtime.device import choose_device, remedy

    choice = choose_device("auto")
    yield Finding("device", "ok", f"{choice.device} ({choice.name})")
    for reason in choice.passed_over:
        yield Finding("device", "note", f"not {reason}", remedy(reason.partition(":")[0]))


def _runtimes() -> Iterator[Finding]:
    """Those that can work here, and why the others cannot."""
    from avatarify.runtime.base import RUNTIMES
    from avatarify.runtime.checks import why_not

    reasons = {name: why_not(name) for name in RUNTIMES}
    yield Finding("runtimes", "ok", ", ".join(name for name, reason in reasons.items() if reason is None))
    for name, reason in reasons.items():
        if reason is not None:
            yield Finding(f"runtime {name}", "note", f"cannot work here: {reason}")


def _models() -> Iterator[Finding]:
    """Every installed model against the hash on record."""
    from avatarify.catalog.store import open_store

    try:
        store = open_store()
        for model in store.installed():
            result = store.verify(model.name)
            remedy = "" if result.sound else f"python3 run.py models show {model.name} tells where to get it again."
            yield Finding(f"model {model.name}", "ok" if result.sound else "fail", result.detail, remedy)
    except AvatarifyError as error:
        yield Finding("models", "fail", error.message, error.hint)


def _face_networks() -> Iterator[Finding]:
    """Every network that finds faces against the hash on record."""
    from avatarify.face import nets

    for file in nets.SHIPPED:
        name = f"face network {file.name}"
        try:
            nets.verified(file)
        except AvatarifyError as error:
            yield Finding(name, "fail", error.message, error.hint)
        else:
            yield Finding(name, "ok", f"sha256 {file.sha256[:12]} as shipped")


def _cameras() -> Iterator[Finding]:
    """Every camera, with what is in its way."""
    from avatarify.camera.devices import list_cameras

    cameras = [camera for camera in list_cameras() if not camera.virtual]
    if not cameras:
        yield Finding("camera", "note", "none found", "Plug one in; `live --camera synthetic` needs none.")
    for camera in cameras:
        told = f"{camera.number} {camera.name} ({camera.address})"
        if camera.problem:
            yield Finding("camera", "note", f"{told}: {camera.problem}", _JOIN if camera.backend == "V4L2" else "")
        else:
            yield Finding("camera", "ok", f"{told}{_modes(camera)}")


def _modes(camera: CameraDevice) -> str:
    """The largest picture of each format that a Linux camera offers."""
    from avatarify.v4l2.camera_modes import list_modes

    if camera.backend != "V4L2" or camera.problem:
        return ""
    try:
        modes = list_modes(str(camera.address))
    except OSError:
        return ""  # unplugged in between; the next look tells
    largest = {
        mode.pixel_format: mode for mode in sorted(modes, key=lambda mode: (mode.width * mode.height, mode.fps or 0))
    }
    told = [f"{kind} {mode.width}x{mode.height}@{mode.fps or 0:g}" for kind, mode in largest.items()]
    return f": up to {', '.join(told)}" if told else ""


def _virtual_cameras() -> Iterator[Finding]:
    """The package, the driver and its flags, and who holds each device."""
    from avatarify.v4l2.device_holders import find_holders
    from avatarify.virtual_camera.advice import no_virtual_camera, this_machine
    from avatarify.virtual_camera.devices import find_virtual_cameras

    name = "virtual camera"
    devices = find_virtual_cameras()
    if this_machine().secure_boot:
        yield Finding(
            "secure boot", "note", "on: a driver that is not signed cannot be loaded", "See `mokutil --import`."
        )
    if not devices:
        missing = no_virtual_camera(this_machine())
        yield Finding(name, "note", missing.message, missing.hint)
    for device in devices:
        facts = [device.label, device.kind, device.state.value]
        if device.driver_version is not None:
            facts.append(f"driver {device.driver_version}")
        if device.exclusive_caps is not None:
            facts.append(f"exclusive_caps={int(device.exclusive_caps)}")
        if held := ", ".join(str(holder) for holder in find_holders(device.device)):
            facts.append(f"open in {held}")
        yield Finding(name, "note" if device.advice else "ok", f"{device.device}: {', '.join(facts)}", device.advice)


def _disk(folder: Path) -> Finding:
    """Space for models where they are kept."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free_gb = shutil.disk_usage(existing).free / 1e9
    if free_gb < 1:
        return Finding("disk", "note", f"{free_gb:.1f} GB free at {existing}", "Downloading a model needs up to 1 GB.")
    return Finding("disk", "ok", f"{free_gb:.0f} GB free at {existing}")
