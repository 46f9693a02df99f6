"""What is painted is looked at pixel by pixel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from avatarify.app.call import Call, CallState
from avatarify.app.preview import ALARM, Preview
from avatarify.app.tasks import Tasks
from avatarify.frame import Image
from avatarify.pipeline.gate import Showing
from avatarify.pipeline.status import StageState, StageStatus
from avatarify.session import SessionStatus
from avatarify.virtual_camera.composition import Look
from tests.app.quiet_live import QuietLive, running_call

RED, GREEN, BLUE = (200, 30, 20), (20, 180, 60), (10, 20, 220)


class Scene:
    """A preview of 400x200 and the call behind it."""

    def __init__(self, call: Call, live: QuietLive, preview: Preview) -> None:
        self.call, self.live, self.preview = call, live, preview

    def show(self, image: Image, showing: Showing = Showing.ANIMATED) -> None:
        self.live.pipeline.show(image, showing)
        self.preview.take()

    def look(self, **changes: object) -> None:
        """Another status from now on."""
        self.live.status_now = replace(self.live.status_now, **changes)  # type: ignore[arg-type]
        self.call.look()

    def at(self, x: int, y: int) -> tuple[int, int, int]:
        colour = QColor(self.preview.grab().toImage().pixel(x, y))
        return colour.red(), colour.green(), colour.blue()


@pytest.fixture
def scene(tasks: Tasks, qtbot: QtBot) -> Scene:
    call, live = running_call(tasks)
    preview = Preview(call)
    qtbot.addWidget(preview)
    preview.resize(400, 200)
    preview.show()
    call.look()
    return Scene(call, live, preview)


def halves(left: tuple[int, int, int], right: tuple[int, int, int]) -> Image:
    """uint8 [64,64,3]"""
    image = np.empty((64, 64, 3), np.uint8)
    image[:, :32], image[:, 32:] = left, right
    return image


def test_the_picture_is_in_the_middle_in_its_own_colours(scene: Scene) -> None:
    scene.show(halves(GREEN, BLUE))
    assert scene.at(150, 100) == GREEN
    assert scene.at(250, 100) == BLUE
    assert scene.at(50, 100) not in (GREEN, BLUE), "beside a square picture there is only ground"
    scene.show(halves(RED, GREEN))
    assert scene.at(150, 100) == RED


@pytest.mark.parametrize("showing", Showing)
def test_a_mirrored_output_is_previewed_as_it_goes_out(scene: Scene, showing: Showing) -> None:
    scene.live.look = Look(mirror=True)
    scene.show(halves(GREEN, BLUE), showing)
    assert scene.at(150, 100) == (BLUE if showing in (Showing.ANIMATED, Showing.HELD) else GREEN)
    scene.live.look = Look()
    scene.show(halves(GREEN, BLUE), showing)
    assert scene.at(150, 100) == GREEN


def test_the_real_camera_has_a_red_frame_and_says_so(scene: Scene) -> None:
    scene.show(halves(GREEN, BLUE))
    seen = replace(scene.live.status_now.pipeline, passthrough=True, showing=Showing.PASSTHROUGH)
    scene.look(pipeline=seen, virtual_camera="Avatarify")
    alarm = QColor(ALARM)
    for x, y in ((2, 100), (397, 100), (200, 197), (20, 20)):
        assert scene.at(x, y) == (alarm.red(), alarm.green(), alarm.blue()), (x, y)
    assert "everybody" in scene.preview.accessibleDescription()
    scene.look(pipeline=replace(scene.live.status_now.pipeline, passthrough=False))
    assert scene.at(2, 100) != (alarm.red(), alarm.green(), alarm.blue())
    assert scene.preview.accessibleDescription() == ""


def test_the_real_camera_that_nobody_else_sees_says_that(scene: Scene) -> None:
    unseen = replace(scene.live.status_now.pipeline, passthrough=True, showing=Showing.PASSTHROUGH)
    scene.look(pipeline=unseen)
    assert "only you" in scene.preview.accessibleDescription()
    lost = StageStatus(StageState.TROUBLE, "The virtual camera has gone.", 1)
    scene.look(pipeline=replace(unseen, output=lost))
    assert "everybody" in scene.preview.accessibleDescription(), "it may be back at any moment"
    scene.look(pipeline=replace(unseen, output=lost), retries_output=False)
    assert "only you" in scene.preview.accessibleDescription(), "nobody opens it by itself"


def test_words_say_what_the_picture_does_not(scene: Scene) -> None:
    pipeline = scene.live.status_now.pipeline
    assert scene.preview.words == ()
    scene.look(pipeline=replace(pipeline, paused=True))
    assert "Paused" in scene.preview.words[0]
    scene.look(pipeline=replace(pipeline, capture=StageStatus(StageState.TROUBLE)))
    assert scene.preview.words == ("The camera gives no picture",)
    scene.look(pipeline=replace(pipeline, capture=StageStatus(StageState.OPENING)))
    assert scene.preview.words == ("Opening the camera…",)
    scene.look(pipeline=replace(pipeline, showing=Showing.STANDBY), session=SessionStatus(hints=("Come closer.",)))
    assert scene.preview.words == ("Come closer.",)
    scene.look(session=SessionStatus())
    assert scene.preview.words == ("Look straight into the camera",)
    scene.look(pipeline=pipeline, runtime=None)
    assert scene.preview.words == ("Loading the model…",)


def test_after_the_end_no_old_picture_poses_as_live(scene: Scene) -> None:
    scene.show(halves(GREEN, GREEN))
    assert scene.at(150, 60) == GREEN
    scene.call.state, scene.call.live = CallState.STOPPED, None
    scene.call.look()
    assert scene.at(150, 60) != GREEN
    assert scene.preview.words[0] == "The camera is off"


def test_pressing_the_mouse_compares_with_the_camera(scene: Scene, qtbot: QtBot) -> None:
    scene.show(halves(GREEN, GREEN))
    qtbot.mousePress(scene.preview, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    assert scene.preview.comparing
    scene.live.pipeline.film(np.full((48, 64, 3), RED, np.uint8))
    scene.show(halves(GREEN, GREEN))
    assert scene.at(100, 100) == RED
    assert scene.at(300, 100) == GREEN
    qtbot.mouseRelease(scene.preview, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    assert not scene.preview.comparing
    assert scene.at(200, 100) == GREEN
    assert scene.at(50, 100) != RED


def test_a_hidden_preview_takes_nothing_and_says_that_nobody_looks(scene: Scene) -> None:
    scene.preview.hide()
    scene.show(halves(GREEN, GREEN))
    slot = scene.call.preview
    assert slot is not None
    assert slot.take(0.0) is not None, "it still lies there"


def test_a_preview_that_goes_leaves_the_call_to_the_one_that_came(scene: Scene, qtbot: QtBot) -> None:
    """As when the window is made anew in another language."""
    told: list[bool] = []
    scene.live.watch = told.append  # type: ignore[method-assign]
    other = Preview(scene.call)
    qtbot.addWidget(other)
    other.show()
    scene.preview.hide()
    assert told[-1] is True
    other.hide()
    assert told[-1] is False
