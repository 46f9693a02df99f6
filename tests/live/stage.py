"""A live call on real parts, but for the devices: a drawn performer, tiny networks, virtual cameras in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from avatarify.avatars import Avatars
from avatarify.errors import CheckpointError
from avatarify.frame import Frame, Image
from avatarify.live.governor import Level
from avatarify.live.live import Live
from avatarify.live.output import OpenCamera
from avatarify.live.pace import Pace
from avatarify.live.request import EngineRequest, LiveRequest, LiveStatus
from avatarify.model.motion import Keypoints
from avatarify.pipeline.gate import Showing
from avatarify.pipeline.options import PipelineOptions
from avatarify.runtime.base import Runtime, Source
from avatarify.runtime.device import DeviceChoice
from avatarify.runtime.eager import EagerRuntime
from avatarify.settings import CalibrationSettings, Settings
from avatarify.virtual_camera.standby import PAUSE_PICTURE, load_standby
from tests.fakes.devices import SIZE, Devices
from tests.fakes.live import until
from tests.fakes.models import TINY_BLEND, TINY_PLAIN, tiny_model

QUICK = Settings(calibration=CalibrationSettings(first_s=0.1))
BY_HAND = Settings(calibration=CalibrationSettings(automatic=False))
CPU = DeviceChoice(torch.device("cpu"), "a test")


class TracedRuntime(EagerRuntime):
    """Remembers who closed it."""

    closed_by: str | None = None

    def close(self) -> None:
        self.closed_by = threading.current_thread().name
        super().close()


class GreyRuntime(TracedRuntime):
    """Loads like any other, and paints everything grey."""

    def generate(self, source: Source, driving: Keypoints) -> Image:
        return np.full_like(super().generate(source, driving), 128)


class Stage(Devices):
    """What stands in for the devices and the models of a call.

    Model files do not exist: their name tells what is made of them: tiny blends, plain paints at 64 pixels, grey paints grey,
    anything else cannot be loaded.
    """

    def __init__(
        self,
        folder: Path,
        settings: Settings = QUICK,
        *,
        output: bool = True,
        model: str = "tiny",
        portrait_size: int = 128,
        on_preview: Callable[[], None] | None = None,
        camera: OpenCamera | None = None,
        avatar: str | None = None,
        avatars: Avatars | None = None,
        pipeline: PipelineOptions | None = None,
    ) -> None:
        """camera: opens another virtual camera than the one in memory. avatars: others than those of the folder."""
        super().__init__()
        self.folder = folder
        self.runtimes: list[TracedRuntime] = []
        self.may_load = threading.Event()
        self.may_load.set()
        self.loading = threading.Event()
        request = LiveRequest(
            self.model(model),
            camera="a test",
            avatar=avatar,
            folders=(folder / "avatars",),
            output=output,
            size=SIZE,
            portrait_size=portrait_size,
            settings=settings,
            pipeline=pipeline or PipelineOptions(rest_unread=True),
        )
        self.live = Live(
            request,
            open_source=self.film,
            open_output=camera or self.output,
            load=self.load,
            avatars=avatars,
            on_preview=on_preview,
        )

    def model(self, name: str) -> Path:
        return self.folder / f"{name}.safetensors"

    def load(self, wanted: EngineRequest) -> Runtime:
        self.loading.set()
        self.may_load.wait(30)
        kinds = {
            "tiny": (TracedRuntime, TINY_BLEND),
            "plain": (TracedRuntime, TINY_PLAIN),
            "grey": (GreyRuntime, TINY_BLEND),
        }
        if wanted.model.stem not in kinds:
            raise CheckpointError(f"{wanted.model} cannot be read.", "Download it again.")
        kind, config = kinds[wanted.model.stem]
        self.runtimes.append(kind(tiny_model(config), CPU))
        return self.runtimes[-1]

    def wait_for(self, showing: Showing) -> LiveStatus:
        until(lambda: self.live.status().pipeline.showing is showing, f"for {showing}: {self.live.status()}")
        return self.live.status()

    def picture(self) -> Image:
        return self.outputs[-1].pictures[-1]


LOW = Level(3, 5.0, 64, 12.0)


class Lowered(Pace):
    """Asks for the lowest level after so many frames."""

    after = 3

    def stepped(self, frame: Frame, began: float, ended: float) -> Level:
        self.after -= 1
        if self.after == 0:
            self._level = LOW
        return self._level


def standby() -> Image:
    return load_standby(SIZE).image


def pause_picture() -> Image:
    return load_standby(SIZE, PAUSE_PICTURE).image
