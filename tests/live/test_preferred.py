"""What the user has chosen becomes what a live call is asked for."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from avatarify.live.preferred import preferred_request
from avatarify.live.request import LiveRequest
from avatarify.preferences.preferences import Preferences
from avatarify.preferences.schema import SETTINGS, find_setting
from avatarify.preferences.setting import Value
from avatarify.runtime.base import RUNTIMES
from avatarify.settings import MotionSettings, Settings
from avatarify.virtual_camera.composition import Ground, Look

MODEL = Path("lite.safetensors")


def request(*values: tuple[str, Value]) -> LiveRequest:
    return preferred_request(Preferences(values), model=MODEL, camera="0")


def test_the_defaults_are_those_of_a_live_call() -> None:
    assert request() == LiveRequest(MODEL, camera="0")
    assert request().look == Look()


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("output.device", "/dev/video9", {"device": "/dev/video9"}),
        ("output.device", "none", {"output": False}),
        ("output.size", "640x480", {"size": (640, 480)}),
        ("output.ground", "fill", {"look": Look(Ground.FILL)}),
        ("output.mirror", True, {"look": Look(mirror=True)}),
        ("output.badge", False, {"look": Look(badge=False)}),
        ("engine.portrait_size", 256, {"portrait_size": 256}),
        ("engine.runtime", "eager", {"runtime": "eager"}),
        ("engine.device", "cpu", {"runtime_device": "cpu"}),
        ("engine.precision", "float32", {"precision": "float32"}),
        ("engine.governor", False, {"governor": False}),
        ("engine.fps_cap", 20, {"fps_cap": 20.0}),
        ("motion.strength", 0.5, {"settings": Settings(motion=MotionSettings(strength=0.5))}),
    ],
)
def test_a_choice_arrives_and_nothing_else_changes(key: str, value: Value, expected: dict[str, object]) -> None:
    assert request((key, value)) == dataclasses.replace(LiveRequest(MODEL, camera="0"), **expected)  # type: ignore[arg-type]


def test_every_choice_of_the_schema_can_be_carried_out() -> None:
    for key in ("output.size", "output.ground", "engine.precision"):
        for choice in find_setting(key).choices:
            request((key, choice.value))


def test_the_runtimes_that_are_offered_are_those_that_there_are() -> None:
    assert [choice.value for choice in find_setting("engine.runtime").choices] == ["auto", *RUNTIMES]


def test_every_setting_of_camera_output_and_engine_is_known_here() -> None:
    """A new one must be carried out somewhere: add it above, or here if it is not the call's."""
    tested = {
        "output.device",
        "output.size",
        "output.ground",
        "output.mirror",
        "output.badge",
        "engine.portrait_size",
        "engine.runtime",
        "engine.device",
        "engine.precision",
        "engine.governor",
        "engine.fps_cap",
    }
    elsewhere = {"engine.model", "output.start_with_app"}
    assert {setting.key for setting in SETTINGS if setting.group in ("output", "engine")} == tested | elsewhere
