"""Windows without a screen, and a home of its own for every test."""

from __future__ import annotations

import gc
import os
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before PySide6: without a display its application aborts

import pytest

from avatarify.app.tasks import Tasks
from tests.fakes.disks import hanging_disk
from tests.fakes.live import until

__all__ = ["hanging_disk"]


@pytest.fixture(autouse=True)
def garbage_here() -> Iterator[None]:
    """As in the app, widgets that are garbage are taken apart in the Qt thread: see avatarify/app/garbage.py."""
    gc.disable()
    yield
    gc.collect()
    gc.freeze()  # the next pass looks at the next test's objects only
    gc.enable()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folders (data, preferences, cache, log) lie in the test's own folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("AVATARIFY_HOME", str(folder))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(folder / name.lower()))
        (folder / name.lower()).mkdir(mode=0o700)
    return folder


@pytest.fixture
def tasks(qapp: object) -> Iterator[Tasks]:
    """Ended with the test."""
    tasks = Tasks()
    yield tasks
    assert tasks.close(5.0), "a task of this test still runs"


@pytest.fixture(autouse=True)
def threads_end() -> Iterator[None]:
    """Waits after the test for the threads that it has left behind: at Python's end they would be torn out of torch's code,
    which then aborts."""
    yield
    try:
        until(lambda: not _threads())
    except AssertionError as error:
        stacks = sys._current_frames()
        told = [
            f"{thread.name}:\n" + "".join(traceback.format_stack(stacks[thread.ident]))
            for thread in _threads()
            if thread.ident in stacks
        ]
        raise AssertionError("these threads do not end:\n" + "\n".join(told)) from error


def _threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("avatarify")]
