"""Several files that belong together get their new content all at once, or keep the old."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from avatarify.media.part_file import PartFile, told_write_error


class NewFile(NamedTuple):
    """target: there or not; its folder is there."""

    target: Path
    content: bytes


def replace_together(files: Sequence[NewFile]) -> None:
    """Everything is written beside the targets first; should one of the renames fail, those before it are taken back.

    Raises MediaError; then every target is as it was. Pulling the plug between two renames is not covered.
    """
    parts: list[PartFile] = []
    kept: list[tuple[Path, bytes | None]] = []
    try:
        for file in files:
            parts.append(PartFile(file.target))
            try:
                parts[-1].path.write_bytes(file.content)
                kept.append((parts[-1].target, _content(parts[-1].target)))
            except OSError as error:
                raise told_write_error(error, file.target) from error
        for done, part in enumerate(parts):
            try:
                part.commit()
            except BaseException:
                _put_back(kept[:done])
                raise
    finally:
        for part in parts:
            part.discard()


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _put_back(kept: Sequence[tuple[Path, bytes | None]]) -> None:
    for path, content in kept:
        if content is None:
            path.unlink()
        else:
            with PartFile(path) as part:
                part.path.write_bytes(content)
