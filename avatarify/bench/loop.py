"""The way of one frame, from the camera's JPEG to what the virtual camera gets, in one thread and with nothing left out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple, Protocol

import cv2
import numpy as np
import torch

from avatarify.animator import Animator
from avatarify.bench.footage import Footage, resized
from avatarify.bench.stopwatch import NoStopwatch, Stopwatch
from avatarify.errors import SettingsError
from avatarify.face.crop import centre_square
from avatarify.frame import Image
from avatarify.model.config import ModelConfig
from avatarify.model.motion import Keypoints
from avatarify.runtime.base import Runtime, RuntimeDescription
from avatarify.settings import MotionSettings
from avatarify.virtual_camera.composition import Composer

FRAME_SIZE = (1280, 720)
"""(width, height) of the virtual camera."""

PORTRAIT_SIZE = 512
"""Side of the portrait where the model leaves the choice; the live call's."""

UNTIMED = NoStopwatch()


class Step(NamedTuple):
    """What a frame became. keypoints: the driving picture's. image: uint8 [N,N,3] RGB."""

    keypoints: Keypoints
    image: Image


class Loop(Protocol):
    """An engine that is ready. Made, used and closed by one thread."""

    @property
    def description(self) -> RuntimeDescription: ...

    def step(self, jpeg: bytes, watch: Stopwatch = UNTIMED) -> Step:
        """A frame of the camera. May raise RuntimeUnavailableError."""
        ...

    def wait(self) -> None:
        """Returns when the device has nothing left to do."""
        ...

    def close(self) -> None:
        """Give memory back. Twice is fine."""
        ...


class RuntimeLoop:
    """As in a call: the portrait encoded once, keypoints carried over relative to the first frame.

    side: of the portrait, None for the model's own or 512. compose: go on to the virtual camera's frame; else end with the
    animated picture. Raises SettingsError for a side that the model cannot make.
    """

    def __init__(self, runtime: Runtime, footage: Footage, *, side: int | None, compose: bool) -> None:
        self._runtime = runtime
        self._animator = Animator(runtime)
        portrait = resized(footage.portrait, picture_side(runtime.config, side))
        self._source = self._animator.encode_source(portrait)
        # Twice the model's size, as in a call (see session.py).
        self._crop_side = 2 * runtime.config.image_size
        self._square = centre_square(_decoded(footage.jpegs[0]))
        self._composer = Composer(FRAME_SIZE) if compose else None
        self._sent = np.empty((FRAME_SIZE[1] * 3 // 2, FRAME_SIZE[0]), np.uint8)
        first = self._square.sample(_in_rgb(_decoded(footage.jpegs[0])), self._crop_side)
        self._reference = self._animator.calibrate(first)
        self._wait = _waiter(runtime.description.device)

    @property
    def description(self) -> RuntimeDescription:
        """What runs where."""
        return self._runtime.description

    def step(self, jpeg: bytes, watch: Stopwatch = UNTIMED) -> Step:
        """See Loop."""
        bgr = _decoded(jpeg)
        watch.lap("decode")
        rgb = _in_rgb(bgr)
        watch.lap("colour")
        face = self._square.sample(rgb, self._crop_side)
        watch.lap("crop")
        driving = self._animator.detect(face)
        watch.lap("detect")
        moved = self._animator.transfer(self._source, self._reference, driving, MotionSettings())
        watch.lap("transfer")
        image = self._animator.generate(self._source, moved)
        watch.lap("generate")
        if self._composer is not None:
            frame = self._composer.compose(image)
            watch.lap("compose")
            cv2.cvtColor(frame, cv2.COLOR_RGB2YUV_I420, dst=self._sent)  # what v4l2loopback is given
            watch.lap("copy")
        return Step(driving, image)

    def wait(self) -> None:
        """See Loop."""
        self._wait()

    def close(self) -> None:
        """See Loop."""
        self._runtime.close()


def picture_side(config: ModelConfig, wanted: int | None) -> int:
    """Side of the animated picture. Raises SettingsError for one that the model cannot make."""
    if config.generator.any_size:
        side = PORTRAIT_SIZE if wanted is None else wanted
        if not 64 <= side <= 4096:
            raise SettingsError(f"The size is {side}.", "Choose 64 to 4096 pixels.")
        return side
    if wanted not in (None, config.image_size):
        raise SettingsError(
            f"The size is {wanted}, but this model makes pictures of {config.image_size}.", "Leave the size out."
        )
    return config.image_size


def _decoded(jpeg: bytes) -> Image:
    """uint8 [H,W,3] BGR."""
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def _in_rgb(bgr: Image) -> Image:
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def _waiter(device: str) -> Callable[[], None]:
    """device: as RuntimeDescription has it. Processors and openvino's devices answer when they are done."""
    if device.startswith("cuda"):
        return partial(torch.cuda.synchronize, device)  # without it the current device's, which is the first
    if device.startswith("mps"):
        return torch.mps.synchronize
    return lambda: None
