"""Which device to run on, and in plain words why not a better one: nobody shall have to guess why it is slow."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import torch

from avatarify.errors import RuntimeUnavailableError

TORCH = "torch>=2.2,<2.14"
"""As requirements.txt asks for it."""

_CHOOSE = "https://pytorch.org/get-started/locally"
_OLDEST = (7, 5)  # of the cards that today's torch has kernels for, Turing; older ones want a build of their own


@dataclass(frozen=True)
class DeviceChoice:
    """device: what torch calls it. name: its maker's. passed_over: why the better ones were not taken."""

    device: torch.device
    name: str
    passed_over: tuple[str, ...] = ()


def choose_device(wanted: str = "auto") -> DeviceChoice:
    """The device for a name: auto, cpu, cuda, cuda:N or mps. Raises RuntimeUnavailableError when a named one cannot be used."""
    if wanted == "auto":
        reasons: list[str] = []
        for kind in ("cuda", "mps"):
            reason = why_not(kind)
            if reason is None:
                return DeviceChoice(torch.device(kind), device_name(torch.device(kind)), tuple(reasons))
            reasons.append(f"{kind}: {reason}")
        return DeviceChoice(torch.device("cpu"), device_name(torch.device("cpu")), tuple(reasons))
    try:
        device = torch.device(wanted)
    except RuntimeError as error:
        raise RuntimeUnavailableError(
            f"{wanted!r} is not a device.", "Choose auto, cpu, cuda, cuda:1 or mps."
        ) from error
    reason = why_not(device.type, device.index or 0)
    if reason is not None:
        hint = " ".join(
            sentence for sentence in (remedy(device.type, device.index or 0), "Use --device auto or cpu.") if sentence
        )
        raise RuntimeUnavailableError(f"The device {wanted!r} cannot be used: {reason}.", hint)
    return DeviceChoice(device, device_name(device))


def why_not(kind: str, index: int = 0) -> str | None:
    """None if the device can be used, else the reason."""
    if kind == "cpu":
        return None
    if kind == "cuda":
        return _why_not_cuda(index)
    if kind == "mps":
        return None if torch.backends.mps.is_available() else "no Apple GPU here"
    return "Avatarify does not know this kind of device"


def remedy(kind: str, index: int = 0) -> str:
    """What brings a torch for this kind of device: on Linux, whose ordinary torch carries CUDA, the command; "" where torch is not
    what is missing."""
    if kind != "cuda" or platform.system() == "Darwin":
        return ""
    if torch.version.cuda is None:
        return f"With an NVIDIA card: {_install(_OLDEST)}"
    if not torch.cuda.is_available() or index >= torch.cuda.device_count():
        return ""
    capability = torch.cuda.get_device_capability(index)
    if not lacks_kernels(capability, torch.cuda.get_arch_list()):
        return ""
    return _install(capability)


def device_name(device: torch.device) -> str:
    """What the maker calls it."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return "Apple GPU"
    return f"{processor()}, {torch.get_num_threads()} threads"


def processor() -> str:
    """What the maker calls the CPU."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123 - a kernel interface, not a file of ours
            for line in file:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux: the platform module knows as much as there is to know
    return platform.processor() or platform.machine()


def exact(device: torch.device, *, search: bool = True) -> AbstractContextManager[object]:
    """On CUDA a float32 convolution is TF32 unless one says no, and ten bits of a keypoint are half a pixel.
    search: cuDNN tries its kernels at each new shape and keeps the fastest."""
    if device.type != "cuda":
        return nullcontext()
    return torch.backends.cudnn.flags(enabled=True, benchmark=search, deterministic=False, allow_tf32=False)


@contextmanager
def failures_told(device: torch.device) -> Iterator[None]:
    """A device that fails (no memory left, cuDNN without a kernel, the driver gone) raises RuntimeUnavailableError.

    torch tells all of these as RuntimeError. On the processor only a lack of memory is one: others are defects of ours.
    """
    try:
        yield
    except RuntimeError as error:
        full = isinstance(error, torch.cuda.OutOfMemoryError)
        if device.type == "cpu" and not full:
            raise
        first = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        hint = "Close what else uses it, or use --device cpu." if full else "Use --device cpu or another --runtime."
        raise RuntimeUnavailableError(f"The device {str(device)!r} failed ({first}).", hint) from error


def lacks_kernels(capability: tuple[int, int], architectures: list[str]) -> bool:
    """Whether a torch built for `architectures` (sm_80, compute_90, ...) has nothing to run on a GPU of `capability`.

    Machine code runs within its major version on the same or a later minor one; PTX (compute_NN) on anything later.
    """
    major, minor = capability
    for architecture in architectures:
        kind, _, digits = architecture.partition("_")
        number = int("".join(character for character in digits if character.isdigit()) or 0)
        built_major, built_minor = divmod(number, 10)
        if kind == "sm" and built_major == major and built_minor <= minor:
            return False
        if kind == "compute" and (built_major, built_minor) <= (major, minor):
            return False
    return True


def _install(capability: tuple[int, int]) -> str:
    """A torch that has kernels for cards of this capability."""
    if platform.system() == "Linux" and capability >= _OLDEST:
        return f'"{sys.executable}" -m pip install --upgrade --force-reinstall "{TORCH}"'
    return f'take the command that {_CHOOSE} gives for your card, and write "{TORCH}" for torch in it.'


def _why_not_cuda(index: int) -> str | None:
    version = torch.__version__
    if torch.version.cuda is None:
        return f"torch {version} was built without CUDA"
    if not torch.cuda.is_available():
        return f"torch {version} finds no NVIDIA GPU or driver; `nvidia-smi` shows whether the driver works"
    if index >= torch.cuda.device_count():
        return f"there are {torch.cuda.device_count()} CUDA devices, numbered from 0"
    capability = torch.cuda.get_device_capability(index)
    if lacks_kernels(capability, torch.cuda.get_arch_list()):
        name = torch.cuda.get_device_name(index)
        return f"torch {version} has no kernels for {name} (sm_{capability[0]}{capability[1]})"
    return None
