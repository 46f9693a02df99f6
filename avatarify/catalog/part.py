"""A file that is still arriving: `NAME.part` with its bytes, `NAME.part.json` with where they came from, and its lock."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from avatarify.errors import DownloadError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@dataclass(frozen=True)
class Origin:
    """Which bytes these are: the address that was asked, its validator then, and the whole file's size in bytes."""

    url: str
    validator: str
    total: int | None


class PartFile:
    """What has arrived of `destination`. Used under `lock(destination)`; it survives errors, Ctrl-C and crashes."""

    def __init__(self, destination: Path) -> None:
        self.path = destination.with_name(f"{destination.name}.part")
        self._note = destination.with_name(f"{destination.name}.part.json")

    @property
    def length(self) -> int:
        """Bytes on disk; 0 where nothing has arrived."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def origin(self) -> Origin | None:
        """Where the bytes came from; None where that is not known, so that they cannot be continued."""
        try:
            told = json.loads(self._note.read_text(encoding="utf-8"))
            origin = Origin(told["url"], told["validator"], told["total"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        sound = isinstance(origin.url, str) and isinstance(origin.validator, str)
        return origin if sound and (origin.total is None or type(origin.total) is int) else None

    def begin(self, origin: Origin) -> None:
        """Throw away what is there and note where the coming bytes are from."""
        self.discard()
        self.path.touch()
        self._note.write_text(json.dumps(asdict(origin)), encoding="utf-8")

    def append(self) -> BinaryIO:
        return self.path.open("ab")

    def discard(self) -> None:
        self._note.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def publish(self, destination: Path) -> None:
        """The bytes are whole and verified: give them their final name, in one step."""
        with self.path.open("rb+") as file:
            os.fsync(file.fileno())
        self.path.replace(destination)
        self._note.unlink(missing_ok=True)


@contextmanager
def lock(destination: Path) -> Iterator[None]:
    """Keep other processes away from a file that is being made. The system lets go of it when the process dies.

    Raises DownloadError at once when somebody else holds it.
    """
    path = destination.with_name(f"{destination.name}.lock")
    file = path.open("ab")
    try:
        # The holder removes the file when done: a lock on a removed file would protect nothing.
        if not _take(file) or not path.exists() or not os.path.samestat(os.fstat(file.fileno()), path.stat()):
            raise DownloadError(
                f"{destination.name} is being made by another program.", "Wait until it is done, then try again."
            )
        try:
            yield
        finally:
            if sys.platform != "win32":  # an open file cannot be removed there; the empty file stays
                path.unlink(missing_ok=True)
    finally:
        file.close()


def _take(file: BinaryIO) -> bool:
    """Lock without waiting; False where another process has the lock."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
