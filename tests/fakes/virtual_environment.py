"""A .venv whose Python is a shell script."""

from __future__ import annotations

from pathlib import Path

from bootstrap.environment import PYTHON, Environment


def unpack(environment: Environment, name: str, *, whole: bool = True) -> Path:
    """What pip leaves of a package; with `whole=False`, of one that it was interrupted at."""
    info = environment.folder / f"lib/python{PYTHON}/site-packages/{name}.dist-info"
    info.mkdir(parents=True)
    (info / "RECORD").write_text(f"x.py,,\n{info.name}/RECORD,,\n" + (f"{info.name}/INSTALLER,,\n" if whole else ""))
    if whole:
        (info / "INSTALLER").write_text("pip\n")
    return info


def append(environment: Environment, script: str) -> None:
    """More lines for the fake interpreter. `$environment` is the .venv."""
    with environment.python.open("a") as file:
        file.write(script + "\n")
