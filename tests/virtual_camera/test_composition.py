"""The frame that the call sees: where the picture stands, what is around it, the badge."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest

from avatarify.frame import Image
from avatarify.media.images import read_image
from avatarify.paths import AVATARS
from avatarify.virtual_camera import composition
from avatarify.virtual_camera.composition import Composer, Ground, Look
from avatarify.virtual_camera.virtual_camera import SIZES

PLAIN = Look(ground=Ground.PLAIN, badge=False)
BLUR = Look(badge=False)


def halves(side: int = 256) -> Image:
    """Left half red, right half blue, a green stripe at the top."""
    picture = np.zeros((side, side, 3), np.uint8)
    picture[:, : side // 2] = (200, 20, 20)
    picture[:, side // 2 :] = (20, 20, 200)
    picture[: side // 8] = (20, 200, 20)
    return picture


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("side", [256, 480, 512, 720, 1080])
def test_square_stands_in_the_middle_at_full_height(size: tuple[int, int], side: int) -> None:
    width, height = size
    frame = Composer(size, PLAIN).compose(halves(side))
    assert frame.shape == (height, width, 3)
    left = (width - height) // 2
    assert (frame[:, : left - 1] == PLAIN.color).all()
    assert (frame[:, width - left + 1 :] == PLAIN.color).all()
    middle = height * 2 // 3
    assert frame[middle, left + 20].tolist() == pytest.approx([200, 20, 20], abs=2)
    assert frame[middle, width - left - 20].tolist() == pytest.approx([20, 20, 200], abs=2)
    assert frame[2, width // 2].tolist() == pytest.approx([20, 200, 20], abs=2)


def test_mirror_swaps_the_sides_and_nothing_else() -> None:
    straight = Composer((640, 480), PLAIN).compose(halves()).copy()
    mirrored = Composer((640, 480), Look(ground=Ground.PLAIN, badge=False, mirror=True)).compose(halves())
    assert np.array_equal(mirrored, straight[:, ::-1])


def test_what_is_no_avatar_is_not_mirrored() -> None:
    """A camera's own picture: what can be read in it stays readable, whatever its size."""
    picture = np.ascontiguousarray(halves(640)[80:560])
    straight = Composer((1280, 720), PLAIN).compose(picture).copy()
    mirrored = Composer((1280, 720), Look(ground=Ground.PLAIN, badge=False, mirror=True)).compose(picture)
    assert np.array_equal(mirrored, straight)


def test_filled_frame_is_all_picture_and_not_stretched() -> None:
    ring = np.full((512, 512, 3), 40, np.uint8)
    cv2.circle(ring, (256, 230), 100, (230, 230, 230), -1)
    frame = Composer((1280, 720), Look(ground=Ground.FILL, badge=False)).compose(ring)
    bright = np.argwhere(frame[:, :, 0] > 135)
    height, width = np.ptp(bright, axis=0)
    assert width == pytest.approx(500, abs=4)
    assert height == pytest.approx(500, abs=4)


def test_ground_has_the_colours_of_the_picture_s_rim_darkened() -> None:
    picture = halves()
    picture[:, 64:192] = 255  # what is in the middle must not show around it
    frame = Composer((1280, 720), BLUR).compose(picture)
    left, right = frame[500, 60], frame[500, 1220]
    assert left[0] > 4 * left[2]
    assert right[2] > 4 * right[0]
    assert 90 < left[0] < 160
    assert frame[500, 275, 0] < left[0], "darkest beside the picture, which stands before it"


def test_ground_is_smooth() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (512, 512, 3), dtype=np.uint8)
    ground = Composer((1280, 720), BLUR).compose(noise)[:, :240].astype(int)
    assert np.abs(np.diff(ground, axis=0)).max() <= 4
    assert np.abs(np.diff(ground, axis=1)).max() <= 4


def test_wide_picture_gets_its_ground_above_and_below() -> None:
    wide = np.zeros((100, 400, 3), np.uint8)
    wide[:50], wide[50:] = (200, 20, 20), (20, 20, 200)
    frame = Composer((640, 480), BLUR).compose(wide)
    assert frame[20, 320, 0] > 4 * frame[20, 320, 2]
    assert frame[460, 320, 2] > 4 * frame[460, 320, 0]
    assert frame[200, 320].tolist() == [200, 20, 20]


def test_picture_of_the_frame_s_size_is_shown_pixel_by_pixel() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    assert np.array_equal(Composer((640, 480), Look(mirror=False)).compose(picture), picture)


def test_badge_is_in_the_lower_left_corner_of_square_pictures_only() -> None:
    composer, bare = Composer((1280, 720)), Composer((1280, 720), BLUR)
    changed = np.argwhere((composer.compose(halves()) != bare.compose(halves())).any(axis=2))
    top, left = changed.min(axis=0)
    bottom, right = changed.max(axis=0)
    assert (top > 640, bottom < 710, left > 10, right < 140) == (True, True, True, True)
    wide = halves()[:200]
    assert np.array_equal(composer.compose(wide), bare.compose(wide))


def test_badge_is_not_mirrored() -> None:
    corner = (slice(660, 705), slice(15, 120))
    grey = np.full((64, 64, 3), 128, np.uint8)
    straight = Composer((1280, 720)).compose(grey).copy()
    assert np.array_equal(Composer((1280, 720), Look(mirror=True)).compose(grey)[corner], straight[corner])
    assert not np.array_equal(straight[corner], straight[corner][:, ::-1])


def test_nothing_of_the_picture_before_remains() -> None:
    composer = Composer((1280, 720))
    first = composer.compose(halves()).copy()
    composer.compose(np.full((300, 500, 3), 255, np.uint8))
    assert np.array_equal(composer.compose(halves()), first)


def test_wrong_pictures_are_refused() -> None:
    composer = Composer((640, 480))
    for wrong in (np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32), np.zeros((0, 4, 3), np.uint8)):
        with pytest.raises(ValueError, match="expected uint8"):
            composer.compose(wrong)
    with pytest.raises(ValueError, match="at least"):
        Composer((9, 480))


def test_it_is_cheap() -> None:
    """A guard against accidents, far above what it takes."""
    picture = cv2.resize(read_image(next(iter(sorted(AVATARS.glob("*.png"))))), (512, 512))
    composer = Composer((1280, 720))
    composer.compose(picture)
    times = []
    for _ in range(15):
        started = time.perf_counter()
        composer.compose(picture)
        times.append(time.perf_counter() - started)
    assert min(times) < 0.012


def test_the_grounds_blur_is_a_gaussian_one() -> None:
    """Three box filters in a row, for a fifth of the time; nobody shall see which."""
    noise = np.random.default_rng(3).integers(0, 256, (128, 72, 3), np.uint8)
    blurred = noise
    for _ in range(3):
        blurred = np.asarray(cv2.blur(blurred, (composition._BLUR, composition._BLUR)), np.uint8)
    smooth = cv2.GaussianBlur(noise, (0, 0), 4.5).astype(int)
    assert np.abs(blurred - smooth).max() <= 3
