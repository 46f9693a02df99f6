"""The watcher on a film of the performer, and with a detector and a mesher that do as they are told."""

from __future__ import annotations

import numpy as np
import pytest

from avatarify.character.cast import PERFORMER
from avatarify.character.draw import draw_scene
from avatarify.character.expression import Expression
from avatarify.face.crop import Crop
from avatarify.face.detector import Face, FaceDetector
from avatarify.face.mesh import FaceMesh, Mesh, mesh_box
from avatarify.face.watcher import FaceReading, FaceWatcher, face_square
from avatarify.frame import Frame, Image
from tests.face.face_pictures import Canvas, face_at

EMPTY: Image = np.full((240, 320, 3), 90, np.uint8)


class CountingDetector:
    """A real one that counts its looks."""

    def __init__(self) -> None:
        self.looks = 0
        self._real = FaceDetector()

    def detect(self, image: Image, threshold: float = 0.5) -> list[Face]:
        self.looks += 1
        return self._real.detect(image, threshold)


class ObedientMesher:
    """Finds whatever face it is pointed at, if that is near one of `places`."""

    def __init__(self, template: Mesh, *places: tuple[float, float]) -> None:
        self._template = template
        self.places = list(places)

    def find(self, image: Image, face: Face) -> Mesh:
        box = mesh_box(self._template)
        near = [place for place in self.places if float(np.linalg.norm(face.centre - place)) < 60]
        shift = np.array(near[0] if near else face.centre) - box.centre
        return Mesh(self._template.points + shift, self._template.depth, 0.9 if near else 0.1)


class ListedDetector:
    """Sees a face of 100 pixels at each of `places`, the first one the surest."""

    def __init__(self, *places: tuple[float, float]) -> None:
        self.places = list(places)

    def detect(self, image: Image, threshold: float = 0.5) -> list[Face]:
        return [face_at(x, y, 100 - 10 * index) for index, (x, y) in enumerate(self.places)]


def scene(**expression: float) -> Image:
    return draw_scene(PERFORMER, Expression(**expression), width=320, height=240)


def watch(watcher: FaceWatcher, *images: Image) -> list[FaceReading | None]:
    return [watcher.observe(Frame(image, index, index / 30)).face for index, image in enumerate(images)]


@pytest.fixture(scope="module")
def template(portrait: Image, detector: FaceDetector, mesher: FaceMesh) -> Mesh:
    return mesher.find(portrait, detector.detect(portrait)[0])


def test_it_detects_once_and_then_follows() -> None:
    detector = CountingDetector()
    readings = watch(FaceWatcher(detector), scene(), scene(x=0.02), scene(x=0.04), scene(x=0.06, y=0.03))
    assert None not in readings
    assert detector.looks == 1
    centres = [reading.square.left + reading.square.size / 2 for reading in readings if reading is not None]
    assert centres[-1] - centres[0] == pytest.approx(0.06 * 240, abs=3)
    assert min(np.diff(centres)) > 0


def test_what_it_reads_is_what_the_performer_does() -> None:
    face, turned, open_mouth = watch(FaceWatcher(), scene(), scene(yaw=20), scene(mouth_open=1.0))
    assert face is not None
    assert turned is not None
    assert open_mouth is not None
    assert turned.pose.yaw - face.pose.yaw == pytest.approx(20, abs=8)
    assert open_mouth.mouth > face.mouth + 0.1
    assert (face.width, face.height) == (320, 240)


def test_the_mesh_comes_with_the_look_for_those_who_draw_it() -> None:
    state = FaceWatcher().observe(Frame(scene(), 0, 0.0))
    assert state.face is not None
    assert state.mesh is not None
    box = mesh_box(state.mesh)
    assert face_square(box) == state.face.square
    assert FaceWatcher().observe(Frame(EMPTY, 0, 0.0)).mesh is None


def test_an_open_mouth_hardly_moves_the_square() -> None:
    face, wide = watch(FaceWatcher(), scene(), scene(mouth_open=0.8))
    assert face is not None
    assert wide is not None
    assert wide.square.size == pytest.approx(face.square.size, rel=0.04)
    assert wide.square.top == pytest.approx(face.square.top, abs=0.03 * face.square.size)


def test_light_is_that_of_the_face_not_of_the_room() -> None:
    bright, dark = watch(FaceWatcher(), scene(), (scene() * 0.4).astype(np.uint8))
    assert bright is not None
    assert dark is not None
    assert dark.light == pytest.approx(0.4 * bright.light, rel=0.1)


def test_a_face_that_goes_is_lost_and_found_again() -> None:
    detector = CountingDetector()
    readings = watch(FaceWatcher(detector), scene(), EMPTY, EMPTY, scene())
    assert [reading is None for reading in readings] == [False, True, True, False]
    assert detector.looks == 4


def test_frame_index_and_time_are_the_frames_own() -> None:
    state = FaceWatcher().observe(Frame(EMPTY, 7, 12.5))
    assert (state.index, state.at, state.lost) == (7, 12.5, True)


def test_a_larger_face_that_comes_in_is_ignored(template: Mesh) -> None:
    detector, mesher = ListedDetector((200, 200)), ObedientMesher(template, (200, 200))
    watcher = FaceWatcher(detector, mesher)
    picture = np.zeros((480, 640, 3), np.uint8)
    watch(watcher, picture)
    detector.places = [(500, 200), (200, 200)]
    mesher.places = [(500, 200), (200, 200)]
    reading = watch(watcher, picture)[0]
    assert reading is not None
    assert reading.square.left + reading.square.size / 2 == pytest.approx(200, abs=1)


def test_after_a_blink_of_the_mesh_the_nearest_face_is_taken_and_later_the_largest(template: Mesh) -> None:
    places = [(500.0, 200.0), (280.0, 200.0)]
    for pause, expected in ((0.5, 280), (3.0, 500)):
        detector, mesher = ListedDetector((200, 200)), ObedientMesher(template, (200, 200))
        watcher = FaceWatcher(detector, mesher)
        picture = np.zeros((480, 640, 3), np.uint8)
        watcher.observe(Frame(picture, 0, 0.0))
        detector.places, mesher.places = places, places
        face = watcher.observe(Frame(picture, 1, pause)).face
        assert face is not None
        assert face.square.left + face.square.size / 2 == pytest.approx(expected, abs=1)


def test_the_meshs_box_is_the_detectors(portrait: Image, detector: FaceDetector, mesher: FaceMesh) -> None:
    picture = Canvas(640, 480).put(portrait, left=80, top=0, side=480).image
    face = detector.detect(picture)[0]
    box = mesh_box(mesher.find(picture, face))
    assert box.side == pytest.approx(face.side, rel=0.1)
    assert np.linalg.norm(box.centre - face.centre) < 0.08 * face.side


def test_the_square_holds_the_face_as_the_model_expects_it() -> None:
    assert face_square(face_at(100, 80, 50)) == Crop(50, pytest.approx(25), 100)
