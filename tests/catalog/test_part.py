"""A file that is still arriving, and who may write to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from avatarify.catalog.part import Origin, PartFile, lock
from avatarify.errors import DownloadError

HOLD = """
import sys
from pathlib import Path
from avatarify.catalog.part import lock
with lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
ORIGIN = Origin("https://a.example/model.bin", '"v1"', 10)


def test_remembers_where_its_bytes_come_from(tmp_path: Path) -> None:
    part = PartFile(tmp_path / "model.bin")
    assert (part.length, part.origin()) == (0, None)
    part.begin(ORIGIN)
    with part.append() as file:
        file.write(b"01234")
    again = PartFile(tmp_path / "model.bin")
    assert (again.length, again.origin()) == (5, ORIGIN)
    again.begin(Origin("https://b.example/model.bin", "", None))
    assert (again.length, again.origin()) == (0, Origin("https://b.example/model.bin", "", None))
    again.discard()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "note",
    [
        "",
        "[]",
        "{",
        '{"url": "x"}',
        '{"url": 1, "validator": "", "total": 3}',
        '{"url": "", "validator": "", "total": "3"}',
    ],
)
def test_a_damaged_note_is_no_origin(tmp_path: Path, note: str) -> None:
    part = PartFile(tmp_path / "model.bin")
    part.begin(ORIGIN)
    (tmp_path / "model.bin.part.json").write_text(note)
    assert part.origin() is None


def test_publishing_leaves_the_final_name_alone(tmp_path: Path) -> None:
    destination = tmp_path / "model.bin"
    destination.write_bytes(b"old")
    part = PartFile(destination)
    part.begin(ORIGIN)
    part.path.write_bytes(b"new")
    part.publish(destination)
    assert destination.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [destination]


def test_one_process_at_a_time_and_a_killed_one_lets_go(tmp_path: Path) -> None:
    destination = tmp_path / "model.bin"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(destination)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(DownloadError, match=r"model\.bin is being made by another program"), lock(destination):
            pytest.fail("two holders of one lock")
        holder.kill()
    with lock(destination):
        pass
    assert list(tmp_path.iterdir()) == []
