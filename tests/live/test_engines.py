"""The engine of a call: one that is made anew is as the one before."""

from __future__ import annotations

import pytest

from avatarify.errors import SettingsError
from avatarify.pipeline.gate import Showing
from avatarify.settings import MotionSettings, Settings
from tests.live.stage import Stage


def test_settings_live_on_when_the_engine_is_made_anew(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    chosen = Settings(motion=MotionSettings(strength=0.25))
    stage.live.change(chosen).result(5)
    assert stage.live.settings == chosen
    stage.live.pipeline.restart_engine()
    strength = stage.live.pipeline.submit(lambda engine: engine.session.scene.motion.strength)
    assert strength.result(10) == 0.25


def test_a_cap_holds_and_can_be_taken_away(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    stage.live.change_pace(governor=False, fps_cap=4.0).result(5)
    assert stage.live.pipeline.engine_fps == pytest.approx(4.0)
    assert not stage.live.status().governor.on
    stage.live.change_pace(governor=True, fps_cap=None).result(5)
    assert stage.live.pipeline.engine_fps is None
    assert stage.live.status().governor.on
    with pytest.raises(SettingsError):
        stage.live.change_pace(governor=True, fps_cap=0.0)


def test_a_cap_lives_on_when_the_engine_is_made_anew(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    stage.live.change_pace(governor=False, fps_cap=4.0).result(5)
    stage.live.pipeline.restart_engine()
    stage.live.pipeline.submit(lambda _: None).result(10)
    assert stage.live.pipeline.engine_fps == pytest.approx(4.0)
    assert not stage.live.status().governor.on
