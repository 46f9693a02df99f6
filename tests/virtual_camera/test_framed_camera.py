"""Pictures of any size go out in the camera's frame, and whoever taps it sees the same."""

from __future__ import annotations

import numpy as np
import pytest

from avatarify.errors import VirtualCameraError
from avatarify.frame import Image
from avatarify.virtual_camera.composition import Composer, Ground, Look
from avatarify.virtual_camera.framed_camera import FramedCamera, Tap
from avatarify.virtual_camera.memory_camera import MemoryVirtualCamera
from tests.fakes.clocks import SteppedClock

SIZE = (640, 480)


def picture(level: int, side: int = 128) -> Image:
    return np.full((side, side, 3), level, np.uint8)


def test_pictures_are_composed_and_frames_go_out_as_they_are() -> None:
    memory = MemoryVirtualCamera(size=SIZE)
    framed = FramedCamera(memory)
    framed.send(picture(90))
    assert np.array_equal(memory.pictures[-1], Composer(SIZE).compose(picture(90)))
    standby = np.random.default_rng(0).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    framed.send(standby)
    assert np.array_equal(memory.pictures[-1], standby), "without badge"
    framed.send(picture(90))
    assert np.array_equal(memory.pictures[-1], Composer(SIZE).compose(picture(90)))


def test_repeated_picture_is_composed_once() -> None:
    class CountingComposer(Composer):
        composed = 0

        def compose(self, picture: Image) -> Image:
            self.composed += 1
            return super().compose(picture)

    memory = MemoryVirtualCamera(size=SIZE, keep=9)
    framed = FramedCamera(memory)
    framed._composer = counting = CountingComposer(SIZE)
    first, second = picture(50), picture(200)
    for image in (first, first, first, second, first):
        framed.send(image)
    assert counting.composed == 3
    assert [int(frame[200, 320, 0]) for frame in memory.pictures] == [50, 50, 50, 200, 50]


def test_look_changes_with_the_next_picture() -> None:
    memory = MemoryVirtualCamera(size=SIZE)
    framed = FramedCamera(memory)
    image = picture(90)
    framed.send(image)
    framed.look = Look(ground=Ground.PLAIN, color=(1, 2, 3))
    framed.send(image)
    assert memory.pictures[-1][5, 5].tolist() == [1, 2, 3]


def test_a_look_that_comes_while_a_picture_is_composed_waits_for_the_next() -> None:
    """What a new composer has not composed yet is no picture: it is whatever the memory held before."""

    class InterruptedComposer(Composer):
        def compose(self, picture: Image) -> Image:
            frame = super().compose(picture)
            framed.look = mirrored
            return frame

    mirrored = Look(mirror=True)
    memory = MemoryVirtualCamera(size=SIZE)
    framed = FramedCamera(memory)
    framed._composer = InterruptedComposer(SIZE)
    image = picture(90)
    image[:, :64] = 30
    framed.send(image)
    assert np.array_equal(memory.pictures[-1], Composer(SIZE).compose(image))
    framed.send(image)
    assert np.array_equal(memory.pictures[-1], Composer(SIZE, mirrored).compose(image))


def test_a_frame_is_black_before_anything_was_composed() -> None:
    assert not Composer(SIZE).frame.any()


def test_tap_sees_what_was_sent_and_when() -> None:
    seen: list[tuple[Image, float]] = []
    clock = SteppedClock(5.0)
    framed = FramedCamera(MemoryVirtualCamera(size=SIZE), clock=clock)
    framed.tap = lambda frame, at: seen.append((frame.copy(), at))
    framed.send(picture(90))
    framed.tap = None
    framed.send(picture(91))
    assert len(seen) == 1
    assert seen[0][0].shape == (480, 640, 3)
    assert seen[0][1] == 5.0


def test_a_tap_that_is_taken_away_meanwhile_is_no_failure_of_the_camera() -> None:
    class Leaving(FramedCamera):
        """Whoever looks twice finds nothing the second time."""

        asked = 0

        @property
        def tap(self) -> Tap | None:
            self.asked += 1
            return self._seen if self.asked == 1 else None

        @tap.setter
        def tap(self, tap: Tap | None) -> None:
            self.asked = 0

        def _seen(self, frame: Image, at: float) -> None:
            seen.append(at)

    seen: list[float] = []
    memory = MemoryVirtualCamera(size=SIZE)
    Leaving(memory, clock=SteppedClock(5.0)).send(picture(90))
    assert memory.sent == 1
    assert seen == [5.0]


def test_what_was_not_sent_is_not_tapped() -> None:
    seen: list[float] = []
    memory = MemoryVirtualCamera(size=SIZE)
    framed = FramedCamera(memory)
    framed.tap = lambda frame, at: seen.append(at)
    memory.vanish()
    with pytest.raises(VirtualCameraError, match="has gone"):
        framed.send(picture(90))
    assert seen == []


def test_closing_closes_the_camera() -> None:
    memory = MemoryVirtualCamera(size=SIZE)
    with FramedCamera(memory) as framed:
        assert (framed.fps, framed.size) == (30.0, SIZE)
    assert memory.closed
