"""A web page in a real browser sees what is sent to the virtual camera: every number in order, at its rate, in its colours."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from avatarify.frame import Image
from avatarify.virtual_camera import coded_frame
from avatarify.virtual_camera.virtual_camera import PyVirtualCamera
from tests.rig.browser import find_browser, look
from tests.rig.fake_devices import FakeDevices

pytest.importorskip("pyvirtualcam")
pytestmark = [pytest.mark.rig, pytest.mark.browser]

SIZE = (1280, 720)
DEVICE = "/dev/video57"  # a page only sees cameras in /dev
_TRIES = 3  # a sender that is wrong fails each time; a machine that is busy does not


@pytest.fixture
def browser() -> None:
    if find_browser() is None:
        reason = "no Chromium here (apt-get install chromium)"
        if os.environ.get("AVATARIFY_REQUIRE_RIG") == "1":
            pytest.fail(reason)
        pytest.skip(reason)


def number_in(levels: list[int]) -> int | None:
    """What coded_frame reads from a picture with these cells."""
    image = coded_frame.encode(0, (96, 96))
    cell, left, top = coded_frame._place((96, 96))
    for index, level in enumerate(levels):
        row, column = divmod(index, 6)
        image[top + row * cell : top + (row + 1) * cell, left + column * cell : left + (column + 1) * cell] = level
    return coded_frame.decode(image)


def coded(number: int) -> Image:
    return coded_frame.encode(number, SIZE)


def test_page_sees_every_picture(browser: None, tmp_path: Path) -> None:
    name = Path(DEVICE).name
    with FakeDevices(f"{name}=loopback:Avatarify", link=True), PyVirtualCamera(DEVICE, size=SIZE) as camera:
        camera.send(coded(0))
        stop = threading.Event()
        sender = threading.Thread(target=send_numbers, args=(camera, stop))
        sender.start()
        try:
            seen = look("Avatarify", size=SIZE, seconds=2.0)
            for _ in range(_TRIES - 1):
                if len(seen.frames) > 25:
                    break
                seen = look("Avatarify", size=SIZE, seconds=2.0)
        finally:
            stop.set()
            sender.join()
    (tmp_path / "seen.png").write_bytes(seen.png)
    assert (seen.label, seen.width, seen.height) == ("Avatarify", *SIZE)
    assert seen.rate == pytest.approx(30, abs=0.5)
    numbers = [number_in(frame.levels) for frame in seen.frames]
    assert None not in numbers
    known = [number for number in numbers if number is not None]
    assert known == sorted(set(known)), "the numbers rise"
    span_s = (seen.frames[-1].at - seen.frames[0].at) / 1000
    assert (known[-1] - known[0]) / span_s == pytest.approx(30, rel=0.1)
    assert len(known) > 25
    assert np.abs(np.array(seen.corner) - coded_frame.ground(known[-1])).max() <= 6


def send_numbers(camera: PyVirtualCamera, stop: threading.Event) -> None:
    started, number = time.monotonic(), 0
    while not stop.wait(max(0.0, started + number / 30 - time.monotonic())):
        camera.send(coded(number))
        number += 1
