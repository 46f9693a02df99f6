"""The dialog from the first question to the file on disk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from avatarify.app.avatar_import.avatar_import import AvatarImport
from avatarify.app.gallery.offered import Offered
from avatarify.app.tasks import Tasks
from avatarify.avatars import Avatar, Avatars, Consent
from avatarify.errors import FaceError
from avatarify.media.images import read_image, write_image
from avatarify.paths import AVATARS
from tests.app.avatar_import.pictures import PATIENCE_MS, own_shelf
from tests.app.quiet_live import running_call

KOFI, SUVI = AVATARS / "kofi.png", AVATARS / "suvi.png"


@pytest.fixture
def shelf(tmp_path: Path) -> Avatars:
    return own_shelf(tmp_path)


@pytest.fixture
def dialog(qtbot: QtBot, tasks: Tasks, shelf: Avatars) -> Iterator[AvatarImport]:
    call, _ = running_call(tasks)
    dialog = AvatarImport(call, shelf)
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    dialog.reject()
    call._forget()


def judged(qtbot: QtBot, dialog: AvatarImport) -> None:
    qtbot.waitUntil(lambda: dialog.work_page._portrait is not None, timeout=PATIENCE_MS)


def answer(dialog: AvatarImport, consent: Consent) -> None:
    dialog.work_page.consent_choice._buttons[consent].click()


def test_nothing_is_added_without_an_answer(qtbot: QtBot, dialog: AvatarImport, shelf: Avatars) -> None:
    dialog.offer(Offered((KOFI,)))
    judged(qtbot, dialog)
    assert not dialog._add.isEnabled()
    assert dialog._progress.text() == "Say whose face this is."
    dialog.add()
    assert shelf.reload() == ()
    answer(dialog, Consent.DRAWN)
    assert dialog._add.isEnabled()
    with qtbot.waitSignals([dialog.added, dialog.accepted], timeout=PATIENCE_MS):
        dialog._add.click()
    card = shelf.find("kofi").card
    assert card is not None
    assert (card.consent, card.crop) == (Consent.DRAWN, None)


def test_the_square_chosen_by_hand_and_the_name_are_kept(qtbot: QtBot, dialog: AvatarImport, shelf: Avatars) -> None:
    dialog.offer(Offered((KOFI,)))
    judged(qtbot, dialog)
    page = dialog.work_page
    page.crop_view.zoom(1.1)
    chosen = page.crop_view.crop
    page._name.setText("  The king ")
    answer(dialog, Consent.PERMISSION)
    with qtbot.waitSignal(dialog.added, timeout=PATIENCE_MS) as added:
        dialog.add()
    assert added.args == ["The king"]
    card = shelf.find("The king").card
    assert card is not None
    assert card.crop == chosen


def test_the_automatic_square_can_be_had_again(qtbot: QtBot, dialog: AvatarImport) -> None:
    dialog.offer(Offered((KOFI,)))
    judged(qtbot, dialog)
    page = dialog.work_page
    page.crop_view.zoom(2.0)
    assert page.chosen_crop is not None
    qtbot.waitUntil(lambda: "nearly fills" in page.verdict.text, timeout=PATIENCE_MS)
    page._automatic()
    assert page.chosen_crop is None
    qtbot.waitUntil(lambda: "good avatar" in page.verdict.text, timeout=PATIENCE_MS)


def test_several_are_asked_about_one_after_the_other(qtbot: QtBot, dialog: AvatarImport, shelf: Avatars) -> None:
    dialog.offer(Offered((KOFI, SUVI)))
    judged(qtbot, dialog)
    assert dialog._progress.text().startswith("Picture 1 of 2")
    assert dialog._skip.isVisible()
    answer(dialog, Consent.DRAWN)
    with qtbot.waitSignal(dialog.added, timeout=PATIENCE_MS):
        dialog.add()
    assert dialog._progress.text().startswith("Picture 2 of 2")
    judged(qtbot, dialog)
    assert dialog.work_page.consent is Consent.DRAWN  # it belongs to those before it
    with qtbot.waitSignals([dialog.added, dialog.accepted], timeout=PATIENCE_MS):
        dialog.add()
    assert [avatar.name for avatar in shelf.all] == ["kofi", "suvi"]


def test_one_can_be_skipped(qtbot: QtBot, dialog: AvatarImport, shelf: Avatars) -> None:
    dialog.offer(Offered((KOFI, SUVI)))
    judged(qtbot, dialog)
    dialog._skip.click()
    assert dialog.work_page.name == "suvi"
    judged(qtbot, dialog)
    assert shelf.reload() == ()


def test_a_name_that_is_taken_is_told_before_adding(qtbot: QtBot, dialog: AvatarImport, shelf: Avatars) -> None:
    shelf.add(KOFI, consent=Consent.DRAWN)
    dialog.offer(Offered((KOFI,)))
    judged(qtbot, dialog)
    answer(dialog, Consent.DRAWN)
    assert not dialog._add.isEnabled()
    assert "already" in dialog.work_page._clash.text()
    dialog.work_page._name.setText("Another")
    assert dialog.work_page._clash.text() == ""
    assert dialog._add.isEnabled()


def test_a_picture_without_a_face_cannot_be_added(qtbot: QtBot, dialog: AvatarImport, tmp_path: Path) -> None:
    write_image(tmp_path / "wall.png", np.full((90, 120, 3), 128, np.uint8))
    dialog.offer(Offered((tmp_path / "wall.png",)))
    judged(qtbot, dialog)
    answer(dialog, Consent.ME)
    assert not dialog._add.isEnabled()
    assert "No face" in dialog.work_page.verdict.text


def test_a_file_that_is_no_picture_is_told(qtbot: QtBot, dialog: AvatarImport, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear aunt, here is a letter and not a picture.")
    dialog.offer(Offered((tmp_path / "letter.txt",)))
    qtbot.waitUntil(lambda: "not a picture" in dialog.work_page.verdict.text, timeout=PATIENCE_MS)
    assert not dialog._add.isEnabled()
    dialog._another.click()
    assert dialog.pages.currentWidget() is dialog.start_page


def test_a_pasted_picture_gets_a_name_and_leaves_no_draft(qtbot: QtBot, dialog: AvatarImport) -> None:
    pixels = read_image(KOFI, max_side=256)
    mime = QMimeData()
    mime.setImageData(QImage(pixels.tobytes(), 256, 256, 768, QImage.Format.Format_RGB888))
    QGuiApplication.clipboard().setMimeData(mime)
    dialog.paste()
    judged(qtbot, dialog)
    assert dialog.work_page.name == "Pasted picture"
    draft = dialog._path
    assert draft is not None
    assert draft.exists()
    dialog.reject()
    qtbot.waitUntil(lambda: not draft.parent.exists(), timeout=PATIENCE_MS)


def test_where_no_task_begins_any_more_the_draft_goes_all_the_same(
    qtbot: QtBot, dialog: AvatarImport, tasks: Tasks
) -> None:
    dialog.photo_page.taken.emit(read_image(SUVI, max_side=256))
    judged(qtbot, dialog)
    draft = dialog._path
    assert draft is not None
    tasks.close(5.0)
    dialog.reject()
    assert not draft.parent.exists()


def test_a_folder_is_told_by_who_reads_it(qtbot: QtBot, dialog: AvatarImport, tmp_path: Path) -> None:
    dialog.offer(Offered((tmp_path,)))
    qtbot.waitUntil(lambda: "is a folder" in dialog.work_page.verdict.text, timeout=PATIENCE_MS)
    assert not dialog._add.isEnabled()


def test_an_empty_clipboard_is_told(dialog: AvatarImport) -> None:
    QGuiApplication.clipboard().clear()
    dialog.paste()
    assert "clipboard" in dialog.start_page.said.text()


def test_a_photograph_becomes_a_portrait(qtbot: QtBot, dialog: AvatarImport) -> None:
    dialog.start_page.photo_wanted.emit()
    assert dialog.pages.currentWidget() is dialog.photo_page
    dialog.photo_page.taken.emit(read_image(SUVI, max_side=256))
    judged(qtbot, dialog)
    assert dialog.work_page.name == "Photo"
    assert dialog.photo_page._slot is None


def test_it_fits_into_the_smallest_window(dialog: AvatarImport) -> None:
    assert dialog.minimumSizeHint().width() <= 900
    assert dialog.minimumSizeHint().height() <= 560


@pytest.mark.parametrize("is_face", [True, False])
def test_a_dialog_that_is_closed_while_it_adds_is_not_told(
    qtbot: QtBot, tasks: Tasks, shelf: Avatars, monkeypatch: pytest.MonkeyPatch, is_face: bool
) -> None:
    call, _ = running_call(tasks)
    dialog = AvatarImport(call, shelf)
    dialog.offer(Offered((KOFI,)))
    judged(qtbot, dialog)
    answer(dialog, Consent.DRAWN)
    may_go_on, add = threading.Event(), shelf.add

    def slowly(*arguments: Any, **named: Any) -> Avatar:  # noqa: ANN401
        may_go_on.wait(PATIENCE_MS / 1000)
        if not is_face:
            raise FaceError("There is no face.", "Choose another picture.")
        return add(*arguments, **named)

    monkeypatch.setattr(shelf, "add", slowly)
    dialog.add()
    dialog.reject()
    delete(dialog)
    may_go_on.set()
    qtbot.waitUntil(lambda: not tasks.under_way, timeout=PATIENCE_MS)
    assert bool(shelf.all) is is_face
    call._forget()
