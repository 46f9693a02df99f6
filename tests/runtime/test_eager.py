"""The plain runtime gives what the networks give."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from avatarify.errors import CheckpointError, RuntimeUnavailableError
from avatarify.frame import Image
from avatarify.model.config import ModelConfig
from avatarify.model.generator import SourceFeatures
from avatarify.model.motion import Keypoints
from avatarify.model.network import FirstOrderModel
from avatarify.runtime.base import load_runtime
from avatarify.runtime.device import DeviceChoice
from avatarify.runtime.eager import EagerRuntime
from tests.fakes.models import TINY_BLEND, TINY_PLAIN, tiny_model, write_tiny_model

CPU = DeviceChoice(torch.device("cpu"), "a test")


def picture(size: int, seed: int = 0) -> Image:
    coarse = np.random.default_rng(seed).integers(0, 256, (8, 8, 3)).astype(np.uint8)
    return np.asarray(coarse.repeat(size // 8, 0).repeat(size // 8, 1))


@pytest.mark.parametrize(("config", "side"), [(TINY_BLEND, 96), (TINY_PLAIN, 64)], ids=["blend", "plain"])
def test_uint8_in_uint8_out_equals_the_networks(config: ModelConfig, side: int) -> None:
    model, runtime = tiny_model(config), EagerRuntime(tiny_model(config), CPU)
    image, driver = picture(96), picture(96, seed=1)
    out = runtime.generate(runtime.encode_source(image), runtime.detect(driver))
    pixels, driving = (torch.from_numpy(each).permute(2, 0, 1)[None] / 255 for each in (image, driver))
    expected = model(model.encode(pixels), model.detect(pixels), model.detect(driving)).image
    assert out.dtype == np.uint8
    assert out.shape == (side, side, 3)
    wanted = (expected[0].permute(1, 2, 0) * 255).round().numpy()
    np.testing.assert_allclose(out, wanted, rtol=0, atol=1)
    assert (out == wanted).mean() > 0.99, "rounded, not cut off"


def test_a_source_is_a_value_that_can_be_kept() -> None:
    runtime = EagerRuntime(tiny_model(), CPU)
    first, second = runtime.encode_source(picture(64)), runtime.encode_source(picture(64, seed=5))
    driving = runtime.detect(picture(64, seed=1))
    before = runtime.generate(first, driving)
    assert not np.array_equal(before, runtime.generate(second, driving))
    assert np.array_equal(before, runtime.generate(first, driving))


def test_description_tells_what_runs(tmp_path: Path) -> None:
    runtime = load_runtime("eager", model=write_tiny_model(tmp_path / "tiny.safetensors"), device="cpu")
    assert runtime.description.name == "eager"
    assert runtime.description.precision == "float32"
    assert str(runtime.description).startswith("eager on cpu (")
    assert runtime.config == TINY_BLEND
    runtime.close()
    runtime.close()


def test_what_cannot_be_had_is_told(tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "tiny.safetensors")
    with pytest.raises(RuntimeUnavailableError, match="no runtime 'warp'"):
        load_runtime("warp", model=model)
    with pytest.raises(RuntimeUnavailableError, match="float16 is not offered on the CPU"):
        load_runtime("eager", model=model, device="cpu", precision="float16")
    with pytest.raises(RuntimeUnavailableError, match="no precision 'int3'"):
        load_runtime("eager", model=model, device="cpu", precision="int3")
    with pytest.raises(RuntimeUnavailableError, match="float16 is not offered"):
        load_runtime("auto", model=model, device="cpu", precision="float16")
    with pytest.raises(CheckpointError):
        load_runtime("auto", model=tmp_path / "absent.safetensors", device="cpu")


def test_a_picture_that_must_not_be_written_is_taken() -> None:
    image = picture(64)
    image.flags.writeable = False
    assert EagerRuntime(tiny_model(), CPU).detect(image).value.shape == (1, 10, 2)


@pytest.mark.parametrize("shape", [(64, 65, 3), (64, 64), (64, 64, 4)])
def test_a_picture_of_the_wrong_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="wanted square uint8"):
        EagerRuntime(tiny_model(), CPU).detect(np.zeros(shape, np.uint8))


class FullDevice(FirstOrderModel):
    """A model whose device has no memory left, from the call of this name on."""

    full_at = "detect"

    def detect(self, image: torch.Tensor) -> Keypoints:
        return self._fail_at("detect") or super().detect(image)

    def encode(self, image: torch.Tensor) -> SourceFeatures:
        return self._fail_at("encode") or super().encode(image)

    def _fail_at(self, name: str) -> None:
        if self.full_at == name:
            raise torch.cuda.OutOfMemoryError("out of memory")


@pytest.mark.parametrize("full_at", ["to", "detect", "encode", "decode"])
def test_a_full_device_makes_the_runtime_unavailable(full_at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = FullDevice(TINY_BLEND).eval()
    model.full_at = full_at
    if full_at == "to":
        monkeypatch.setattr(model, "to", lambda device: model._fail_at("to"))
    if full_at == "decode":
        monkeypatch.setattr(model.generator, "decode", lambda *_: model._fail_at("decode"))

    def frame() -> Image:
        runtime = EagerRuntime(model, CPU)
        return runtime.generate(runtime.encode_source(picture(64)), runtime.detect(picture(64)))

    with pytest.raises(RuntimeUnavailableError, match=r"'cpu' failed \(out of memory\)"):
        frame()


def test_float32_is_exact_in_every_step_on_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = EagerRuntime(tiny_model(), CPU)
    monkeypatch.setattr(runtime, "_device", torch.device("cuda"))
    with runtime._reduced():
        assert not torch.backends.cudnn.allow_tf32


@pytest.mark.cuda
def test_keypoints_on_cuda_are_those_of_the_cpu() -> None:
    model, runtime = (
        tiny_model(TINY_PLAIN),
        EagerRuntime(tiny_model(TINY_PLAIN), DeviceChoice(torch.device("cuda"), "a test")),
    )
    pixels = torch.from_numpy(picture(64)).permute(2, 0, 1)[None] / 255
    expected, found = model.detect(pixels), runtime.detect(picture(64))
    torch.testing.assert_close(found.value.cpu(), expected.value, rtol=0, atol=1e-4)
    torch.testing.assert_close(found.jacobian.cpu(), expected.jacobian, rtol=0, atol=1e-4)


@pytest.mark.cuda
def test_float16_on_cuda_is_close_to_float32() -> None:
    choice = DeviceChoice(torch.device("cuda"), "a test")
    images = []
    for precision in ("float32", "float16"):
        runtime = EagerRuntime(tiny_model(TINY_PLAIN), choice, precision)
        images.append(runtime.generate(runtime.encode_source(picture(64)), runtime.detect(picture(64, seed=1))))
    np.testing.assert_allclose(images[0].astype(int), images[1].astype(int), rtol=0, atol=3)
