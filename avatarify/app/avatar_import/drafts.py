"""Pictures without a file, pasted or photographed, have one for as long as they are asked about."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from avatarify.errors import MediaError


class Drafts:
    """Their folder, made for the first of them; nobody's photograph stays behind. Every method waits for the disk, so they belong
    into a thread, one at a time."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def write(self, name: str, write: Callable[[Path], object]) -> Path:
        """Have `write` make the file, which is returned. name: with its ending. Raises MediaError, and what `write` raises."""
        if self._folder is None:
            try:
                self._folder = tempfile.TemporaryDirectory(prefix="avatarify-")
            except OSError as error:
                raise MediaError(
                    f"The picture could not be kept for a moment ({error.strerror}).", "Free some space on the disk."
                ) from error
        path = Path(self._folder.name) / name
        write(path)
        return path

    def clear(self) -> None:
        """Remove all of them; twice, and without any, is fine."""
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()
