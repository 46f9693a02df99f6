"""The self-test of the virtual camera: coded pictures go in and are read back as a meeting app would, with the delay measured."""

from __future__ import annotations

import platform
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from avatarify.errors import AvatarifyError
from avatarify.frame import Image
from avatarify.virtual_camera import coded_frame
from avatarify.virtual_camera.virtual_camera import VirtualCamera

FRAMES = 45
LIMIT_S = 8.0

_COLOR_ERROR = 12  # of 255: what a conversion to video colours and back may cost
_ENOUGH = 0.5  # of the frames sent have to arrive: a reader may start late and skip, but not miss most


class Reader(Protocol):
    """What a meeting app does with a camera."""

    def read(self) -> Image | None:
        """The next picture, uint8 [H,W,3] RGB; waits for it, for seconds if none comes; then, or at the end, None."""

    def close(self) -> None:
        """Lets the camera go."""


@dataclass(frozen=True)
class LoopbackResult:
    """What the self-test found. works: pictures arrive whole, in order, at their size and in their colours. problem: what is
    wrong, empty where it works. sent, seen: numbers of pictures; damaged: those read back that carried no valid code.
    delay_ms, delay_p95_ms: median and 95th percentile from `send` to the reader; NaN where nothing arrived. fps: pictures a
    second as the reader saw them. size: (width, height) read back. color_error: largest difference in a channel, 0..255, of the median
    picture.
    """

    device: str
    works: bool
    problem: str
    sent: int = 0
    seen: int = 0
    damaged: int = 0
    delay_ms: float = float("nan")
    delay_p95_ms: float = float("nan")
    fps: float = float("nan")
    size: tuple[int, int] = (0, 0)
    color_error: float = float("nan")


@dataclass(frozen=True)
class _Arrival:
    """A picture read back. number: None where the code was damaged."""

    number: int | None
    at: float
    size: tuple[int, int]
    color_error: float


class OpenCvReader:
    """A camera of this system as OpenCV reads it, which is how many programs do."""

    def __init__(self, device: str) -> None:
        """device: /dev/videoN, or anything else that OpenCV opens. Raises OSError where it cannot."""
        api = cv2.CAP_V4L2 if platform.system() == "Linux" else cv2.CAP_ANY
        self._capture = cv2.VideoCapture(device, api)
        if not self._capture.isOpened():
            raise OSError(f"{device} cannot be opened for reading")

    def read(self) -> Image | None:
        """See Reader."""
        arrived, image = self._capture.read()
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8) if arrived else None

    def close(self) -> None:
        """See Reader."""
        self._capture.release()


def run_loopback_test(
    camera: VirtualCamera,
    *,
    open_reader: Callable[[str], Reader] = OpenCvReader,
    frames: int = FRAMES,
    limit_s: float = LIMIT_S,
) -> LoopbackResult:
    """Sends `frames` coded pictures into the open camera at its own rate and reads them back in another thread.

    Not during a call: everyone would see the test pictures. Takes about frames / fps seconds, never more than `limit_s` and
    a second. Raises nothing for a camera that does not work: the result says so.
    """
    # The first picture makes a loopback a camera that can be opened at all.
    sent_at: dict[int, float] = {}
    try:
        _send(camera, 0, sent_at)
        reader = open_reader(camera.device)
    except (AvatarifyError, OSError) as error:
        return LoopbackResult(camera.device, works=False, problem=str(error), sent=len(sent_at))
    arrivals: list[_Arrival] = []
    done = threading.Event()
    thread = threading.Thread(target=_listen, args=(reader, arrivals, done), name="loopback reader", daemon=True)
    thread.start()
    problem = ""
    started = time.monotonic()
    try:
        for number in range(1, frames):
            due = started + number / camera.fps
            if done.wait(max(0.0, due - time.monotonic())) or time.monotonic() - started > limit_s:
                break
            _send(camera, number, sent_at)
        done.wait(3 / camera.fps)  # the last pictures are on their way
        done.set()
        _send(camera, len(sent_at), {})  # wakes a reader that waits
    except AvatarifyError as error:
        problem = str(error)
        done.set()
    thread.join(1.0)
    return _judge(camera, sent_at, tuple(arrivals), problem)


def _send(camera: VirtualCamera, number: int, sent_at: dict[int, float]) -> None:
    image = coded_frame.encode(number, camera.size)
    sent_at[number] = time.monotonic()
    camera.send(image)


def _listen(reader: Reader, arrivals: list[_Arrival], done: threading.Event) -> None:
    """The reading thread, which ends at `done` or when the camera does."""
    try:
        while not done.is_set():
            image = reader.read()
            at = time.monotonic()
            if image is None:
                return
            number = coded_frame.decode(image)
            if number is None and not arrivals:
                continue  # left in the device from before the test
            arrivals.append(_Arrival(number, at, (image.shape[1], image.shape[0]), _color_error(image, number)))
    finally:
        reader.close()


def _color_error(image: Image, number: int | None) -> float:
    """In the upper left corner, which belongs to the ground."""
    if number is None:
        return 0.0
    side = max(2, min(image.shape[:2]) // 24)
    seen = image[side : 2 * side, side : 2 * side].reshape(-1, 3).mean(axis=0)
    return float(np.abs(seen - coded_frame.ground(number)).max())


def _judge(
    camera: VirtualCamera, sent_at: dict[int, float], arrivals: tuple[_Arrival, ...], problem: str
) -> LoopbackResult:
    damaged = sum(arrival.number is None for arrival in arrivals)
    known = [arrival for arrival in arrivals if arrival.number is not None and arrival.number in sent_at]
    if not known:
        told = problem or f"No picture that was sent to {camera.device} came back from it."
        return LoopbackResult(camera.device, works=False, problem=told, sent=len(sent_at), damaged=damaged)
    numbers = [arrival.number for arrival in known if arrival.number is not None]
    delays = [(arrival.at - sent_at[number]) * 1000 for arrival, number in zip(known, numbers, strict=True)]
    size = known[-1].size
    # The median: the first picture read may be one that another program left in the device.
    color_error = float(np.median([arrival.color_error for arrival in known]))
    span = known[-1].at - known[0].at
    if not problem:
        problem = _fault(camera, numbers, size=size, color_error=color_error, damaged=damaged, sent=len(sent_at))
    return LoopbackResult(
        device=camera.device,
        works=not problem,
        problem=problem,
        sent=len(sent_at),
        seen=len(set(numbers)),
        damaged=damaged,
        delay_ms=float(np.median(delays)),
        delay_p95_ms=float(np.percentile(delays, 95)),
        fps=(len(known) - 1) / span if span > 0 else float("nan"),
        size=size,
        color_error=color_error,
    )


def _fault(
    camera: VirtualCamera, numbers: list[int], *, size: tuple[int, int], color_error: float, damaged: int, sent: int
) -> str:
    """What is wrong with the pictures that came back; empty where nothing."""
    if size != camera.size:
        return f"Pictures of {camera.size[0]} x {camera.size[1]} came back as {size[0]} x {size[1]}."
    if damaged:
        return f"Damaged pictures came back: {damaged} of {sent}."
    if numbers != sorted(numbers):
        return "Pictures came back out of order."
    if color_error > _COLOR_ERROR:
        return f"Colours came back wrong, by up to {color_error:.0f} of 255."
    if len(set(numbers)) < sent * _ENOUGH:
        return f"Only {len(set(numbers))} of {sent} pictures came back."
    return ""
