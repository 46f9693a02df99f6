"""Faces followed from frame to frame."""

from __future__ import annotations

import numpy as np
import pytest

from avatarify.face.detector import Face
from avatarify.train.tracks import Track, Tracker, pieces, square_of


def face(x: float, y: float = 100.0, side: float = 60.0) -> Face:
    return Face(0.9, np.array([x, y]), np.array([side, side]), np.zeros((6, 2)))


def followed(looks: list[list[Face]], every: int = 5) -> list[Track]:
    tracker = Tracker()
    for index, faces in enumerate(looks):
        tracker.look(index * every, faces)
    return tracker.cut()


def test_two_people_are_told_apart() -> None:
    tracks = followed([[face(50 + step), face(200 - step)] for step in range(5)])
    assert [(track.person, track.first, track.last, len(track.looks)) for track in tracks] == [
        (0, 0, 20, 5),
        (1, 0, 20, 5),
    ]
    assert tracks[0].looks[-1].face.centre[0] == 54


def test_a_short_absence_is_bridged_and_a_long_one_is_not() -> None:
    here: list[list[Face]] = [[face(50)]]
    assert len(followed([*here * 3, [], [], *here * 3])) == 1
    assert len(followed([*here * 3, *[[]] * 5, *here * 3])) == 2


def test_a_jump_is_another_person() -> None:
    assert len(followed([[face(50)], [face(50)], [face(300)], [face(300)]])) == 2
    assert len(followed([[face(50)], [face(50, side=150)]])) == 2


def test_after_a_cut_everybody_is_new() -> None:
    tracker = Tracker()
    tracker.look(0, [face(50)])
    assert len(tracker.cut()) == 1
    tracker.look(5, [face(50)])
    (track,) = tracker.cut()
    assert (track.person, track.first) == (0, 5)


def test_motion_is_measured_in_faces() -> None:
    (still,) = followed([[face(50)]] * 4)
    (moving,) = followed([[face(50)], [face(80)], [face(50)], [face(80)]])
    assert still.motion == 0
    assert moving.motion == pytest.approx(15 / 60)


def test_long_tracks_are_divided_and_short_ones_left_out() -> None:
    (track,) = followed([[face(50)]] * 41)  # 201 frames
    parts = list(pieces(track, least=20, most=120))
    assert [(part.first, part.last) for part in parts] == [(0, 95), (100, 200)]
    assert not list(pieces(track, least=300, most=600))


def test_a_head_that_wanders_gets_several_squares() -> None:
    (track,) = followed([[face(50 + 12 * step)] for step in range(40)])
    parts = list(pieces(track, least=20, most=400))
    assert len(parts) > 1
    for part in parts:
        crop = square_of(part, 800, 240)
        assert part.side / crop.size > 0.3
        for look in part.looks:
            assert crop.left < look.face.centre[0] < crop.left + crop.size


def test_square_is_that_of_the_live_framing() -> None:
    (track,) = followed([[face(150, 120)]] * 3)
    crop = square_of(track, 400, 300)
    assert crop.size == pytest.approx(120, rel=0.01)  # the box is half of it
    assert crop.left + crop.size / 2 == pytest.approx(150)
