"""`doctor`: what this machine has, what is missing, and the remedy."""

from __future__ import annotations

import argparse
import dataclasses
import importlib.metadata
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from avatarify.cli.output import say, say_json
from avatarify.errors import AvatarifyError
from avatarify.paths import PROJECT, user_models

NAME = "doctor"
HELP = "check this machine: Python, packages, devices, models, disk"
SIGNS = {"ok": "ok  ", "note": "note", "fail": "FAIL"}


@dataclass(frozen=True)
class Finding:
    """One checked thing. state: ok, note (works, but could be better) or fail (something will not work)."""

    name: str
    state: str
    detail: str
    remedy: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this verb."""
    parser.add_argument("--json", action="store_true", help="the findings as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print every finding; 1 if anything fails."""
    findings = list(examine())
    if arguments.json:
        say_json([dataclasses.asdict(finding) for finding in findings])
    else:
        for finding in findings:
            say(f"{SIGNS[finding.state]}  {finding.name}: {finding.detail}")
            if finding.remedy:
                say(f"      {finding.remedy}")
    return 1 if any(finding.state == "fail" for finding in findings) else 0


def examine() -> Iterator[Finding]:
    """All checks, cheap ones first."""
    yield Finding("python", "ok", f"{platform.python_version()} in {sys.prefix}, {platform.platform()}")
    yield from _packages(PROJECT / "requirements.txt")
    yield from _devices()
    yield from _models()
    yield _disk(user_models())


def _packages(requirements: Path) -> Iterator[Finding]:
    """Every requirement that applies here, with the version found."""
    from packaging.requirements import Requirement

    found = []
    for line in requirements.read_text(encoding="utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if not text:
            continue
        requirement = Requirement(text)
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        try:
            version = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            yield Finding(requirement.name, "fail", "not installed", "python3 run.py sets up .venv with everything.")
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            yield Finding(
                requirement.name, "fail", f"{version}, wanted {requirement.specifier}", "Delete .venv and run again."
            )
            continue
        found.append(f"{requirement.name} {version}")
    yield Finding("packages", "ok", ", ".join(found))


def _devices() -> Iterator[Finding]:
    """The device that "auto" takes, and each better one with the reason why not."""
    from avatarify.runtime.base import RUNTIMES
    from avatarify.runtime.device import choose_device

    choice = choose_device("auto")
    yield Finding("device", "ok", f"{choice.device} ({choice.name})")
    for reason in choice.passed_over:
        yield Finding("device", "note", f"not {reason}")
    yield Finding("runtimes", "ok", ", ".join(RUNTIMES))


def _models() -> Iterator[Finding]:
    """Every installed model against the hash on record."""
    from avatarify.catalog.store import open_store

    try:
        store = open_store()
        for model in store.installed():
            result = store.verify(model.name)
            remedy = "" if result.sound else f"python3 run.py models show {model.name} tells where to get it again."
            yield Finding(f"model {model.name}", "ok" if result.sound else "fail", result.detail, remedy)
    except AvatarifyError as error:
        yield Finding("models", "fail", error.message, error.hint)


def _disk(folder: Path) -> Finding:
    """Space for models where they are kept."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free_gb = shutil.disk_usage(existing).free / 1e9
    if free_gb < 1:
        return Finding("disk", "note", f"{free_gb:.1f} GB free at {existing}", "Downloading a model needs up to 1 GB.")
    return Finding("disk", "ok", f"{free_gb:.0f} GB free at {existing}")
