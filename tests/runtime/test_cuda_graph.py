"""The buffers of recorded chains, on the processor with a recorder that replays by calling again; the real thing on a GPU."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from avatarify.errors import RuntimeUnavailableError
from avatarify.model.config import ModelConfig
from avatarify.runtime import cuda_graph
from avatarify.runtime.base import load_runtime
from avatarify.runtime.cuda_graph import CudaGraphBackend
from avatarify.runtime.device import DeviceChoice
from avatarify.runtime.static import Plan, Step
from tests.fakes.models import TINY_ANCHORED, TINY_CUED, TINY_PLAIN, write_tiny_model
from tests.runtime.test_eager import picture
from tests.runtime.test_static import static_runtime


class CallingRecorder:
    """Replays by calling again, and counts."""

    def __init__(self) -> None:
        self.recorded = 0
        self.replayed = 0

    def record(self, work: Callable[[], None]) -> Callable[[], None]:
        self.recorded += 1

        def replay() -> None:
            self.replayed += 1
            work()

        return replay


def test_a_frame_is_two_replays_and_nothing_is_recorded_twice() -> None:
    recorder = CallingRecorder()
    backend = CudaGraphBackend(torch.device("cpu"), reduced=torch.float32, record=recorder.record)
    runtime, plain = static_runtime(backend=backend), static_runtime()
    sources = [each.encode_source(picture(96)) for each in (runtime, plain)]
    assert recorder.recorded == 3, "keypoints, portrait, frame"
    for seed in range(1, 4):
        before = recorder.replayed
        driving = runtime.detect(picture(96, seed))
        shown = runtime.generate(sources[0], driving)
        assert recorder.replayed == before + 2
        assert np.array_equal(shown, plain.generate(sources[1], driving))
    assert recorder.recorded == 3
    runtime.close()


def test_buffers_stay_where_a_graph_expects_them() -> None:
    recorder = CallingRecorder()
    runtime = static_runtime(
        backend=CudaGraphBackend(torch.device("cpu"), reduced=torch.float32, record=recorder.record)
    )
    places = []
    for seed in range(3):
        source = runtime.encode_source(picture(96, seed))
        runtime.generate(source, runtime.detect(picture(96, seed + 7)))
        tensors = (*runtime._source, *runtime._driving, *runtime._steps.motion.outputs, *runtime._steps.decoder.outputs)
        tensors += (runtime._seen, runtime._animations[96].picture, runtime._animations[96].portrait)
        places.append([tensor.data_ptr() for tensor in tensors])
    assert places[0] == places[1] == places[2]


def test_a_decoder_in_half_precision_stays_near() -> None:
    backend = CudaGraphBackend(torch.device("cpu"), reduced=torch.float16, record=CallingRecorder().record)
    runtime, plain = static_runtime(TINY_PLAIN, backend), static_runtime(TINY_PLAIN)
    pictures = []
    for each in (runtime, plain):
        source = each.encode_source(picture(64))
        pictures.append(each.generate(source, each.detect(picture(64, seed=1))).astype(int))
    assert 0 < np.abs(pictures[0] - pictures[1]).max() <= 3


@pytest.mark.parametrize("at", ["made", "recorded"])
def test_a_full_gpu_is_told_when_it_is_loaded(at: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recording comes with the first frame, which `load` therefore makes. The processor stands in for the card."""

    class FullCard(CudaGraphBackend):
        def step(self, plan: Plan, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...] = ()) -> Step:
            if at == "made":
                raise torch.cuda.OutOfMemoryError("CUDA out of memory")
            return super().step(plan, inputs, outputs)

        def chain(self, *steps: Step) -> Callable[[], None]:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory")

    backend = FullCard(torch.device("cpu"), reduced=torch.float32, record=lambda work: work)
    card = DeviceChoice(torch.device("cuda"), "a card")
    monkeypatch.setattr(cuda_graph, "choose_device", lambda wanted: card)
    monkeypatch.setattr(cuda_graph, "CudaGraphBackend", lambda *_, **__: backend)
    with pytest.raises(RuntimeUnavailableError, match=r"failed \(CUDA out of memory\)"):
        load_runtime("cuda-graph", model=write_tiny_model(tmp_path / "tiny.safetensors"))


def test_without_an_nvidia_gpu_it_says_so(tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "tiny.safetensors")
    with pytest.raises(RuntimeUnavailableError, match="need an NVIDIA GPU, not 'cpu'"):
        load_runtime("cuda-graph", model=model, device="cpu")
    if not torch.cuda.is_available():
        with pytest.raises(RuntimeUnavailableError, match="'cuda' cannot be used: torch"):
            load_runtime("cuda-graph", model=model)


@pytest.mark.cuda
@pytest.mark.parametrize("config", [TINY_PLAIN, TINY_ANCHORED, TINY_CUED], ids=["plain", "anchored", "cued"])
@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_on_a_gpu_it_gives_what_eager_gives(tmp_path: Path, precision: str, config: ModelConfig) -> None:
    model = write_tiny_model(tmp_path / "tiny.safetensors", config)
    pictures = []
    for name, wanted in (("eager", "float32"), ("cuda-graph", precision)):
        runtime = load_runtime(name, model=model, device="cuda", precision=wanted)
        source = runtime.encode_source(picture(64))
        for seed in range(1, 4):
            pictures.append(runtime.generate(source, runtime.detect(picture(64, seed))).astype(int))
        runtime.close()
    for expected, found in zip(pictures[:3], pictures[3:], strict=True):
        assert np.abs(expected - found).max() <= (1 if precision == "float32" else 3)
