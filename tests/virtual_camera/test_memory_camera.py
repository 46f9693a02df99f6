"""The camera in memory keeps the contract of a real one."""

from __future__ import annotations

import numpy as np
import pytest

from avatarify.errors import VirtualCameraError
from avatarify.virtual_camera.memory_camera import MemoryVirtualCamera
from avatarify.virtual_camera.virtual_camera import VirtualCamera


def test_it_keeps_the_latest_pictures_as_copies() -> None:
    with MemoryVirtualCamera(size=(64, 48), keep=2) as camera:
        image = np.zeros((48, 64, 3), np.uint8)
        for level in (1, 2, 3):
            image[:] = level
            camera.send(image)
        assert [int(picture[0, 0, 0]) for picture in camera.pictures] == [2, 3]
        assert camera.sent == 3
    assert len(camera.pictures) == 2, "readable after it was closed"


def test_it_is_a_virtual_camera() -> None:
    camera: VirtualCamera = MemoryVirtualCamera()
    assert (camera.size, camera.fps, camera.notes, camera.in_use) == ((1280, 720), 30.0, (), False)
    camera.close()
    camera.close()
    with pytest.raises(VirtualCameraError, match="closed"):
        camera.send(np.zeros((720, 1280, 3), np.uint8))


def test_it_can_vanish_and_refuses_wrong_pictures() -> None:
    camera = MemoryVirtualCamera(size=(64, 48))
    with pytest.raises(ValueError, match=r"expected uint8 \[48, 64, 3\]"):
        camera.send(np.zeros((64, 48, 3), np.uint8))
    camera.vanish()
    with pytest.raises(VirtualCameraError, match="has gone"):
        camera.send(np.zeros((48, 64, 3), np.uint8))
    with pytest.raises(ValueError, match="keep=0"):
        MemoryVirtualCamera(keep=0)
