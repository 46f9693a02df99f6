"""The small picture with its button."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from avatarify.app.avatar_import.drive_view import SIDE, DriveView
from avatarify.app.tasks import Tasks
from avatarify.errors import AvatarifyError, RuntimeUnavailableError
from tests.app.avatar_import.pictures import PATIENCE_MS, PaintingRehearsal
from tests.app.quiet_live import quiet_call

PORTRAIT = np.full((32, 32, 3), 200, np.uint8)


class StagedView(DriveView):
    """Tries with a rehearsal of the test's."""

    rehearsal: PaintingRehearsal | AvatarifyError = PaintingRehearsal()

    def _opener(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
        def open_rehearsal() -> PaintingRehearsal:
            if isinstance(self.rehearsal, AvatarifyError):
                raise self.rehearsal
            return self.rehearsal

        return open_rehearsal


@pytest.fixture
def view(qtbot: QtBot, tasks: Tasks) -> StagedView:
    view = StagedView(quiet_call(tasks))
    view.rehearsal = PaintingRehearsal()
    qtbot.addWidget(view)
    view.show()
    return view


def seen(view: DriveView) -> int:
    return view.pane.grab().toImage().pixelColor(SIDE // 2, SIDE // 2).red()


def test_without_a_portrait_there_is_nothing_to_try(view: StagedView) -> None:
    assert not view.button.isEnabled()
    view.show_portrait(PORTRAIT)
    assert view.button.isEnabled()
    assert seen(view) == 200


def test_the_button_starts_and_stops(qtbot: QtBot, view: StagedView) -> None:
    view.show_portrait(PORTRAIT)
    view.button.click()
    assert view.button.text() == "Stop"
    assert view._by.text() == "The model is being loaded…"
    qtbot.waitUntil(lambda: seen(view) < 100, timeout=PATIENCE_MS)
    assert "drawn person" in view._by.text()
    view.show_portrait(PORTRAIT.copy())  # another square: the drive goes on with it
    assert isinstance(view.rehearsal, PaintingRehearsal)
    taken = view.rehearsal.taken
    qtbot.waitUntil(lambda: len(taken) == 2, timeout=PATIENCE_MS)
    view.button.click()
    assert view.button.text() == "Try it"
    assert seen(view) == 200


def test_a_failure_is_read_beside_it(qtbot: QtBot, view: StagedView) -> None:
    view.rehearsal = RuntimeUnavailableError("The model is missing.", "Install again.")
    view.show_portrait(PORTRAIT)
    view.button.click()
    qtbot.waitUntil(lambda: "model is missing" in view._by.text(), timeout=PATIENCE_MS)
    assert view.button.text() == "Try it"
