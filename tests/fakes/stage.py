"""A whole live call on real parts, but for the devices: a drawn performer, a tiny network, a virtual camera in memory."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import torch

from avatarify.camera.synthetic import SyntheticCamera
from avatarify.errors import CameraError, RuntimeUnavailableError, VirtualCameraError
from avatarify.frame import Frame, Image
from avatarify.live.live import Live
from avatarify.live.request import EngineRequest, LiveRequest
from avatarify.paths import AVATARS
from avatarify.runtime.base import Runtime
from avatarify.runtime.device import DeviceChoice
from avatarify.runtime.eager import EagerRuntime
from avatarify.settings import CalibrationSettings, Settings
from avatarify.virtual_camera.memory_camera import MemoryVirtualCamera
from tests.fakes.live import PATIENCE_S
from tests.fakes.models import tiny_model

SIZE = (640, 480)


class PluggedCamera(SyntheticCamera):
    """A film of the performer, until somebody pulls the plug of its stage."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(size=(160, 120), fps=15)
        self._stage = stage

    def read(self) -> Frame:
        if not self._stage.plugged:
            raise CameraError("The camera was unplugged.", "Plug it in.")
        return super().read()


class Stage:
    """Makes lives for `Call`. plugged: the camera is there. runtime_works, driver_works: so are engine and virtual camera.
    let_start: cleared, a start hangs until it is set, or the patience is at its end."""

    def __init__(self, folder: Path) -> None:
        self.plugged = self.runtime_works = self.driver_works = True
        self.let_start = threading.Event()
        self.let_start.set()
        self.lives: list[Live] = []
        (folder / "avatars").mkdir()
        for name in ("ilse", "kofi"):
            shutil.copy(AVATARS / f"{name}.png", folder / "avatars")
        self.request = LiveRequest(
            folder / "tiny.safetensors",
            camera="a test",
            folders=(folder / "avatars",),
            size=SIZE,
            portrait_size=128,
            output=False,
            settings=Settings(calibration=CalibrationSettings(first_s=0.1)),
        )

    def make_live(self, request: LiveRequest, on_preview: Callable[[], None]) -> Live:
        """What `Call` asks for."""
        self.let_start.wait(PATIENCE_S)
        live = Live(
            self.request,
            open_source=lambda: PluggedCamera(self),
            open_output=self._output,
            load=self._runtime,
            on_preview=on_preview,
        )
        self.lives.append(live)
        return live

    def _output(self, standby: Image) -> MemoryVirtualCamera:
        if not self.driver_works:
            raise VirtualCameraError("There is no virtual camera.", "Load v4l2loopback.")
        return MemoryVirtualCamera(size=SIZE, fps=30)

    def _runtime(self, request: EngineRequest) -> Runtime:
        if not self.runtime_works:
            raise RuntimeUnavailableError("The runtime tiny cannot run here.", "Choose another one.")
        return EagerRuntime(tiny_model(), DeviceChoice(torch.device("cpu"), "a test"))
