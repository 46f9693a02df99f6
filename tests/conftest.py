"""Fixtures that every room's tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REFERENCE = Path(os.environ.get("AVATARIFY_REFERENCE", Path(__file__).parents[2] / "shared"))


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """The folder of reference data: face clips and portraits that must not be redistributed. Absent on most machines."""
    if not (REFERENCE / "faces").is_dir():
        reason = f"no reference data at {REFERENCE} (set AVATARIFY_REFERENCE)"
        if os.environ.get("AVATARIFY_REQUIRE_REFERENCE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return REFERENCE


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests marked `cuda` run where there is an NVIDIA GPU."""
    if item.get_closest_marker("cuda") is not None:
        import torch

        if not torch.cuda.is_available():
            pytest.skip("no NVIDIA GPU here")
