"""Whether each runtime can work on this machine, by its own check and without a model."""

from __future__ import annotations

from collections.abc import Callable

from avatarify.runtime import device


def why_not(name: str) -> str | None:
    """None if the runtime of this name (of base.RUNTIMES) has what it needs here, else what is missing. Looks at the device that
    "auto" takes. Raises KeyError for another name."""
    return CHECKS[name]()


def _cuda_graph() -> str | None:
    reason = device.why_not("cuda")
    return f"it needs an NVIDIA GPU, and {reason}" if reason is not None else None


def _openvino() -> str | None:
    from avatarify.runtime import openvino

    return openvino.why_not()


def _compiled() -> str | None:
    from avatarify.runtime import compiled

    return compiled.why_not(device.choose_device("auto").device)


def _eager() -> str | None:
    return None  # runs on whatever torch runs on


CHECKS: dict[str, Callable[[], str | None]] = {
    "cuda-graph": _cuda_graph,
    "openvino": _openvino,
    "compiled": _compiled,
    "eager": _eager,
}
