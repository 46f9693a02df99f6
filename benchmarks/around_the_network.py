"""Everything of a call that is not the network, in milliseconds a frame: camera 640x480 MJPG, virtual camera 1280x720.

usage: python -m benchmarks.around_the_network [--rounds N] [--portrait 512]

"session" is the real one with an engine that gives ready keypoints and a ready picture: smoothing, transfer, guard, calibration,
status; its crop is told apart. "send" is the picture in the device's colours (I420), as v4l2loopback gets it. The face
watcher does not count: it has a thread of its own, and looks fifteen times a second.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise

import cv2
import numpy as np
import torch

from avatarify.animator import Animator, Source
from avatarify.bench.footage import Footage, drawn_footage, resized
from avatarify.errors import NotReadyError
from avatarify.face.crop import centre_square
from avatarify.face.watcher import FaceWatcher
from avatarify.frame import Frame, Image
from avatarify.model.config import LITE, ModelConfig
from avatarify.model.generator import SourceFeatures
from avatarify.model.motion import Keypoints, hull_area
from avatarify.runtime.base import RuntimeDescription
from avatarify.session import Session
from avatarify.virtual_camera.composition import Composer, Ground, Look

FRAME_SIZE = (1280, 720)
WATCHER = "face watcher (own thread, 15 a second)"
CROP, SESSION = "crop", "session"
_FPS = 30.0


class ReadyRuntime:
    """Does no work: the same keypoints and the same picture every time."""

    config: ModelConfig = LITE
    description = RuntimeDescription("ready", "cpu", "nothing", "float32")

    def __init__(self, portrait: Image) -> None:
        value = torch.rand(1, 10, 2, generator=torch.Generator().manual_seed(0)) - 0.5
        self._keypoints = Keypoints(value, torch.eye(2).expand(1, 10, 2, 2).contiguous())
        self._portrait = portrait

    def encode_source(self, image: Image) -> Source:
        """A source without features."""
        nothing = torch.zeros(0)
        return Source(
            image, self._keypoints, hull_area(self._keypoints.value), SourceFeatures(nothing, nothing, nothing)
        )

    def detect(self, image: Image) -> Keypoints:
        """As they are."""
        return self._keypoints

    def generate(self, source: Source, driving: Keypoints) -> Image:
        """As it is."""
        return self._portrait

    def close(self) -> None:
        """Nothing to give back."""


class Call:
    """One frame after the other, each part timed."""

    def __init__(self, footage: Footage, portrait_side: int, look: Look, size: tuple[int, int]) -> None:
        self._jpegs = footage.jpegs
        portrait = resized(footage.portrait, portrait_side)
        animator = Animator(ReadyRuntime(portrait))
        self._session = Session(animator)
        self._session.set_source(animator.encode_source(portrait))
        self._watcher = FaceWatcher()
        self._composer = Composer(size, look)
        self._sent = np.empty((size[1] * 3 // 2, size[0]), np.uint8)
        self._index = 0
        picture = np.asarray(cv2.imdecode(np.frombuffer(self._jpegs[0], np.uint8), cv2.IMREAD_COLOR), np.uint8)[
            ..., ::-1
        ]
        self._square = centre_square(picture)
        with suppress(NotReadyError):  # it has to have seen a frame before it can be calibrated
            self._session.step(Frame(picture, 0, 0.0))
        self._session.calibrate()

    def step(self) -> dict[str, float]:
        """Milliseconds of each part of the next frame, in the order of its way; the watcher looks at every second frame."""
        self._index += 1
        at = self._index / _FPS
        marks = [("", time.perf_counter())]

        def mark(part: str) -> None:
            marks.append((part, time.perf_counter()))

        jpeg = np.frombuffer(self._jpegs[self._index % len(self._jpegs)], np.uint8)
        bgr = np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)
        mark("decode")
        frame = Frame(np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8), self._index, at)
        mark("colour")
        if self._index % 2 == 0:
            self._session.update_face(self._watcher.observe(frame))
            mark(WATCHER)
        else:
            mark("between")
        self._square.sample(frame.image, 2 * LITE.image_size)
        mark(CROP)
        animated = self._session.step(frame)
        mark(SESSION)
        framed = self._composer.compose(animated.image)
        mark("compose")
        cv2.cvtColor(framed, cv2.COLOR_RGB2YUV_I420, dst=self._sent)
        mark("send")
        times = {part: 1000 * (end - begin) for (_, begin), (part, end) in pairwise(marks) if part != "between"}
        times[SESSION] -= times[CROP]  # the session has cut the same square once more
        return times


def _told(times: Sequence[float]) -> str:
    return f"{statistics.median(times):.2f} / {np.percentile(times, 95):.2f}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--portrait", type=int, default=512)
    parser.add_argument("--output", type=int, nargs=2, default=FRAME_SIZE, metavar=("WIDTH", "HEIGHT"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    footage = drawn_footage()
    looks = {ground.value: Look(ground=ground) for ground in Ground}
    calls = {name: Call(footage, options.portrait, look, tuple(options.output)) for name, look in looks.items()}
    found: dict[str, list[dict[str, float]]] = {name: [] for name in calls}
    with torch.inference_mode():
        for _ in range(options.rounds):
            for name, call in calls.items():
                time.sleep(0.2)
                found[name] += [call.step() for _ in range(90)][10:]
    parts = list(dict.fromkeys(part for row in found["blur"] for part in row))
    print("| part, ms p50 / p95 | " + " | ".join(f"ground: {name}" for name in found) + " |")
    print("|---" * (1 + len(found)) + "|")
    for part in parts:
        cells = [_told([row[part] for row in rows if part in row]) for rows in found.values()]
        print(f"| {part} | {' | '.join(cells)} |")
    sums = [[sum(ms for part, ms in row.items() if part != WATCHER) for row in rows] for rows in found.values()]
    print(f"| all but the watcher | {' | '.join(map(_told, sums))} |")
    bare = [
        [sum(ms for part, ms in row.items() if part not in (WATCHER, SESSION)) for row in rows]
        for rows in found.values()
    ]
    print(f"| without the session's arithmetic | {' | '.join(map(_told, bare))} |")


if __name__ == "__main__":
    main()
