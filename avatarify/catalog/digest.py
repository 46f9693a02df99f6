"""Hashes of a file, and what is known about it before it is fetched."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

READ_BYTES = 1024 * 1024


class Digest:
    """md5 and sha256 of the same bytes, in one pass; both as lower-case hexadecimal text."""

    def __init__(self) -> None:
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha256 = hashlib.sha256()
        self.size = 0

    def update(self, data: bytes) -> None:
        self._md5.update(data)
        self._sha256.update(data)
        self.size += len(data)

    @property
    def md5(self) -> str:
        return self._md5.hexdigest()

    @property
    def sha256(self) -> str:
        return self._sha256.hexdigest()

    @property
    def pins(self) -> Pins:
        """All three, as what another file must be to be the same."""
        return Pins(self.size, self.md5, self.sha256)


def digest_file(path: Path) -> Digest:
    """Raises OSError."""
    digest = Digest()
    with path.open("rb") as file:
        while data := file.read(READ_BYTES):
            digest.update(data)
    return digest


@dataclass(frozen=True)
class Pins:
    """What a file must be. size: bytes, None where not known; md5, sha256: lower-case hexadecimal, "" where not known."""

    size: int | None = None
    md5: str = ""
    sha256: str = ""

    @property
    def hashed(self) -> bool:
        return bool(self.md5 or self.sha256)

    def mismatch(self, digest: Digest) -> str:
        """Why these bytes are not the file, made to stand after a name: "has 3 bytes, expected 4". "" when they are."""
        if self.size is not None and digest.size != self.size:
            return f"has {digest.size:,} bytes, expected {self.size:,}"
        if self.sha256 and digest.sha256 != self.sha256:
            return f"has sha256 {digest.sha256}, expected {self.sha256}"
        if self.md5 and digest.md5 != self.md5:
            return f"has md5 {digest.md5}, expected {self.md5}"
        return ""
