"""Films and stills of a real live loop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from avatarify.app.call import Call
from avatarify.app.recording import Recording, free_name
from avatarify.app.tasks import Tasks
from avatarify.errors import AvatarifyError, MediaError
from avatarify.media.images import read_image
from avatarify.media.video_reader import VideoReader
from avatarify.virtual_camera.recorder import RecorderStatus
from tests.app.waiting import wait_for
from tests.fakes.devices import SIZE
from tests.fakes.live import PATIENCE_S
from tests.fakes.stage import Stage


class Desk:
    def __init__(self, call: Call, folder: Path) -> None:
        self.call = call
        self.recording = Recording(call, films=folder / "films", stills=folder / "stills")
        self.saved: list[Path] = []
        self.failed: list[AvatarifyError] = []
        self.recording.saved.connect(self.saved.append)
        self.recording.failed.connect(self.failed.append)

    def some_frames_are_in(self) -> bool:
        """Whether the film has begun for good."""
        film = self.call.status.recording if self.call.status is not None else None
        return film is not None and film.frames > 3


@pytest.fixture
def desk(tmp_path: Path, tasks: Tasks, qtbot: QtBot) -> Iterator[Desk]:
    stage = Stage(tmp_path)
    call = Call(stage.make_live, tasks=tasks)
    call.watch(True)
    call.start(stage.request)
    wait_for(qtbot, lambda: call.status is not None and call.status.pipeline.measured.sent > 2)
    yield Desk(call, tmp_path)
    call.close(PATIENCE_S)


def test_a_film_is_begun_and_finished(desk: Desk, qtbot: QtBot) -> None:
    desk.recording.toggle()
    desk.recording.toggle()
    wait_for(qtbot, lambda: desk.recording.on)
    wait_for(qtbot, desk.some_frames_are_in)
    desk.recording.toggle()
    wait_for(qtbot, lambda: bool(desk.saved))
    assert not desk.recording.on
    with VideoReader(desk.saved[0]) as reader:
        assert (reader.info.width, reader.info.height) == SIZE
    assert not desk.failed


def test_a_still_is_what_the_call_sees(desk: Desk, qtbot: QtBot) -> None:
    desk.recording.take_still()
    wait_for(qtbot, lambda: bool(desk.saved))
    assert read_image(desk.saved[0]).shape == (SIZE[1], SIZE[0], 3)
    assert desk.saved[0].parent.name == "stills"


def test_a_folder_that_cannot_be_made_is_told(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "films").write_text("a file in the way")
    desk.recording.toggle()
    wait_for(qtbot, lambda: bool(desk.failed))
    assert "cannot be made" in desk.failed[0].message
    assert not desk.recording.on


def test_a_full_disk_ends_the_film_and_is_told(desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.recording.toggle()
    wait_for(qtbot, lambda: desk.recording.on)
    live = desk.call.live
    assert live is not None
    full = MediaError("The disk is full.", "Make room.")
    ended = RecorderStatus(Path("x.mp4"), 9, 0, 0.3, recording=False, error=full)
    monkeypatch.setattr(type(live._output), "recording", ended)
    stop = live.stop_recording
    monkeypatch.setattr(live, "stop_recording", lambda: stop() and ended)
    wait_for(qtbot, lambda: bool(desk.failed))
    assert desk.failed == [full]
    assert not desk.recording.on


def test_a_film_that_ends_with_the_call_is_told(desk: Desk, qtbot: QtBot) -> None:
    desk.recording.toggle()
    wait_for(qtbot, desk.some_frames_are_in)
    desk.call.stop()
    assert not desk.recording.on
    wait_for(qtbot, lambda: bool(desk.saved))
    with VideoReader(desk.saved[0]) as reader:
        assert (reader.info.width, reader.info.height) == SIZE
    assert not desk.failed


def test_what_is_under_way_is_told(desk: Desk, qtbot: QtBot) -> None:
    busy: list[tuple[str, ...]] = []
    desk.recording.changed.connect(lambda: busy.append(desk.recording.busy))
    desk.recording.toggle()
    desk.recording.take_still()
    assert desk.recording.busy == ("film", "still")
    wait_for(qtbot, lambda: desk.recording.on and bool(desk.saved))
    assert busy[:2] == [("film",), ("film", "still")]
    assert busy[-1] == ()


def test_without_a_call_there_is_nothing_to_record(tasks: Tasks, tmp_path: Path) -> None:
    call = Call(Stage(tmp_path).make_live, tasks=tasks)
    desk = Desk(call, tmp_path)
    desk.recording.toggle()
    desk.recording.take_still()
    assert [error.message for error in desk.failed] == ["There is nothing to record yet."] * 2


def test_a_name_is_never_taken_twice(tmp_path: Path) -> None:
    now = datetime(2026, 3, 1, 12, 30, 5, tzinfo=timezone.utc)
    first = free_name(tmp_path, ".mp4", now)
    assert first.name == "avatar-2026-03-01-123005.mp4"
    (tmp_path / "avatar-2026-03-01-123005.unfinished.mp4").touch()
    assert free_name(tmp_path, ".mp4", now).name == "avatar-2026-03-01-123005-2.mp4"
