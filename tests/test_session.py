"""A session on a real, tiny network: drawn frames, invented readings, time as the frames tell it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from avatarify import Animator
from avatarify.camera.synthetic import SyntheticCamera
from avatarify.errors import AvatarifyError, FaceError, NotReadyError
from avatarify.face.crop import Crop
from avatarify.face.hints import COME_BACK
from avatarify.face.watcher import FaceReading, FaceState, FaceWatcher
from avatarify.frame import Frame, Image
from avatarify.runtime.device import DeviceChoice
from avatarify.runtime.eager import EagerRuntime
from avatarify.session import CalibratedBy, Session
from avatarify.settings import (
    CalibrationSettings,
    ComfortSettings,
    FramingSettings,
    MotionSettings,
    Settings,
)
from tests.face.readings import reading
from tests.fakes.models import TINY_BLEND, tiny_model
from tests.runtime.test_eager import picture

BY_HAND = Settings(calibration=CalibrationSettings(automatic=False), comfort=ComfortSettings(fade_s=0.0))
FPS = 10.0


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """A tiny network gains nothing from more."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def camera_picture(seed: int) -> Image:
    """640x480 of coarse random squares: keypoints of a random network move with them."""
    return np.asarray(
        np.kron(np.random.default_rng(seed).integers(0, 256, (24, 32, 3)), np.ones((20, 20, 1))), np.uint8
    )


class Call:
    """A session, and frames that come ten times a second with what the watcher sees in them."""

    def __init__(self, settings: Settings = BY_HAND, *, avatar: bool = True) -> None:
        self.animator = Animator(EagerRuntime(tiny_model(TINY_BLEND), DeviceChoice(torch.device("cpu"), "a test")))
        self.session = Session(self.animator, settings)
        self.portrait = picture(96)
        if avatar:
            self.session.set_source(self.animator.encode_source(self.portrait))
        self.index = 0

    def frame(self, image: Image | None = None) -> Frame:
        self.index += 1
        return Frame(camera_picture(1) if image is None else image, self.index, self.index / FPS)

    def watched(self, face: FaceReading | None, image: Image | None = None) -> Frame:
        """One step with a reading of its own frame."""
        frame = self.frame(image)
        self.session.update_face(FaceState(frame.index, frame.captured_at, face))
        return self.session.step(frame)

    def calibrated(self, face: FaceReading | None = None) -> Call:
        with pytest.raises(NotReadyError):
            self.watched(face or reading())
        self.session.calibrate()
        return self


def test_without_an_avatar_there_is_nothing_to_show() -> None:
    call = Call(avatar=False)
    with pytest.raises(NotReadyError, match="no avatar"):
        call.session.step(call.frame())
    assert not call.session.status().has_avatar


def test_without_a_calibration_there_is_nothing_to_show() -> None:
    call = Call()
    with pytest.raises(NotReadyError, match="Not calibrated"):
        call.session.step(call.frame())
    assert not call.session.status().calibrated
    call.session.calibrate()
    assert call.session.step(call.frame()).image.shape == (96, 96, 3)
    assert call.session.status().calibrated_by is CalibratedBy.HAND


def test_index_and_time_live_on_and_the_camera_picture_does_not() -> None:
    call = Call().calibrated()
    frame = call.frame()
    shown = call.session.step(frame)
    assert (shown.index, shown.captured_at) == (frame.index, frame.captured_at)
    assert not np.shares_memory(shown.image, frame.image)


def test_at_the_calibration_frame_the_portrait_is_itself() -> None:
    call = Call().calibrated()
    source = call.session.scene.source
    assert source is not None
    still = call.animator.generate(source, source.keypoints)
    assert np.abs(call.watched(reading()).image.astype(int) - still).max() <= 2


def test_calibrating_needs_a_frame_and_a_face() -> None:
    call = Call()
    with pytest.raises(NotReadyError, match="no camera frame"):
        call.session.calibrate()
    with pytest.raises(NotReadyError):
        call.watched(reading())
    call.session.update_face(FaceState(2, 0.1, None))
    with pytest.raises(FaceError, match="no face"):
        call.session.calibrate()


def test_it_calibrates_itself_once_it_has_looked_around() -> None:
    call = Call(Settings())
    while not call.session.status().calibrated:
        with pytest.raises(NotReadyError):
            call.watched(reading())
    assert call.index / FPS == pytest.approx(1.1, abs=0.11)
    assert call.session.status().calibrated_by is CalibratedBy.ITSELF
    assert call.watched(reading()).image.shape == (96, 96, 3)


def test_it_calibrates_itself_sooner_on_a_face_that_was_in_sight_before() -> None:
    call = Call(Settings())
    call.session.looked_before(5.0)
    while not call.session.status().calibrated:
        with pytest.raises(NotReadyError):
            call.watched(reading())
    assert call.index / FPS == pytest.approx(0.4, abs=0.11)


def test_it_does_not_calibrate_itself_on_shut_eyes_and_says_what_to_do() -> None:
    call = Call(Settings())
    for _ in range(40):
        with pytest.raises(NotReadyError):
            call.watched(reading(eyes=0.01))
    assert call.session.status().hints == ("Open your eyes.",)


def test_what_is_only_offered_is_taken_on_request() -> None:
    call = Call(Settings(calibration=CalibrationSettings(automatic=False)))
    assert not call.session.accept_offer()
    for _ in range(15):
        with pytest.raises(NotReadyError):
            call.watched(reading())
    assert call.session.status().offered == pytest.approx(1.0)
    assert call.session.accept_offer()
    assert call.watched(reading()).index == 16


def test_what_was_chosen_by_hand_is_kept_though_better_moments_come() -> None:
    call = Call(Settings())
    with pytest.raises(NotReadyError):
        call.watched(reading(eyes=0.1, mouth=0.3))
    call.session.calibrate()
    for _ in range(20):
        call.watched(reading(), call.portrait)
    assert call.session.status().calibrated_by is CalibratedBy.HAND
    assert call.session.status().offered == pytest.approx(1.0)
    assert call.session.accept_offer()


def test_undo_goes_back_and_keeps_hands_off() -> None:
    call = Call(Settings()).calibrated()
    first = call.session.scene.reference
    assert not call.session.undo_calibration()
    call.watched(reading(), camera_picture(5))
    call.session.calibrate()
    assert call.session.scene.reference is not first
    assert call.session.undo_calibration()
    assert call.session.scene.reference is first
    for _ in range(25):
        call.watched(reading(), camera_picture(5))
    assert call.session.scene.reference is first
    assert not call.session.status().automatic


def test_another_avatar_shows_in_the_next_frame_and_keeps_the_calibration() -> None:
    call = Call().calibrated()
    before = call.watched(reading()).image
    other = call.animator.encode_source(picture(96, seed=9))
    call.session.set_source(other)
    after = call.watched(reading()).image
    assert np.abs(after.astype(int) - before).mean() > 10
    assert np.abs(after.astype(int) - call.animator.generate(other, other.keypoints)).mean() < 8


def test_a_cross_fade_begins_at_once_and_ends_in_time() -> None:
    call = Call(replace(BY_HAND, comfort=ComfortSettings(fade_s=0.45))).calibrated()
    before = call.watched(reading()).image.astype(float)
    call.session.set_source(call.animator.encode_source(picture(96, seed=9)))
    faded = [call.watched(reading()).image.astype(float) for _ in range(8)]
    away = [float(np.abs(image - before).mean()) for image in faded]
    assert away[0] > 0.2 * away[-1]
    assert away[0] < away[1] < away[2]
    assert np.abs(faded[-1] - faded[-2]).max() <= 1


def test_a_lost_face_eases_to_neutral_and_then_there_is_nothing_to_show() -> None:
    call = Call().calibrated()
    source = call.session.scene.source
    assert source is not None
    still = call.animator.generate(source, source.keypoints).astype(float)
    moved = call.watched(reading(), camera_picture(7)).image
    away = [float(np.abs(moved - still).mean())]
    for _ in range(4):
        away.append(float(np.abs(call.watched(None).image - still).mean()))
    assert sorted(away, reverse=True) == away
    assert away[-1] < 0.3 * away[0]
    for _ in range(2):  # half a second is over
        with pytest.raises(FaceError, match="No face"):
            call.watched(None)
    assert call.session.status().lost
    assert call.session.status().hints == (COME_BACK,)
    assert call.watched(reading()).image.shape == (96, 96, 3)


def test_a_face_that_was_never_seen_is_never_shown() -> None:
    call = Call().calibrated()
    call.session.forget_calibration()
    for _ in range(3):
        with pytest.raises(NotReadyError):
            call.watched(None)
    with pytest.raises(FaceError):
        call.session.calibrate()


def test_a_watcher_that_fell_silent_is_a_lost_face() -> None:
    call = Call().calibrated()
    for _ in range(23):
        call.session.step(call.frame())
    call.session.step(call.frame())
    for _ in range(3):
        frame = call.frame()
    with pytest.raises(FaceError, match="No face"):
        call.session.step(frame)


def test_forgetting_shows_nothing_until_the_next_calibration() -> None:
    call = Call().calibrated()
    call.watched(reading())
    call.session.forget_calibration()
    with pytest.raises(NotReadyError):
        call.watched(reading())
    call.session.calibrate()
    call.watched(reading())


def test_a_square_that_is_locked_is_found_anew_in_the_picture_of_another_camera() -> None:
    call = Call(replace(BY_HAND, framing=FramingSettings(locked=True))).calibrated(reading(square=Crop(220, 140, 200)))
    call.session.forget_calibration(at=call.index / FPS)
    assert call.session.status().calibrated_by is None
    with pytest.raises(NotReadyError):
        call.watched(reading(square=Crop(20, 30, 100)))
    assert call.session.status().crop == Crop(20, 30, 100)


def test_frames_and_looks_of_a_former_camera_count_no_more() -> None:
    call = Call().calibrated()
    call.watched(reading())
    late, look = call.frame(), FaceState(call.index, call.index / FPS, reading())
    call.session.forget_calibration(at=late.captured_at + 0.01)
    with pytest.raises(NotReadyError, match="former camera"):
        call.session.step(late)
    call.session.update_face(look)
    with pytest.raises(FaceError, match="no face to calibrate on"):
        call.session.calibrate()
    with pytest.raises(NotReadyError, match="Not calibrated"):
        call.watched(reading())
    call.session.calibrate()
    assert call.watched(reading()).image.shape == (96, 96, 3)


def test_a_restored_reference_shows_nothing_of_another_camera_before_somebody_has_looked() -> None:
    call = Call().calibrated()
    remembered = call.session.remember()
    assert remembered is not None
    call.session.forget_calibration(at=call.index / FPS)
    call.session.restore(remembered)
    with pytest.raises(FaceError):
        call.session.step(call.frame())
    assert call.watched(reading()).image.shape == (96, 96, 3)


def test_a_reference_can_be_taken_again_as_it_was() -> None:
    call = Call().calibrated()
    first = call.session.taken
    assert first is not None
    expected = call.watched(reading(), camera_picture(4)).image
    for seed in (2, 3):
        call.watched(reading(), camera_picture(seed))
    call.session.calibrate()
    assert call.session.taken is not first
    call.session.take_again(first)
    assert call.session.taken is first
    for _ in range(12):
        shown = call.watched(reading(), camera_picture(4)).image
    assert np.abs(shown.astype(int) - expected).mean() < 12


def test_a_calibration_can_be_remembered_for_another_day() -> None:
    yesterday = Call().calibrated()
    expected = yesterday.watched(reading(), camera_picture(4)).image
    remembered = yesterday.session.remember()
    assert remembered is not None
    today = Call()
    today.session.restore(remembered)
    assert today.session.status().calibrated_by is None  # told with the next step
    shown = today.watched(reading(), camera_picture(4)).image
    assert np.abs(shown.astype(int) - expected).mean() < 12
    assert today.session.status().calibrated_by is CalibratedBy.MEMORY
    with pytest.raises(NotReadyError, match="3 keypoints"):
        today.session.restore(remembered._replace(value=remembered.value[:3], jacobian=remembered.jacobian[:3]))


def test_framing_comes_back_with_a_calibration_unless_another_was_chosen() -> None:
    yesterday = Call(Settings(framing=FramingSettings(zoom=1.3, shift_x=0.1))).calibrated()
    remembered = yesterday.session.remember()
    assert remembered is not None
    today = Call(Settings(framing=FramingSettings(locked=True)))
    today.session.restore(remembered)
    assert today.session.scene.framing == FramingSettings(locked=True, zoom=1.3, shift_x=0.1)
    chosen = FramingSettings(zoom=0.8)
    other = Call(Settings(framing=chosen))
    other.session.restore(remembered)
    assert other.session.scene.framing == chosen
    calibrated = Call(Settings()).calibrated()
    calibrated.session.restore(remembered)
    assert calibrated.session.scene.framing == FramingSettings(), "another avatar does not move the square"


def test_nothing_is_remembered_before_the_first_calibration() -> None:
    assert Call().session.remember() is None


def test_strength_and_framing_by_hand_take_effect() -> None:
    call = Call().calibrated()
    source = call.session.scene.source
    assert source is not None
    call.session.set_motion(MotionSettings(strength=0.0))
    still = call.animator.generate(source, source.keypoints)
    assert np.array_equal(call.watched(reading(), camera_picture(8)).image, still)
    call.session.set_framing(FramingSettings(zoom=2.0))
    call.watched(reading())
    assert call.session.status().crop == Crop(270, 190, 100)
    call.session.reset_framing()
    call.watched(reading())
    assert call.session.status().crop == Crop(220, 140, 200)


def test_the_lag_of_smoothing_is_told() -> None:
    call = Call().calibrated()
    call.watched(reading())
    status = call.session.status()
    assert status.lag_rest_ms == pytest.approx(106, abs=1)
    assert 0 < status.lag_talking_ms < status.lag_rest_ms
    call.session.set_comfort(ComfortSettings(smooth=False))
    call.watched(reading())
    assert call.session.status().lag_rest_ms == 0.0


def test_a_runtime_that_fails_is_heard() -> None:
    call = Call().calibrated()

    def fail(*_: object) -> Image:
        raise AvatarifyError("The device is gone.")

    call.animator.generate = fail  # type: ignore[method-assign]
    with pytest.raises(AvatarifyError, match="The device is gone"):
        call.watched(reading())


def test_a_film_of_the_performer_from_start_to_picture() -> None:
    animator = Animator(EagerRuntime(tiny_model(), DeviceChoice(torch.device("cpu"), "a test")))
    session, watcher = Session(animator), FaceWatcher()
    session.set_source(animator.encode_source(picture(64)))
    shown = []
    for frame in SyntheticCamera(size=(320, 240), fps=10).frames(20):
        session.update_face(watcher.observe(frame))
        try:
            shown.append(session.step(frame).index)
        except NotReadyError:
            assert not shown
    assert shown == list(range(shown[0], 20))
    assert 8 <= shown[0] <= 14
    assert session.status().hints == ()
