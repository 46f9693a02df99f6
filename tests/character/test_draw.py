"""What every parameter does, measured in the picture."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from avatarify.character.brush import Canvas
from avatarify.character.cast import CAST, PERFORMER
from avatarify.character.character import Character
from avatarify.character.draw import draw, draw_scene
from avatarify.character.expression import NEUTRAL, Expression
from avatarify.character.features import Lips, paint_ear
from avatarify.character.head import model
from avatarify.character.render import paint_head, silhouette
from avatarify.character.view import look
from avatarify.errors import SettingsError
from avatarify.frame import Image

SIZE = 256
NOSE = (0.0, 0.27)
MOUTH = (0.0, 0.68)


def spot(expression: Expression, xy: tuple[float, float]) -> npt.NDArray[np.float64]:
    """Pixel of a point of the performer's face."""
    head = model(PERFORMER)
    return look(expression, SIZE, SIZE).project(head.on_face(np.array([xy])))[0]


def patch(image: Image, centre: npt.NDArray[np.float64], half: int) -> npt.NDArray[np.float64]:
    x, y = np.round(centre).astype(int)
    return image[y - half : y + half, x - half : x + half].astype(float)


def moved_by(first: Image, second: Image, centre: npt.NDArray[np.float64], half: int = 14) -> npt.NDArray[np.float64]:
    """How far the pixels around centre have moved from the first picture to the second, by correlation, xy."""
    template = patch(first, centre, half).astype(np.float32)
    reach = 40
    area = patch(second, centre, half + reach).astype(np.float32)
    match = cv2.matchTemplate(area, template, cv2.TM_CCOEFF_NORMED)
    row, column = np.unravel_index(int(match.argmax()), match.shape)
    return np.array([column - reach, row - reach], float)


@pytest.fixture(scope="module")
def neutral() -> Image:
    return draw(PERFORMER, NEUTRAL, SIZE)


@pytest.mark.parametrize("size", [64, 65, 256, 1024])
def test_a_picture_has_the_size_asked_for(size: int) -> None:
    image = draw(PERFORMER, NEUTRAL, size)
    assert image.shape == (size, size, 3)
    assert image.dtype == np.uint8


def test_small_and_large_pictures_show_the_same(neutral: Image) -> None:
    large = cv2.resize(draw(PERFORMER, NEUTRAL, 1024), (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    assert np.abs(large.astype(float) - neutral).mean() < 4


@pytest.mark.parametrize("size", [8, 5000])
def test_an_impossible_size_is_refused(size: int) -> None:
    with pytest.raises(SettingsError, match=str(size)):
        draw(PERFORMER, NEUTRAL, size)


def test_equal_arguments_draw_equal_pictures(neutral: Image) -> None:
    draw(CAST[1], Expression(yaw=20), SIZE)
    assert np.array_equal(draw(replace(PERFORMER), Expression(), SIZE), neutral)


def test_the_picture_is_ours_to_change(neutral: Image) -> None:
    first = draw(PERFORMER, NEUTRAL, SIZE)
    first[:] = 0
    assert np.array_equal(draw(PERFORMER, NEUTRAL, SIZE), neutral)


def test_a_wide_scene_holds_the_square_picture_in_its_middle(neutral: Image) -> None:
    scene = draw_scene(PERFORMER, NEUTRAL, width=SIZE + 100, height=SIZE)
    face = slice(60, 190)
    shown = scene[face, 50 + 80 : 50 + 176].astype(float)
    assert np.abs(shown - neutral[face, 80:176]).mean() < 1


@pytest.mark.parametrize("yaw", [-20, 20])
def test_yaw_moves_the_nose_to_its_side_and_more_than_the_cheek(yaw: float, neutral: Image) -> None:
    turned = draw(PERFORMER, Expression(yaw=yaw), SIZE)
    nose = moved_by(neutral, turned, spot(NEUTRAL, NOSE))
    jaw = spot(Expression(yaw=yaw), (0.55, 0.2)) - spot(NEUTRAL, (0.55, 0.2))
    assert np.sign(nose[0]) == np.sign(yaw)
    assert abs(nose[0]) > 12
    assert abs(nose[0]) > abs(jaw[0]) + 3


def test_turning_shows_the_near_ear_and_hides_the_far_one() -> None:
    bare = replace(PERFORMER, hair=replace(PERFORMER.hair, style="cropped"))
    head, turned = model(bare), Expression(yaw=40)
    view = look(turned, SIZE, SIZE)
    canvas = Canvas(np.zeros((SIZE, SIZE, 3), np.float32))
    surface = paint_head(canvas, head, view, bare.finish, silhouette(head, view))
    shown = []
    for side in (-1, 1):
        before = canvas.pixels.copy()
        paint_ear(canvas, bare, view, surface, side)
        shown.append(int((np.abs(canvas.pixels - before).max(2) > 8).sum()))
    near, far = shown
    assert near > 60
    assert far < near / 4


@pytest.mark.parametrize("pitch", [-12, 12])
def test_pitch_lifts_the_nose(pitch: float, neutral: Image) -> None:
    nose = moved_by(neutral, draw(PERFORMER, Expression(pitch=pitch), SIZE), spot(NEUTRAL, NOSE))
    assert np.sign(nose[1]) == -np.sign(pitch)
    assert abs(nose[1]) > 6


def test_roll_tilts_the_head_clockwise() -> None:
    for roll in (-10.0, 10.0):
        places = [spot(Expression(roll=roll), (x, -0.03)) for x in (-0.3, 0.3)]
        across = places[1] - places[0]
        assert np.degrees(np.arctan2(across[1], across[0])) == pytest.approx(roll, abs=1.5)
        crown = draw(PERFORMER, Expression(roll=roll), SIZE)
        assert np.sign(centre_of_hair(crown) - SIZE / 2) == np.sign(roll)


def centre_of_hair(image: Image) -> float:
    """Mean column of what is dark in the upper third."""
    dark = image[: SIZE // 3].astype(int).sum(2) < 330
    return float(np.nonzero(dark)[1].mean())


def test_shift_and_scale_move_and_enlarge_the_whole_person(neutral: Image) -> None:
    shifted = draw(PERFORMER, Expression(x=0.1, y=0.05), SIZE)
    moved = moved_by(neutral, shifted, spot(NEUTRAL, NOSE))
    assert moved == pytest.approx([25.6, 12.8], abs=1.5)
    eyes = [spot(replace(NEUTRAL, scale=scale), (0.3, 0.0))[0] - SIZE / 2 for scale in (1.0, 1.5)]
    assert eyes[1] / eyes[0] == pytest.approx(1.5, abs=0.02)


def dark_red(image: Image) -> int:
    """Pixels of the inside of the mouth."""
    window = patch(image, spot(NEUTRAL, MOUTH), 17)
    return int((window.sum(2) < 150).sum())


def test_opening_the_mouth_enlarges_its_dark_inside() -> None:
    sizes = [dark_red(draw(PERFORMER, replace(NEUTRAL, mouth_open=value), SIZE)) for value in (0, 0.3, 0.6, 1)]
    assert sizes[0] < 40
    assert all(later > before + 40 for before, later in pairwise(sizes))


def test_opening_the_mouth_drops_the_chin_but_not_the_eyes(neutral: Image) -> None:
    chin = spot(replace(NEUTRAL, mouth_open=1), (0, 0.95)) - spot(NEUTRAL, (0, 0.95))
    assert chin[1] > 10
    open_mouth = draw(PERFORMER, replace(NEUTRAL, mouth_open=1), SIZE)
    assert np.array_equal(open_mouth[85:130, 90:166], neutral[85:130, 90:166])


def eye_patch(image: Image, side: int) -> npt.NDArray[np.float64]:
    return patch(image, spot(NEUTRAL, (side * 0.318, -0.03)), 5)


@pytest.mark.parametrize(("name", "side"), [("blink_left", 1), ("blink_right", -1)])
def test_a_blink_covers_the_pupil_of_its_own_eye_only(name: str, side: int, neutral: Image) -> None:
    shut = draw(PERFORMER, replace(NEUTRAL, **{name: 1.0}), SIZE)
    skin = np.array(PERFORMER.skin, float).sum()
    assert eye_patch(neutral, side).sum(2).min() < 0.3 * skin  # pupil
    assert eye_patch(shut, side)[:5].sum(2).min() > 0.5 * skin  # lid
    assert np.array_equal(eye_patch(shut, -side), eye_patch(neutral, -side))


def test_a_half_blink_shows_less_of_the_eye_than_none_and_more_than_all() -> None:
    whites = []
    for value in (0.0, 0.5, 1.0):
        image = draw(PERFORMER, replace(NEUTRAL, blink_left=value, blink_right=value), 512)
        eye = patch(image, 2 * spot(NEUTRAL, (0.318, -0.03)), 18)
        whites.append(int((eye.max(2) - eye.min(2) < 40).sum()))
    assert whites[0] > whites[1] + 50 > whites[2] + 50


@pytest.mark.parametrize(("name", "axis", "sign"), [("gaze_x", 0, 1), ("gaze_y", 1, -1)])
def test_gaze_moves_the_pupil(name: str, axis: int, sign: int) -> None:
    places = []
    for value in (-0.8, 0.8):
        eye = patch(draw(PERFORMER, replace(NEUTRAL, **{name: value}), 512), 2 * spot(NEUTRAL, (0.318, -0.02)), 16)
        dark = np.argwhere(cv2.GaussianBlur(eye.sum(2), (0, 0), 1.5) < 190)
        places.append(dark.mean(0)[::-1])
    assert sign * (places[1] - places[0])[axis] > 2


def darkest_row(image: Image, x: float, top: float, bottom: float) -> float:
    """Row of the darkest pixel on the performer's face between two heights, at 512 pixels."""
    column, first = np.round(2 * spot(NEUTRAL, (x, top))).astype(int)
    last = round(2 * spot(NEUTRAL, (x, bottom))[1])
    strip = cv2.GaussianBlur(image[first:last, column - 1 : column + 2].astype(float).sum((1, 2)), (1, 3), 0)
    return float(first + strip.argmin())


def test_a_smile_lifts_and_widens_the_corners() -> None:
    bends, widths = [], []
    for smile in (-1.0, 0.0, 1.0):
        image = draw(PERFORMER, Expression(smile=smile), 512)
        side = np.mean([darkest_row(image, x, 0.46, 0.66) for x in (-0.2, 0.2)])
        bends.append(darkest_row(image, 0.0, 0.48, 0.68) - side)  # how far the middle hangs below the sides
        widths.append(float(np.ptp(Lips(PERFORMER, Expression(smile=smile)).upper_edge[:, 0])))
    assert bends[0] < bends[1] < bends[2]
    assert widths[1] < widths[2]


def test_brows_rise() -> None:
    heights = [
        darkest_row(draw(PERFORMER, replace(NEUTRAL, brow=value), 512), 0.34, -0.38, -0.17)
        for value in (-1.0, 0.0, 1.0)
    ]
    assert heights[0] > heights[1] + 2 > heights[2] + 4


def test_the_cast_is_large_and_everybody_looks_different() -> None:
    assert len(CAST) >= 6
    assert len({character.name for character in CAST}) == len(CAST)
    assert CAST[0] is PERFORMER
    small = [draw(character, NEUTRAL, 64).astype(float) for character in CAST]
    for index, one in enumerate(small):
        assert all(np.abs(one - other).mean() > 6 for other in small[index + 1 :])


@pytest.mark.parametrize("character", CAST, ids=lambda character: character.name)
def test_everybody_survives_every_extreme(character: Character) -> None:
    for expression in (
        Expression(yaw=60, pitch=45, roll=60, mouth_open=1, scale=3, x=0.5, y=-0.5),
        Expression(yaw=-60, pitch=-45, roll=-60, mouth_wide=-1, smile=-1, scale=0.25, x=-0.5, y=0.5),
        Expression(blink_left=1, blink_right=0.5, gaze_x=-1, gaze_y=1, brow=-1, mouth_wide=1, smile=1),
    ):
        image = draw(character, expression, 64)
        assert image.std() > 3
