"""What there is to choose from: cameras and models of this computer."""

from __future__ import annotations

import pytest

from avatarify.app import suggestions as room
from avatarify.app.suggestions import suggestions
from avatarify.camera.devices import CameraDevice
from avatarify.errors import CatalogError


def test_cameras_that_film_and_models_that_are_here(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        CameraDevice(0, "Desk camera", "usb-1", "/dev/video0", "V4L2"),
        CameraDevice(1, "Avatarify", "loop-1", "/dev/video1", "V4L2", virtual=True),
    ]
    monkeypatch.setattr(room, "list_cameras", lambda: found)
    known = suggestions()
    assert [(choice.value, choice.label) for choice in known.cameras] == [
        ("usb-1", "Desk camera"),
        ("synthetic", "Drawn performer (no camera)"),
    ]
    assert "lite" in [choice.value for choice in known.models]


def test_a_list_that_cannot_be_read_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable() -> None:
        raise CatalogError("MODELS.toml is damaged.", "Fetch it again.")

    monkeypatch.setattr(room, "open_store", unreadable)
    assert suggestions().models == ()
