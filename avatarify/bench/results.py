"""What measurements found on this machine, kept from one day to the next. No torch: the app shows these figures."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import os
import platform
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avatarify.paths import user_cache

_FORMAT = 1
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StageTime:
    """One part of the way of a frame. ms_p50, ms_p95: milliseconds, median and 95th percentile."""

    stage: str
    ms_p50: float
    ms_p95: float


@dataclass(frozen=True)
class BenchResult:
    """One runtime with one model. Times are of the whole way of a frame, from the camera's JPEG to the virtual camera's picture.

    runtime, device, device_name, precision: what ran (see RuntimeDescription). model: its name. size: side of the animated
    picture, pixels. fps: frames a second without a pause. warm_up_s: seconds from the model file to the first picture.
    memory_mb: the highest resident memory of the process, or what torch held on a GPU. max_error, mean_error: of the
    pictures beside those of eager float32 on the CPU, in grey levels 0..255; None for the naive path, whose crop is another.
    measured_at: UTC, ISO 8601. times_naive: how many times faster than the naive path in the same rounds; None where
    that was not measured.
    """

    runtime: str
    model: str
    size: int
    fps: float
    ms_p50: float
    ms_p95: float
    warm_up_s: float
    memory_mb: float
    max_error: float | None
    mean_error: float | None
    device: str
    device_name: str
    precision: str
    stages: tuple[StageTime, ...]
    measured_at: str
    times_naive: float | None = None


def results_folder() -> Path:
    """Where this machine's figures lie, a file a model; may not exist yet. A cache that moves to another machine says nothing there."""
    facts = f"{platform.node()} {platform.system()} {platform.machine()} {platform.processor()} {os.cpu_count()}"
    return user_cache() / "bench" / hashlib.sha256(facts.encode()).hexdigest()[:12]


def load_results(folder: Path | None = None) -> tuple[BenchResult, ...]:
    """All that was measured on this machine, the newest figure of each model, runtime, device, precision and size.

    folder: of the files, if not `results_folder()`. A file that cannot be read is left out, and told in the log.
    """
    where = results_folder() if folder is None else folder
    found: list[BenchResult] = []
    for path in sorted(where.glob("*.json")):
        found += _read(path)
    return tuple(found)


def keep_results(results: Sequence[BenchResult], folder: Path | None = None) -> None:
    """Put these in the place of older ones of the same kind. Raises OSError where the folder cannot be written."""
    where = results_folder() if folder is None else folder
    where.mkdir(parents=True, exist_ok=True)
    for model in dict.fromkeys(result.model for result in results):
        path = where / f"{_file_name(model)}.json"
        kept = {_kind(result): result for result in _read(path) if result.model == model}
        kept |= {_kind(result): result for result in results if result.model == model}
        _write(path, list(kept.values()))


def _kind(result: BenchResult) -> tuple[str, str, str, int]:
    return result.runtime, result.device, result.precision, result.size


def _file_name(model: str) -> str:
    """Two models never share a file, whatever characters their names have."""
    return f"{re.sub(r'[^a-z0-9._-]+', '-', model.lower())[:48]}-{hashlib.sha256(model.encode()).hexdigest()[:8]}"


def _read(path: Path) -> list[BenchResult]:
    if not path.exists():
        return []
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != _FORMAT:
            raise ValueError(f"format {content['format']!r}")
        return [_result(table) for table in content["results"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        _log.warning("measurements in %s are left out: %r", path, error)
        return []


def _result(table: dict[str, Any]) -> BenchResult:
    """Raises KeyError, TypeError, ValueError for a table that is none of ours."""
    values: dict[str, Any] = {}
    for field in dataclasses.fields(BenchResult):
        value: Any = table.get(field.name) if field.name == "times_naive" else table[field.name]  # a later column
        if field.name == "stages":
            value = tuple(StageTime(str(one["stage"]), float(one["ms_p50"]), float(one["ms_p95"])) for one in value)
        elif field.type == "str":
            if not isinstance(value, str):
                raise TypeError(f"{field.name} is {value!r}")
        elif value is not None or "None" not in str(field.type):
            value = int(value) if field.type == "int" else float(value)
        values[field.name] = value
    return BenchResult(**values)


def _write(path: Path, results: list[BenchResult]) -> None:
    content = {"format": _FORMAT, "results": [dataclasses.asdict(result) for result in results]}
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
