"""A run's log on disk."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from avatarify.errors import MediaError, SettingsError
from avatarify.train.log import LogRow, RunLog, read_log


def row(step: int, total: float = 0.5) -> LogRow:
    return LogRow(step, *[total] * (len(LogRow._fields) - 1))


def test_rows_reach_the_disk_at_once(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    with RunLog(path, after=0) as log:
        log.write(row(1))
        assert read_log(path) == [row(1)]
        log.write(row(2, 0.25))
    assert read_log(path) == [row(1), row(2, 0.25)]
    assert path.read_text().startswith("step,total,perceptual,")


def test_a_resumed_run_writes_later_rows_again(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    with RunLog(path, after=0) as log:
        for step in (1, 2, 3):
            log.write(row(step))
    with RunLog(path, after=2) as log:
        log.write(row(3, 9.0))
    assert read_log(path) == [row(1), row(2), row(3, 9.0)]
    with RunLog(path, after=0) as log:
        log.write(row(1, 7.0))
    assert read_log(path) == [row(1, 7.0)]


def test_a_run_that_began_before_a_loss_was_there_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    older = [name for name in LogRow._fields if name not in ("flow", "expression")]
    path.write_text(",".join(older) + "\n1" + ",0.5" * (len(older) - 1) + "\n")
    with RunLog(path, after=1) as log:
        log.write(row(2))
    assert read_log(path) == [row(1)._replace(flow=0.0, expression=0.0), row(2)]


def test_another_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("step,loss\n1,2\n")
    with pytest.raises(MediaError, match="is not the log of a run"):
        read_log(path)


def test_tensorboard_is_never_left_out_in_silence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)  # as if it were not installed
    with pytest.raises(SettingsError, match="TensorBoard is not installed"):
        RunLog(tmp_path / "log.csv", after=0, tensorboard=tmp_path / "board")
