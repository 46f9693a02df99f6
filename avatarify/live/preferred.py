"""From what the user has chosen for good to what a live call is asked for: the one place that knows both."""

from __future__ import annotations

from pathlib import Path

from avatarify.live.request import LiveRequest
from avatarify.preferences.preferences import Preferences
from avatarify.preferences.schema_app import LARGEST_FPS
from avatarify.virtual_camera.composition import Ground, Look

NO_OUTPUT = "none"
"""The device that stands for no virtual camera."""


def preferred_request(
    preferences: Preferences, *, model: Path, camera: str, avatar: str | int | None = None
) -> LiveRequest:
    """model: the checkpoint file that "engine.model" names. camera: "camera.device", or the first that works where that is
    empty. avatar: as in LiveRequest."""
    device = preferences.text("output.device")
    return LiveRequest(
        model,
        camera=camera,
        avatar=avatar,
        device=device if device not in ("", NO_OUTPUT) else None,
        output=device != NO_OUTPUT,
        size=preferred_size(preferences),
        look=preferred_look(preferences),
        portrait_size=preferences.whole("engine.portrait_size"),
        runtime=preferences.text("engine.runtime"),
        runtime_device=preferences.text("engine.device"),
        precision=preferences.text("engine.precision"),
        governor=preferences.switch("engine.governor"),
        fps_cap=preferred_fps(preferences),
        settings=preferences.settings(),
    )


def preferred_look(preferences: Preferences) -> Look:
    """How the frame is composed."""
    return Look(
        Ground(preferences.text("output.ground")),
        mirror=preferences.switch("output.mirror"),
        badge=preferences.switch("output.badge"),
    )


def preferred_size(preferences: Preferences) -> tuple[int, int]:
    """(width, height) of the virtual camera."""
    width, _, height = preferences.text("output.size").partition("x")
    return int(width), int(height)


def preferred_fps(preferences: Preferences) -> float | None:
    """Most frames a second that are animated; None: as many as the camera gives."""
    cap = preferences.whole("engine.fps_cap")
    return float(cap) if cap < LARGEST_FPS else None
