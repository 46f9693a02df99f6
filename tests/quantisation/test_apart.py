"""Quantising in a process of its own: its answer, its errors, and its end when nobody waits any more."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from avatarify.errors import CheckpointError
from avatarify.quantisation.apart import quantise_apart
from avatarify.runtime.graph_cache import file_digest
from avatarify.runtime.quantise import Ranges, ranges_path
from tests.fakes.models import write_tiny_model


def test_what_is_known_comes_back(tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "mine.safetensors")
    ranges = Ranges(file_digest(model), (), "too rough")
    ranges_path(model).write_text(ranges.to_json())
    found = quantise_apart(model)
    assert found is not None
    assert (found.ranges, found.admitted) == (ranges, False)


def test_an_error_of_the_process_is_raised_here(tmp_path: Path) -> None:
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(b"no model")
    with pytest.raises(CheckpointError, match=r"bad\.safetensors"):
        quantise_apart(bad)


def test_what_nobody_wants_any_more_ends_with_its_process(tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "mine.safetensors")
    assert quantise_apart(model, lambda: False) is None
    assert not ranges_path(model).exists()
    assert not [process for process in multiprocessing.active_children() if "quantising" in process.name]
