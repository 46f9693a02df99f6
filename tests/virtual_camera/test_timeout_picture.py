"""The driver's own stand-by picture, on a driver in memory that follows the sources of 0.12 and 0.15."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from avatarify.errors import VirtualCameraError
from avatarify.virtual_camera.timeout_picture import clear_timeout, set_timeout_picture
from tests.fakes.loopback_driver import LoopbackDriver
from tests.rig.fake_devices import FakeDevices

WIDTH, HEIGHT = 64, 48
FRAME_BYTES = WIDTH * HEIGHT * 3 // 2
RED = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
RED[:] = (200, 30, 40)


def shown(driver: LoopbackDriver) -> list[int]:
    """RGB in the middle of the driver's picture."""
    planes = np.frombuffer(driver.picture, np.uint8).reshape(HEIGHT * 3 // 2, WIDTH)
    return [int(level) for level in cv2.cvtColor(planes, cv2.COLOR_YUV2RGB_I420)[HEIGHT // 2, WIDTH // 2]]


@pytest.mark.parametrize("button", [False, True])
def test_picture_and_limit_are_set_and_the_live_frames_left_alone(button: bool) -> None:
    driver = LoopbackDriver(frame_bytes=FRAME_BYTES, button=button)
    set_timeout_picture("/dev/video9", RED, driver=driver)
    assert shown(driver) == pytest.approx([200, 30, 40], abs=3)
    assert driver.limit_ms == 1000
    assert driver.live == b""
    assert not driver.open_handles
    assert not driver.next_is_picture, "a meeting app that opens it now gets the frames"


@pytest.mark.parametrize("button", [False, True])
def test_it_can_be_set_again(button: bool) -> None:
    driver = LoopbackDriver(frame_bytes=FRAME_BYTES, button=button)
    set_timeout_picture("/dev/video9", RED, driver=driver)
    set_timeout_picture("/dev/video9", np.full_like(RED, 90), limit_ms=500, driver=driver)
    assert shown(driver) == pytest.approx([90, 90, 90], abs=3)
    assert driver.limit_ms == 500


def test_a_program_that_opens_the_device_in_between_costs_another_try() -> None:
    driver = LoopbackDriver(frame_bytes=FRAME_BYTES, intruders=2)
    set_timeout_picture("/dev/video9", RED, driver=driver)
    assert shown(driver) == pytest.approx([200, 30, 40], abs=3)
    assert driver.live == b""


def test_too_many_intruders_are_told() -> None:
    driver = LoopbackDriver(frame_bytes=FRAME_BYTES, intruders=9)
    with pytest.raises(VirtualCameraError, match="kept opening /dev/video9"):
        set_timeout_picture("/dev/video9", RED, driver=driver)
    assert driver.live == b""
    assert not driver.open_handles


def test_driver_without_it_is_told() -> None:
    driver = LoopbackDriver(frame_bytes=FRAME_BYTES, controls=False)
    with pytest.raises(VirtualCameraError, match=r"cannot show a stand-by picture by itself \(Invalid argument\)"):
        set_timeout_picture("/dev/video9", RED, driver=driver)
    assert not driver.open_handles


def test_picture_larger_than_the_frames_sent_is_refused() -> None:
    driver = LoopbackDriver(frame_bytes=FRAME_BYTES // 2)
    with pytest.raises(VirtualCameraError, match=f"has 4096 bytes, ours {FRAME_BYTES}"):
        set_timeout_picture("/dev/video9", RED, driver=driver)
    assert driver.picture == b""


def test_limit_is_switched_off_for_the_next_program() -> None:
    driver = LoopbackDriver(frame_bytes=FRAME_BYTES, limit_ms=1000)
    clear_timeout("/dev/video9", driver=driver)
    assert driver.limit_ms == 0


@pytest.mark.rig
def test_real_calls_reach_a_device_and_its_refusal_is_told(v4l2: FakeDevices) -> None:
    with pytest.raises(VirtualCameraError, match="cannot show a stand-by picture by itself"):
        set_timeout_picture(v4l2.path("video10"), RED)
