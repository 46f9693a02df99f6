"""What the call sees at any moment."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from avatarify.pipeline.gate import Animated, Gate, Showing, Unlocked
from tests.fakes.live import AVATAR, CAMERA, PAUSE, STANDBY, picture

GATE = Gate(picture(STANDBY), picture(PAUSE))
NOW = 50.0


def animated(age_s: float) -> Animated:
    return Animated(picture(AVATAR), 3, NOW - age_s - 0.1, made_at=NOW - age_s, step_s=0.1)


def unlocked(age_s: float) -> Unlocked:
    return Unlocked(picture(CAMERA), NOW - age_s)


@pytest.mark.parametrize(
    ("age_s", "showing"),
    [
        (0.0, Showing.ANIMATED),
        (0.25, Showing.ANIMATED),
        (0.26, Showing.HELD),
        (1.0, Showing.HELD),
        (1.0001, Showing.STANDBY),
        (3600.0, Showing.STANDBY),
        (-0.001, Showing.STANDBY),  # a frame from the future is not to be believed
        (float("nan"), Showing.STANDBY),
        (float("inf"), Showing.STANDBY),
    ],
)
def test_age_of_an_animated_frame(age_s: float, showing: Showing) -> None:
    frame = animated(age_s)
    choice = GATE.choose(NOW, paused=False, animated=frame, unlocked=None)
    assert choice.showing is showing
    if showing is Showing.STANDBY:
        assert choice.image is GATE.standby
        assert choice.animated is None
    else:
        assert choice.image is frame.image
        assert choice.animated is frame


def test_nothing_at_all_is_the_standby_picture() -> None:
    assert GATE.choose(NOW, paused=False, animated=None, unlocked=None).image is GATE.standby


@pytest.mark.parametrize(
    ("age_s", "showing"),
    [(0.0, Showing.PASSTHROUGH), (1.0, Showing.PASSTHROUGH), (1.01, Showing.ANIMATED), (-1.0, Showing.ANIMATED)],
)
def test_a_let_through_picture_goes_first_while_it_is_fresh(age_s: float, showing: Showing) -> None:
    assert GATE.choose(NOW, paused=False, animated=animated(0.1), unlocked=unlocked(age_s)).showing is showing


def test_every_combination_shows_no_camera_pixel_unless_it_was_let_through_and_not_paused() -> None:
    ages = (None, -1.0, 0.0, 0.5, 1.0, 2.0)
    for paused, made, let in itertools.product((False, True), ages, ages):
        choice = GATE.choose(
            NOW,
            paused=paused,
            animated=None if made is None else animated(made),
            unlocked=None if let is None else unlocked(let),
        )
        camera = bool(np.array_equal(choice.image, picture(CAMERA)))
        assert camera == (choice.showing is Showing.PASSTHROUGH)
        assert camera == (not paused and let is not None and 0.0 <= let <= 1.0)
        if paused:
            assert choice.image is GATE.pause
