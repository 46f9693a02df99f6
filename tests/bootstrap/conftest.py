"""Checkouts to set up."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bootstrap.environment import Environment
from tests.fakes.virtual_environment import checkout_in, scripted_in


@pytest.fixture
def checkout(tmp_path: Path) -> Environment:
    """No .venv yet."""
    return checkout_in(tmp_path)


@pytest.fixture
def scripted(tmp_path: Path) -> Environment:
    """With a .venv whose Python runs the shell script that the test appends to it."""
    if os.name == "nt":
        pytest.skip("the fake interpreter is a shell script")
    return scripted_in(tmp_path)
