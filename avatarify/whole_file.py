"""A file that is there whole or not at all: written beside its place first, then put there in one step."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, *parts: bytes | memoryview, lasting: bool = True) -> None:
    """Write the parts one after the other into a file that only this user may read. Makes the folder.

    lasting: also through a power cut; False for what can be made again. Raises OSError; then an older file is as it was, and
    nothing is left beside it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # A short name of its own: the file's name may already be as long as the disk allows.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            for content in parts:
                file.write(content)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
