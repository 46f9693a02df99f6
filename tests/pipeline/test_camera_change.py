"""Another camera that is opened beside the present one: taken over once, or closed by the thread that has opened it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

import pytest

from avatarify.errors import CameraError
from avatarify.pipeline.camera_change import CameraChange
from avatarify.pipeline.opener import Change
from tests.fakes.live import PATIENCE_S, FilmingCamera, until


def change_to(open_source: Callable[[], FilmingCamera]) -> CameraChange:
    return CameraChange(Change(open_source, Future()), grace_s=PATIENCE_S)


def test_it_is_taken_once_and_cannot_be_cancelled_after_that() -> None:
    camera = FilmingCamera()
    change = change_to(lambda: camera)
    assert change.take() is None, "nothing has been opened"
    change.start()
    change.wait(PATIENCE_S)
    assert change.take() is camera
    change.cancel()
    assert change.take() is None
    assert not change.ended, "the capture thread answers"
    assert camera.closed_by is None


def test_one_that_is_open_and_given_up_is_closed() -> None:
    camera = FilmingCamera()
    change = change_to(lambda: camera)
    change.start()
    change.wait(PATIENCE_S)
    change.give_up("its thread ended")
    assert change.take() is None
    with pytest.raises(CameraError, match="was not changed: its thread ended"):
        change.change.future.result(0)
    until(lambda: camera.closed_by == "avatarify camera change")


def test_one_that_nobody_wants_any_more_is_not_opened() -> None:
    opened: list[FilmingCamera] = []

    def camera() -> FilmingCamera:
        opened.append(FilmingCamera())
        return opened[-1]

    change = change_to(camera)
    change.cancel()
    change.start()
    after = CameraChange(Change(camera, Future()), after=change, grace_s=PATIENCE_S)
    after.start()
    after.wait(PATIENCE_S)
    assert after.take() is not None
    assert len(opened) == 1, "the other one's thread has ended by now"


def test_a_late_camera_that_cannot_be_closed_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    class Sticky(FilmingCamera):
        def close(self) -> None:
            raise OSError("already closed")

    change = change_to(Sticky)
    change.start()
    change.wait(PATIENCE_S)
    change.cancel()
    until(lambda: "OSError('already closed')" in caplog.text)
