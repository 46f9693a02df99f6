"""The three steps: what each checks, what it tells, and the way through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from avatarify.app.call import Call, CallState
from avatarify.app.first_run.camera_step import DRAWN, list_own_cameras
from avatarify.app.first_run.first_run import FirstRun
from avatarify.app.first_run.output_step import Found, look_for_virtual_camera
from avatarify.app.tasks import Tasks
from avatarify.app.text.text import tr
from avatarify.camera.devices import CameraDevice
from avatarify.pipeline.gate import Showing
from avatarify.pipeline.status import Measured, StageState, StageStatus
from avatarify.virtual_camera.advice import LOAD, Machine, keep_loaded, no_virtual_camera
from tests.app.quiet_live import QuietLive, quiet_call, running_call
from tests.app.waiting import wait_for
from tests.fakes.live_status import live_status

LAPTOP = CameraDevice(0, "Laptop camera", "id-laptop", "/dev/video0", "V4L2")
DESK = CameraDevice(2, "Desk camera", "id-desk", "/dev/video2", "V4L2")
OURS = CameraDevice(9, "Avatarify", "id-ours", "/dev/video9", "V4L2", virtual=True)
PAINTED = CameraDevice(-1, "A drawn face", "synthetic", "synthetic", DRAWN)
READY = Found("Avatarify", "", keep_loaded())
NOTHING = Found("", str(no_virtual_camera(Machine("Linux", "debian"))), keep_loaded())
GREEN = np.full((48, 64, 3), (0, 200, 0), np.uint8)


class Steps:
    """The dialog, shown, and the call behind it."""

    def __init__(
        self,
        qtbot: QtBot,
        tasks: Tasks,
        *,
        cameras: tuple[CameraDevice, ...] = (LAPTOP, DESK, OURS),
        look: Callable[[], Found] = lambda: READY,
    ) -> None:
        self.call: Call
        self.live: QuietLive
        self.call, self.live = running_call(tasks)
        self.dialog = FirstRun(self.call, cameras=lambda: cameras, look=look)
        qtbot.addWidget(self.dialog)
        self.dialog.show()
        wait_for(qtbot, lambda: self.dialog.camera.choice.count() > 0)

    def say(self, **changes: object) -> None:
        """The call tells another state."""
        self.live.status_now = live_status(**changes)  # type: ignore[arg-type]
        self.call.look()

    def texts(self) -> list[str]:
        return [label.text() for label in self.dialog.findChildren(QLabel) if label.isVisible() and label.text()]


def test_camera_that_works(qtbot: QtBot, tasks: Tasks) -> None:
    steps = Steps(qtbot, tasks)
    assert [steps.dialog.camera.choice.itemText(row) for row in range(2)] == ["Laptop camera", "Desk camera"]
    assert steps.dialog.camera.choice.count() == 2
    assert steps.dialog.camera.verdict.text == "Works: 30 pictures a second"
    assert steps.dialog.next.text() == "Next"
    steps.live.pipeline.film(GREEN)
    wait_for(qtbot, lambda: steps.dialog.camera.picture.has_picture)
    picture = steps.dialog.camera.picture
    shown = picture.grab().toImage().pixelColor(picture.width() // 2, picture.height() // 2)
    assert shown == QColor(0, 200, 0)


def test_the_camera_of_a_call_that_starts_is_shown_as_soon_as_it_is_known(qtbot: QtBot, tasks: Tasks) -> None:
    call = quiet_call(tasks)
    call.state = CallState.STARTING
    dialog = FirstRun(call, cameras=lambda: (LAPTOP, DESK), look=lambda: READY)
    qtbot.addWidget(dialog)
    dialog.show()
    choice = dialog.camera.choice
    wait_for(qtbot, lambda: choice.count() == 2)
    assert (choice.currentIndex(), choice.placeholderText()) == (-1, "Camera")
    call.live, call.state = QuietLive(replace(live_status(), camera="2")), CallState.RUNNING  # type: ignore[assignment]
    call.look()
    assert choice.currentText() == "Desk camera"
    choice.setCurrentIndex(0)
    call.look()
    assert choice.currentText() == "Laptop camera", "what the user has chosen meanwhile stays"


@pytest.mark.parametrize(
    ("camera", "told"),
    [("/films/me.mp4", "me.mp4"), ("http://ann:secret@10.0.0.2/video?key=7", "http://10.0.0.2/video?...")],
)
def test_a_camera_that_is_in_no_list_is_named(qtbot: QtBot, tasks: Tasks, camera: str, told: str) -> None:
    steps = Steps(qtbot, tasks)
    steps.live.status_now = replace(steps.live.status_now, camera=camera)
    steps.call.look()
    assert (steps.dialog.camera.choice.currentIndex(), steps.dialog.camera.choice.placeholderText()) == (-1, told)


def test_another_camera_is_taken(qtbot: QtBot, tasks: Tasks) -> None:
    steps = Steps(qtbot, tasks)
    with qtbot.waitSignal(steps.dialog.camera_chosen) as told:
        steps.dialog.camera.choice.activated.emit(1)
    assert told.args == ["id-desk"]


def test_camera_that_fails_tells_its_remedy(qtbot: QtBot, tasks: Tasks) -> None:
    steps = Steps(qtbot, tasks)
    steps.say(capture=StageStatus(StageState.TROUBLE, "Laptop camera is in use. Close the other program.", 1))
    assert steps.dialog.camera.verdict.text == "This camera gives no picture"
    assert "Laptop camera is in use. Close the other program." in steps.texts()
    assert steps.dialog.next.text() == "Skip this step"
    steps.say()
    assert steps.dialog.next.text() == "Next"


def test_slow_camera(qtbot: QtBot, tasks: Tasks) -> None:
    steps = Steps(qtbot, tasks)
    steps.say(measured=Measured(camera_fps=7.4))
    assert steps.dialog.camera.verdict.text == "Works, but slowly: 7 pictures a second"


def test_no_camera_at_all(qtbot: QtBot, tasks: Tasks) -> None:
    steps = Steps(qtbot, tasks, cameras=(OURS, PAINTED))
    steps.say(capture=StageStatus(StageState.OPENING), measured=Measured())
    assert "No camera was found" in steps.texts()
    assert steps.dialog.camera.choice.currentIndex() == -1
    with qtbot.waitSignal(steps.dialog.camera_chosen) as told:
        steps.dialog.camera.choice.activated.emit(0)
    assert told.args == ["synthetic"]


def test_this_computer_s_cameras_and_a_drawn_one() -> None:
    assert list_own_cameras()[-1].id == "synthetic"


def test_avatars_need_a_camera_first(qtbot: QtBot, tasks: Tasks) -> None:
    call = quiet_call(tasks)
    dialog = FirstRun(call, cameras=lambda: (PAINTED,), look=lambda: READY)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.go_to(1)
    assert dialog.avatar.verdict.text == "First the camera: go back one step, or skip this one."
    assert dialog.avatar.list.isHidden()
    wait_for(qtbot, lambda: tasks.under_way == 0)


def test_avatars_to_choose_from(qtbot: QtBot, tasks: Tasks) -> None:
    steps = Steps(qtbot, tasks)
    steps.dialog.next.click()
    avatars = steps.dialog.avatar
    assert [avatars.list.item(row).text() for row in range(avatars.list.count())] == ["Ada", "Bo"]
    assert avatars.list.currentRow() == 0
    with qtbot.waitSignal(steps.dialog.avatar_chosen) as told:
        avatars.list.setCurrentRow(1)
    assert told.args == ["bo"]
    assert steps.live.told == [("show_avatar", "bo")]
    assert avatars.verdict.text == "It moves with you"


def test_avatar_that_does_not_move_yet(qtbot: QtBot, tasks: Tasks) -> None:
    steps = Steps(qtbot, tasks)
    steps.dialog.next.click()
    steps.say(showing=Showing.STANDBY)
    assert steps.dialog.avatar.verdict.text == "Look straight into the camera for a moment."
    steps.live.status_now = replace(
        steps.live.status_now, session=replace(steps.live.status_now.session, hints=("Come closer.",))
    )
    steps.call.look()
    assert steps.dialog.next.text() == "Skip this step"
    steps.dialog.avatar.calibrate.click()
    assert ("calibrate",) in steps.live.told


def test_own_picture(qtbot: QtBot, tasks: Tasks) -> None:
    steps = Steps(qtbot, tasks)
    steps.dialog.next.click()
    with qtbot.waitSignal(steps.dialog.import_wanted):
        steps.dialog.avatar.own.click()


def to_output(qtbot: QtBot, steps: Steps) -> None:
    steps.dialog.go_to(2)
    wait_for(qtbot, lambda: steps.dialog.output.found is not None)


def test_virtual_camera_that_is_ready_is_started_and_stopped(qtbot: QtBot, tasks: Tasks) -> None:
    steps = Steps(qtbot, tasks)
    to_output(qtbot, steps)
    assert steps.dialog.output.verdict.text == "“Avatarify” is ready"
    assert steps.dialog.next.text() == "Done"
    steps.dialog.output.camera.button.click()
    assert steps.live.told == [("open_output",)]
    steps.say(virtual_camera="Avatarify")
    assert steps.dialog.output.verdict.text == "It is on. You can begin your call."
    steps.dialog.output.camera.button.click()
    assert steps.live.told == [("open_output",), ("close_output",)]


def test_missing_virtual_camera_comes_with_its_commands(qtbot: QtBot, tasks: Tasks) -> None:
    answers = [NOTHING, READY]
    steps = Steps(qtbot, tasks, look=lambda: answers.pop(0))
    to_output(qtbot, steps)
    assert steps.dialog.output.verdict.isHidden()
    shown = steps.dialog.output.camera.shown
    assert shown is not None
    assert shown.command.endswith(LOAD)
    assert steps.dialog.output.keep.text == keep_loaded()
    steps.dialog.output.again.click()
    wait_for(qtbot, lambda: steps.dialog.output.verdict.text == "“Avatarify” is ready")


def test_whole_advice_on_request(qtbot: QtBot, tasks: Tasks) -> None:
    steps = Steps(qtbot, tasks, look=lambda: NOTHING)
    to_output(qtbot, steps)
    assert tr("camera.how") not in steps.texts()
    steps.dialog.output.camera.help_wanted.emit()
    assert tr("camera.how") in steps.texts()
    steps.dialog.output.camera.help_wanted.emit()
    assert tr("camera.how") not in steps.texts()


def test_look_at_this_computer_finds_something_or_tells_why_not() -> None:
    found = look_for_virtual_camera()
    assert bool(found.name) or "virtual camera" in found.problem


def test_way_through_and_back(qtbot: QtBot, tasks: Tasks) -> None:
    steps = Steps(qtbot, tasks)
    assert not steps.dialog.back.isVisible()
    steps.dialog.next.click()
    steps.dialog.back.click()
    assert steps.dialog.pages.currentIndex() == 0
    steps.dialog.next.click()
    steps.dialog.next.click()
    with qtbot.waitSignal(steps.dialog.done_with):
        steps.dialog.next.click()
    assert not steps.dialog.isVisible()


@pytest.mark.parametrize("leave", ["skip", "escape"])
def test_can_be_skipped_whole(qtbot: QtBot, tasks: Tasks, leave: str) -> None:
    steps = Steps(qtbot, tasks)
    with qtbot.waitSignal(steps.dialog.done_with):
        if leave == "skip":
            steps.dialog.skip_all.click()
        else:
            qtbot.keyClick(steps.dialog, Qt.Key.Key_Escape)


def test_where_one_is_can_be_heard(qtbot: QtBot, tasks: Tasks) -> None:
    steps = Steps(qtbot, tasks)
    assert steps.dialog._way.accessibleName() == "Step 1 of 3: Camera"
    steps.dialog.next.click()
    assert steps.dialog._way.accessibleName() == "Step 2 of 3: Avatar"
