from __future__ import annotations

import math

import numpy as np
import pytest

from avatarify.evaluate.rounding import LEAST_DB, Judgement, compare, judge
from avatarify.frame import Image
from tests.evaluate.conftest import tiny_runtime

FINE = Judgement(40.0, 0.1, 0.01, 3)


def pictures(count: int = 5) -> list[Image]:
    random = np.random.default_rng(3)
    return [random.integers(0, 255, (64, 64, 3)).astype(np.uint8) for _ in range(count)]


def test_a_runtime_is_like_itself() -> None:
    runtime = tiny_runtime()
    assert judge(runtime, tiny_runtime(), pictures()) == Judgement(math.inf, 0.0, 0.0, 0)


def test_one_picture_that_is_off_is_the_worst() -> None:
    expected = pictures()
    found = [image.copy() for image in expected]
    found[3][:, :, 0] ^= 16
    judged = compare(tiny_runtime(), found, expected)
    assert judged.max_error == 16
    assert judged.psnr_db == pytest.approx(10 * math.log10(255**2 / (16**2 / 3)))


def test_a_still_may_not_move_and_one_that_moves_not_stand_still() -> None:
    still = pictures(1) * 4
    runtime = tiny_runtime()
    assert compare(runtime, still, still).flicker == 0
    assert compare(runtime, pictures(4), still).flicker == math.inf
    assert compare(runtime, still, pictures(4)).flicker == -1


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (FINE, ""),
        (FINE._replace(psnr_db=32.0), "the worst picture has 32.0 dB, 32 are needed"),
        (FINE._replace(psnr_db=math.nan), "the worst picture has nan dB, 32 are needed"),
        (FINE._replace(shift_px=0.42), "a keypoint moved by 0.42 pixels, 0.3 are allowed"),
        (FINE._replace(flicker=-0.081), "pictures change by -8.1% from one to the next, 5% are allowed"),
    ],
)
def test_what_is_out_of_bounds_is_told(found: Judgement, told: str) -> None:
    assert found.beyond("int8") == told


def test_bounds_depend_on_the_precision() -> None:
    between = FINE._replace(psnr_db=34.0)
    assert [name for name in LEAST_DB if not between.beyond(name)] == ["int8"]
