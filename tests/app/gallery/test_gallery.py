"""The gallery between strip, files and call."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import pytest
import shiboken6
from PySide6.QtCore import QMimeData, QPoint
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from avatarify.app.call import Call
from avatarify.app.call_start import CallStart
from avatarify.app.gallery.gallery import Gallery
from avatarify.app.gallery.menu import avatar_menu
from avatarify.app.tasks import Tasks
from avatarify.avatars import Avatars
from avatarify.errors import AvatarifyError, MediaError
from tests.app.gallery.shelves import MemoryShelf, avatar
from tests.app.quiet_live import QuietLive, quiet_call
from tests.fakes.live_status import live_status


class Stage:
    """A gallery over avatars in memory, beside a call that runs."""

    def __init__(self, qtbot: QtBot, call: Call, shelf: MemoryShelf) -> None:
        self.shelf = shelf
        self.call = call
        self.failures: list[AvatarifyError] = []
        call.failed.connect(self.failures.append)
        self.gallery = Gallery(call, lambda: cast(Avatars, shelf))
        qtbot.addWidget(self.gallery)
        self.gallery.resize(940, 150)
        self.gallery.show()
        self._qtbot = qtbot
        qtbot.waitUntil(lambda: call.tasks.under_way == 0)
        shelf.told.clear()

    def wait(self) -> None:
        self._qtbot.waitUntil(lambda: self.call.tasks.under_way == 0)

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.gallery.model.avatars]


class ReloadableLive(QuietLive):
    """Counts how often it was told to look into the folders."""

    reloads = 0

    def reload_avatars(self) -> None:
        self.reloads += 1


@pytest.fixture
def shelf() -> MemoryShelf:
    return MemoryShelf(avatar("ada"), avatar("bo"), avatar("suvi", own=False))


@pytest.fixture
def live() -> ReloadableLive:
    return ReloadableLive(live_status())


@pytest.fixture
def stage(qtbot: QtBot, tasks: Tasks, shelf: MemoryShelf, live: ReloadableLive) -> Iterator[Stage]:
    call = quiet_call(tasks)
    start = CallStart()
    start.arrived(live)  # type: ignore[arg-type]
    call._started(start)
    stage = Stage(qtbot, call, shelf)
    yield stage
    call._forget()


def test_avatars_are_shown_with_the_one_on_air(stage: Stage) -> None:
    assert stage.names == ["ada", "bo", "suvi"]
    assert stage.gallery.model.shown == "ada"
    assert not stage.gallery.strip._said.isVisible()


def test_a_choice_goes_to_the_call_and_is_pending_until_it_is_there(
    qtbot: QtBot, stage: Stage, live: ReloadableLive
) -> None:
    with qtbot.waitSignal(stage.gallery.chosen) as chosen:
        stage.gallery.strip.chosen.emit("bo")
    assert chosen.args == ["bo"]
    assert live.told == [("show_avatar", "bo")]
    live.status_now = replace(live_status(), avatar="bo")
    stage.call.look()  # the command has not ended yet
    assert (stage.gallery.model.shown, stage.gallery.model.pending) == ("ada", "bo")
    stage.wait()
    assert (stage.gallery.model.shown, stage.gallery.model.pending) == ("bo", None)


def test_what_is_shown_comes_into_sight(stage: Stage, live: ReloadableLive) -> None:
    stage.gallery.resize(330, 150)
    assert stage.gallery.strip.horizontalScrollBar().value() == 0
    live.status_now = replace(live_status(), avatar="suvi")
    stage.call.look()
    bar = stage.gallery.strip.horizontalScrollBar()
    assert 0 < bar.maximum() - 2 <= bar.value()


@pytest.mark.parametrize(("camera", "told"), [(None, [("show_avatar", "bo")]), ("Avatar Camera", [])])
def test_a_new_one_is_shown_at_once_unless_others_would_see_it(
    stage: Stage, live: ReloadableLive, camera: str | None, told: list[tuple[str, str]]
) -> None:
    live.status_now = live_status(virtual_camera=camera)
    stage.call.look()
    stage.gallery._added("bo")
    stage.wait()
    assert live.reloads == 1
    assert live.told == told


def test_a_window_that_is_gone_hears_nothing(qtbot: QtBot, tasks: Tasks, shelf: MemoryShelf) -> None:
    call = quiet_call(tasks)
    go_on = threading.Event()

    def slow() -> Avatars:
        go_on.wait(10)
        return cast(Avatars, shelf)

    gallery = Gallery(call, slow)
    shiboken6.delete(gallery)
    go_on.set()
    with qtbot.captureExceptions() as raised:
        qtbot.waitUntil(lambda: tasks.under_way == 0)
    assert raised == []


def test_without_a_call_the_choice_is_kept_for_the_next(qtbot: QtBot, tasks: Tasks, shelf: MemoryShelf) -> None:
    stage = Stage(qtbot, quiet_call(tasks), shelf)
    with qtbot.waitSignal(stage.gallery.chosen):
        stage.gallery.show_avatar("bo")
    assert stage.gallery.model.shown == "bo"
    with qtbot.waitSignal(stage.gallery.chosen) as chosen:
        stage.gallery._added("suvi")
    assert chosen.args == ["suvi"]
    assert stage.failures == []


def test_removing_tells_and_can_be_undone(stage: Stage, live: ReloadableLive) -> None:
    heard: list[tuple[str, str]] = []
    stage.gallery.removed.connect(lambda name: heard.append(("removed", name)))
    stage.gallery.restored.connect(lambda name: heard.append(("restored", name)))
    stage.gallery.remove("bo")
    stage.wait()
    assert stage.names == ["ada", "suvi"]
    assert live.reloads == 1
    assert stage.gallery.notice.isVisible()
    stage.gallery.notice._button.click()
    stage.wait()
    assert stage.names == ["ada", "bo", "suvi"]
    assert not stage.gallery.notice.isVisible()
    assert stage.gallery.strip.current_name() == "bo"
    stage.gallery.undo()  # nothing is left to undo
    assert stage.shelf.told == [("remove", "bo"), ("restore", "bo")]
    assert heard == [("removed", "bo"), ("restored", "bo")]


def test_the_shown_one_is_left_when_it_is_removed(stage: Stage, live: ReloadableLive) -> None:
    stage.gallery.remove("ada")
    stage.wait()
    assert live.told == [("show_avatar", "bo")]


def test_an_order_that_cannot_be_kept_is_taken_back_and_told(stage: Stage) -> None:
    stage.shelf.failure = MediaError("The disk is full.", "Free some space.")
    stage.gallery.strip.go_to("ada")
    stage.gallery.strip._shift(1)
    assert stage.names == ["bo", "ada", "suvi"]
    stage.wait()
    assert stage.names == ["ada", "bo", "suvi"]
    assert [str(failure) for failure in stage.failures] == ["The disk is full. Free some space."]


def test_an_order_that_can_be_is_kept(stage: Stage, live: ReloadableLive) -> None:
    stage.gallery.strip.go_to("ada")
    stage.gallery.strip._shift(1)
    stage.wait()
    assert stage.shelf.told == [("reorder", "bo", "ada", "suvi")]
    assert [one.number for one in stage.gallery.model.avatars] == [1, 2, 3]
    assert live.reloads == 1


def test_a_new_name_is_given_to_the_file(stage: Stage, live: ReloadableLive) -> None:
    model, heard = stage.gallery.model, list[tuple[str, str]]()
    stage.gallery.renamed.connect(lambda old, new: heard.append((old, new)))
    assert model.setData(model.index(1), "Bo B.")
    stage.wait()
    assert heard == [("bo", "Bo B.")]
    assert stage.shelf.told == [("rename", "bo", "Bo B.")]
    assert stage.names == ["ada", "Bo B.", "suvi"]
    assert live.told == []


def test_the_call_learns_the_new_name_of_what_it_shows(stage: Stage, live: ReloadableLive) -> None:
    model = stage.gallery.model
    assert model.setData(model.index(0), "Ada L.")
    stage.wait()
    assert live.told == [("show_avatar", "Ada L.")]


def test_no_avatars_say_what_to_do(qtbot: QtBot, tasks: Tasks) -> None:
    stage = Stage(qtbot, quiet_call(tasks), MemoryShelf())
    assert stage.gallery.strip._said.isVisible()
    assert "Drop a portrait" in stage.gallery.strip._said.text()
    stage.shelf.put(avatar("ada"))
    stage.gallery.reload()
    stage.wait()
    assert not stage.gallery.strip._said.isVisible()


def test_folders_that_cannot_be_read_are_told(qtbot: QtBot, tasks: Tasks) -> None:
    call = quiet_call(tasks)

    def broken() -> Avatars:
        raise MediaError("A network file is missing.", "Install again.")

    failures: list[AvatarifyError] = []
    call.failed.connect(failures.append)
    gallery = Gallery(call, broken)
    qtbot.addWidget(gallery)
    qtbot.waitUntil(lambda: bool(failures))
    assert "network file" in gallery.strip._said.text()


def test_adding_waits_for_the_avatars_to_be_read(qtbot: QtBot, tasks: Tasks, shelf: MemoryShelf) -> None:
    call = quiet_call(tasks)
    gallery = Gallery(call, lambda: cast(Avatars, shelf))
    qtbot.addWidget(gallery)
    gallery.open_import()
    assert gallery._dialog is None
    qtbot.waitUntil(lambda: gallery._dialog is not None)
    assert gallery._dialog is not None
    assert gallery._dialog.isVisible()
    gallery.close_down()
    assert gallery._dialog is None


def test_an_empty_clipboard_is_told(stage: Stage) -> None:
    mime = QMimeData()
    mime.setText("no picture")
    QGuiApplication.clipboard().setMimeData(mime)
    stage.gallery.paste()
    assert "clipboard" in str(stage.failures[0])


def test_what_was_removed_is_gone_when_the_program_ends(stage: Stage) -> None:
    stage.gallery.remove("bo")
    stage.wait()
    stage.gallery.close_down()
    stage.wait()
    assert stage.shelf.told[-1] == ("empty_bin",)


def entries(menu: QMenu) -> dict[str, QAction]:
    return {action.text(): action for action in menu.actions() if action.text()}


def test_the_menu_offers_what_can_be_done(stage: Stage) -> None:
    own = entries(avatar_menu(stage.gallery, cast(Avatars, stage.shelf), "bo"))
    assert all(own[text].isEnabled() for text in ("Show", "Rename", "Move to", "Show in folder", "Remove"))
    places = own["Move to"].menu()
    assert isinstance(places, QMenu)
    assert [action.isChecked() for action in places.actions()] == [False, True, False]
    places.actions()[0].trigger()
    stage.wait()
    assert stage.names == ["bo", "ada", "suvi"]
    assert not entries(avatar_menu(stage.gallery, cast(Avatars, stage.shelf), "suvi"))["Rename"].isEnabled()
    assert "Show" not in entries(avatar_menu(stage.gallery, cast(Avatars, stage.shelf), None))


def test_hidden_ones_can_be_brought_back(stage: Stage) -> None:
    stage.gallery.remove("suvi")
    stage.wait()
    menu = avatar_menu(stage.gallery, cast(Avatars, stage.shelf), None)
    entries(menu)["Bring back 1 hidden"].trigger()
    stage.wait()
    assert stage.names == ["ada", "bo", "suvi"]


def test_the_menu_opens_without_waiting(qtbot: QtBot, stage: Stage) -> None:
    stage.gallery._menu("ada", QPoint(5, 5))
    menu = stage.gallery.findChild(QMenu)
    assert menu is not None
    menu.close()


def test_two_hundred_are_read_and_scrolled_without_a_stall(qtbot: QtBot, tasks: Tasks) -> None:
    """A heartbeat of 5 ms; what is longer than 100 ms between two beats would be felt, on a machine with time to spare."""
    shelf = MemoryShelf(*(avatar(f"n{number:03}", shade=number) for number in range(200)))
    stage = Stage(qtbot, quiet_call(tasks), shelf)
    strip = stage.gallery.strip
    worst = 0.0
    for value in range(0, strip.horizontalScrollBar().maximum(), 400):
        began = time.thread_time()
        strip.horizontalScrollBar().setValue(value)
        strip.viewport().repaint()
        worst = max(worst, time.thread_time() - began)
    assert worst < 0.05
    assert threading.active_count() < 20
