"""What makes training faster, without changing it."""

from __future__ import annotations

import pytest
import torch

from avatarify.errors import RuntimeUnavailableError
from avatarify.model.network import FirstOrderModel
from avatarify.train.speed import compile_parts, denormals_flushed, to_channels_last
from tests.train.films import TINY_MODEL


def test_layout_of_weights() -> None:
    model = FirstOrderModel(TINY_MODEL)
    to_channels_last(model)
    assert model.generator.bottleneck.r0.conv1.weight.is_contiguous(memory_format=torch.channels_last)  # type: ignore[union-attr]


def test_numbers_near_zero_are_zero_only_meanwhile() -> None:
    tiny = torch.tensor([1e-39, -1e-39])
    with denormals_flushed():
        flushed = (tiny * 1.0).abs().sum() == 0
    assert flushed or not torch.set_flush_denormal(False), "or this processor cannot"
    assert (tiny * 1.0).abs().sum() > 0
    with pytest.raises(KeyError), denormals_flushed():
        raise KeyError
    assert (tiny * 1.0).abs().sum() > 0


def test_no_compiler_is_told_before_the_first_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    with pytest.raises(RuntimeUnavailableError, match="no-such-compiler"):
        compile_parts(FirstOrderModel(TINY_MODEL))


@pytest.mark.filterwarnings("ignore::DeprecationWarning:torch")  # its own, at the first import of the compiler
def test_compilation_keeps_the_names_of_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: name)  # nothing is compiled before the first batch
    model = FirstOrderModel(TINY_MODEL)
    names = list(model.state_dict())
    compile_parts(model)
    assert list(model.state_dict()) == names
    assert model.kp_detector.predictor._compiled_call_impl is not None
