"""The strict mode of continuous integration, tried on a small suite with the same conftest.py."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SUITE = """
import pytest

def test_passes(): pass
@pytest.mark.cuda
@pytest.mark.skipif(True, reason="no such card")
def test_may_be_missing(): pass
@pytest.mark.xfail(strict=True)
def test_fails_as_expected(): assert False
"""
SKIPS = """
import pytest

@pytest.mark.skipif(True, reason="by a mark")
def test_marked(): pass
def test_by_fixture(reference_data): pass
def test_inside(): pytest.skip("because of the weather")
"""
SKIPS_ITSELF = "import pytest\npytest.skip('whole file', allow_module_level=True)\n"


def run_suite(folder: Path, *, required: bool, least: int = 0) -> subprocess.CompletedProcess[str]:
    shutil.copy(Path(__file__).with_name("conftest.py"), folder)
    environment = os.environ | {
        "AVATARIFY_REFERENCE": str(folder / "nowhere"),
        "AVATARIFY_REQUIRE_ALL": "1" if required else "0",
        "AVATARIFY_REQUIRE_TESTS": str(least),
        "AVATARIFY_REQUIRE_REFERENCE": "0",
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-o",
        "markers=cuda: x\nrig: y\nx11: z\ndbus: z",
        "-ra",
        ".",
    ]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("required", "summary"),
    [(False, "1 passed, 4 skipped, 1 xfailed"), (True, "1 failed, 1 passed, 1 skipped, 1 xfailed, 2 errors")],
)
def test_skips_fail_where_all_is_required(tmp_path: Path, summary: str, *, required: bool) -> None:
    (tmp_path / "test_suite.py").write_text(SUITE)
    (tmp_path / "test_skips.py").write_text(SKIPS)
    done = run_suite(tmp_path, required=required)
    assert summary in done.stdout
    assert done.returncode == (1 if required else 0)
    assert not required or "because of the weather" in done.stdout


ON_FAKE_DEVICES = """
import pytest

@pytest.mark.rig
def test_by_mark(): pass
def test_by_fixture(v4l2): pass
def test_without(): pass
"""


@pytest.mark.parametrize(("required", "summary"), [("0", "1 passed, 2 skipped"), ("1", "1 passed, 2 errors")])
def test_fake_devices_may_be_required(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, required: str, summary: str
) -> None:
    (tmp_path / "tests/rig").mkdir(parents=True)
    (tmp_path / "tests/rig/fake_devices.py").write_text("def why_not(): return 'no rights here'\n")
    (tmp_path / "test_suite.py").write_text(ON_FAKE_DEVICES)
    monkeypatch.setenv("AVATARIFY_REQUIRE_RIG", required)
    done = run_suite(tmp_path, required=False)
    assert summary in done.stdout
    assert "no rights here" in done.stdout


ON_X11_AND_A_BUS = """
import pytest

@pytest.mark.x11
def test_on_x11(): pass
@pytest.mark.dbus
def test_on_a_bus(): pass
def test_without(): pass
"""


@pytest.mark.parametrize(("required", "summary"), [("0", "1 passed, 2 skipped"), ("1", "1 passed, 2 errors")])
def test_an_x_server_and_a_bus_may_be_required(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, required: str, summary: str
) -> None:
    (tmp_path / "tests/rig").mkdir(parents=True)
    (tmp_path / "tests/rig/x_server.py").write_text("def why_no_x(): return 'no Xvfb here'\n")
    (tmp_path / "tests/rig/session_bus.py").write_text("def why_no_bus(): return 'no dbus-daemon here'\n")
    (tmp_path / "test_suite.py").write_text(ON_X11_AND_A_BUS)
    monkeypatch.setenv("AVATARIFY_REQUIRE_RIG", required)
    done = run_suite(tmp_path, required=False)
    assert summary in done.stdout
    assert "no Xvfb here" in done.stdout
    assert "no dbus-daemon here" in done.stdout


@pytest.mark.parametrize(("required", "code"), [(False, 5), (True, 2)])
def test_file_that_skips_itself(tmp_path: Path, code: int, *, required: bool) -> None:
    (tmp_path / "test_skips_itself.py").write_text(SKIPS_ITSELF)
    assert run_suite(tmp_path, required=required).returncode == code


@pytest.mark.parametrize(("least", "code"), [(3, 0), (4, 4)])
def test_lost_files_are_noticed(tmp_path: Path, least: int, code: int) -> None:
    (tmp_path / "test_suite.py").write_text(SUITE)
    done = run_suite(tmp_path, required=False, least=least)
    assert done.returncode == code
    assert code == 0 or "only 3 tests were collected, at least 4 are required" in done.stderr
