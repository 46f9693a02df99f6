"""Graphs that were made once and are kept in the user's cache: written whole or not at all, checked before use."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
from pathlib import Path

from avatarify.whole_file import write_whole

_log = logging.getLogger(__name__)
_KEPT = 8  # folders; a model's graphs may take a few hundred megabytes


class GraphCache:
    """One folder below `root` for all that depends on the same `facts` (model, versions, device, ...).

    A full disk or a folder that must not be written costs time at every start and is told in the log, nothing else.
    """

    def __init__(self, root: Path, facts: tuple[str, ...]) -> None:
        self._root = root
        self._folder = root / hashlib.sha256("\n".join(facts).encode()).hexdigest()[:32]

    def read(self, name: str) -> bytes | None:
        """What was written under this name, or None. A damaged file is removed and told."""
        path = self._path(name)
        try:
            with path.open("rb") as file:
                digest, payload = file.read(32), file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            _log.warning("%s cannot be read (%s): it is made anew.", path, error)
            return None
        with contextlib.suppress(OSError):
            os.utime(self._folder)  # in use: others go first when there are too many
        if hashlib.sha256(payload).digest() != digest:
            self.drop(name, "it is damaged")
            return None
        return payload

    def write(self, name: str, payload: bytes | memoryview) -> None:
        """Keep it. The file appears complete or not at all."""
        path = self._path(name)
        try:
            self._make_room()
            write_whole(path, hashlib.sha256(payload).digest(), payload, lasting=False)
        except OSError as error:
            _log.warning("%s cannot be kept (%s): the next start takes as long.", path, error)

    def drop(self, name: str, why: str) -> None:
        """Remove what cannot be used."""
        path = self._path(name)
        _log.warning("%s cannot be used (%s): it is made anew.", path, why)
        with contextlib.suppress(OSError):
            path.unlink()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.graph"

    def _make_room(self) -> None:
        """Older versions and models that nobody runs any more go."""
        if self._folder.is_dir():
            return
        self._folder.mkdir(parents=True)
        folders = sorted(
            (path for path in self._root.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime
        )
        for folder in folders[:-_KEPT]:
            shutil.rmtree(folder, ignore_errors=True)


def file_digest(path: Path) -> str:
    """SHA-256 of a file. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def source_digest(folder: Path) -> str:
    """SHA-256 over the program text in a folder: graphs that other text made are not ours."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
