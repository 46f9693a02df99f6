"""What a runtime promises, and the table of those there are: asked for by name, or tried in order with every reason kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt
from torch import Tensor

from avatarify.errors import RuntimeUnavailableError
from avatarify.frame import Image
from avatarify.model.config import ModelConfig
from avatarify.model.motion import Keypoints


@dataclass(frozen=True, eq=False)
class Source:
    """A portrait, encoded once. image: uint8 [N,N,3] RGB at the output's size. keypoints: its own, on the runtime's device.
    hull_area: of those keypoints, in squared units of [-1,1]. features: what the generator of the runtime that made it takes."""

    image: Image
    keypoints: Keypoints
    hull_area: float
    features: tuple[Tensor, ...]


class Runtime(Protocol):
    """Runs a model on one device. No method is called from two threads at once; it may be made and tried in one thread, then
    used and closed in another.

    Pictures are square uint8 [N,N,3] RGB, any N. Keypoints stay on the device. Every method may raise
    RuntimeUnavailableError when the device fails for good (out of memory, driver gone).
    """

    @property
    def description(self) -> RuntimeDescription: ...

    @property
    def config(self) -> ModelConfig: ...

    def encode_source(self, image: Image) -> Source:
        """The expensive step, once per portrait. The output has the image's own size if the model makes any size, else the model's."""
        ...

    def detect(self, image: Image) -> Keypoints:
        """The keypoints of one driving picture, [1,K,2] and [1,K,2,2]."""
        ...

    def generate(self, source: Source, driving: Keypoints) -> Image:
        """The portrait moved to the driving keypoints, uint8 [N,N,3] RGB; a new array each time."""
        ...

    def close(self) -> None:
        """Give memory back. Twice is fine; nothing else may be called afterwards."""
        ...


@dataclass(frozen=True)
class RuntimeDescription:
    """What runs, in words for the status line. name: the table's. device: "cpu", "cuda:0". device_name: as its maker calls it.
    precision: of the decoder; motion is always float32. passed_over: why each better choice is not there."""

    name: str
    device: str
    device_name: str
    precision: str
    passed_over: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} on {self.device} ({self.device_name}), {self.precision}"


@dataclass(frozen=True)
class RuntimeRequest:
    """What the user asked for; "auto" leaves the choice to us. device: auto, cpu, cuda, cuda:1, mps, gpu (Intel's, for openvino).
    precision: auto, float32, float16, bfloat16, int8. passed_over: why runtimes before this one were not taken, for its description."""

    device: str = "auto"
    precision: str = "auto"
    passed_over: tuple[str, ...] = ()


_Made = TypeVar("_Made", bound=Runtime)

RuntimeFactory = Callable[[Path, RuntimeRequest], Runtime]


def _eager(model: Path, request: RuntimeRequest) -> Runtime:
    from avatarify.runtime.eager import EagerRuntime

    return EagerRuntime.load(model, request)


def _openvino(model: Path, request: RuntimeRequest) -> Runtime:
    from avatarify.runtime.openvino import OpenVinoRuntime

    return OpenVinoRuntime.load(model, request)


def _compiled(model: Path, request: RuntimeRequest) -> Runtime:
    from avatarify.runtime.compiled import CompiledRuntime

    return CompiledRuntime.load(model, request)


def _cuda_graph(model: Path, request: RuntimeRequest) -> Runtime:
    from avatarify.runtime.cuda_graph import CudaGraphRuntime

    return CudaGraphRuntime.load(model, request)


RUNTIMES: dict[str, RuntimeFactory] = {
    "cuda-graph": _cuda_graph,
    "openvino": _openvino,
    "compiled": _compiled,
    "eager": _eager,
}


def load_runtime(name: str = "auto", *, model: Path, device: str = "auto", precision: str = "auto") -> Runtime:
    """A runtime by name, or with "auto" the best that works here. model: a checkpoint file.

    Raises RuntimeUnavailableError with every reason, and CheckpointError for the file.
    """
    if name != "auto":
        if name not in RUNTIMES:
            raise RuntimeUnavailableError(
                f"There is no runtime {name!r}.", f"Choose auto or one of: {', '.join(RUNTIMES)}."
            )
        return RUNTIMES[name](model, RuntimeRequest(device, precision))
    from avatarify.runtime.choice import order

    chosen = order(model, device, precision)
    reasons: list[str] = []
    for candidate in chosen.names:
        left = tuple(reason for reason in chosen.left if not reason.startswith(f"{candidate}:"))
        try:
            return RUNTIMES[candidate](model, RuntimeRequest(device, precision, (*reasons, *left)))
        except RuntimeUnavailableError as error:
            reasons.append(f"{candidate}: {error}")
    raise RuntimeUnavailableError(f"No runtime works here ({'; '.join(reasons)}).", "`doctor` shows the details.")


def tried(runtime: _Made) -> _Made:
    """The same after a frame of a grey portrait: what a device cannot do shows at the start, when there is a choice, and not in
    a call. Raises RuntimeUnavailableError, and closes it."""
    side = runtime.config.image_size
    grey = np.full((side, side, 3), 128, np.uint8)
    try:
        runtime.generate(runtime.encode_source(grey), runtime.detect(grey))
    except BaseException:
        runtime.close()
        raise
    return runtime


def as_square(image: npt.NDArray[np.uint8]) -> Image:
    """Check a picture at the door. Raises ValueError, which is a programming error: cropping is done before."""
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.shape[0] != image.shape[1]:
        raise ValueError(f"got an image of {image.dtype} {image.shape}, wanted square uint8 [N,N,3]")
    return image
