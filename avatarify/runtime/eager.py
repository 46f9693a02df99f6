"""Plain torch, layer by layer: every device, no warm-up. float32 is the yardstick that other runtimes are held against."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from avatarify.errors import RuntimeUnavailableError
from avatarify.frame import Image
from avatarify.model.checkpoint import load_checkpoint
from avatarify.model.config import ModelConfig
from avatarify.model.generator import SourceFeatures
from avatarify.model.motion import Keypoints, hull_area
from avatarify.model.network import FirstOrderModel
from avatarify.runtime.base import RuntimeDescription, RuntimeRequest, Source, as_square, tried
from avatarify.runtime.device import DeviceChoice, choose_device, exact, failures_told

PRECISIONS = {"float32": torch.float32, "float16": torch.float16}


class EagerRuntime:
    """Motion in float32; the decoder in float16 on a GPU that has it, by autocast."""

    def __init__(
        self,
        model: FirstOrderModel,
        choice: DeviceChoice,
        precision: str = "auto",
        *,
        passed_over: tuple[str, ...] = (),
    ) -> None:
        self._device = choice.device
        self._precision = chosen_precision(precision, choice.device)
        with failures_told(choice.device):
            self._model: FirstOrderModel = model.to(choice.device)
        self._description = RuntimeDescription(
            "eager", str(choice.device), choice.name, self._precision, (*passed_over, *choice.passed_over)
        )

    @classmethod
    def load(cls, model: Path, request: RuntimeRequest) -> EagerRuntime:
        """Read a checkpoint and put it on the device. Raises CheckpointError, RuntimeUnavailableError."""
        choice = choose_device(request.device)
        runtime = cls(load_checkpoint(model).build(), choice, request.precision, passed_over=request.passed_over)
        return runtime if choice.device.type == "cpu" else tried(runtime)

    @property
    def description(self) -> RuntimeDescription:
        """What runs where."""
        return self._description

    @property
    def config(self) -> ModelConfig:
        """The model's shape."""
        return self._model.config

    @torch.inference_mode()
    def encode_source(self, image: Image) -> Source:
        """image: uint8 [N,N,3] RGB."""
        with failures_told(self._device):
            pixels = self._upload(image)
            with exact(self._device):
                keypoints = self._model.detect(pixels)
            with self._reduced():
                features = self._model.encode(pixels)
            return Source(image, keypoints, hull_area(keypoints.value), features)

    @torch.inference_mode()
    def detect(self, image: Image) -> Keypoints:
        """image: uint8 [N,N,3] RGB."""
        with failures_told(self._device), exact(self._device):
            return self._model.detect(self._upload(image))

    @torch.inference_mode()
    def generate(self, source: Source, driving: Keypoints) -> Image:
        """The moved portrait, uint8 [N,N,3] RGB."""
        generator, features = self._model.generator, SourceFeatures(*source.features)
        with failures_told(self._device):
            with exact(self._device):
                motion = generator.motion(features, source.keypoints, driving)
            with self._reduced():
                decoded = generator.decode(features, motion)
            prediction = generator.compose(features, motion, decoded, self.config.image_size)
            return _download(prediction.image)

    def close(self) -> None:
        """Give the device's memory back."""
        self._model = self._model.to("meta")
        if self._device.type == "cuda":
            torch.cuda.empty_cache()

    def _upload(self, image: Image) -> Tensor:
        pixels = torch.from_numpy(np.require(as_square(image), requirements=["C", "W"])).to(self._device)
        return pixels.permute(2, 0, 1)[None].to(torch.float32) / 255  # [1,3,N,N]

    def _reduced(self) -> AbstractContextManager[object]:
        """For what may run in fewer bits; float32 is no fewer anywhere."""
        if self._precision == "float32":
            return exact(self._device)
        return torch.autocast(self._device.type, PRECISIONS[self._precision])


def _download(image: Tensor) -> Image:
    """[1,3,N,N] in [0,1] -> uint8 [N,N,3], rounded."""
    pixels = (image[0].permute(1, 2, 0) * 255).round_().clamp_(0, 255).to(torch.uint8)
    result: Image = pixels.contiguous().cpu().numpy()
    return result


def chosen_precision(wanted: str, device: torch.device) -> str:
    """ "auto" is float16 on CUDA, float32 elsewhere: a CPU computes float16 more slowly than float32."""
    if wanted == "auto":
        return "float16" if device.type == "cuda" else "float32"
    if wanted not in PRECISIONS:
        raise RuntimeUnavailableError(
            f"There is no precision {wanted!r}.", f"Choose auto or one of: {', '.join(PRECISIONS)}."
        )
    if wanted == "float16" and device.type == "cpu":
        raise RuntimeUnavailableError(
            "float16 is not offered on the CPU, where it is slower.", "Use --precision float32."
        )
    return wanted
