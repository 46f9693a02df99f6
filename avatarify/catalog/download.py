"""A file from the network, whole and verified or not at all: mirrors, resume, hashes while streaming, an atomic rename.

Knows nothing of models. What has arrived waits in `NAME.part` beside the destination; the final name only ever holds
bytes that were checked.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from avatarify.catalog.connection import MirrorError
from avatarify.catalog.digest import Digest, Pins, digest_file
from avatarify.catalog.part import PartFile, lock
from avatarify.catalog.transfer import Limits, Progress, transfer
from avatarify.errors import DownloadError

__all__ = ["Fetched", "Limits", "Progress", "download"]


class Fetched(NamedTuple):
    """A file under its final name. url: the mirror, "" when the file was there already. size: bytes.

    verified: it matched a hash that was known beforehand.
    """

    path: Path
    url: str
    size: int
    md5: str
    sha256: str
    verified: bool


def download(
    urls: Sequence[str],
    destination: Path,
    *,
    size: int | None = None,
    md5: str = "",
    sha256: str = "",
    accept_unverified: bool = False,
    progress: Callable[[Progress], None] | None = None,
    limits: Limits | None = None,
) -> Fetched:
    """Fetch the file at `urls` (the same file everywhere, tried in this order) to `destination`.

    size: exact bytes, where known. md5, sha256: hexadecimal, checked where given. With neither of them the file is
    fetched only when `accept_unverified` is set, and then over https only.
    A destination that already has the right hash is left alone. Ctrl-C keeps what has arrived for the next call.
    Raises DownloadError with every mirror's reason.
    """
    pins = Pins(size, md5.lower(), sha256.lower())
    if not pins.hashed and not accept_unverified:
        raise DownloadError(
            f"No hash is known for {destination.name}, so nobody can tell whether what arrives is the right file.",
            "Fetch it only if you trust the address, and say so.",
        )
    if not urls:
        raise DownloadError(f"No address is known for {destination.name}.", "Fetch the file by hand and import it.")
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with lock(destination):
            present = _present(destination, pins)
            return present or _from_mirrors(urls, destination, pins, limits or Limits(), progress)
    except OSError as error:
        raise _disk_error(error, destination) from error


def _present(destination: Path, pins: Pins) -> Fetched | None:
    if not pins.hashed or not destination.is_file():
        return None
    digest = digest_file(destination)
    if pins.mismatch(digest):
        return None
    return Fetched(destination, "", digest.size, digest.md5, digest.sha256, True)


def _from_mirrors(
    urls: Sequence[str],
    destination: Path,
    pins: Pins,
    limits: Limits,
    progress: Callable[[Progress], None] | None,
) -> Fetched:
    part = PartFile(destination)
    reasons: list[str] = []
    for url in urls:
        try:
            digest = _from_mirror(url, part, pins, limits, progress)
        except MirrorError as error:
            reasons.append(f"{urlsplit(url).netloc or 'address'}: {error.message}")
            continue
        part.publish(destination)
        return Fetched(destination, url, digest.size, digest.md5, digest.sha256, pins.hashed)
    kept = f" The {part.length:,} bytes that arrived are kept." if part.length else ""
    raise DownloadError(
        f"{destination.name} could not be downloaded. " + "; ".join(reasons) + ".",
        f"Check the connection and try again.{kept}",
    )


def _from_mirror(
    url: str, part: PartFile, pins: Pins, limits: Limits, progress: Callable[[Progress], None] | None
) -> Digest:
    """Ask one mirror until it has given everything, or hardly anything several times in a row."""
    most, fruitless = part.length, 0
    while True:
        had = part.length
        try:
            return transfer(url, part, pins, limits=limits, progress=progress)
        except MirrorError as error:
            # A wrong file put together from two answers says nothing against this mirror: once more from the start.
            again = error.again or (had > 0 and part.length == 0)
            grown = part.length >= most + limits.window_bytes
            most = max(most, part.length)
            fruitless = 0 if grown else fruitless + 1
            if not again or fruitless >= limits.attempts:
                raise
            time.sleep(limits.pause_s * 2 ** max(0, fruitless - 1))


def _disk_error(error: OSError, destination: Path) -> DownloadError:
    if error.errno == errno.ENOSPC:
        return DownloadError(
            f"The disk of {destination.parent} is full.",
            "Free some space and try again; what has arrived is kept.",
        )
    return DownloadError(
        f"{destination} cannot be written ({error.strerror or error}).",
        "Choose another folder or mend its permissions.",
    )
