"""The yardstick of speed has the same mathematics as the runtimes, and keeps nothing from frame to frame."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from avatarify.bench.contenders import NaiveContender
from avatarify.bench.footage import Footage, pressed, resized
from avatarify.bench.loop import RuntimeLoop
from avatarify.bench.naive import BlurInFull, NaiveLoop, dense_motion_in_full, relative_motion_in_full
from avatarify.model.blocks import AntiAliasDownsample
from avatarify.model.config import ModelConfig
from avatarify.model.motion import Keypoints, adapt_scale, hull_area, relative_motion
from avatarify.runtime.device import choose_device
from avatarify.runtime.eager import EagerRuntime
from tests.fakes.models import TINY_ANCHORED, TINY_BLEND, TINY_CUED, TINY_PLAIN, tiny_model, write_tiny_model


def keypoints(seed: int, count: int = 10) -> Keypoints:
    generator = torch.Generator().manual_seed(seed)
    value = torch.rand(1, count, 2, generator=generator) - 0.5
    jacobian = torch.eye(2) + 0.2 * torch.rand(1, count, 2, 2, generator=generator)
    return Keypoints(value, jacobian)


def test_blur_in_full_equals_the_strided_one() -> None:
    quick = AntiAliasDownsample(3, 0.25)
    image = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(BlurInFull(quick)(image), quick(image), atol=1e-6)


def test_relative_motion_in_full_equals_ours() -> None:
    source, driving, reference = keypoints(0), keypoints(1), keypoints(2)
    scale = adapt_scale(hull_area(source.value), hull_area(reference.value))
    ours = relative_motion(source, driving, reference, scale=scale)
    found = relative_motion_in_full(source, driving, reference)
    assert torch.allclose(found.value, ours.value, atol=1e-6)
    assert torch.allclose(found.jacobian, ours.jacobian, atol=1e-5)


@pytest.mark.parametrize("config", [TINY_PLAIN, TINY_ANCHORED], ids=["plain", "anchored"])
@torch.inference_mode()
def test_dense_motion_in_full_equals_ours(config: ModelConfig) -> None:
    network = tiny_model(config).generator.dense_motion_network
    small = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    ours = network(small, keypoints(0), keypoints(1))
    found = dense_motion_in_full(network, small, keypoints(0), keypoints(1))
    for a, b in zip(found, ours, strict=True):
        assert torch.allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("config", [TINY_PLAIN, TINY_BLEND, TINY_CUED], ids=["plain", "blend", "cued"])
def test_pictures_are_those_of_the_runtime(config: ModelConfig) -> None:
    side = 64
    noise = np.random.default_rng(0)
    frames = [resized(noise.integers(0, 255, (8, 8, 3), np.uint8), side) for _ in range(3)]
    footage = Footage(pressed(frames, 98), frames[0])
    naive = NaiveLoop(tiny_model(config), footage, side=side, device="cpu")
    runtime = EagerRuntime(tiny_model(config), choose_device("cpu"))  # type: ignore[arg-type]
    ours = RuntimeLoop(runtime, footage, side=side, compose=False)
    for jpeg in footage.jpegs:
        apart = np.abs(naive.step(jpeg).image.astype(int) - ours.step(jpeg).image)
        # The runtime is shown the crop at twice the model's size; of these small pictures an enlargement.
        assert apart.mean() < 3
    naive.close()
    naive.close()
    ours.close()


def test_the_source_is_encoded_for_every_frame() -> None:
    model = tiny_model(TINY_PLAIN)
    calls: list[int] = []
    model.generator.first.register_forward_hook(lambda *_: calls.append(1))
    picture = np.full((64, 64, 3), 90, np.uint8)
    loop = NaiveLoop(model, Footage(pressed([picture], 90), picture), side=None, device="cpu")
    before = len(calls)
    for _ in range(3):
        loop.step(pressed([picture], 90)[0])
    assert len(calls) - before == 3


def test_a_contender_opens_it_from_a_model_file(tmp_path: Path) -> None:
    picture = np.full((64, 64, 3), 90, np.uint8)
    model = write_tiny_model(tmp_path / "tiny.safetensors", TINY_PLAIN)
    loop = NaiveContender(model, "cpu").open(Footage(pressed([picture], 90), picture))
    assert loop.description.name == "naive"
    assert loop.step(pressed([picture], 90)[0]).image.shape == (64, 64, 3)


def test_float32_is_no_tf32_on_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU is only named here: what is looked at is whether cuDNN may round, at the keypoints and in the whole step."""
    picture = np.zeros((64, 64, 3), np.uint8)
    model = tiny_model(TINY_PLAIN)
    loop = NaiveLoop(model, Footage(pressed([picture], 90), picture), side=None, device="cpu")
    allowed: list[bool] = []

    def detect(image: torch.Tensor) -> Keypoints:
        allowed.append(torch.backends.cudnn.allow_tf32)
        return keypoints(0)

    def stepped(*_: object) -> None:
        allowed.append(torch.backends.cudnn.allow_tf32)

    monkeypatch.setattr(model, "detect", detect)
    monkeypatch.setattr(loop, "_stepped", stepped)
    monkeypatch.setattr(loop, "_device", torch.device("cuda"))
    loop._detect(torch.zeros(1))
    loop.step(b"")
    assert allowed == [False, False]
