"""One's own picture, with all that is drawn over it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from avatarify.app.call import Call
from avatarify.app.self_picture import SelfPicture
from avatarify.app.tasks import Tasks
from avatarify.face.crop import Crop
from avatarify.face.mesh import Mesh
from avatarify.face.watcher import FaceState
from avatarify.session import SessionStatus
from tests.app.quiet_live import QuietLive, running_call
from tests.app.waiting import wait_for

LEFT, RIGHT = (200, 30, 20), (10, 20, 220)


class Scene:
    """A view of 160x120 on a camera that films 320x240, and the call behind them."""

    def __init__(self, call: Call, live: QuietLive, view: SelfPicture, qtbot: QtBot) -> None:
        self.call, self.live, self.view, self._qtbot = call, live, view, qtbot

    def film(self) -> None:
        image = np.empty((240, 320, 3), np.uint8)
        image[:, :160], image[:, 160:] = LEFT, RIGHT
        self.live.pipeline.film(image)
        self.view.take()

    def at(self, x: int, y: int) -> tuple[int, int, int]:
        colour = QColor(self.view.grab().toImage().pixel(x, y))
        return colour.red(), colour.green(), colour.blue()

    def look(self, **changes: object) -> None:
        self.live.status_now = replace(self.live.status_now, **changes)  # type: ignore[arg-type]
        self.call.look()


@pytest.fixture
def scene(tasks: Tasks, qtbot: QtBot) -> Scene:
    call, live = running_call(tasks)
    pipeline = live.status_now.pipeline
    live.status_now = replace(
        live.status_now, pipeline=replace(pipeline, measured=replace(pipeline.measured, since_camera_s=0.02))
    )
    call.camera = live.pipeline.camera.subscribe(call.camera_ready.emit)
    call.look()
    view = SelfPicture(call)
    qtbot.addWidget(view)
    view.resize(160, 120)
    view.show()
    return Scene(call, live, view, qtbot)


def test_one_sees_oneself_as_in_a_mirror_or_not(scene: Scene) -> None:
    scene.film()
    assert scene.at(40, 60) == RIGHT
    scene.view.set_mirrored(False)
    assert scene.at(40, 60) == LEFT


def test_the_models_square_is_drawn_where_it_is(scene: Scene) -> None:
    scene.view.set_mirrored(False)
    scene.look(session=SessionStatus(crop=Crop(40, 40, 120)))
    scene.film()
    assert min(scene.at(50, 20)) > 220, "the upper edge, at half the camera's scale"
    assert scene.at(50, 50) == LEFT


def test_the_avatar_shines_through_as_strongly_as_chosen(scene: Scene) -> None:
    scene.view.set_mirrored(False)
    scene.look(session=SessionStatus(crop=Crop(40, 40, 120)))
    scene.film()
    scene.view.set_overlay(0.5)
    portrait = np.array((120, 140, 200))
    assert np.abs(np.array(scene.at(50, 50)) - (portrait + LEFT) / 2).max() <= 2
    scene.view.set_overlay(0.0)
    assert scene.at(50, 50) == LEFT


def test_the_mesh_is_drawn_on_the_face(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.full((468, 2), (200.0, 100.0))
    mesh = Mesh(points, np.zeros(468), 1.0)
    monkeypatch.setattr(scene.call, "face", lambda: FaceState(0, 0.0, None, mesh))
    scene.view.set_mirrored(False)
    scene.film()
    assert scene.at(100, 50) == RIGHT
    scene.view.set_mesh(True)
    assert scene.at(100, 50) != RIGHT
    scene.view.set_blurred(True)
    scene.film()
    assert scene.at(100, 50) == RIGHT, "a mesh would show a face that is to be blurred"


def test_a_blurred_picture_has_no_sharp_edge_left(scene: Scene) -> None:
    scene.view.set_mirrored(False)
    scene.film()
    assert scene.at(78, 60) == LEFT
    scene.view.set_blurred(True)
    assert scene.at(78, 60) != LEFT, "the sharp one goes at once"
    scene.film()
    assert scene.at(40, 60) == LEFT
    assert scene.at(78, 60) not in (LEFT, RIGHT)


def test_new_frames_are_painted_by_themselves(scene: Scene, qtbot: QtBot) -> None:
    image = np.full((240, 320, 3), LEFT, np.uint8)
    scene.live.pipeline.film(image)
    wait_for(qtbot, lambda: scene.at(40, 60) == LEFT)
    scene.live.pipeline.film(np.full((240, 320, 3), RIGHT, np.uint8))
    wait_for(qtbot, lambda: scene.at(40, 60) == RIGHT)


def test_the_last_picture_of_a_lost_camera_does_not_stay(scene: Scene) -> None:
    scene.film()
    pipeline = scene.live.status_now.pipeline
    scene.look(pipeline=replace(pipeline, measured=replace(pipeline.measured, since_camera_s=3.0)))
    assert scene.at(40, 60) != RIGHT
