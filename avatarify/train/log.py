"""What a run tells: a row of a CSV file every so many steps, and TensorBoard where it is installed and wanted."""

from __future__ import annotations

import csv
import importlib
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from avatarify.errors import MediaError, SettingsError
from avatarify.media.part_file import PartFile


class LogRow(NamedTuple):
    """Means over the steps since the last row. Losses are unweighted; gradient: norm before clipping; discriminator: its
    own loss; learning_rate: of the last step; seconds: since the run began or was resumed."""

    step: int
    total: float
    perceptual: float
    equivariance_value: float
    equivariance_jacobian: float
    generator_adversarial: float
    feature_matching: float
    pixel: float
    warp: float
    paint: float
    identity: float
    landmark: float
    focus: float
    flow: float
    expression: float
    discriminator: float
    gradient: float
    learning_rate: float
    seconds: float


_LATER = {"flow": "0", "expression": "0"}
"""Columns that runs of an older version do not have, and what they would say."""


class RunLog:
    """Rows of numbers by step. A context manager; `write` reaches the disk at once. One process, the leading one, has it."""

    def __init__(self, path: Path, *, after: int, tensorboard: Path | None = None) -> None:
        """path: log.csv. after: rows of later steps are dropped: a resumed run writes them again; 0 begins anew.

        tensorboard: folder for its events; None is without. Raises SettingsError where it is wanted and not installed.
        """
        self._path = path
        self._rows = _rows_until(path, after)
        self._board = None if tensorboard is None else _board(tensorboard)

    def write(self, row: LogRow) -> None:
        """One row."""
        new = not self._rows
        self._rows.append(row)
        if new:
            _write_all(self._path, self._rows)
        else:
            with self._path.open("a", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerow(_told(row))
        if self._board is not None:
            for name, value in zip(row._fields[1:], row[1:], strict=True):
                self._board.add_scalar(name, value, row.step)

    def close(self) -> None:
        """Twice is fine."""
        if self._board is not None:
            self._board.close()
            self._board = None

    def __enter__(self) -> RunLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def read_log(path: Path) -> list[LogRow]:
    """The rows of a log.csv. Raises MediaError for a file of another kind."""
    with path.open(encoding="utf-8", newline="") as file:
        try:
            return [
                LogRow(int(row.pop("step")), **{name: float(value) for name, value in (_LATER | row).items()})
                for row in csv.DictReader(file)
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise MediaError(f"{path} is not the log of a run ({error}).", "Move it away; it is made again.") from error


def _rows_until(path: Path, after: int) -> list[LogRow]:
    if not after or not path.is_file():
        return []
    kept = [row for row in read_log(path) if row.step <= after]
    if kept:
        _write_all(path, kept)
    return kept


def _write_all(path: Path, rows: list[LogRow]) -> None:
    with PartFile(path) as part, part.path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(LogRow._fields)
        writer.writerows(_told(row) for row in rows)


def _told(row: LogRow) -> list[str]:
    return [str(row.step), *(f"{value:.6g}" for value in row[1:])]


def _board(folder: Path) -> Any:  # noqa: ANN401 - torch's writer, whose package may be missing
    try:
        module = importlib.import_module("torch.utils.tensorboard")
    except ImportError as error:
        raise SettingsError(
            f"TensorBoard is not installed here ({error}).", "pip install tensorboard, or leave --tensorboard out."
        ) from error
    return module.SummaryWriter(str(folder))
