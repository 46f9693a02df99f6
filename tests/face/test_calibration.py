"""Which moment is neutral, which is best, and when one is taken."""

from __future__ import annotations

import pytest

from avatarify.face.calibration import Calibrator, FaceTarget, Moment, cost, fitness, target_of
from avatarify.face.detector import FaceDetector
from avatarify.face.mesh import EyeOpening, FaceMesh, HeadPose, head_pose
from avatarify.frame import Image
from avatarify.settings import CalibrationSettings
from tests.face.readings import reading

AVATAR = FaceTarget()
AUTOMATIC = CalibrationSettings(automatic=True, window_s=4.0, first_s=1.0)
FRONTAL = HeadPose(0.0, 0.0, 0.0)


class Stream:
    """Looks ten times a second, and what was taken of them."""

    def __init__(self) -> None:
        self.calibrator: Calibrator[str] = Calibrator()
        self.now = 0.0
        self.taken: list[str] = []

    def look(
        self,
        cost: float,
        *,
        fitness: float = 1.0,
        pose: HeadPose = FRONTAL,
        name: str = "",
        seconds: float = 0.1,
        settings: CalibrationSettings = AUTOMATIC,
    ) -> None:
        for _ in range(round(seconds * 10)):
            self.now += 0.1
            self.calibrator.observe(Moment(self.now, cost, fitness, pose, name or str(cost)), settings.window_s)
            due = self.calibrator.due(settings)
            if due is not None:
                self.calibrator.take(due)
                self.taken.append(due.payload)


def test_a_neutral_face_is_fit() -> None:
    assert fitness(reading(), AVATAR) == pytest.approx(1.0)
    assert fitness(reading(yaw=5, pitch=-5, mouth=0.06), AVATAR) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "face",
    [reading(yaw=25), reading(pitch=-25), reading(roll=25), reading(mouth=0.3), reading(eyes=0.08)],
    ids=["turned", "looks down", "leans", "mouth open", "eyes shut"],
)
def test_every_departure_costs(face: object) -> None:
    assert fitness(face, AVATAR) < 0.35  # type: ignore[arg-type]


def test_the_avatars_own_pose_is_the_measure() -> None:
    laughing = FaceTarget(HeadPose(-20.0, 0.0, 0.0), 0.3, EyeOpening(0.15, 0.15))
    assert fitness(reading(yaw=-20, mouth=0.3, eyes=0.15), laughing) == pytest.approx(1.0)
    assert fitness(reading(), laughing) < 0.2


def test_eyes_may_be_wider_open_than_the_avatars() -> None:
    assert fitness(reading(eyes=0.4), AVATAR) == pytest.approx(1.0)


def test_shut_eyes_make_the_same_keypoints_cost_more_and_a_turn_does_not() -> None:
    assert cost(reading(eyes=0.08), AVATAR, 0.004) > 3 * cost(reading(), AVATAR, 0.004)
    assert cost(reading(yaw=30), AVATAR, 0.004) == cost(None, AVATAR, 0.004) == 0.004


def test_a_portraits_target_is_read_from_its_mesh(portrait: Image, detector: FaceDetector, mesher: FaceMesh) -> None:
    mesh = mesher.find(portrait, detector.detect(portrait)[0])
    target = target_of(mesh)
    assert target.pose == head_pose(mesh)
    assert target.mouth > 0.1  # she smiles with her teeth


def test_the_first_calibration_looks_around_and_takes_the_best() -> None:
    stream = Stream()
    stream.look(5.0, seconds=0.5)
    stream.look(2.0, name="the best")
    stream.look(4.0, seconds=0.3)
    assert stream.taken == []
    stream.look(4.0, seconds=0.3)
    assert stream.taken == ["the best"]


def test_looks_before_the_model_was_there_count_for_most_of_the_first_look() -> None:
    stream = Stream()
    stream.calibrator.looked_before(60.0)
    stream.look(5.0, seconds=0.3)
    assert stream.taken == [], "one moment is no choice"
    stream.look(4.0)
    assert stream.taken == ["4.0"]


def test_looks_before_the_model_was_there_make_no_bad_moment_good() -> None:
    stream = Stream()
    stream.calibrator.looked_before(60.0)
    stream.look(5.0, fitness=0.3, seconds=1.9)
    assert stream.taken == []


def test_a_face_that_is_not_neutral_is_not_taken_at_once() -> None:
    stream = Stream()
    stream.look(3.0, fitness=0.1, seconds=5.0)
    assert stream.taken == []
    stream.look(9.0, fitness=0.3, name="passable", seconds=0.1)
    assert stream.taken == []  # the cheapest of the window is still the unfit one
    stream.look(9.0, fitness=0.3, name="passable", seconds=4.5)
    assert stream.taken == ["passable"]


def test_only_a_clearly_better_moment_replaces_a_reference() -> None:
    stream = Stream()
    stream.look(3.0, seconds=3.0)
    stream.look(2.98, seconds=3.0)
    assert stream.taken == ["3.0"]
    stream.look(1.0, name="better")
    assert stream.taken == ["3.0", "better"]


def test_replacements_keep_a_pause() -> None:
    stream = Stream()
    stream.look(3.0, seconds=1.1)
    for step in range(1, 6):
        stream.look(3.0 / 2**step)
    assert len(stream.taken) == 1
    stream.look(2.0, seconds=0.5)
    assert stream.taken[1:] == [str(3.0 / 2**5)]  # the best of them, not the first


def test_old_moments_are_forgotten() -> None:
    stream = Stream()
    stream.look(1.0, name="old", settings=CalibrationSettings(automatic=False))
    stream.look(2.0, seconds=3.5, settings=CalibrationSettings(automatic=False))
    best = stream.calibrator.best
    assert best is not None
    assert best.payload == "old"
    stream.look(2.0, seconds=1.0, settings=CalibrationSettings(automatic=False))
    best = stream.calibrator.best
    assert best is not None
    assert best.cost == 2.0


def test_without_automatic_a_moment_is_offered_only() -> None:
    stream = Stream()
    stream.look(2.0, seconds=5.0, settings=CalibrationSettings(automatic=False))
    assert stream.taken == []
    assert stream.calibrator.offer is not None


def test_passable_is_the_best_moment_whatever_is_in_use() -> None:
    stream = Stream()
    stream.look(5.0, fitness=0.1)
    assert stream.calibrator.best is not None
    assert stream.calibrator.passable is None
    stream.look(2.0, fitness=0.3, name="good")
    stream.calibrator.take(Moment(stream.now, 1.0, 1.0, FRONTAL, "better"))
    assert stream.calibrator.offer is None
    passable = stream.calibrator.passable
    assert passable is not None
    assert passable.payload == "good"


def test_what_is_in_use_is_not_offered_again() -> None:
    stream = Stream()
    stream.look(2.0, seconds=3.0)
    assert stream.taken == ["2.0"]
    assert stream.calibrator.offer is None


def test_a_camera_that_was_moved_is_calibrated_anew_though_no_moment_is_better() -> None:
    stream = Stream()
    stream.look(1.0, name="before", seconds=10.0)
    stream.look(5.0, name="after", pose=HeadPose(25.0, 0.0, 0.0), fitness=0.4, seconds=30.0)
    assert stream.taken == ["before", "after"]  # and not once more


def test_a_look_to_the_side_is_no_moved_camera() -> None:
    stream = Stream()
    stream.look(1.0, name="before", seconds=10.0)
    for _ in range(5):
        stream.look(5.0, pose=HeadPose(30.0, 0.0, 0.0), fitness=0.3, seconds=2.0)
        stream.look(1.0, seconds=4.0)
    assert stream.taken == ["before"]


def test_another_avatar_begins_anew_with_what_is_in_use() -> None:
    stream = Stream()
    stream.look(1.0, seconds=3.0)
    stream.calibrator.restart(Moment(0.0, 4.0, 1.0, FRONTAL, "in use"))
    assert stream.calibrator.best is None
    stream.look(3.99, seconds=2.0)
    stream.look(2.0, name="for the new one")
    assert stream.taken[1:] == ["for the new one"]


def test_a_clock_that_jumps_back_begins_anew_and_keeps_the_reference() -> None:
    stream = Stream()
    stream.look(1.0, seconds=3.0)
    stream.now = 0.0
    stream.look(2.0, seconds=3.0)
    assert stream.taken == ["1.0"]
