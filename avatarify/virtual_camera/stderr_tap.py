"""Hears what a native library prints to the process's error output, where it says there what it should have raised."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

_STDERR = 2


@dataclass
class Heard:
    """`text`: what matched the pattern, whole lines or not; filled when the block ends."""

    text: str = ""


class StderrTap:
    """Redirects file descriptor 2 to a file for the length of a block. What matches `pattern` is kept back; the rest, from
    other threads for example, is passed on when the block ends. Keep the block short: it holds up the whole process's
    error output. A file and not a pipe, because a full pipe would block the writer.

    One thread uses a tap. Without an error output (a windowed program) it hears nothing.
    """

    def __init__(self, pattern: str) -> None:
        """pattern: a regular expression over bytes of text, for example "error writing frame: [^\\n]*"."""
        self._pattern = re.compile(pattern.encode())
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - lives as long as the tap

    @contextlib.contextmanager
    def listen(self) -> Iterator[Heard]:
        """The block; read `text` after it."""
        heard = Heard()
        try:
            real = os.dup(_STDERR)
        except OSError:
            yield heard
            return
        try:
            os.dup2(self._file.fileno(), _STDERR)
            try:
                yield heard
            finally:
                os.dup2(real, _STDERR)
                said = self._take()
                heard.text = b"\n".join(self._pattern.findall(said)).decode("utf-8", "replace")
                rest = self._pattern.sub(b"", said)
                if rest.strip():
                    with contextlib.suppress(OSError):
                        os.write(real, rest)
        finally:
            os.close(real)

    def close(self) -> None:
        """Lets the file go; twice is fine."""
        self._file.close()

    def _take(self) -> bytes:
        if not self._file.tell() and not os.fstat(self._file.fileno()).st_size:
            return b""
        self._file.seek(0)
        said = self._file.read()
        self._file.seek(0)
        self._file.truncate()
        return said
