"""The whole app, wired, on a real live loop with a tiny model: what a user does from the first second to the last."""

from __future__ import annotations

import contextlib
import gc
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from avatarify.app import what_to_run
from avatarify.app.app_request import AppRequest
from avatarify.app.application import Application
from avatarify.app.call import CallState
from avatarify.app.main_window import MainWindow
from avatarify.app.text.text import set_language
from avatarify.errors import CameraError
from avatarify.live.request import LiveRequest
from avatarify.paths import user_avatar_settings
from avatarify.preferences.avatar_memory import AvatarMemory
from avatarify.preferences.preferences import Preferences
from tests.app.waiting import wait_for
from tests.fakes.disks import HangingDisk
from tests.fakes.live import PATIENCE_S, until
from tests.fakes.stage import Stage


class House:
    """The app and the stage it stands on."""

    def __init__(self, application: Application, stage: Stage, qtbot: QtBot) -> None:
        self.application, self.stage, self.qtbot = application, stage, qtbot
        self.asked: list[Preferences] = []

    @property
    def window(self) -> MainWindow:
        return self.application.window

    @property
    def showing(self) -> str:
        status = self.application.call.status
        return status.pipeline.showing.value if status is not None and status.pipeline.showing is not None else ""

    def wait_for_picture(self) -> None:
        wait_for(self.qtbot, lambda: self.showing == "animated")

    def question(self) -> QMessageBox:
        """The one that is asked now."""
        boxes = [box for box in QApplication.topLevelWidgets() if isinstance(box, QMessageBox) and box.isVisible()]
        assert len(boxes) == 1
        return boxes[0]

    def answer(self, text: str) -> None:
        button = next(button for button in self.question().findChildren(QPushButton) if button.text() == text)
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def house(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    stage = Stage(tmp_path)
    application = Application(AppRequest((("engine.portrait_size", 128),)), make_live=stage.make_live)
    application.choices.set("first_run.done", True)
    application.choices.set("window.language", "en")
    house = House(application, stage, qtbot)

    def make_request(chosen: Preferences, *, avatar: str | int | None = None) -> LiveRequest:
        house.asked.append(chosen)
        return stage.request

    monkeypatch.setattr(what_to_run, "make_request", make_request)
    yield house
    stage.let_start.set()
    application.close(PATIENCE_S)
    until(lambda: not [thread for thread in threading.enumerate() if thread.name.startswith("avatarify task")])
    application.window.deleteLater()
    set_language("en")


def test_the_window_is_there_first_then_the_avatar_moves(house: House) -> None:
    house.stage.let_start.clear()
    house.application.show()
    assert house.window.isVisible()
    assert house.window.preview.words[0] == "The camera is off"
    wait_for(house.qtbot, lambda: house.application.call.state is CallState.STARTING)
    assert house.window.preview.words[0] == "Getting ready…"
    house.stage.let_start.set()
    house.wait_for_picture()
    assert house.window.preview.words == ()
    assert house.window.banner.isHidden()
    assert house.asked[0].whole("engine.portrait_size") == 128, "what was typed holds for this run"
    assert house.application.choices.preferences.whole("engine.portrait_size") == 512, "and is not kept"


def test_what_is_chosen_in_the_window_counts_more_than_what_was_typed(house: House) -> None:
    house.application.show()
    house.wait_for_picture()
    house.application.choices.set("engine.portrait_size", 256)
    wait_for(house.qtbot, lambda: len(house.asked) == 2)
    assert house.asked[1].whole("engine.portrait_size") == 256
    house.wait_for_picture()


def test_the_garbage_collector_leaves_what_stays_alone(house: House) -> None:
    gc.unfreeze()
    house.application.show()
    house.wait_for_picture()
    assert gc.get_freeze_count() > 10_000
    gc.unfreeze()


def test_keys_menus_and_buttons_do_the_same(house: House) -> None:
    house.application.show()
    house.wait_for_picture()
    call, window = house.application.call, house.window
    house.qtbot.keyClick(window, Qt.Key.Key_2)
    wait_for(house.qtbot, lambda: call.status is not None and call.status.avatar == "kofi")
    wait_for(house.qtbot, lambda: house.application.choices.preferences.text("avatars.last") == "kofi")
    window.commands.action("avatar.previous").trigger()
    wait_for(house.qtbot, lambda: call.status is not None and call.status.avatar == "ilse")
    window.camera_status.toggled.emit()
    wait_for(house.qtbot, lambda: window.commands.action("output.toggle").isChecked())
    house.qtbot.keyClick(window, Qt.Key.Key_P)
    wait_for(house.qtbot, lambda: house.showing == "paused")
    assert window.commands.action("call.pause").isChecked()


def test_an_avatar_chosen_without_a_call_begins_the_next_one(house: House) -> None:
    house.window.gallery.show_avatar("kofi")
    assert house.application.choices.preferences.text("avatars.last") == "kofi"


def test_what_is_chosen_reaches_the_call_and_the_window(house: House) -> None:
    house.application.show()
    house.wait_for_picture()
    window, choices = house.window, house.application.choices
    live = house.application.call.live
    assert live is not None
    window.commands.press("output.mirror")
    wait_for(house.qtbot, lambda: live.look.mirror)
    assert window.commands.action("output.mirror").isChecked()
    window.commands.press("framing.zoom_in")
    wait_for(house.qtbot, lambda: live.settings.framing.zoom == pytest.approx(1.05))
    window.commands.press("overlay.more")
    assert window.self_view.overlay.value() == 2
    window.self_view.overlay.setValue(10)
    assert choices.preferences.number("window.overlay") == 0.5


def test_the_real_camera_is_shown_only_after_a_yes_and_in_red(house: House) -> None:
    house.application.show()
    house.wait_for_picture()
    house.qtbot.keyClick(house.window, Qt.Key.Key_0)
    assert "only you will see it" in house.question().informativeText()
    house.answer("Cancel")
    assert not house.window.commands.action("passthrough.toggle").isChecked()
    assert house.showing == "animated"
    house.window.commands.press("passthrough.toggle")
    house.answer("Show my camera")
    wait_for(house.qtbot, lambda: house.showing == "pass-through")
    assert house.window.commands.action("passthrough.toggle").isChecked()
    assert "REAL CAMERA" in house.window.preview.words[0]
    house.window.commands.press("passthrough.toggle")  # no window manager here gives the focus back after a dialog
    wait_for(house.qtbot, lambda: house.showing == "animated")


def test_whoever_agreed_to_see_himself_is_asked_again_when_others_would(house: House) -> None:
    house.application.show()
    house.wait_for_picture()
    call, window = house.application.call, house.window
    window.commands.press("passthrough.toggle")
    call.open_output()
    wait_for(house.qtbot, lambda: call.status is not None and call.status.virtual_camera is not None)
    house.answer("Show my camera")
    assert not window.commands.action("passthrough.toggle").isChecked()
    wait_for(house.qtbot, lambda: "Everybody" in house.question().informativeText())
    house.answer("Show my camera")
    wait_for(house.qtbot, lambda: house.showing == "pass-through")
    assert "everybody sees you" in window.preview.words[0]


def test_an_unplugged_camera_is_told_once_and_the_banner_goes_when_it_is_back(house: House) -> None:
    house.application.show()
    house.wait_for_picture()
    house.stage.plugged = False
    wait_for(house.qtbot, lambda: not house.window.banner.isHidden())
    assert "unplugged" in house.window.banner.message.text()
    wait_for(house.qtbot, lambda: house.window.banner.notice is not None and house.window.banner.notice.times > 1)
    house.stage.plugged = True
    wait_for(house.qtbot, lambda: house.window.banner.isHidden())


def test_a_broken_runtime_is_told_and_tried_again_by_a_click(house: House) -> None:
    house.stage.runtime_works = False
    house.application.show()
    wait_for(house.qtbot, lambda: not house.window.banner.isHidden() and not house.window.banner.retry.isHidden())
    assert "runtime tiny" in house.window.banner.message.text()
    house.stage.runtime_works = True
    house.window.banner.retry.click()
    house.wait_for_picture()
    wait_for(house.qtbot, lambda: house.window.banner.isHidden())


def test_a_start_without_a_camera_is_told_and_tried_again_by_a_click(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    request, answers = house.stage.request, [CameraError("There is no camera here.", "Plug one in.")]

    def make_request(chosen: Preferences, *, avatar: str | int | None = None) -> LiveRequest:
        if answers:
            raise answers.pop()
        return request

    monkeypatch.setattr(what_to_run, "make_request", make_request)
    house.application.show()
    wait_for(house.qtbot, lambda: not house.window.banner.isHidden())
    assert house.window.banner.message.text() == "There is no camera here."
    house.window.banner.retry.click()
    house.wait_for_picture()
    assert house.window.banner.isHidden()


def test_another_language_makes_the_window_anew_while_the_call_goes_on(house: House) -> None:
    house.application.show()
    house.wait_for_picture()
    before = house.window
    house.application.choices.set("window.language", "de")
    assert house.window is not before
    assert house.window.isVisible()
    assert house.window.calibrate_card.take_button.text() == "Kalibrieren"
    assert house.application.call.state is CallState.RUNNING
    house.window.commands.press("avatar.2")
    wait_for(house.qtbot, lambda: (status := house.application.call.status) is not None and status.avatar == "kofi")


def test_a_setting_that_needs_a_new_call_makes_one(house: House) -> None:
    house.application.show()
    house.wait_for_picture()
    house.application.choices.set("output.size", "640x480")
    wait_for(house.qtbot, lambda: len(house.stage.lives) == 2)
    house.wait_for_picture()
    assert house.asked[-1].text("output.size") == "640x480"


def test_closing_asks_while_others_see_the_avatar(house: House) -> None:
    house.application.show()
    house.wait_for_picture()
    house.application.call.open_output()
    wait_for(house.qtbot, lambda: house.window.commands.action("output.toggle").isChecked())
    closed: list[bool] = []
    house.application.closed.connect(lambda: closed.append(True))
    house.qtbot.keyClick(house.window, Qt.Key.Key_Escape)
    house.answer("Cancel")
    assert not closed
    house.window.commands.press("app.quit")
    house.answer("Quit")
    assert closed == [True]


def test_the_end_comes_soon_though_the_start_hangs(house: House) -> None:
    house.stage.let_start.clear()
    house.application.show()
    wait_for(house.qtbot, lambda: house.application.call.state is CallState.STARTING)
    began = time.monotonic()
    assert not house.application.close(1.8)
    assert time.monotonic() - began < 3.0, "0.2 s on an idle machine"


def test_camera_and_virtual_camera_are_let_go_before_anything_is_written(
    house: House, hanging_disk: HangingDisk
) -> None:
    house.application.show()
    house.wait_for_picture()
    house.application.call.open_output()
    until(lambda: house.stage.outputs)
    hanging_disk.stuck = True
    house.application.choices.set("window.mesh", True)
    let_go: list[bool] = []

    def look() -> None:
        with contextlib.suppress(AssertionError):
            until(lambda: house.stage.let_go)
        let_go.append(house.stage.let_go)
        hanging_disk.go_on.set()

    looking = threading.Thread(target=look)
    looking.start()
    house.application.close(PATIENCE_S)
    looking.join()
    assert hanging_disk.hangs.is_set()
    assert let_go == [True]


def test_what_was_chosen_is_there_at_the_next_start(house: House, home: Path) -> None:
    house.application.choices.set("window.mesh", True)
    house.application.close(PATIENCE_S)
    assert "window.mesh" in (home / "preferences.json").read_text()
    again = Application(AppRequest(), make_live=house.stage.make_live)
    assert again.choices.preferences.switch("window.mesh")
    again.close(PATIENCE_S)
    again.window.deleteLater()


def test_a_defect_anywhere_ends_in_a_banner(house: House) -> None:
    house.application.show()
    house.application.defect(ZeroDivisionError("seven by nought"))
    wait_for(house.qtbot, lambda: not house.window.banner.isHidden())
    assert "seven by nought" in house.window.banner.message.text()
    assert house.window.banner.hint.text() == "The log has the details."


def test_what_was_chosen_for_an_avatar_goes_and_comes_with_it(house: House) -> None:
    def known() -> list[str]:
        house.application.avatar_choices.flush()
        return [name for name, _ in AvatarMemory(user_avatar_settings()).entries()]

    house.application.show()
    house.wait_for_picture()
    house.application.choices.set("framing.zoom", 1.5)
    assert known() == ["ilse"]
    gallery = house.window.gallery
    gallery.removed.emit("ilse")
    assert known() == []
    gallery.restored.emit("ilse")
    assert known() == ["ilse"]
    gallery.renamed.emit("ilse", "anna")
    assert known() == ["anna"]
