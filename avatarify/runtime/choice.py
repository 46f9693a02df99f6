"""What "auto" takes: what was fastest when it was measured here, before that what is known to be good on such a machine."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import avatarify
from avatarify.paths import user_cache
from avatarify.runtime.device import device_name, processor, why_not
from avatarify.runtime.graph_cache import file_digest
from avatarify.whole_file import write_whole

_log = logging.getLogger(__name__)
_X86 = {"x86_64", "amd64", "i686"}
SLOW_START_S = 10.0
"""Who needs longer to start is taken only where it is clearly faster."""

_WORTH_A_SLOW_START = 1.2
_SLOW_START = (
    "compiled: each start takes up to a minute, and nobody has measured that it is faster here (`bench --compare` does)"
)


class Order(NamedTuple):
    """names: runtimes to try, best first. left: those that are not tried, each with its reason."""

    names: tuple[str, ...]
    left: tuple[str, ...] = ()


class Measured(NamedTuple):
    """frame_ms: median of a frame, keypoints and picture. reason: why there is no number. start_s: from the model file to the first
    picture."""

    name: str
    frame_ms: float | None
    reason: str = ""
    start_s: float = 0.0

    @property
    def weight_ms(self) -> float:
        """What `auto` goes by: a slow start has to be worth waiting for at every start."""
        assert self.frame_ms is not None
        return self.frame_ms * (_WORTH_A_SLOW_START if self.start_s > SLOW_START_S else 1.0)


def order(model: Path, device: str, precision: str, *, cache: Path | None = None) -> Order:
    """What to try for a model file. cache: instead of the user's folder."""
    found = recall(model, device, precision, cache=cache)
    return by_measurement(found) if found else known_good(device)


def known_good(device: str) -> Order:
    """Without a measurement. A measurement takes seconds, and somebody waits for a picture (docs/decisions/0008)."""
    if device.startswith("cuda"):
        return Order(("cuda-graph", "eager"), (_SLOW_START,))
    if device == "auto" and why_not("cuda") is None:
        return Order(("cuda-graph", "eager", "openvino"), (_SLOW_START,))  # the last for a GPU that is full
    if device == "mps" or (device == "auto" and why_not("mps") is None):
        return Order(("eager",), ("openvino: does not know Apple GPUs",))
    if device == "gpu":
        return Order(("openvino",))
    if platform.machine().lower() in _X86:
        return Order(("openvino", "eager"), (_SLOW_START,))
    return Order(("eager", "openvino"), (_SLOW_START,))


def by_measurement(found: tuple[Measured, ...]) -> Order:
    """Fastest first, but a slow starter only where it is a fifth faster; of the others how fast they were, or why they did not run."""
    timed = sorted((each for each in found if each.frame_ms is not None), key=lambda each: (each.weight_ms, each.name))
    best = timed[0]
    others = tuple(
        f"{each.name}: {each.frame_ms:.1f} ms a frame, {best.name} {best.frame_ms:.1f} (measured here)"
        + (f", and {each.start_s:.0f} s to start" if each.start_s > SLOW_START_S else "")
        for each in timed[1:]
    )
    failed = tuple(f"{each.name}: {each.reason}" for each in found if each.frame_ms is None)
    return Order(tuple(each.name for each in timed), others + failed)


def remember(
    model: Path, device: str, precision: str, found: tuple[Measured, ...], *, cache: Path | None = None
) -> None:
    """Keep a measurement for `order`. One without any number is not kept. A folder that must not be written is told in the log."""
    if all(each.frame_ms is None for each in found):
        return
    path = _path(model, device, precision, cache)
    text = json.dumps([each._asdict() for each in found], indent=1)
    try:
        write_whole(path, text.encode(), lasting=False)
    except OSError as error:
        _log.warning("%s cannot be written (%s): the measurement is not remembered.", path, error)


def recall(model: Path, device: str, precision: str, *, cache: Path | None = None) -> tuple[Measured, ...]:
    """What was measured for exactly this model, machine and these versions, or nothing. A damaged file is removed and told."""
    try:
        path = _path(model, device, precision, cache)
        text = path.read_text(encoding="utf-8")
    except OSError:  # never measured, or a model that cannot be read, which whoever loads it says better
        return ()
    try:
        found = tuple(_measured(**row) for row in json.loads(text))
    except (ValueError, TypeError) as error:
        _log.warning("%s is damaged (%s): runtimes are to be measured again.", path, error)
        path.unlink(missing_ok=True)
        return ()
    return found if any(each.frame_ms is not None for each in found) else ()


def _measured(name: str, frame_ms: float | None, reason: str, start_s: float = 0.0) -> Measured:
    """A row of the file. Raises ValueError, TypeError."""
    return Measured(str(name), None if frame_ms is None else float(frame_ms), str(reason), float(start_s))


def _path(model: Path, device: str, precision: str, cache: Path | None) -> Path:
    """Raises OSError for a model that cannot be read."""
    import torch

    gpu = device_name(torch.device("cuda")) if why_not("cuda") is None else ""
    packages = (f"{package} {_version(package)}" for package in ("torch", "openvino"))
    machine = (processor(), gpu, str(os.cpu_count()))
    facts = (file_digest(model), device, precision, avatarify.__version__, *machine, *packages)
    name = hashlib.sha256("\n".join(facts).encode()).hexdigest()[:32]
    return (cache or user_cache() / "runtimes") / f"{name}.json"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
