"""`cameras`: which cameras there are, what they offer, and what they really deliver."""

from __future__ import annotations

import argparse
import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from avatarify.cli.output import say, say_json
from avatarify.errors import CameraError, SettingsError

if TYPE_CHECKING:
    from avatarify.camera.camera import Camera, CameraFormat
    from avatarify.camera.devices import CameraDevice
    from avatarify.v4l2.camera_modes import CameraMode

NAME = "cameras"
HELP = "list the cameras of this computer, and measure what they deliver"
LONGEST_MEASUREMENT_S = 60.0


@dataclass(frozen=True)
class Probe:
    """What a camera gave. opened_in_s: until its first picture. problem: why it gave none."""

    camera: str
    format: CameraFormat | None = None
    opened_in_s: float | None = None
    fps_measured: float | None = None
    problem: str = ""


@dataclass(frozen=True)
class Entry:
    """A camera in the list."""

    device: CameraDevice
    modes: tuple[CameraMode, ...]
    probe: Probe | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this verb."""
    parser.add_argument(
        "camera",
        metavar="CAMERA",
        nargs="?",
        default="",
        help="only this one: a number, name, id or path; with --probe also a video file, an address or synthetic",
    )
    parser.add_argument("--probe", action="store_true", help="open each and measure the frames a second that arrive")
    parser.add_argument("--size", metavar="WxH", default="640x480", help="picture size to ask for (default: 640x480)")
    parser.add_argument("--fps", type=float, default=30.0, help="rate to ask for (default: 30)")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long to measure (default: 2)")
    parser.add_argument("--json", action="store_true", help="the same as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print the cameras; 1 if there is none, or one that was probed gave no picture. Raises AvatarifyErrors."""
    from avatarify.camera.devices import find_camera, list_cameras
    from avatarify.camera.open_camera import open_camera, shown_name
    from avatarify.camera.opencv_camera import OpenCvCamera

    size = parse_size(arguments.size)
    if not 0 < arguments.seconds <= LONGEST_MEASUREMENT_S:
        raise SettingsError(f"--seconds is {arguments.seconds:g}.", f"Choose up to {LONGEST_MEASUREMENT_S:g}.")
    fps, seconds = arguments.fps, arguments.seconds
    if arguments.camera and arguments.probe:
        probe = _probe(shown_name(arguments.camera), lambda: open_camera(arguments.camera, size=size, fps=fps), seconds)
        _say_probe(probe, as_json=arguments.json)
        return 1 if probe.problem else 0
    devices = list_cameras()
    if arguments.camera:
        devices = (find_camera(arguments.camera, devices),)
    entries = []
    for device in devices:
        opening = partial(OpenCvCamera, device, size=size, fps=fps)
        entries.append(
            Entry(device, _modes(device), _probe(device.name, opening, seconds) if arguments.probe else None)
        )
    if arguments.json:
        say_json([dataclasses.asdict(entry) | {"modes": [mode._asdict() for mode in entry.modes]} for entry in entries])
    else:
        _say_entries(entries)
    return 1 if not entries or any(entry.probe is not None and entry.probe.problem for entry in entries) else 0


def parse_size(text: str) -> tuple[int, int]:
    """(width, height) of "1280x720". Raises SettingsError."""
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise SettingsError(f'"{text}" is no picture size.', "Write it as 1280x720.")
    return int(width), int(height)


def _modes(device: CameraDevice) -> tuple[CameraMode, ...]:
    from avatarify.v4l2.camera_modes import list_modes

    if device.backend != "V4L2" or device.problem:
        return ()
    try:
        return list_modes(str(device.address))
    except OSError:
        return ()  # it has just been unplugged


def _probe(name: str, opening: Callable[[], Camera], seconds: float) -> Probe:
    from avatarify.camera.camera import measure_fps

    began = time.monotonic()
    try:
        with opening() as camera:
            camera.read()
            opened_in_s = time.monotonic() - began
            return Probe(name, camera.format, round(opened_in_s, 3), measure_fps(camera, seconds=seconds))
    except CameraError as error:
        return Probe(name, problem=str(error))


def _say_entries(entries: list[Entry]) -> None:
    if not entries:
        say('No camera was found. Others can be named: "synthetic", a video file, the address of a network camera.')
    for entry in entries:
        device = entry.device
        say(f"{device.number}  {device.name}{' (virtual)' if device.virtual else ''}")
        say(f"   id       {device.id}")
        for pixel_format in dict.fromkeys(mode.pixel_format for mode in entry.modes):
            sizes = [
                f"{mode.width}x{mode.height}" + (f"@{mode.fps:g}" if mode.fps else "")
                for mode in entry.modes
                if mode.pixel_format == pixel_format
            ]
            say(f"   {pixel_format:8} {' '.join(sizes)}")
        if device.problem:
            say(f"   problem  {device.problem}")
        if entry.probe is not None:
            say(f"   probe    {_result(entry.probe)}")


def _say_probe(probe: Probe, *, as_json: bool) -> None:
    if as_json:
        say_json(dataclasses.asdict(probe))
    else:
        say(f"{probe.camera}: {_result(probe)}")


def _result(probe: Probe) -> str:
    if probe.format is None:
        return probe.problem
    rate = "no rate" if probe.fps_measured is None else f"{probe.fps_measured:.1f} frames/s measured"
    return f"{probe.format}; {rate}, first picture after {probe.opened_in_s:.2f} s"
