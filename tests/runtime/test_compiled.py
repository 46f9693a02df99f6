from __future__ import annotations

from pathlib import Path

import pytest
import torch

from avatarify.errors import RuntimeUnavailableError
from avatarify.runtime.base import load_runtime
from avatarify.runtime.compiled import why_not
from tests.fakes.models import write_tiny_model

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
