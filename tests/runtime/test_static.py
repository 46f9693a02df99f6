"""What is common to all runtimes of fixed steps, with plain torch under it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from avatarify.errors import RuntimeUnavailableError
from avatarify.model.config import ModelConfig
from avatarify.runtime.base import RuntimeDescription
from avatarify.runtime.device import DeviceChoice
from avatarify.runtime.eager import EagerRuntime
from avatarify.runtime.rewrites.networks import Networks
from avatarify.runtime.static import StaticRuntime, Step
from avatarify.runtime.torch_steps import TorchBackend
from tests.fakes.models import TINY_BLEND, TINY_PLAIN, tiny_model
from tests.runtime.test_eager import picture

CPU = torch.device("cpu")


def static_runtime(config: ModelConfig = TINY_BLEND, backend: TorchBackend | None = None) -> StaticRuntime:
    model = tiny_model(config)
    description = RuntimeDescription("a test", "cpu", "a test", "float32")
    return StaticRuntime(backend or TorchBackend(CPU), Networks(config, lambda: model), description)


@pytest.mark.parametrize("config", [TINY_BLEND, TINY_PLAIN], ids=["blend", "plain"])
def test_it_gives_what_eager_gives(config: ModelConfig) -> None:
    eager, static = EagerRuntime(tiny_model(config), DeviceChoice(CPU, "a test")), static_runtime(config)
    pictures = []
    for runtime in (eager, static):
        source = runtime.encode_source(picture(96))
        driving = runtime.detect(picture(128, seed=1))
        pictures.append(runtime.generate(source, driving))
    assert pictures[0].shape == pictures[1].shape
    assert np.abs(pictures[0].astype(int) - pictures[1]).max() <= 1
    assert eager.detect(picture(128)).value.numpy() == pytest.approx(
        static.detect(picture(128)).value.numpy(), abs=1e-5
    )


def test_sources_of_several_sizes_live_side_by_side() -> None:
    runtime = static_runtime()
    small, large, other = (runtime.encode_source(picture(*each)) for each in ((64, 0), (128, 0), (64, 5)))
    driving = runtime.detect(picture(64, seed=1))
    first = [runtime.generate(source, driving) for source in (small, large, other)]
    assert [each.shape[0] for each in first] == [64, 128, 64]
    assert not np.array_equal(first[0], first[2])
    again = [runtime.generate(source, driving) for source in (other, small, large)]
    for before, after in zip(first, (again[1], again[2], again[0]), strict=True):
        assert np.array_equal(before, after)


def test_nothing_that_was_given_out_is_written_to_again() -> None:
    runtime = static_runtime()
    source, driving = runtime.encode_source(picture(64)), runtime.detect(picture(64, seed=1))
    shown = runtime.generate(source, driving)
    kept_value, kept_picture = driving.value.clone(), shown.copy()
    runtime.encode_source(picture(64, seed=3))
    runtime.generate(source, runtime.detect(picture(64, seed=2)))
    assert torch.equal(driving.value, kept_value)
    assert np.array_equal(shown, kept_picture)


def test_sizes_without_end_do_not_fill_the_memory() -> None:
    runtime = static_runtime()
    for size in range(64, 64 + 8 * 9, 8):
        runtime.detect(picture(size))
    assert len(runtime._looks) == 6


def test_a_portrait_comes_back_after_many_other_sizes() -> None:
    runtime = static_runtime()
    source = runtime.encode_source(picture(64))
    driving = runtime.detect(picture(64, seed=1))
    before = runtime.generate(source, driving)
    for size in range(72, 72 + 8 * 8, 8):  # as another avatar's sizes, encoded ahead: its buffers are given up
        runtime.encode_source(picture(size))
    assert np.array_equal(runtime.generate(source, driving), before)


def test_a_closed_runtime_holds_nothing() -> None:
    runtime = static_runtime()
    runtime.detect(picture(64))
    motion = weakref.ref(runtime._steps.motion)
    runtime.close()
    runtime.close()
    gc.collect()
    assert motion() is None
    with pytest.raises(AssertionError, match="closed"):
        runtime.detect(picture(64))


class FullBackend(TorchBackend):
    """Makes steps as the other; its device has no memory left when they are to run in a chain."""

    full = True

    def chain(self, *steps: Step) -> Callable[[], None]:
        plain = super().chain(*steps)

        def run() -> None:
            if self.full:
                raise torch.cuda.OutOfMemoryError("out of memory")
            plain()

        return run


def test_a_full_device_makes_the_runtime_unavailable() -> None:
    backend = FullBackend(CPU)
    runtime = static_runtime(backend=backend)
    with pytest.raises(RuntimeUnavailableError, match=r"failed \(out of memory\)"):
        runtime.detect(picture(64))
    with pytest.raises(RuntimeUnavailableError, match=r"failed \(out of memory\)"):
        runtime.encode_source(picture(64))
    backend.full = False
    source, driving = runtime.encode_source(picture(64)), runtime.detect(picture(64))
    backend.full = True
    with pytest.raises(RuntimeUnavailableError, match=r"failed \(out of memory\)"):
        runtime.generate(source, driving)


def test_a_picture_that_is_not_square_is_refused() -> None:
    with pytest.raises(ValueError, match="wanted square uint8"):
        static_runtime().detect(np.zeros((64, 65, 3), np.uint8))


def test_a_portrait_that_does_not_fit_leaves_nothing_of_itself() -> None:
    """Such as one that another model has encoded: nobody shall see it in place of the one that is shown."""
    runtime = static_runtime()
    shown, other = runtime.encode_source(picture(64)), runtime.encode_source(picture(64, seed=5))
    driving = runtime.detect(picture(64, seed=1))
    before = runtime.generate(shown, driving)
    foreign = replace(other, features=(*other.features[:-1], torch.zeros(1, 7, 7, 7)))
    with pytest.raises(RuntimeError):
        runtime.generate(foreign, driving)
    assert np.array_equal(runtime.generate(shown, driving), before)
