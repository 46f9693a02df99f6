"""Hints: the right sentence, after a while, and no flicker."""

from __future__ import annotations

import pytest

from avatarify.face.calibration import FaceTarget
from avatarify.face.crop import Crop
from avatarify.face.hints import COME_BACK, Hints
from avatarify.face.mesh import HeadPose
from avatarify.face.watcher import FaceReading
from tests.face.readings import reading

AVATAR = FaceTarget()


def after(
    seconds: float, face: FaceReading | None, hints: Hints, *, start: float = 0.0, seeking: bool = True
) -> tuple[str, ...]:
    shown: tuple[str, ...] = ()
    for index in range(round(seconds * 20) + 1):
        shown = hints.update(face, AVATAR, start + index / 20, seeking=seeking)
    return shown


@pytest.mark.parametrize(
    ("face", "hint"),
    [
        (reading(light=30), "More light from the front, please."),
        (reading(light=245), "Less light on the face, please."),
        (reading(square=Crop(300, 200, 100)), "Come closer."),
        (reading(square=Crop(-60, -150, 760)), "Move back a little."),
        (reading(square=Crop(-90, 100, 240)), "Move to the middle of the picture."),
        (reading(yaw=20), "Turn right a little."),
        (reading(yaw=-20), "Turn left a little."),
        (reading(pitch=20), "Look down a little."),
        (reading(pitch=-20), "Look up a little."),
        (reading(roll=20), "Tilt your head to the right a little."),
        (reading(roll=-20), "Tilt your head to the left a little."),
        (reading(mouth=0.3), "Close your mouth."),
        (reading(eyes=0.08), "Open your eyes."),
    ],
)
def test_each_trouble_has_its_sentence(face: FaceReading, hint: str) -> None:
    hints = Hints()
    assert hint not in after(0.3, face, hints)
    assert after(0.5, face, hints, start=0.3)[0] == hint
    assert after(0.3, reading(), hints, start=0.9) == (hint,)
    assert after(0.5, reading(), hints, start=1.2) == ()


def test_a_good_face_gets_none() -> None:
    assert after(2.0, reading(), Hints()) == ()


def test_a_measure_that_swings_about_its_limit_does_not_flicker() -> None:
    hints = Hints()
    seen = [
        hints.update(reading(yaw=12.0 + swing), AVATAR, index / 20, seeking=True)
        for index, swing in enumerate([1, -1] * 40)
    ]
    assert set(seen) == {()}
    after(0.6, reading(yaw=20), hints, start=4.0)
    seen = [
        hints.update(reading(yaw=9.0 + swing), AVATAR, 5 + index / 20, seeking=True)
        for index, swing in enumerate([2, -2] * 40)
    ]
    assert set(seen) == {("Turn right a little.",)}


def test_the_avatars_pose_is_the_measure() -> None:
    hints, turned = Hints(), FaceTarget(HeadPose(20.0, 0.0, 0.0))
    for index in range(20):
        shown = hints.update(reading(yaw=20), turned, index / 20, seeking=True)
    assert shown == ()


def test_poses_matter_only_while_a_reference_is_sought() -> None:
    assert after(1.0, reading(yaw=25, light=20), Hints(), seeking=False) == ("More light from the front, please.",)


def test_two_wishes_at_once_are_enough() -> None:
    assert len(after(1.0, reading(yaw=25, light=20, mouth=0.4, pitch=30), Hints())) == 2


def test_without_a_face_there_is_one_wish() -> None:
    hints = Hints()
    after(1.0, reading(yaw=25), hints)
    assert hints.update(None, AVATAR, 1.1, seeking=True) == (COME_BACK,)
    assert hints.update(reading(yaw=25), AVATAR, 1.2, seeking=True) == ()
