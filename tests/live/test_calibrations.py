"""Calibrations during a call: each avatar its own, for each camera, on a real session with a tiny network."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from avatarify.avatars import Avatar
from avatarify.camera.camera import Camera
from avatarify.camera.synthetic import SyntheticCamera
from avatarify.errors import FaceError, NotReadyError
from avatarify.face.calibration import FaceTarget
from avatarify.live.calibrations import Calibrations
from avatarify.memory import CalibrationMemory, Occasion, model_mark
from avatarify.paths import user_calibrations
from avatarify.pipeline.gate import Showing
from avatarify.session import CalibratedBy
from avatarify.settings import FramingSettings
from tests.face.readings import reading
from tests.fakes.live import until
from tests.live.stage import BY_HAND, Stage
from tests.test_session import FPS, Call, camera_picture

ILSE, KOFI, SUVI = (
    Avatar(name, Path(f"{name}.png"), number, None, FaceTarget(), (), False)
    for number, name in enumerate(("ilse", "kofi", "suvi"), 1)
)


class Room:
    """A call of one session, and what it remembers in a file."""

    def __init__(self, path: Path, *, camera: str = "A", mark: str = "lite") -> None:
        self.path = path
        self.call = Call()
        self.memory = CalibrationMemory(path)
        self.calibrations = Calibrations(self.call.session, self.memory, camera=camera, mark=mark)
        self.avatar = ILSE

    def show(self, avatar: Avatar) -> Room:
        self.calibrations.keep(self.avatar)
        self.avatar = avatar
        self.call.session.set_source(self.call.animator.encode_source(self.call.portrait))
        self.calibrations.recall(avatar)
        return self

    def calibrate(self, seed: int) -> Room:
        """On a picture that tells the references apart."""
        try:
            self.call.watched(reading(), camera_picture(seed))
        except (NotReadyError, FaceError):
            assert self.call.session.taken is None
        self.call.session.calibrate()
        self.calibrations.keep(self.avatar)
        return self

    def change_camera(self, camera: str) -> Room:
        self.calibrations.keep(self.avatar)
        self.calibrations.change_camera(camera, self.avatar, at=self.call.index / FPS + 0.01)
        return self

    def in_use(self) -> tuple[tuple[float, float], ...]:
        remembered = self.call.session.remember()
        assert remembered is not None
        return remembered.value

    def kept(self, avatar: Avatar, camera: str = "A", mark: str = "lite") -> tuple[tuple[float, float], ...] | None:
        remembered = self.memory.recall(Occasion(avatar.name, camera, mark))
        return remembered.value if remembered is not None else None


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path / "calibrations.json")


def test_each_avatar_comes_back_with_its_own(room: Room) -> None:
    first = room.calibrate(1).call.session.taken
    of_ilse = room.in_use()
    room.show(KOFI)
    assert room.call.session.taken is first, "where nothing is remembered the present one stays"
    of_kofi = room.calibrate(2).in_use()
    assert of_ilse != of_kofi
    assert room.show(ILSE).in_use() == of_ilse
    assert room.call.session.taken is first, "as it was taken, so that it stays the user's"
    assert room.show(KOFI).in_use() == of_kofi
    assert (room.kept(ILSE), room.kept(KOFI)) == (of_ilse, of_kofi)


def test_each_camera_comes_back_with_its_own(room: Room) -> None:
    at_a = room.calibrate(1).in_use()
    room.change_camera("B")
    assert room.call.session.taken is None, "what was seen by one camera means nothing to another"
    at_b = room.calibrate(2).in_use()
    assert room.change_camera("A").in_use() == at_a
    assert room.change_camera("B").in_use() == at_b
    assert (room.kept(ILSE), room.kept(ILSE, "B")) == (at_a, at_b)


def test_the_other_avatars_of_a_camera_are_forgotten_with_it(room: Room) -> None:
    room.calibrate(1).show(KOFI).calibrate(2).change_camera("B").calibrate(3)
    of_kofi = room.in_use()
    assert room.show(ILSE).in_use() == of_kofi


def test_the_same_camera_opened_again_changes_nothing(room: Room) -> None:
    before = room.calibrate(1).call.session.taken
    assert room.change_camera("A").call.session.taken is before


def test_another_day_begins_with_the_avatars_own_else_with_the_newest(room: Room) -> None:
    of_ilse = room.calibrate(1).in_use()
    of_kofi = room.show(KOFI).calibrate(2).in_use()
    room.memory.write()
    assert Room(room.path).show(ILSE).in_use() == of_ilse
    new = Room(room.path).show(SUVI)
    assert new.in_use() == of_kofi
    new.calibrations.keep(new.avatar)
    assert new.memory.recall(Occasion("suvi", "A", "lite")) is None, "it is not suvi's own"
    assert Room(room.path, camera="B").show(ILSE).call.session.taken is None
    assert Room(room.path, mark="vox").show(ILSE).call.session.taken is None


def test_what_was_taken_in_this_call_stays_before_another_days(room: Room) -> None:
    of_kofi = room.show(KOFI).calibrate(1).in_use()
    room.memory.write()
    today = Room(room.path)
    fresh = today.calibrate(2).in_use()
    assert fresh != of_kofi
    assert today.show(KOFI).in_use() == fresh
    assert today.show(ILSE).in_use() == fresh
    assert Room(room.path).show(KOFI).in_use() == of_kofi, "a call that has nothing of its own begins with it"


def test_a_reference_that_was_gone_back_to_is_the_avatars_own(room: Room) -> None:
    first = room.calibrate(1).in_use()
    room.calibrate(2).call.session.undo_calibration()
    room.calibrations.keep(ILSE)
    assert room.kept(ILSE) == first


def test_its_framing_is_kept_with_it_as_it_is_now(room: Room) -> None:
    room.calibrate(1)
    room.call.session.set_framing(FramingSettings(zoom=1.5))
    room.calibrations.keep(ILSE)
    remembered = room.memory.recall(Occasion("ilse", "A", "lite"))
    assert remembered is not None
    assert remembered.zoom == 1.5


def test_numbers_of_another_kind_of_model_are_passed_over(room: Room) -> None:
    room.calibrate(1)
    remembered = room.call.session.remember()
    assert remembered is not None
    short = remembered._replace(value=remembered.value[:3], jacobian=remembered.jacobian[:3])
    room.memory.keep(Occasion("kofi", "A", "lite"), short)
    before = room.call.session.taken
    assert room.show(KOFI).call.session.taken is before


def test_a_call_goes_from_camera_to_camera_and_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(_: str) -> Camera:
        return SyntheticCamera(size=(160, 120), fps=15)

    monkeypatch.setattr("avatarify.live.live.open_camera", opened)
    stage = Stage(folder, BY_HAND)
    with stage.live:
        until(lambda: stage.live.calibrate().exception() is None)
        stage.wait_for(Showing.ANIMATED)
        stage.live.change_camera("B").result(30)
        stage.wait_for(Showing.STANDBY)
        stage.live.change_camera("a test").result(30)
        assert stage.wait_for(Showing.ANIMATED).session.calibrated_by is CalibratedBy.MEMORY
    assert Stage(folder, BY_HAND).live.status().notes == ()


def test_a_call_goes_from_avatar_to_avatar_and_back(folder: Path) -> None:
    stage = Stage(folder, BY_HAND)
    with stage.live:
        until(lambda: stage.live.calibrate().exception() is None)
        first = stage.live.pipeline.submit(lambda engine: engine.session.taken).result(10)
        stage.live.show_avatar("kofi").result(10)
        assert stage.live.pipeline.submit(lambda engine: engine.session.taken).result(10) is first
        stage.live.calibrate().result(10)
        stage.live.show_avatar("ilse").result(10)
        assert stage.live.pipeline.submit(lambda engine: engine.session.taken).result(10) is first
    second = Stage(folder, BY_HAND, avatar="kofi")
    with second.live:
        assert second.wait_for(Showing.ANIMATED).session.calibrated_by is CalibratedBy.MEMORY


def test_an_engine_that_is_busy_when_the_call_ends_has_been_remembered_before(folder: Path) -> None:
    stage = Stage(folder)
    go_on = threading.Event()
    with stage.live:
        stage.wait_for(Showing.ANIMATED)
        stage.live.pipeline.submit(lambda _: go_on.wait(30))
    memory = CalibrationMemory(user_calibrations())
    go_on.set()
    assert memory.latest("a test", model_mark(stage.model("tiny"))) is not None


def test_what_the_former_model_remembers_is_not_what_the_next_one_begins_with(folder: Path) -> None:
    stage = Stage(folder, BY_HAND)
    with stage.live:
        until(lambda: stage.live.calibrate().exception() is None)
        stage.live.pipeline.submit(lambda engine: engine.session.forget_calibration()).result(10)
        stage.live.change_engine(stage.model("plain")).result(30)
        assert stage.live.pipeline.submit(lambda engine: engine.session.taken).result(10) is None
