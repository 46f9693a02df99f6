"""A checkout whose .venv is a fake: a shell script in the place of its Python."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bootstrap.environment import PYTHON, Environment
from tests.fakes.virtual_environment import unpack


@pytest.fixture
def checkout(tmp_path: Path) -> Environment:
    """Requirement files, and no .venv yet."""
    (tmp_path / "requirements.txt").write_text("torch\n")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\npytest\n")
    return Environment(tmp_path)


@pytest.fixture
def scripted(checkout: Environment) -> Environment:
    """A .venv made for this Python, with pip, whose Python runs the shell script that the test appends to it."""
    if sys.platform == "win32":
        pytest.skip("the fake interpreter is a shell script")
    unpack(checkout, "pip-23.2.1")
    (checkout.folder / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {PYTHON}.7\n")
    checkout.python.parent.mkdir()
    checkout.python.write_text('#!/bin/sh\nenvironment="$(dirname "$(dirname "$0")")"\n')
    checkout.python.chmod(0o755)
    return checkout
