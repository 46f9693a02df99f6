"""The compiled runtime, and what it needs."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from avatarify.errors import RuntimeUnavailableError
from avatarify.runtime.base import load_runtime
from avatarify.runtime.compiled import compiled, why_not
from avatarify.runtime.rewrites.networks import Networks
from avatarify.runtime.static import Plan
from avatarify.runtime.torch_steps import TorchBackend
from tests.fakes.models import TINY_CUED, TINY_PLAIN, tiny_model, write_tiny_model

CPU = torch.device("cpu")


def test_without_a_compiler_it_says_what_it_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = write_tiny_model(tmp_path / "tiny.safetensors")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CXX", "no-such-compiler")
    with pytest.raises(RuntimeUnavailableError, match=r"no C\+\+ compiler \(looked for c\+\+, g\+\+"):
        load_runtime("compiled", model=model, device="cpu")


def test_a_compiler_is_found_by_name_or_by_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiler = tmp_path / "my-compiler"
    compiler.write_text("#!/bin/sh\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CXX", "")
    assert why_not(CPU) is not None
    monkeypatch.setenv("CXX", str(compiler))
    assert why_not(CPU) is None
    monkeypatch.setenv("CXX", "")
    compiler.rename(tmp_path / "g++")
    assert why_not(CPU) is None


def test_apple_gpus_are_left_to_eager() -> None:
    assert "Apple" in (why_not(torch.device("mps")) or "")


@torch.inference_mode()
def test_the_largest_steps_are_one_graph_each() -> None:
    """What a compiler would have to leave to Python would stop it."""
    networks = Networks(TINY_CUED, lambda: tiny_model(TINY_CUED))
    count, side = TINY_CUED.num_keypoints, networks.config.small_side
    keypoints = tiny_model(TINY_CUED).detect(torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0)))
    features = torch.rand(1, networks.feature_channels, networks.config.feature_side, networks.config.feature_side)
    given = (features, torch.rand(1, 3, side, side), torch.rand(1, 3, side, side), torch.rand(1, count, side, side))
    motion, decoder = networks.motion(), networks.decoder()
    _, _, *moved = torch.compile(motion, backend="eager", fullgraph=True)(*given, *keypoints, *keypoints)
    assert len(moved) == 3
    assert torch.allclose(moved[2], motion(*given, *keypoints, *keypoints)[4])
    painted = torch.compile(decoder, backend="eager", fullgraph=True)(*moved)
    assert torch.allclose(painted, decoder(*moved))


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")  # torch's own compiler uses what torch deprecates
@torch.inference_mode()
def test_a_compiled_step_gives_what_its_module_gives() -> None:
    reason = why_not(CPU)
    if reason is not None:
        assert "C++ compiler" in reason  # then nothing else can be seen here
        return
    model = tiny_model()
    module = Networks(TINY_PLAIN, lambda: model).composition(16)
    painted = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    step = TorchBackend(CPU, transform=compiled).step(Plan("picture", lambda: module), (painted,))
    for _ in range(2):
        step.run()
        assert torch.equal(step.outputs[0], module(painted))
        painted.add_(0.1)
