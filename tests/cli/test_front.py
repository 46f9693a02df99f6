"""All verbs: named, helped, and quick to say so."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

import avatarify
from avatarify.cli import app, doctor, front
from avatarify.paths import PROJECT
from tests.cli.conftest import Type


def test_help_names_every_verb(type_: Type) -> None:
    ended = type_("--help")
    assert ended.code == 0
    for verb in front.VERBS:
        assert f"    {verb.NAME}" in ended.out


@pytest.mark.parametrize("verb", [verb.NAME for verb in front.VERBS])
def test_every_verb_has_help(type_: Type, verb: str) -> None:
    ended = type_(verb, "--help")
    assert ended.code == 0
    assert "usage: run.py" in ended.out


def test_without_a_verb_the_window_opens(type_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[bool] = []
    monkeypatch.setattr(app, "run", lambda arguments: opened.append(arguments.debug) or 0)
    assert type_().code == 0
    assert type_("--debug").code == 0
    assert opened == [False, True]


def test_version(type_: Type) -> None:
    assert type_("--version").out.strip() == f"avatarify {avatarify.__version__}"


@pytest.mark.parametrize("arguments", [["nonsense"], ["--nonsense"], ["animate"], ["models"], ["doctor", "extra"]])
def test_wrong_usage_ends_with_2(type_: Type, arguments: list[str]) -> None:
    ended = type_(*arguments)
    assert ended.code == 2
    assert "usage:" in ended.err


def test_help_imports_nothing_heavy_and_answers_at_once() -> None:
    heavy = "{'torch', 'cv2', 'av', 'numpy', 'PySide6'}"
    code = f"import sys; from avatarify.cli import main; main(['--help']); print(sorted({heavy} & set(sys.modules)))"
    began = time.perf_counter()
    ran = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    took = time.perf_counter() - began
    assert ran.stdout.splitlines()[-1] == "[]"
    assert took < 2, "0.15 s on an idle machine; the import list above is the sharp test"


def defect(arguments: object) -> int:
    raise ZeroDivisionError("seven by nought")


def missing_package(arguments: object) -> int:
    raise ModuleNotFoundError("No module named 'av'", name="av")


def interrupted(arguments: object) -> int:
    raise KeyboardInterrupt


def test_a_defect_of_ours_is_a_sentence_and_a_file(
    type_: Type, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor, "run", defect)
    ended = type_("doctor")
    assert ended.code == 1
    assert "a defect of its own (ZeroDivisionError: seven by nought)" in ended.err
    assert "Traceback" not in ended.err
    [report] = tmp_path.rglob("defect-*.txt")
    assert "ZeroDivisionError" in report.read_text()
    with pytest.raises(ZeroDivisionError):
        type_("--debug", "doctor")


def test_a_missing_package_is_told_with_the_remedy(type_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "run", missing_package)
    ended = type_("doctor")
    assert ended.code == 1
    assert "package av is missing" in ended.err


def test_ctrl_c_ends_with_130(type_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "run", interrupted)
    assert type_("doctor").code == 130


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_behind_the_output_is_no_defect_of_ours(monkeypatch: pytest.MonkeyPatch, unbuffered: str) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    with full.open("w") as out:
        command = [sys.executable, "-m", "avatarify", "models", "list"]
        ran = subprocess.run(command, cwd=PROJECT, stdout=out, stderr=subprocess.PIPE, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr == "error: No space left on device.\nCheck the path and the disk.\n"


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_goes_away_is_no_error(monkeypatch: pytest.MonkeyPatch, unbuffered: str) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    command = f"{sys.executable} -m avatarify models list --json | head -c 1"
    ran = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0
    assert ran.stderr == ""
