"""Another model during a call: without a gap, or not at all."""

from __future__ import annotations

import time
from concurrent.futures import Future
from pathlib import Path

import pytest

from avatarify.animator import Animator
from avatarify.errors import CheckpointError, RuntimeUnavailableError
from avatarify.live.engine import Adoption
from avatarify.live.engine_change import Call, EngineChange, tried
from avatarify.pipeline.gate import Showing
from avatarify.pipeline.status import StageState
from avatarify.runtime.eager import EagerRuntime
from avatarify.session import CalibratedBy
from tests.fakes.live import until
from tests.fakes.models import tiny_model
from tests.live.stage import BY_HAND, CPU, Stage


def changed(stage: Stage, model: str) -> Future[None]:
    return stage.live.change_engine(stage.model(model))


def test_another_model_takes_over_without_a_gap(folder: Path) -> None:
    stage = Stage(folder, BY_HAND)
    with stage.live:
        until(lambda: stage.live.calibrate().exception() is None)
        stage.wait_for(Showing.ANIMATED)
        takes_over_without_a_gap(stage)


def takes_over_without_a_gap(stage: Stage) -> None:
    seen = stage.live.pipeline.shown.subscribe_queue(2000)
    stage.live.pipeline.passthrough.switch_on()
    changed(stage, "plain").result(20)
    status = stage.live.status()
    assert status.model == stage.model("plain")
    assert not status.pipeline.passthrough
    frames = status.pipeline.measured.animated_frames
    until(lambda: stage.live.status().pipeline.measured.animated_frames > frames + 3)
    now = stage.live.status().session
    assert now.calibrated_by is CalibratedBy.HAND, "as seen by the new model in the picture of that moment"
    assert not now.can_undo
    shown = set()
    while (picture := seen.take(0.0)) is not None:
        shown.add(picture.showing)
    assert Showing.ANIMATED in shown
    assert Showing.STANDBY not in shown
    blends = stage.live.pipeline.submit(lambda engine: engine.animator.runtime.config.generator.blend)
    assert blends.result(5) is False
    assert stage.runtimes[0].closed_by == "avatarify animate"
    assert stage.runtimes[1].closed_by is None


def test_avatars_are_encoded_anew(stage: Stage) -> None:
    until(lambda: stage.live.avatars.find("kofi").source is not None)
    before = stage.live.avatars.find("kofi").source
    changed(stage, "plain").result(20)
    until(lambda: stage.live.avatars.find("kofi").source not in (None, before))


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        ("absent", CheckpointError, "absent.safetensors cannot be read"),
        ("grey", RuntimeUnavailableError, "made no picture of 'ilse'"),
    ],
)
def test_what_does_not_work_leaves_the_call_as_it_was(
    stage: Stage, model: str, error: type[Exception], message: str
) -> None:
    stage.wait_for(Showing.ANIMATED)
    with pytest.raises(error, match=message):
        changed(stage, model).result(20)
    status = stage.live.status()
    assert status.model == stage.model("tiny")
    assert status.session.calibrated
    assert stage.runtimes[0].closed_by is None
    until(lambda: all(runtime.closed_by for runtime in stage.runtimes[1:]))
    frames = status.pipeline.measured.animated_frames
    until(lambda: stage.live.status().pipeline.measured.animated_frames > frames + 3)


def test_a_change_can_be_cancelled_while_it_loads(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    stage.may_load.clear()
    future = changed(stage, "plain")
    assert future.cancel()
    stage.may_load.set()
    until(lambda: len(stage.runtimes) == 2 and stage.runtimes[1].closed_by, "for what was loaded in vain to be closed")
    assert stage.live.status().model == stage.model("tiny")
    assert stage.runtimes[0].closed_by is None


def test_the_next_change_cancels_the_one_under_way(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    stage.may_load.clear()
    first = changed(stage, "absent")
    second = changed(stage, "plain")
    stage.may_load.set()
    second.result(20)
    assert first.cancelled()
    assert stage.live.status().model == stage.model("plain")


def test_an_avatar_that_is_chosen_meanwhile_is_the_one_shown(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    stage.may_load.clear()
    future = changed(stage, "plain")
    stage.live.show_avatar("kofi").result(5)
    stage.may_load.set()
    future.result(20)
    shown = stage.live.pipeline.submit(lambda engine: engine.avatar).result(5)
    assert shown is not None
    assert shown.name == "kofi"
    assert stage.live.status().avatar == "kofi"


def test_an_avatar_larger_than_asked_for_is_reduced(folder: Path) -> None:
    avatar = Stage(folder).live.avatars.reload()[0]
    assert avatar.portrait is not None
    assert avatar.portrait.shape[0] == 128
    animator = Animator(EagerRuntime(tiny_model(), CPU))
    assert tried(animator, avatar, 96).image.shape[0] == 96
    assert tried(animator, avatar, 512).image.shape[0] == 128


def test_before_a_calibration_the_change_does_not_wait_for_one(folder: Path) -> None:
    stage = Stage(folder, BY_HAND)
    with stage.live as live:
        until(lambda: live.status().pipeline.measured.engine_errors > 1)
        changed(stage, "plain").result(20)
        assert live.status().model == stage.model("plain")
        until(lambda: live.calibrate().exception() is None)
        stage.wait_for(Showing.ANIMATED)


def test_a_reference_of_another_day_is_replaced_by_a_good_moment_of_today(folder: Path) -> None:
    with (first := Stage(folder)).live:
        first.wait_for(Showing.ANIMATED)
    stage = Stage(folder, BY_HAND)
    with stage.live as live:
        assert stage.wait_for(Showing.ANIMATED).session.calibrated_by is CalibratedBy.MEMORY
        changed(stage, "plain").result(20)
        until(lambda: live.status().session.calibrated_by is CalibratedBy.ITSELF)
        stage.wait_for(Showing.ANIMATED)


def test_where_no_engine_runs_another_one_is_simply_made(folder: Path) -> None:
    stage = Stage(folder, model="absent")
    with stage.live as live:
        until(lambda: live.status().pipeline.animate.state is StageState.FAILED)
        changed(stage, "tiny").result(20)
        assert live.status().model == stage.model("tiny")
        stage.wait_for(Showing.ANIMATED)


def test_an_engine_that_is_made_anew_is_the_one_that_was_chosen(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    changed(stage, "plain").result(20)
    stage.live.pipeline.restart_engine()
    blends = stage.live.pipeline.submit(lambda engine: engine.animator.runtime.config.generator.blend)
    assert blends.result(20) is False


def test_the_end_of_the_call_ends_the_change(folder: Path) -> None:
    stage = Stage(folder)
    with stage.live:
        stage.wait_for(Showing.ANIMATED)
        stage.may_load.clear()
        future = changed(stage, "plain")
    assert future.cancelled()
    stage.may_load.set()
    until(lambda: len(stage.runtimes) == 2 and stage.runtimes[1].closed_by)


def test_an_engine_that_has_another_avatar_is_not_asked_without_a_pause(folder: Path) -> None:
    asked: list[float] = []

    def submit(_: object) -> Future[Adoption]:
        asked.append(time.monotonic())
        answer: Future[Adoption] = Future()
        answer.set_result(Adoption.OTHER_AVATAR)
        return answer

    stage = Stage(folder)
    stage.live.avatars.reload()
    call = Call(
        submit=submit,
        avatar=lambda: stage.live.avatars.all[0],
        shows_avatar=lambda: True,
        changed=lambda _: None,
        portrait_size=64,
    )
    change = EngineChange(stage.live.request.engine, stage.load, call)
    change.start()
    until(lambda: len(asked) >= 3)
    assert change.future.cancel()
    assert asked[2] - asked[0] >= 0.15
    until(lambda: stage.runtimes[0].closed_by is not None)
