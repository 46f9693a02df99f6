"""The synthetic camera keeps time, counts up and films the script."""

from __future__ import annotations

import numpy as np
import pytest

from avatarify.camera.synthetic import SyntheticCamera
from avatarify.character.cast import CAST
from avatarify.character.performance import DEMO, IDLE
from avatarify.errors import CameraError

SMALL = (64, 48)


class HandClock:
    """Time that passes only when somebody sleeps or says so."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def camera(clock: HandClock, *, fps: float = 25.0) -> SyntheticCamera:
    return SyntheticCamera(size=SMALL, fps=fps, clock=clock, sleep=clock.sleep)


def test_frames_come_at_their_time_and_count_up() -> None:
    clock = HandClock()
    with camera(clock) as film:
        frames = [film.read() for _ in range(4)]
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    assert [frame.captured_at for frame in frames] == pytest.approx([100, 100.04, 100.08, 100.12])
    assert clock.slept == pytest.approx([0.04] * 3)


def test_a_late_reader_gets_the_next_frame_at_once_and_then_the_beat_again() -> None:
    clock = HandClock()
    film = camera(clock)
    film.read()
    clock.now += 0.1  # two and a half frames
    late = [film.read() for _ in range(3)]
    assert [frame.index for frame in late] == [1, 2, 3]
    assert [frame.captured_at for frame in late] == pytest.approx([100.1, 100.1, 100.12])


def test_the_film_is_the_same_live_and_from_frames() -> None:
    clock = HandClock()
    film = camera(clock)
    live = [film.read() for _ in range(3)]
    for one, other in zip(live, film.frames(3), strict=True):
        assert one.index == other.index
        assert np.array_equal(one.image, other.image)


def test_unpaced_frames_carry_the_time_of_the_film_and_never_sleep() -> None:
    clock = HandClock()
    frames = list(camera(clock, fps=10).frames(12))
    assert [frame.captured_at for frame in frames] == pytest.approx(np.arange(12) / 10)
    assert clock.slept == []
    assert frames[0].image.shape == (48, 64, 3)
    assert frames[0].image.dtype == np.uint8


def test_it_films_the_script_and_the_character_it_was_given() -> None:
    first, *_, turned = SyntheticCamera(size=SMALL, fps=2, script=DEMO).frames(4)  # 1.5 s: on the way to the right
    *_, quiet = SyntheticCamera(size=SMALL, fps=2, script=IDLE).frames(4)
    large, small = (np.abs(first.image.astype(float) - later.image).mean() for later in (turned, quiet))
    assert large > 2 * small > 0
    (other,) = SyntheticCamera(size=SMALL, character=CAST[1]).frames(1)
    assert np.abs(first.image.astype(float) - other.image).mean() > 5


def test_a_closed_camera_says_so_and_closes_twice() -> None:
    film = camera(HandClock())
    film.close()
    film.close()
    with pytest.raises(CameraError, match="closed"):
        film.read()


@pytest.mark.parametrize("fps", [0, -5, float("nan")])
def test_an_impossible_rate_is_refused(fps: float) -> None:
    with pytest.raises(CameraError, match=str(fps)):
        SyntheticCamera(fps=fps)
