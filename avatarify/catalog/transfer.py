"""One try at one mirror: continue or begin the part file, watch that bytes keep coming, check the hash at the end."""

from __future__ import annotations

import http.client
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from avatarify.catalog.connection import Guard, MirrorError, RangeError, Reply, ask
from avatarify.catalog.digest import Digest, Pins, digest_file
from avatarify.catalog.part import Origin, PartFile
from avatarify.errors import DownloadError

READ_BYTES = 256 * 1024
DISK_MARGIN_BYTES = 16 * 1024 * 1024
PAGE_STARTS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<?xml")


class Progress(NamedTuple):
    """`received` of `total` bytes (None: not known) are on disk; `url` is the mirror that sends."""

    received: int
    total: int | None
    url: str


@dataclass(frozen=True)
class Limits:
    """When to give a mirror up.

    timeout_s: a connection that sends nothing for this long. window_s, window_bytes: at least so much must arrive in
    each stretch of so many seconds. attempts: tries of one mirror in a row that bring less than window_bytes anew;
    pause_s: before the second of them, doubled for each further one. max_bytes: for files of unknown size.
    """

    timeout_s: float = 20.0
    window_s: float = 30.0
    window_bytes: int = 64 * 1024
    attempts: int = 4
    pause_s: float = 1.0
    max_redirects: int = 8
    max_bytes: int = 4 * 1024**3


def transfer(
    url: str, part: PartFile, pins: Pins, *, limits: Limits, progress: Callable[[Progress], None] | None
) -> Digest:
    """Bring `part` to the whole file and return its verified digest. Leaves in it what can be continued, nothing else.

    Raises MirrorError (another mirror may do better), DownloadError (no mirror would), OSError of the local disk.
    """

    def tell(received: int, total: int | None) -> None:
        if progress is not None:
            progress(Progress(received, total, url))

    origin = part.origin()
    start = part.length if origin is not None and _may_continue(origin, url, pins) else 0
    goal = pins.size if pins.size is not None else (origin.total if origin is not None else None)
    if start and start == goal:  # everything had arrived; only the last step was missing
        return _verified(part, digest_file(part.path), pins)
    if goal is not None and start > goal:
        start = 0
    validator = origin.validator if origin is not None and origin.url == url else ""
    try:
        reply = ask(
            url,
            start=start,
            validator=validator,
            guard=Guard(pins.hashed, limits.max_redirects),
            limit_s=limits.timeout_s,
        )
    except RangeError:
        part.discard()
        raise
    with reply:
        goal = _goal(reply, pins, limits)
        stream = _Stream(reply, limits)
        if reply.start:
            if origin is None or _changed(origin, reply, validator):
                part.discard()
                raise MirrorError("has another file than when the download began", again=True)
            digest = digest_file(part.path)
        else:
            # Looked at before the old part is given up: a hotel's log-in page must not cost what has arrived.
            stream.refuse_page()
            digest = Digest()
        _check_disk(part, goal, kept=reply.start)
        if not reply.start:
            part.begin(Origin(url, reply.validator, reply.total))
        _receive(
            stream, part, digest, limits.max_bytes if goal is None else goal, lambda received: tell(received, goal)
        )
        if goal is None and digest.size == limits.max_bytes:
            part.discard()
            raise MirrorError(f"sends more than the limit of {limits.max_bytes:,} bytes")
        if goal is not None and digest.size < goal and not (pins.hashed and not pins.mismatch(digest)):
            raise MirrorError(f"broke off after {digest.size:,} of {goal:,} bytes", again=True)
    return _verified(part, digest, pins)


class _Stream:
    """The body of a reply, read as it comes; raises MirrorError when it stalls, crawls or breaks."""

    def __init__(self, reply: Reply, limits: Limits) -> None:
        self._body = reply.body
        self._limits = limits
        self._position = reply.start
        self._ahead = b""
        self._window_began = time.monotonic()
        self._window_bytes = 0

    def read(self, size: int) -> bytes:
        """1..size bytes, or b"" at the end."""
        data = self._ahead[:size] or self._receive(size)
        self._ahead = self._ahead[size:]
        self._position += len(data)
        return data

    def refuse_page(self) -> None:
        """Raise MirrorError when the file begins as a web page does; keeps what it has looked at for read()."""
        longest = max(map(len, PAGE_STARTS))
        while len(self._ahead.lstrip(b"\xef\xbb\xbf \t\r\n")) < longest and (data := self._receive(READ_BYTES)):
            self._ahead += data
        if self._ahead.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(PAGE_STARTS):
            raise MirrorError("sent a web page instead of the file")

    def _receive(self, size: int) -> bytes:
        place = f"after {self._position + len(self._ahead):,} bytes"
        try:
            # read1: read() would wait for all of `size`, however slowly it comes.
            data = self._body.read1(size)
        except TimeoutError as error:
            raise MirrorError(f"sent nothing for {self._limits.timeout_s:g} s {place}", again=True) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise MirrorError(f"broke off {place} ({error or type(error).__name__})", again=True) from error
        self._watch(len(data), place)
        return data

    def _watch(self, arrived: int, place: str) -> None:
        self._window_bytes += arrived
        elapsed = time.monotonic() - self._window_began
        if elapsed < self._limits.window_s:
            return
        if arrived and self._window_bytes < self._limits.window_bytes:
            raise MirrorError(f"sent only {self._window_bytes:,} bytes in {elapsed:.1f} s {place}", again=True)
        self._window_began, self._window_bytes = time.monotonic(), 0


def _receive(stream: _Stream, part: PartFile, digest: Digest, limit: int, tell: Callable[[int], None]) -> None:
    """Move the stream's bytes into the part file until it ends or holds `limit` bytes."""
    with part.append() as file:
        while digest.size < limit and (data := stream.read(min(READ_BYTES, limit - digest.size))):
            file.write(data)
            digest.update(data)
            tell(digest.size)


def _may_continue(origin: Origin, url: str, pins: Pins) -> bool:
    """Whether bytes from `origin` may be continued from `url`: surely the same file, or the hash will tell in the end."""
    return pins.hashed or (origin.url == url and origin.validator != "")


def _changed(origin: Origin, reply: Reply, validator: str) -> bool:
    """A part of another file than the one that was begun. An answer to a range may leave the validator out."""
    other_size = None not in (origin.total, reply.total) and origin.total != reply.total
    return other_size or (bool(validator and reply.validator) and validator != reply.validator)


def _goal(reply: Reply, pins: Pins, limits: Limits) -> int | None:
    """The whole file's size in bytes; None where only its end will show it."""
    if pins.size is not None:
        if reply.total not in (None, pins.size):
            raise MirrorError(f"offers {reply.total:,} bytes, expected {pins.size:,}")
        return pins.size
    if reply.total is None and not pins.hashed:
        raise MirrorError("does not say how long the file is, so nobody could tell whether it is whole")
    if reply.total is not None and reply.total > limits.max_bytes:
        raise MirrorError(f"offers {reply.total:,} bytes, more than the limit of {limits.max_bytes:,}")
    return reply.total


def _check_disk(part: PartFile, goal: int | None, *, kept: int) -> None:
    if goal is None:
        return
    free = shutil.disk_usage(part.path.parent).free + part.length - kept
    needed = goal - kept + DISK_MARGIN_BYTES
    if free < needed:
        raise DownloadError(
            f"The disk of {part.path.parent} has {free / 1e6:,.0f} MB free; the download needs {needed / 1e6:,.0f} MB.",
            "Free some space and try again.",
        )


def _verified(part: PartFile, digest: Digest, pins: Pins) -> Digest:
    reason = pins.mismatch(digest)
    if reason:
        part.discard()
        raise MirrorError(f"sent a file that {reason}")
    return digest
