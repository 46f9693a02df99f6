"""Setting up: what is told, and what is checked before."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from bootstrap import installer
from bootstrap.environment import Environment
from bootstrap.installer import make_ready
from bootstrap.problems import SetupError
from bootstrap.screen import Screen
from tests.fakes.virtual_environment import append, unpack

PIP_THAT_INSTALLS_ONE = """
case "$*" in
*"-m pip"*)
    echo "Requirement already satisfied: numpy in x"
    echo "WARNING: something that the user need not read"
    echo "Collecting torch<2.14"
    echo "  Downloading torch-2.13.0-cp311-cp311-linux_x86_64.whl (192 MB)"
    echo "Installing collected packages: torch"
    info=$(echo "$environment"/lib/python*/site-packages)/torch-2.13.0.dist-info
    mkdir "$info"; touch "$info/INSTALLER"; echo "torch-2.13.0.dist-info/INSTALLER,," > "$info/RECORD"
    echo "scratch: $TMPDIR" ;;
esac
"""


class Disk(NamedTuple):
    total: int
    used: int
    free: int


def disk_with(free: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Disk(10**12, 0, free))


def test_a_line_for_every_step_and_package(scripted: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    disk_with(10**12, monkeypatch)
    append(scripted, PIP_THAT_INSTALLS_ONE)
    screen = io.StringIO()
    make_ready(scripted, dev=False, stream=screen)
    lines = [re.sub(r"^ *\d+ s ", "", line) for line in screen.getvalue().splitlines()]
    assert [" ".join(line.split()) for line in lines][:-1] == [
        "Bringing .venv up to date.",
        f"[1/4] Environment for Python {installer.PYTHON} (is there)",
        "[2/4] Packages of requirements.txt",
        "1 torch 2.13.0, 192 MB",
        "[3/4] Installing 1 package, 1 already there",
        "1/1 torch 2.13.0",
        "[4/4] Trying cv2, torch, av",
    ]
    assert scripted.is_ready(dev=False)
    assert "WARNING: something" in scripted.log.read_text()
    assert f"scratch: {scripted.temporary}" in scripted.log.read_text()
    assert not scripted.temporary.exists()


def test_nothing_is_done_when_another_has_made_it_ready(scripted: Environment) -> None:
    append(scripted, "exit 9")
    scripted.mark_ready(dev=True)
    screen = io.StringIO()
    make_ready(scripted, dev=False, stream=screen)
    assert screen.getvalue() == ""


def test_failure_of_pip_leaves_it_unready_and_names_the_log(scripted: Environment) -> None:
    append(scripted, "echo 'ERROR: Failed building wheel for evdev'; exit 1")
    with pytest.raises(SetupError, match="The package evdev cannot be installed") as caught:
        make_ready(scripted, dev=False, stream=io.StringIO())
    assert str(scripted.log) in caught.value.remedy
    assert not scripted.is_ready(dev=False)


def test_missing_library_is_found_by_trying_and_tried_again_next_time(scripted: Environment) -> None:
    library = scripted.root / "libGL"
    append(
        scripted,
        f'case "$*" in *"import cv2") [ -e {library} ] || '
        '{ echo "ImportError: libGL.so.1: cannot open shared object file: No such file"; exit 1; } ;; esac',
    )
    with pytest.raises(SetupError, match=r"libGL\.so\.1 is missing: cv2"):
        make_ready(scripted, dev=False, stream=io.StringIO())
    assert not scripted.is_ready(dev=False)
    library.touch()
    make_ready(scripted, dev=False, stream=io.StringIO())
    assert scripted.is_ready(dev=False)


def test_what_was_half_installed_is_gone_before_pip_looks(scripted: Environment) -> None:
    half = unpack(scripted, "torch-2.13.0", whole=False)
    append(scripted, f'[ ! -e "{half}" ] || exit 1')
    make_ready(scripted, dev=False, stream=io.StringIO())
    assert scripted.is_ready(dev=False)


def test_too_little_space_is_told_before_anything_is_made(
    checkout: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk_with(2_900_000_000, monkeypatch)
    with pytest.raises(SetupError, match=r"Only 2\.9 GB are free"):
        make_ready(checkout, dev=False, stream=io.StringIO())
    assert not checkout.folder.exists()


def test_an_update_wants_less_space(scripted: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    disk_with(300_000_000, monkeypatch)
    monkeypatch.setattr(Environment, "size", lambda self: 2_900_000_000)
    make_ready(scripted, dev=False, stream=io.StringIO())
    assert scripted.is_ready(dev=False)


def test_python_without_ensurepip(checkout: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    disk_with(10**12, monkeypatch)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "ensurepip" else object())
    with pytest.raises(SetupError, match="venv or ensurepip are missing"):
        make_ready(checkout, dev=False, stream=io.StringIO())


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    environment = Environment(in_the_way)
    with pytest.raises(SetupError, match="Not a directory"):
        make_ready(environment, dev=False, stream=io.StringIO())


def test_silence_is_broken_by_a_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    stream = io.StringIO()
    screen = Screen(stream, steps=1)
    screen.still("fetching torch")
    assert stream.getvalue() == ""
    now = 116.0
    screen.still("fetching torch")
    screen.still("fetching torch")
    assert stream.getvalue().split() == ["16", "s", "still", "fetching", "torch"]
