"""A whole live call on real parts, but for the devices: a drawn performer, a tiny network, a virtual camera in memory."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import torch

from avatarify.errors import RuntimeUnavailableError
from avatarify.live.live import Live
from avatarify.live.request import EngineRequest, LiveRequest
from avatarify.paths import AVATARS
from avatarify.runtime.base import Runtime
from avatarify.runtime.device import DeviceChoice
from avatarify.runtime.eager import EagerRuntime
from avatarify.settings import CalibrationSettings, Settings
from tests.fakes.devices import SIZE, Devices
from tests.fakes.live import PATIENCE_S
from tests.fakes.models import tiny_model


class Stage(Devices):
    """Makes lives for `Call`. runtime_works: engines can be had. let_start: cleared, a start hangs until it is set, or the
    patience is at its end."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.runtime_works = True
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
            open_source=self.film,
            open_output=self.output,
            load=self._runtime,
            on_preview=on_preview,
        )
        self.lives.append(live)
        return live

    def _runtime(self, request: EngineRequest) -> Runtime:
        if not self.runtime_works:
            raise RuntimeUnavailableError("The runtime tiny cannot run here.", "Choose another one.")
        return EagerRuntime(tiny_model(), DeviceChoice(torch.device("cpu"), "a test"))
