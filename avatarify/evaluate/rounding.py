"""What fewer bits in the decoder cost: pictures of a real clip beside those of eager float32."""

from __future__ import annotations

import math
import types
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from avatarify.frame import Image
from avatarify.runtime.base import Runtime

LEAST_DB: Final[Mapping[str, float]] = types.MappingProxyType(
    {"float32": 60.0, "bfloat16": 35.0, "float16": 35.0, "int8": 32.0}
)
"""Of the worst picture, for each precision of the decoder."""
MOST_SHIFT_PX: Final = 0.3
MOST_FLICKER: Final = 0.05


class Judgement(NamedTuple):
    """psnr_db: of the worst picture. shift_px: largest distance of a keypoint found in our picture and in the yardstick's, at 256 pixels.
    flicker: how much more adjacent pictures differ than the yardstick's, as a share. max_error: grey levels."""

    psnr_db: float
    shift_px: float
    flicker: float
    max_error: int

    def beyond(self, precision: str) -> str:
        """What is out of bounds, as a clause: "the worst picture has 30.1 dB, 32 are needed". "" where nothing is."""
        if not self.psnr_db > LEAST_DB[precision]:
            return f"the worst picture has {self.psnr_db:.1f} dB, {LEAST_DB[precision]:.0f} are needed"
        if not self.shift_px < MOST_SHIFT_PX:
            return f"a keypoint moved by {self.shift_px:.2f} pixels, {MOST_SHIFT_PX} are allowed"
        if not abs(self.flicker) < MOST_FLICKER:
            return f"pictures change by {self.flicker:+.1%} from one to the next, {MOST_FLICKER:.0%} are allowed"
        return ""


def judge(yardstick: Runtime, runtime: Runtime, images: Sequence[Image]) -> Judgement:
    """A runtime beside eager float32. images: adjacent frames of a clip, uint8 [N,N,3], at least two; the first is moved to all."""
    return compare(yardstick, moved(runtime, images), moved(yardstick, images))


def compare(yardstick: Runtime, found: Sequence[Image], expected: Sequence[Image]) -> Judgement:
    """The same of pictures that are made already. yardstick: finds keypoints in them."""
    errors = [np.abs(ours.astype(np.int16) - theirs) for ours, theirs in zip(found, expected, strict=True)]
    worst = max(float(np.square(error, dtype=np.float64).mean()) for error in errors)
    looked_at = zip(found[::4], expected[::4], strict=True)
    return Judgement(
        psnr_db=10 * math.log10(255**2 / worst) if worst else math.inf,
        shift_px=max(_shift(yardstick, ours, theirs) for ours, theirs in looked_at),
        flicker=_more(_change(found), _change(expected)),
        max_error=int(max(error.max() for error in errors)),
    )


def moved(runtime: Runtime, images: Sequence[Image]) -> list[Image]:
    """The first image at the keypoints of all."""
    source = runtime.encode_source(images[0])
    return [runtime.generate(source, runtime.detect(image)) for image in images]


def _shift(yardstick: Runtime, ours: Image, theirs: Image) -> float:
    apart = yardstick.detect(ours).value - yardstick.detect(theirs).value
    return float(apart.norm(dim=-1).max()) * 128


def _more(change: float, expected: float) -> float:
    """As a share; a still beside a still changes as it should."""
    if expected == 0:
        return 0.0 if change == 0 else math.inf
    return change / expected - 1


def _change(images: Sequence[Image]) -> float:
    return float(np.mean([np.abs(after.astype(np.int16) - before).mean() for before, after in pairwise(images)]))
