"""What a call begins with, from what was chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatarify.app.what_to_run import make_request
from avatarify.camera import devices
from avatarify.camera.devices import CameraDevice
from avatarify.errors import AvatarifyError, CameraError
from avatarify.paths import EMBEDDED_MODEL, user_avatars
from avatarify.preferences.preferences import Preferences

CHOSEN = Preferences((("camera.device", "synthetic"),))


def test_a_call_begins_without_its_virtual_camera_unless_it_is_wanted() -> None:
    assert not make_request(CHOSEN).output
    assert make_request(CHOSEN.with_value("output.start_with_app", True)).output
    both = CHOSEN.with_values((("output.start_with_app", True), ("output.device", "none")))
    assert not make_request(both).output


def test_what_was_chosen_is_what_runs() -> None:
    request = make_request(CHOSEN.with_values((("engine.portrait_size", 256), ("output.mirror", True))))
    assert (request.camera, request.model, request.portrait_size) == ("synthetic", EMBEDDED_MODEL, 256)
    assert request.look.mirror


def test_the_last_avatar_comes_again_if_it_is_still_there() -> None:
    assert make_request(CHOSEN.with_value("avatars.last", "ilse")).avatar == "ilse"
    assert make_request(CHOSEN.with_value("avatars.last", "nobody")).avatar is None
    assert make_request(CHOSEN.with_value("avatars.last", "ilse"), avatar=3).avatar == 3
    user_avatars().mkdir(parents=True)
    (user_avatars() / "a[1].png").touch()
    assert make_request(CHOSEN.with_value("avatars.last", "a[1]")).avatar == "a[1]"


def test_a_model_that_is_not_there_is_told() -> None:
    with pytest.raises(AvatarifyError, match="nothing-of-the-kind"):
        make_request(CHOSEN.with_value("engine.model", "nothing-of-the-kind"))


def camera(number: int, *, virtual: bool = False, problem: str = "") -> CameraDevice:
    path = f"/dev/video{number}"
    return CameraDevice(number, f"camera {number}", path, path, "V4L2", virtual, problem)


def test_without_a_choice_the_first_camera_that_works_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [camera(0, virtual=True), camera(1, problem="It is in use."), camera(2)]
    monkeypatch.setattr(devices, "list_cameras", lambda: found)
    assert make_request(Preferences()).camera == "/dev/video2"
    found.clear()
    with pytest.raises(CameraError, match="no camera here"):
        make_request(Preferences())


def test_paths_are_the_tests_own(home: Path) -> None:
    assert user_avatars().is_relative_to(home)
