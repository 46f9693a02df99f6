"""What is wrong with a call, in sentences with a remedy."""

from __future__ import annotations

from dataclasses import replace

from avatarify.app.troubles import Trouble, Troubles
from avatarify.live.request import LiveStatus
from avatarify.pipeline.status import StageState, StageStatus
from avatarify.session import CalibratedBy, SessionStatus
from tests.fakes.live_status import live_status

CALIBRATED = SessionStatus(has_avatar=True, calibrated_by=CalibratedBy.ITSELF)


def engine(errors: int, session: SessionStatus = CALIBRATED, state: StageState = StageState.TROUBLE) -> LiveStatus:
    return replace(live_status(animate=StageStatus(state, "The engine broke.", errors)), session=session)


def test_all_is_well() -> None:
    assert Troubles().look(live_status()) == ()
    assert Troubles().look(None) == ()


def test_a_lost_camera_and_a_missing_virtual_camera_are_told() -> None:
    lost = StageStatus(StageState.TROUBLE, "The camera is gone.", 3)
    missing = StageStatus(StageState.STALLED, "It does not answer.", 1)
    assert Troubles().look(live_status(capture=lost, output=missing)) == (
        Trouble("capture", "The camera is gone.", 3, ended=False),
        Trouble("output", "It does not answer.", 1, ended=False),
    )


def test_an_error_that_is_over_is_not_told() -> None:
    assert Troubles().look(live_status(capture=StageStatus(StageState.RUNNING, "The camera was gone.", 3))) == ()


def test_an_engine_that_ended_is_told_at_once() -> None:
    found = Troubles().look(engine(1, SessionStatus(), StageState.FAILED))
    assert found == (Trouble("animate", "The engine broke.", 1, ended=True),)


def test_before_the_calibration_and_without_a_face_frames_may_fail() -> None:
    troubles = Troubles()
    for errors, session in enumerate((SessionStatus(has_avatar=True), replace(CALIBRATED, lost=True)) * 2):
        assert troubles.look(engine(errors, session)) == ()


def test_frames_that_go_on_to_fail_with_a_face_in_sight_are_told_until_it_works() -> None:
    troubles = Troubles()
    assert troubles.look(engine(7)) == (), "they may have failed before the calibration"
    assert troubles.look(engine(7)) == ()
    assert [trouble.errors for trouble in troubles.look(engine(9))] == [9]
    assert len(troubles.look(engine(9))) == 1
    assert troubles.look(engine(9, state=StageState.RUNNING)) == ()
    assert troubles.look(engine(9)) == ()
