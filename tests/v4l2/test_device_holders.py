"""Who has a device open: the real /proc with a real child process, and folders like /proc for what that cannot show."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from avatarify.v4l2.device_holders import Holder, HolderWatch, find_holders, hides_something

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="/proc")
HOLD = "import sys; held = open(sys.argv[1], sys.argv[2]); print('open', flush=True); sys.stdin.read()"


def program(proc: Path, process: int, *, name: str, words: tuple[str, ...], opens: dict[str, str]) -> None:
    """A process in a folder like /proc. opens: what it has open, with the octal flags."""
    folder = proc / str(process)
    (folder / "fd").mkdir(parents=True)
    (folder / "fdinfo").mkdir()
    (folder / "comm").write_text(name + "\n")
    (folder / "cmdline").write_text("\0".join(words) + "\0")
    for number, (target, flags) in enumerate(opens.items(), 3):
        (folder / "fd" / str(number)).symlink_to(target)
        (folder / "fdinfo" / str(number)).write_text(f"pos:\t0\nflags:\t{flags}\n")


@linux_only
@pytest.mark.parametrize(("mode", "only_writes"), [("rb", False), ("r+b", False), ("wb", True)])
def test_another_process_is_found_and_its_way_of_opening(tmp_path: Path, mode: str, only_writes: bool) -> None:
    device = tmp_path / "video9"
    device.touch()
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", HOLD, str(device), mode], stdin=pipe, stdout=pipe) as child:
        assert child.stdout is not None
        child.stdout.readline()
        found = find_holders(device)
        child.communicate(b"")
    assert [(holder.process, holder.only_writes) for holder in found] == [(child.pid, only_writes)]
    assert found[0].name.startswith("python")


@linux_only
def test_own_handles_do_not_count(tmp_path: Path) -> None:
    device = tmp_path / "video9"
    with device.open("wb"):
        assert find_holders(device) == ()
        assert [holder.process for holder in find_holders(device, besides=1)] == [os.getpid()]


def test_programs_are_named(tmp_path: Path) -> None:
    device = str(tmp_path / "video9")
    proc = tmp_path / "proc"
    program(proc, 12, name="obs", words=("/usr/bin/obs",), opens={device: "0100002"})
    program(proc, 30, name="python3.11", words=("python3", "/home/a/producer.py", "x"), opens={device: "04010001"})
    program(proc, 31, name="bash", words=("bash",), opens={"/dev/null": "0100002"})
    found = find_holders(device, proc=proc)
    assert found == (Holder(12, "obs", only_writes=False), Holder(30, "producer.py", only_writes=True))
    assert str(found[0]) == "obs (process 12)"


def test_without_proc_nothing_is_seen_and_that_is_known(tmp_path: Path) -> None:
    assert find_holders("/dev/video9", proc=tmp_path / "none") == ()
    assert hides_something(tmp_path / "none")


def test_all_is_seen_where_every_program_shows_itself(tmp_path: Path) -> None:
    program(tmp_path, 12, name="obs", words=("obs",), opens={})
    assert not hides_something(tmp_path)


def test_watch_answers_at_once_and_looks_in_the_background(tmp_path: Path) -> None:
    device, proc, now = str(tmp_path / "video9"), tmp_path / "proc", [0.0]
    program(proc, 12, name="zoom", words=("zoom",), opens={})
    Path(device).touch()
    watch = HolderWatch(device, every_s=2.0, clock=lambda: now[0], proc=proc)
    assert watch.any_holder is None
    wait_for_watch()
    assert watch.any_holder is False
    (proc / "12" / "fd" / "9").symlink_to(device)
    now[0] = 1.9
    assert watch.any_holder is False
    wait_for_watch()
    assert watch.any_holder is False, "the answer is not old yet"
    now[0] = 2.0
    assert watch.any_holder is False, "this call only starts the look"
    wait_for_watch()
    assert watch.any_holder is True
    assert [holder.name for holder in watch.holders or ()] == ["zoom"]


def test_watch_does_not_guess_about_what_is_no_file(tmp_path: Path) -> None:
    program(tmp_path, 12, name="zoom", words=("zoom",), opens={})
    watch = HolderWatch("memory", every_s=0.0, proc=tmp_path)
    assert watch.any_holder is None
    wait_for_watch()
    assert watch.any_holder is None


def wait_for_watch() -> None:
    for thread in threading.enumerate():
        if thread.name == "holder watch":
            thread.join(5)
    time.sleep(0)
