"""`test`: every check that a change has to pass, one after the other, with a summary."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from avatarify.cli.output import say
from avatarify.paths import PROJECT

NAME = "test"
HELP = "run the linter, the formatter, the type checker and the tests"
_APART = ("app", "train")  # folders of tests


class Gate(NamedTuple):
    """One check: `command` is run in the project's folder and passes with exit code 0."""

    name: str
    command: tuple[str, ...]


class Result(NamedTuple):
    """How a gate went. `seconds` is wall time."""

    name: str
    exit_code: int
    seconds: float


class Counts(NamedTuple):
    """Of pytest. Errors in fixtures count as failed."""

    passed: int
    failed: int
    skipped: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this verb."""
    parser.add_argument("--fast", action="store_true", help="leave out the tests that take more than ten seconds each")
    parser.add_argument(
        "pytest_arguments", nargs="*", metavar="-- ARGUMENT", help="handed to pytest, such as: -- -k camera"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run all gates, also after one has failed; 1 if any did. The last line counts the tests."""
    with tempfile.TemporaryDirectory(prefix="avatarify-test-") as folder:
        report = Path(folder) / "pytest.xml"
        results = [_run(gate) for gate in gates(report, fast=arguments.fast, extra=arguments.pytest_arguments)]
        counts = read_reports(Path(folder))
    say()
    for result in results:
        verdict = "passed" if result.exit_code == 0 else f"FAILED (exit code {result.exit_code})"
        say(f"{result.name:<12} {verdict:<22} {result.seconds:5.1f} s")
    if counts is None:
        say("pytest left no report: no test was counted.")
        return 1
    say(f"{counts.passed} passed, {counts.failed} failed, {counts.skipped} skipped")
    return 1 if any(result.exit_code for result in results) else 0


def gates(report: Path, *, fast: bool, extra: Sequence[str]) -> list[Gate]:
    """In the order of their run: quick ones first, pytest last. pytest writes JUnit XML to `report`.

    The tests of windows and of training have processes of their own, as windows and training have: beside Qt's threads and
    OpenVINO's, workers of training were seen to hang. With `extra`, which may name files, all is one.
    """
    python = (sys.executable, "-m")
    quick = ("-m", "not slow") if fast else ()
    tests = (
        [Gate("pytest", (*python, "pytest", f"--junitxml={report}", *quick, *extra))]
        if extra
        else [
            Gate(
                "pytest",
                (*python, "pytest", f"--junitxml={report}", *quick, *(f"--ignore=tests/{each}" for each in _APART)),
            ),
            *(
                Gate(
                    f"pytest {each}",
                    (
                        *python,
                        "pytest",
                        f"--junitxml={report.with_name(f'{each}-{report.name}')}",
                        *quick,
                        f"tests/{each}",
                    ),
                )
                for each in _APART
            ),
        ]
    )
    return [
        Gate("ruff check", (*python, "ruff", "check", ".")),
        Gate("ruff format", (*python, "ruff", "format", "--check", ".")),
        Gate("mypy", (*python, "mypy")),
        *tests,
    ]


def read_reports(folder: Path) -> Counts | None:
    """Counts of all JUnit files in a folder together; None if there is none."""
    found = [counts for path in sorted(folder.glob("*.xml")) if (counts := read_report(path)) is not None]
    return Counts(*(sum(each) for each in zip(*found, strict=True))) if found else None


def read_report(report: Path) -> Counts | None:
    """Counts of a JUnit file; None if there is none, as after a crash."""
    if not report.exists():
        return None
    suites = list(xml.etree.ElementTree.parse(report).getroot().iter("testsuite"))
    total, failures, errors, skipped = (
        sum(int(suite.get(key, "0")) for suite in suites) for key in ("tests", "failures", "errors", "skipped")
    )
    return Counts(passed=total - failures - errors - skipped, failed=failures + errors, skipped=skipped)


def _run(gate: Gate) -> Result:
    say(f"\n== {gate.name}")
    sys.stdout.flush()
    began = time.monotonic()
    code = subprocess.run(gate.command, cwd=PROJECT, env=_environment(), check=False).returncode
    return Result(gate.name, code, time.monotonic() - began)


def _environment() -> dict[str, str]:
    """No display is needed, and pyproject.toml alone says what becomes of warnings."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}
    return environment | {"QT_QPA_PLATFORM": "offscreen"}
