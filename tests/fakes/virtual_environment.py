"""A checkout whose .venv has a shell script in the place of its Python."""

from __future__ import annotations

from pathlib import Path

from bootstrap.environment import PYTHON, Environment


def checkout_in(folder: Path) -> Environment:
    """Requirement files, and no .venv yet."""
    (folder / "requirements.txt").write_text("torch\n")
    (folder / "requirements-dev.txt").write_text("-r requirements.txt\npytest\n")
    return Environment(folder)


def scripted_in(folder: Path) -> Environment:
    """A checkout with a .venv made for this Python, with pip, not ready. `append` says what its Python does. POSIX only."""
    environment = checkout_in(folder)
    unpack(environment, "pip-23.2.1")
    (environment.folder / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {PYTHON}.7\n")
    environment.python.parent.mkdir()
    environment.python.write_text('#!/bin/sh\nenvironment="$(dirname "$(dirname "$0")")"\n')
    environment.python.chmod(0o755)
    return environment


def append(environment: Environment, script: str) -> None:
    """More lines for the fake interpreter. `$environment` is the .venv."""
    with environment.python.open("a") as file:
        file.write(script + "\n")


def unpack(environment: Environment, name: str, *, whole: bool = True) -> Path:
    """What pip leaves of a package; with `whole=False`, of one that it was interrupted at."""
    info = environment.folder / f"lib/python{PYTHON}/site-packages/{name}.dist-info"
    info.mkdir(parents=True)
    (info / "RECORD").write_text(f"x.py,,\n{info.name}/RECORD,,\n" + (f"{info.name}/INSTALLER,,\n" if whole else ""))
    if whole:
        (info / "INSTALLER").write_text("pip\n")
    return info
