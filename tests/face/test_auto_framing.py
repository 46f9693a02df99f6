"""The square that follows: rests, glides, jumps, obeys the hand; and the map between squares."""

from __future__ import annotations

import numpy as np
import pytest

from avatarify.face.auto_framing import AutoFraming, Framed, between, settled
from avatarify.face.crop import Crop
from avatarify.frame import Image
from avatarify.settings import FramingSettings
from tests.face.readings import reading

PICTURE: Image = np.zeros((480, 640, 3), np.uint8)
PLAIN = FramingSettings()


def follow(
    framing: AutoFraming,
    square: Crop | None,
    *,
    seconds: float,
    start: float = 0.0,
    fps: float = 30.0,
    settings: FramingSettings = PLAIN,
) -> list[Framed]:
    face = None if square is None else reading(square=square)
    return [
        framing.square(PICTURE, face, start + index / fps, settings) for index in range(1, round(seconds * fps) + 1)
    ]


def test_before_the_first_face_it_is_the_middle() -> None:
    assert AutoFraming().square(PICTURE, None, 0.0, PLAIN).crop == Crop(80, 0, 480)


def test_the_first_face_is_framed_at_once() -> None:
    assert follow(AutoFraming(), Crop(100, 50, 200), seconds=0.04)[0].crop == Crop(100, 50, 200)


def test_it_rests_while_the_face_stirs() -> None:
    framing = AutoFraming()
    follow(framing, Crop(100, 50, 200), seconds=0.1)
    rng = np.random.default_rng(0)
    crops = set()
    for index in range(60):
        dx, dy, grown = rng.normal(0, 3, 3)
        crops.add(follow(framing, Crop(100 + dx, 50 + dy, 200 + grown), seconds=0.034, start=index / 30)[-1].crop)
    assert crops == {Crop(100, 50, 200)}


def test_it_glides_after_a_face_that_moves_and_ends_centred() -> None:
    framing = AutoFraming()
    follow(framing, Crop(100, 100, 200), seconds=0.1)
    path = [framed.crop.left for framed in follow(framing, Crop(160, 100, 200), seconds=3, start=0.1)]
    steps = np.diff(path)
    assert (steps >= 0).all()  # no overshoot
    assert steps.max() <= 6  # of 200 pixels: no jerk
    assert path[-1] == pytest.approx(160, abs=2.1)
    assert framing.jumps == 1  # to the first face


def test_the_frame_rate_does_not_matter() -> None:
    ends = []
    for fps in (10.0, 60.0):
        framing = AutoFraming()
        follow(framing, Crop(100, 100, 200), seconds=0.2, fps=fps)
        ends.append(follow(framing, Crop(160, 100, 200), seconds=0.5, start=0.2, fps=fps)[-1].base.left)
    assert ends[0] == pytest.approx(ends[1], abs=0.5)


def test_size_follows_more_slowly_than_place() -> None:
    framing = AutoFraming()
    follow(framing, Crop(100, 100, 200), seconds=0.1)
    framed = follow(framing, Crop(110, 70, 260), seconds=0.4, start=0.1)[-1].base
    moved = (framed.left + framed.size / 2 - 200) / 40
    grown = np.log(framed.size / 200) / np.log(260 / 200)
    assert 0.2 < grown < moved


def test_another_place_is_gone_to_at_once_and_counted() -> None:
    framing = AutoFraming()
    follow(framing, Crop(100, 100, 200), seconds=0.1)
    assert follow(framing, Crop(400, 100, 200), seconds=0.04, start=0.1)[0].crop == Crop(400, 100, 200)
    assert framing.jumps == 2


def test_it_stays_when_the_face_is_lost_or_locked() -> None:
    framing = AutoFraming()
    follow(framing, Crop(100, 100, 200), seconds=0.1)
    assert follow(framing, None, seconds=0.5, start=0.1)[-1].crop == Crop(100, 100, 200)
    locked = follow(framing, Crop(160, 100, 200), seconds=2, start=0.6, settings=FramingSettings(locked=True))
    assert locked[-1].crop == Crop(100, 100, 200)


def test_the_hand_zooms_and_shifts_on_top() -> None:
    framing = AutoFraming()
    framed = follow(
        framing,
        Crop(100, 100, 200),
        seconds=0.04,
        settings=FramingSettings(zoom=2.0, shift_x=0.1, shift_y=-0.2),
    )[0]
    assert framed.crop == Crop(160, 130, 100)
    assert framed.base.size == pytest.approx(200)


def test_without_automatic_it_is_the_middle_with_the_hand_on_top() -> None:
    framed = follow(
        AutoFraming(), Crop(100, 100, 200), seconds=0.04, settings=FramingSettings(automatic=False, zoom=2.0)
    )[0]
    assert framed == Framed(Crop(200, 120, 240), Crop(80, 0, 480))


def test_real_pixels_are_preferred_a_little() -> None:
    assert follow(AutoFraming(), Crop(-20, 100, 200), seconds=0.04)[0].crop == Crop(0, 100, 200)
    assert follow(AutoFraming(), Crop(50, -20, 540), seconds=0.04)[0].crop == Crop(80, 0, 480)
    far = follow(AutoFraming(), Crop(-100, 100, 200), seconds=0.04)[0].crop
    assert far == Crop(-70, 100, 200)


def test_reset_goes_straight_to_the_face() -> None:
    framing = AutoFraming()
    follow(framing, Crop(100, 100, 200), seconds=0.1)
    framing.reset()
    assert follow(framing, Crop(160, 100, 200), seconds=0.04, start=0.1)[0].crop == Crop(160, 100, 200)
    assert framing.jumps == 2  # an avatar that stays where it is is what the user wants here, too


def test_the_map_between_squares_is_that_of_their_pixels() -> None:
    one, other = Crop(10, 20, 100), Crop(40, 0, 150)
    scale, right, down = between(one, other)
    x, y = 0.3, -0.6  # of `one`
    pixel = (one.left + (x + 1) / 2 * one.size, one.top + (y + 1) / 2 * one.size)
    expected = ((pixel[0] - other.left) / other.size * 2 - 1, (pixel[1] - other.top) / other.size * 2 - 1)
    assert (x * scale + right, y * scale + down) == pytest.approx(expected)


def test_the_origin_settles_whatever_the_frame_rate() -> None:
    start, end = Crop(0, 0, 100), Crop(100, 50, 200)
    ends = []
    for fps in (5, 50):
        origin = start
        for _ in range(fps):
            origin = settled(origin, end, 1 / fps, 1.0)
        ends.append(origin)
    assert ends[0].left == pytest.approx(ends[1].left) == pytest.approx(63.2, abs=0.1)
    assert settled(start, end, 0.01, 0.0) == end
