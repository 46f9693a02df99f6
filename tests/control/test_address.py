"""Where a running app listens."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from avatarify.control.address import make_private_folder, pipe_name, server_name, socket_path
from avatarify.errors import ControlError

posix_only = pytest.mark.skipif(os.name == "nt", reason="users and modes of POSIX")


def test_each_home_has_a_socket_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVATARIFY_HOME", "/tmp/one")
    one, one_pipe = socket_path(), pipe_name()
    monkeypatch.setenv("AVATARIFY_HOME", "/tmp/two")
    assert one == Path("/tmp/one/runtime/control.sock")
    assert socket_path() != one
    assert pipe_name() != one_pipe


@posix_only
def test_the_runtime_folder_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("AVATARIFY_HOME", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1000")
    if os.uname().sysname == "Linux":
        assert server_name() == "/run/user/1000/avatarify/control.sock"


@posix_only
def test_without_a_runtime_folder_it_is_one_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AVATARIFY_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    if os.uname().sysname == "Linux":
        assert socket_path().parent.name == f"avatarify-{os.getuid()}"


def test_a_long_path_is_replaced_by_a_short_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AVATARIFY_HOME", str(tmp_path / ("long" * 30)))
    first = socket_path()
    assert len(os.fsencode(first)) <= 100
    assert first == socket_path()
    monkeypatch.setenv("AVATARIFY_HOME", str(tmp_path / ("lang" * 30)))
    assert socket_path() != first


@posix_only
def test_the_folder_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "runtime" / "avatarify"
    make_private_folder(folder)
    make_private_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@posix_only
def test_a_folder_that_others_can_enter_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "runtime"
    folder.mkdir()
    folder.chmod(0o755)
    with pytest.raises(ControlError, match="Others can get into") as refused:
        make_private_folder(folder)
    assert "chmod 700" in refused.value.hint


@posix_only
def test_a_link_that_somebody_has_laid_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "runtime").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ControlError, match="is not a folder of yours"):
        make_private_folder(tmp_path / "runtime")


@posix_only
def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "runtime").touch()
    with pytest.raises(ControlError, match="cannot be made"):
        make_private_folder(tmp_path / "runtime" / "avatarify")
