"""One HTTP request for a file, or for the rest of it: which addresses are let through and what the server says it sends."""

from __future__ import annotations

import http.client
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from types import TracebackType
from typing import IO

from avatarify import __version__
from avatarify.errors import DownloadError

LOOPBACK = ("127.0.0.1", "::1", "localhost")
TRY_AGAIN = (408, 425, 429, 500, 502, 503, 504)


class MirrorError(DownloadError):
    """One address did not give the file. `again`: the same address may, if it is asked once more."""

    def __init__(self, message: str, *, again: bool = False) -> None:
        super().__init__(message)
        self.again = again


class RangeError(MirrorError):
    """The server has no bytes from the offset on that it was asked for (HTTP 416)."""


@dataclass(frozen=True)
class Guard:
    """What an address must satisfy. `pinned`: the file's hash is known beforehand, so that nobody on the way can change it."""

    pinned: bool
    max_redirects: int

    def check(self, url: str) -> None:
        """Raise MirrorError for an address that must not be asked."""
        try:
            parts = urllib.parse.urlsplit(url)
        except ValueError as error:
            raise MirrorError(f"{url} is not an address ({error})") from error
        if parts.scheme not in ("http", "https"):
            raise MirrorError(f"{url} is neither http nor https")
        if not parts.hostname:
            raise MirrorError(f"{url} names no host")
        if parts.scheme == "http" and not self.pinned and parts.hostname not in LOOPBACK:
            raise MirrorError(f"{url} is plain http, which is trusted only for a file whose hash is known")


@dataclass(frozen=True)
class Reply:
    """The answer: the first byte of `body` is byte `start` of a file of `total` bytes (None: the server does not say).

    validator: the strong ETag, else the Last-Modified date, else "". It changes when the file changes.
    Close it, or use it as a context manager.
    """

    body: http.client.HTTPResponse
    start: int
    total: int | None
    validator: str

    def __enter__(self) -> Reply:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.body.close()


def ask(url: str, *, start: int, validator: str, guard: Guard, limit_s: float) -> Reply:
    """Request `url` from byte `start` on; `validator` makes the server begin at 0 if the file is not the same any more.

    Raises MirrorError with a reason made to stand after the host's name.
    """
    guard.check(url)
    headers = {"User-Agent": f"avatarify/{__version__}", "Accept": "*/*", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
        if validator:
            headers["If-Range"] = validator
    try:
        body = _opener(guard).open(urllib.request.Request(url, headers=headers), timeout=limit_s)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416:
            raise RangeError(f"has no byte {start:,} (HTTP 416)") from error
        raise MirrorError(f"answered {error.code} {error.reason}".rstrip(), again=error.code in TRY_AGAIN) from error
    except urllib.error.URLError as error:
        raise _unreachable(error.reason, limit_s) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _unreachable(error, limit_s) from error
    if body is None:  # urllib's answer when no handler knows the scheme
        raise MirrorError(f"{url} cannot be opened")
    try:
        return _reply(body, start)
    except MirrorError:
        body.close()
        raise


def _reply(body: http.client.HTTPResponse, asked_start: int) -> Reply:
    headers = body.headers
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        raise MirrorError(f"sends the file encoded as {headers['Content-Encoding']}, which was not asked for")
    etag = headers.get("ETag", "")
    validator = etag if etag and not etag.startswith("W/") else headers.get("Last-Modified", "")
    if body.status == 200:
        length = headers.get("Content-Length", "")
        return Reply(body, 0, int(length) if length.isdecimal() else None, validator)
    if body.status == 206:
        span = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", headers.get("Content-Range", "").strip())
        if span is None or int(span[1]) != asked_start:
            raise MirrorError(f"sends {headers.get('Content-Range')!r} when asked for the bytes from {asked_start} on")
        return Reply(body, asked_start, None if span[2] == "*" else int(span[2]), validator)
    raise MirrorError(f"answered {body.status} {body.reason} instead of a file")


def _unreachable(reason: object, limit_s: float) -> MirrorError:
    if isinstance(reason, TimeoutError):
        return MirrorError(f"gave no answer within {limit_s:g} s")
    hung_up = isinstance(reason, ConnectionError) and not isinstance(reason, ConnectionRefusedError)
    return MirrorError(f"cannot be reached ({reason})", again=hung_up)


class _GuardedRedirect(urllib.request.HTTPRedirectHandler):
    """Follows a bounded number of redirects, each of which must satisfy the guard. Request headers travel along."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._followed = 0

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request:
        self._followed += 1
        if self._followed > self._guard.max_redirects:
            raise MirrorError(f"redirects more than {self._guard.max_redirects} times")
        self._guard.check(newurl)
        kept: Mapping[str, str] = req.headers
        return urllib.request.Request(newurl.replace(" ", "%20"), headers=dict(kept))

    def _follow(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message
    ) -> http.client.HTTPResponse:
        location = headers.get("Location")
        fp.close()
        if not location:
            raise MirrorError(f"answered {code} without saying where the file is")
        request = self.redirect_request(req, fp, code, msg, headers, urllib.parse.urljoin(req.full_url, location))
        response: http.client.HTTPResponse = self.parent.open(request, timeout=req.timeout)
        return response

    # The base class refuses schemes and loops in its own words, and knows 308 only since Python 3.11.
    http_error_301 = http_error_302 = http_error_303 = http_error_307 = http_error_308 = _follow


def _opener(guard: Guard) -> urllib.request.OpenerDirector:
    """Like urllib's default opener (proxies of the environment included) without ftp:, file: and data:."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _GuardedRedirect(guard),
    ):
        opener.add_handler(handler)
    return opener
