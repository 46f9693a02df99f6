"""The verb `test` runs every gate and counts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

from avatarify.cli import test as verb
from avatarify.cli.test import Counts, Gate, gates, read_report, read_reports

REPORT = '<testsuites><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="20" time="1.0"/></testsuites>'


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    verb.add_arguments(parser)
    return parser.parse_args(arguments)


def gate(name: str, code: str) -> Gate:
    return Gate(name, (sys.executable, "-c", code))


def run_with(monkeypatch: pytest.MonkeyPatch, *made: Gate, report: str | None = REPORT) -> int:
    def instead(path: Path, *, fast: bool, extra: list[str]) -> list[Gate]:
        if report is not None:
            path.write_text(report)
        return list(made)

    monkeypatch.setattr(verb, "gates", instead)
    return verb.run(parsed())


def test_counts(tmp_path: Path) -> None:
    report = tmp_path / "pytest.xml"
    assert read_report(report) is None
    report.write_text(REPORT)
    assert read_report(report) == Counts(passed=14, failed=3, skipped=3)


def test_pytest_comes_last_and_gets_the_extra_arguments() -> None:
    arguments = parsed("--fast", "--", "-k", "camera and not slow")
    made = gates(Path("report.xml"), fast=arguments.fast, extra=arguments.pytest_arguments)
    assert [one.name for one in made] == ["ruff check", "ruff format", "mypy", "pytest"]
    assert made[-1].command[1:] == (
        *("-m", "pytest", "--junitxml=report.xml"),
        *("-m", "not slow", "-k", "camera and not slow"),
    )


def test_windows_and_training_are_tested_in_processes_of_their_own() -> None:
    made = gates(Path("report.xml"), fast=False, extra=[])
    assert [one.name for one in made[-3:]] == ["pytest", "pytest app", "pytest train"]
    assert made[-3].command[3:] == ("--junitxml=report.xml", "--ignore=tests/app", "--ignore=tests/train")
    assert made[-2].command[3:] == ("--junitxml=app-report.xml", "tests/app")
    assert made[-1].command[3:] == ("--junitxml=train-report.xml", "tests/train")


def test_reports_are_counted_together(tmp_path: Path) -> None:
    assert read_reports(tmp_path) is None
    for name in ("pytest.xml", "windows-pytest.xml"):
        (tmp_path / name).write_text(REPORT)
    assert read_reports(tmp_path) == Counts(passed=28, failed=6, skipped=6)


def test_all_gates_run_after_one_has_failed(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    code = run_with(monkeypatch, gate("ruff check", "raise SystemExit(3)"), gate("pytest", "print('ran')"))
    assert code == 1
    out = capfd.readouterr().out
    assert out.index("== ruff check") < out.index("== pytest") < out.index("ran")
    *_, first, second, last = out.splitlines()
    assert first.split()[:5] == ["ruff", "check", "FAILED", "(exit", "code"]
    assert second.split()[:2] == ["pytest", "passed"]
    assert last == "14 passed, 3 failed, 3 skipped"


def test_passes_when_every_gate_does(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_with(monkeypatch, gate("a", ""), gate("b", "")) == 0


def test_no_report_is_a_failure(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_with(monkeypatch, gate("pytest", ""), report=None) == 1
    assert "left no report" in capfd.readouterr().out


def test_gates_run_in_the_project_without_a_display(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")
    show = "import os; print(os.environ['QT_QPA_PLATFORM'], 'PYTHONWARNINGS' in os.environ, os.path.exists('run.py'))"
    run_with(monkeypatch, gate("pytest", show))
    assert "offscreen False True" in capfd.readouterr().out
