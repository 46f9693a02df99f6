"""What cameras have in common: a measured rate, and a format that reads as a line."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from avatarify.camera.camera import Camera, CameraFormat, RateMeter, measure_fps
from avatarify.camera.synthetic import SyntheticCamera
from avatarify.errors import CameraError
from avatarify.frame import Frame


class ScriptedCamera:
    """Gives frames of these indices and times, then breaks."""

    format = CameraFormat(4, 2, 0, "?", "script")

    def __init__(self, *frames: tuple[int, float]) -> None:
        self._frames = iter(frames)

    def read(self) -> Frame:
        for index, at in self._frames:
            return Frame(np.zeros((2, 4, 3), np.uint8), index, at)
        raise CameraError("The script is over.")

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self) -> ScriptedCamera:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()


def test_measured_rate_counts_dropped_frames() -> None:
    assert measure_fps(ScriptedCamera((7, 1.0), (8, 1.1), (12, 1.5), (99, 3.0)), seconds=0.5) == pytest.approx(10)


def test_camera_that_breaks_while_it_is_measured() -> None:
    with pytest.raises(CameraError, match="over"):
        measure_fps(ScriptedCamera((0, 0.0), (1, 0.1)), seconds=0.5)


def test_rate_meter_forgets_what_is_long_ago() -> None:
    meter = RateMeter(frames=4)
    rates = []
    for at in (0.0, 1.0, 2.0, 2.1, 2.2, 2.3):
        meter.arrived(at)
        rates.append(meter.fps)
    assert rates[:2] == [None, None]
    assert rates[2] == pytest.approx(1)
    assert rates[-1] == pytest.approx(10)
    assert all(later > sooner for sooner, later in pairwise(rate for rate in rates[2:] if rate))


def test_format_reads_as_a_line() -> None:
    assert str(CameraFormat(640, 480, 30.0, "MJPG", "V4L2")) == "640x480 at 30 frames/s, MJPG (V4L2)"
    assert str(CameraFormat(640, 480, 0.0, "?", "FFMPEG")) == "640x480, ? (FFMPEG)"


def test_drawn_camera_is_one() -> None:
    camera: Camera = SyntheticCamera(size=(64, 48), fps=200)
    with camera:
        frame = camera.read()
    assert (camera.format.width, camera.format.height) == frame.image.shape[1::-1]
