"""What a run was begun with is read back, also from files of earlier versions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from avatarify.errors import CheckpointError
from avatarify.train.run_file import RUN, RunFile
from tests.train.films import TINY


def test_what_is_written_is_read(tmp_path: Path) -> None:
    plan = RunFile(TINY, 7, (tmp_path / "clips",), tmp_path / "cache", ("open",), tmp_path / "weights.whl", "a1b2")
    plan.write(tmp_path)
    assert RunFile.read(tmp_path) == plan


def test_paths_hold_wherever_the_run_is_resumed_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    RunFile(TINY, 7, (Path("clips"),), Path("cache"), (), Path("weights.whl")).write(tmp_path)
    plan = RunFile.read(tmp_path)
    assert (plan.folders, plan.cache) == ((tmp_path / "clips",), tmp_path / "cache")
    assert plan.perceptual_file == tmp_path / "weights.whl"


def test_older_files_are_read(tmp_path: Path) -> None:
    """Without what was added later."""
    RunFile(TINY, 7, (tmp_path,), tmp_path / "cache").write(tmp_path)
    values = json.loads((tmp_path / RUN).read_text("utf-8"))
    for name in ("licences", "perceptual_file", "init"):
        del values[name]
    (tmp_path / RUN).write_text(json.dumps(values), "utf-8")
    assert RunFile.read(tmp_path) == RunFile(TINY, 7, (tmp_path,), tmp_path / "cache")


def test_what_is_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no run in"):
        RunFile.read(tmp_path)
    (tmp_path / RUN).write_text("{", "utf-8")
    with pytest.raises(CheckpointError, match="is damaged"):
        RunFile.read(tmp_path)
