"""NVIDIA GPUs: a frame is one replay of a recorded graph, so the processor launches one thing instead of two hundred."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch

from avatarify.errors import RuntimeUnavailableError
from avatarify.model.checkpoint import load_checkpoint
from avatarify.runtime.base import RuntimeDescription, RuntimeRequest, tried
from avatarify.runtime.device import choose_device, failures_told
from avatarify.runtime.eager import chosen_precision
from avatarify.runtime.rewrites.networks import Networks
from avatarify.runtime.static import StaticRuntime, Step
from avatarify.runtime.torch_steps import PRECISIONS, TorchBackend

Work = Callable[[], None]
_ROUNDS = 3  # before recording: cuDNN chooses its kernels, and memory is at hand


class CudaGraphRuntime(StaticRuntime):
    """Motion in float32; the decoder in float16 with channels last."""

    @classmethod
    def load(cls, model: Path, request: RuntimeRequest) -> CudaGraphRuntime:
        """Read a checkpoint and record it. Raises CheckpointError, RuntimeUnavailableError."""
        choice = choose_device("cuda" if request.device == "auto" else request.device)
        if choice.device.type != "cuda":
            raise RuntimeUnavailableError(
                f"CUDA graphs need an NVIDIA GPU, not {request.device!r}.", "Choose another --device or --runtime."
            )
        precision = chosen_precision(request.precision, choice.device)
        checkpoint = load_checkpoint(model)
        description = RuntimeDescription("cuda-graph", str(choice.device), choice.name, precision, request.passed_over)
        backend = CudaGraphBackend(choice.device, reduced=PRECISIONS[precision], record=Recorder(choice.device))
        with failures_told(choice.device):
            runtime = cls(backend, Networks(checkpoint.config, checkpoint.build), description)
        return tried(runtime)  # recording asks for more memory, and comes with the first frame


class CudaGraphBackend(TorchBackend):
    """Records chains of steps. record: takes what is to be recorded, returns what replays it."""

    def __init__(self, device: torch.device, *, reduced: torch.dtype, record: Callable[[Work], Work]) -> None:
        super().__init__(device, reduced=reduced)
        self._record = record

    def chain(self, *steps: Step) -> Work:
        """All of them as one graph. It reads and writes the steps' buffers, which therefore never move."""
        return self._record(super().chain(*steps))

    def close(self) -> None:
        """Graphs go with the passes that hold them; what they used goes back to the driver."""
        if self.device.type == "cuda":
            torch.cuda.empty_cache()


class Recorder:
    """Runs work on a stream aside, then records it. Streams and graphs belong to the current device, hence the `with`."""

    def __init__(self, device: torch.device) -> None:
        self._device = device

    def __call__(self, work: Work) -> Work:
        with torch.cuda.device(self._device):
            aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
            aside.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(aside):
                for _ in range(_ROUNDS):
                    work()
            torch.cuda.current_stream().wait_stream(aside)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, capture_error_mode="thread_local"):  # the call goes on in another thread
                work()

        def replay() -> None:
            with torch.cuda.device(self._device):
                graph.replay()

        return replay
