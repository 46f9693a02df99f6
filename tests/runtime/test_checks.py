"""Whether a runtime can work here: each one's own check."""

from __future__ import annotations

import builtins
import sys

import pytest

from avatarify.runtime import compiled, device
from avatarify.runtime.base import RUNTIMES
from avatarify.runtime.checks import CHECKS, why_not


def test_every_runtime_has_one() -> None:
    assert list(CHECKS) == list(RUNTIMES)
    assert why_not("eager") is None
    assert why_not("openvino") is None, "it is in the requirements"


def test_cuda_graphs_need_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "why_not", lambda kind: f"no {kind} here")
    assert why_not("cuda-graph") == "it needs an NVIDIA GPU, and no cuda here"
    monkeypatch.setattr(device, "why_not", lambda kind: None)
    assert why_not("cuda-graph") is None


def test_compiling_needs_a_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr(device, "choose_device", lambda _: device.DeviceChoice(device.torch.device("cpu"), "a test"))
    monkeypatch.setattr(compiled.shutil, "which", lambda _: None)
    assert "there is no C++ compiler" in (why_not("compiled") or "")
    monkeypatch.setattr(compiled.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert why_not("compiled") is None


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    really = builtins.__import__

    def refuse(name: str, *rest: object) -> object:
        if name == "openvino":
            raise ImportError("no openvino")
        return really(name, *rest)  # type: ignore[arg-type]

    monkeypatch.delitem(sys.modules, "openvino", raising=False)
    monkeypatch.setattr(builtins, "__import__", refuse)
    assert why_not("openvino") == "OpenVINO is not installed (no openvino)"


def test_another_name_is_none_of_them() -> None:
    with pytest.raises(KeyError):
        why_not("toaster")
