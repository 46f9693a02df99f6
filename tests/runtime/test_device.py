"""Which device is taken, and why not a better one."""

from __future__ import annotations

import pytest
import torch

from avatarify.errors import RuntimeUnavailableError
from avatarify.paths import PROJECT
from avatarify.runtime import device
from avatarify.runtime.device import TORCH, choose_device, exact, failures_told, lacks_kernels, remedy


def test_auto_takes_the_best_and_says_why_not_a_better_one() -> None:
    choice = choose_device("auto")
    if torch.cuda.is_available():
        assert choice.device.type == "cuda"
    elif not torch.backends.mps.is_available():
        assert choice.device.type == "cpu"
        assert [reason.partition(":")[0] for reason in choice.passed_over] == ["cuda", "mps"]
        assert "CUDA" in choice.passed_over[0] or "NVIDIA" in choice.passed_over[0]
    assert choice.name


def test_a_named_device_is_never_replaced_in_silence() -> None:
    if not torch.cuda.is_available():
        with pytest.raises(RuntimeUnavailableError, match=r"'cuda:1' cannot be used: torch .*"):
            choose_device("cuda:1")
    with pytest.raises(RuntimeUnavailableError, match="'toaster' is not a device"):
        choose_device("toaster")
    with pytest.raises(RuntimeUnavailableError, match="does not know"):
        choose_device("meta")


@pytest.mark.parametrize(
    ("capability", "architectures", "lacking"),
    [
        ((8, 9), ["sm_50", "sm_80", "sm_90"], False),  # machine code of 8.0 runs on 8.9
        ((12, 0), ["sm_50", "sm_80", "sm_90"], True),  # the RTX 50 under an old torch
        ((12, 0), ["sm_80", "compute_90"], False),  # PTX compiles for what comes later
        ((8, 6), ["sm_37", "sm_50", "sm_60", "sm_70", "sm_75"], True),  # the RTX 30 under torch 1.7
        ((7, 5), ["sm_80", "sm_90a"], True),
        ((9, 0), ["sm_90a"], False),
    ],
)
def test_missing_kernels_are_seen(capability: tuple[int, int], architectures: list[str], lacking: bool) -> None:
    assert lacks_kernels(capability, architectures) is lacking


def test_a_torch_without_cuda_names_the_command_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.version, "cuda", None)
    monkeypatch.setattr(device.platform, "system", lambda: "Linux")
    with pytest.raises(RuntimeUnavailableError, match="built without CUDA") as caught:
        choose_device("cuda")
    assert "With an NVIDIA card: " in caught.value.hint
    assert f'-m pip install --upgrade --force-reinstall "{TORCH}"' in caught.value.hint
    assert caught.value.hint.endswith("Use --device auto or cpu.")
    assert remedy("mps") == ""
    monkeypatch.setattr(device.platform, "system", lambda: "Windows")
    assert f'pytorch.org/get-started/locally gives for your card, and write "{TORCH}"' in remedy("cuda")
    monkeypatch.setattr(device.platform, "system", lambda: "Darwin")
    assert remedy("cuda") == ""


@pytest.mark.parametrize(("capability", "build"), [((12, 0), "--upgrade"), ((6, 1), "pytorch.org"), ((8, 6), "")])
def test_a_card_without_kernels_gets_the_build_that_has_them(
    monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], build: str
) -> None:
    monkeypatch.setattr(torch.version, "cuda", "12.6")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: capability)
    monkeypatch.setattr(torch.cuda, "get_arch_list", lambda: ["sm_75", "sm_80", "sm_90"])
    monkeypatch.setattr(device.platform, "system", lambda: "Linux")
    assert build in remedy("cuda")
    assert bool(remedy("cuda")) == bool(build)


def test_the_command_asks_for_the_torch_of_the_requirements() -> None:
    assert TORCH in (PROJECT / "requirements.txt").read_text(encoding="utf-8").splitlines()


def test_a_device_that_fails_says_so_with_a_remedy() -> None:
    told = r"'cuda:1' failed \(CUDA out of memory\)"
    with pytest.raises(RuntimeUnavailableError, match=told) as caught, failures_told(torch.device("cuda:1")):
        raise torch.cuda.OutOfMemoryError("CUDA out of memory.\nMore lines.")
    assert caught.value.hint == "Close what else uses it, or use --device cpu."
    told = r"'cuda' failed \(cuDNN error: NOT_SUPPORTED\)"
    with pytest.raises(RuntimeUnavailableError, match=told) as caught, failures_told(torch.device("cuda")):
        raise RuntimeError("cuDNN error: NOT_SUPPORTED")
    assert caught.value.hint == "Use --device cpu or another --runtime."


def test_on_the_processor_a_defect_stays_a_defect() -> None:
    with pytest.raises(RuntimeError, match="size mismatch"), failures_told(torch.device("cpu")):
        raise RuntimeError("size mismatch")
    with pytest.raises(RuntimeUnavailableError), failures_told(torch.device("cpu")):
        raise torch.cuda.OutOfMemoryError("no memory")


def test_float32_is_no_tf32_on_a_gpu() -> None:
    before = torch.backends.cudnn.allow_tf32
    with exact(torch.device("cpu")):
        assert torch.backends.cudnn.allow_tf32 == before
    for search in (True, False):
        with exact(torch.device("cuda"), search=search):
            assert not torch.backends.cudnn.allow_tf32
            assert torch.backends.cudnn.benchmark == search
    assert torch.backends.cudnn.allow_tf32 == before
