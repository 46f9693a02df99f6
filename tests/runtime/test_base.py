"""Asking for a runtime by name, and leaving the choice to the house."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from avatarify.errors import RuntimeUnavailableError
from avatarify.frame import Image
from avatarify.model.config import ModelConfig
from avatarify.model.motion import Keypoints
from avatarify.runtime import base, choice
from avatarify.runtime.base import RUNTIMES, Runtime, RuntimeDescription, RuntimeRequest, Source, load_runtime, tried
from avatarify.runtime.choice import Measured, Order
from avatarify.runtime.device import DeviceChoice
from avatarify.runtime.eager import EagerRuntime
from tests.fakes.models import TINY_BLEND, tiny_model


class NamedRuntime:
    """Knows nothing but its description."""

    def __init__(self, name: str, request: RuntimeRequest) -> None:
        self.description = RuntimeDescription(name, "cpu", "a test", request.precision, request.passed_over)
        self.config: ModelConfig = TINY_BLEND

    def encode_source(self, image: Image) -> Source:
        raise NotImplementedError

    def detect(self, image: Image) -> Keypoints:
        raise NotImplementedError

    def generate(self, source: Source, driving: Keypoints) -> Image:
        raise NotImplementedError

    def close(self) -> None:
        pass


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that is read by nobody, with three runtimes: `fast` is missing something, the others work."""

    def missing(model: Path, request: RuntimeRequest) -> Runtime:
        raise RuntimeUnavailableError("the driver is gone.", "Install it.")

    factories = {
        "fast": missing,
        "middle": lambda model, request: NamedRuntime("middle", request),
        "slow": lambda model, request: NamedRuntime("slow", request),
    }
    monkeypatch.setattr(base, "RUNTIMES", factories)
    monkeypatch.setattr(
        choice, "known_good", lambda device: Order(("fast", "middle", "slow"), ("late: takes a minute",))
    )
    monkeypatch.setenv("AVATARIFY_HOME", str(tmp_path / "home"))
    path = tmp_path / "model"
    path.write_bytes(b"weights")
    return path


def test_the_names_are_those_of_the_documents() -> None:
    assert list(RUNTIMES) == ["cuda-graph", "openvino", "compiled", "eager"]


def test_auto_takes_the_first_that_works_and_tells_what_it_left(model: Path) -> None:
    description = load_runtime(model=model).description
    assert description.name == "middle"
    assert description.passed_over == ("fast: the driver is gone. Install it.", "late: takes a minute")


def test_a_measurement_comes_before_what_is_known(model: Path) -> None:
    found = (Measured("middle", 30.0), Measured("slow", 20.0), Measured("fast", None, "the driver is gone"))
    choice.remember(model, "auto", "auto", found)
    description = load_runtime(model=model).description
    assert description.name == "slow"
    assert description.passed_over == ("middle: 30.0 ms a frame, slow 20.0 (measured here)", "fast: the driver is gone")
    assert load_runtime(model=model, device="cpu").description.name == "middle", "measured for another device"


def test_a_name_is_that_runtime_or_an_error(model: Path) -> None:
    assert load_runtime("slow", model=model).description.passed_over == ()
    with pytest.raises(RuntimeUnavailableError, match=r"the driver is gone\. Install it\."):
        load_runtime("fast", model=model)
    with pytest.raises(RuntimeUnavailableError, match="no runtime 'warp'") as caught:
        load_runtime("warp", model=model)
    assert caught.value.hint == "Choose auto or one of: fast, middle, slow."


def test_when_nothing_works_every_reason_is_told(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "known_good", lambda device: Order(("fast",)))
    with pytest.raises(RuntimeUnavailableError, match=r"No runtime works here \(fast: the driver is gone"):
        load_runtime(model=model)


class FailingRuntime(NamedRuntime):
    """Its device fails with the first portrait."""

    closed = False

    def encode_source(self, image: Image) -> Source:
        raise RuntimeUnavailableError("the device is full.", "Use another.")

    def close(self) -> None:
        self.closed = True


def test_a_runtime_that_fails_at_its_first_frame_is_closed() -> None:
    runtime = FailingRuntime("fast", RuntimeRequest())
    with pytest.raises(RuntimeUnavailableError, match="the device is full"):
        tried(runtime)
    assert runtime.closed


def test_a_runtime_that_works_is_given_back() -> None:
    runtime = EagerRuntime(tiny_model(), DeviceChoice(torch.device("cpu"), "a test"))
    assert tried(runtime) is runtime
    runtime.detect(np.zeros((64, 64, 3), np.uint8))
