"""What a server says about a file, and what it is believed."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from avatarify.catalog.connection import Guard, MirrorError, RangeError, ask
from tests.catalog.loopback import DATA, Handler, LoopbackServer, claims, fails, redirects, whole

PINNED = Guard(pinned=True, max_redirects=3)
UNPINNED = Guard(pinned=False, max_redirects=3)


def body_of(url: str, *, start: int = 0, guard: Guard = UNPINNED) -> bytes:
    with ask(url, start=start, validator="", guard=guard, limit_s=0.5) as reply:
        assert reply.start == start
        return reply.body.read()


def test_tells_what_the_server_says(server: LoopbackServer) -> None:
    url = server.play(whole(etag='"abc"'))
    with ask(url, start=0, validator="", guard=UNPINNED, limit_s=1) as reply:
        assert (reply.start, reply.total, reply.validator) == (0, len(DATA), '"abc"')
    with ask(url, start=7, validator='"abc"', guard=UNPINNED, limit_s=1) as reply:
        assert (reply.start, reply.total, reply.body.read()) == (7, len(DATA), DATA[7:])


def test_a_weak_etag_gives_way_to_the_date(server: LoopbackServer) -> None:
    url = server.play(claims(3, b"abc", ETag='W/"1"', Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT"))
    with ask(url, start=0, validator="", guard=UNPINNED, limit_s=1) as reply:
        assert reply.validator == "Mon, 01 Jan 2024 00:00:00 GMT"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_follows_redirects_and_keeps_the_range(server: LoopbackServer, status: int) -> None:
    server.play(whole(), path="/moved.bin")
    url = server.play(redirects("/moved.bin", status))
    assert body_of(url, start=1000) == DATA[1000:]
    assert [seen.range for seen in server.seen] == ["bytes=1000-"] * 2


def test_a_redirect_in_a_circle_ends(server: LoopbackServer) -> None:
    server.play(redirects("/model.bin"), path="/other.bin")
    url = server.play(redirects("/other.bin"))
    with pytest.raises(MirrorError, match="redirects more than 3 times"):
        body_of(url)
    assert len(server.seen) == 4


def test_a_redirect_to_nowhere_is_told(server: LoopbackServer) -> None:
    url = server.play(lambda handler: handler.head(302, Content_Length=0))
    with pytest.raises(MirrorError, match="302 without saying where"):
        body_of(url)


@pytest.mark.parametrize("scheme", ["file://", "ftp://127.0.0.1", "data:text/plain,", "gopher://127.0.0.1"])
def test_no_redirect_reaches_another_scheme(server: LoopbackServer, tmp_path: Path, scheme: str) -> None:
    secret = tmp_path / "secret.bin"
    secret.write_bytes(b"secret")
    with pytest.raises(MirrorError, match="neither http nor https"):
        body_of(server.play(redirects(f"{scheme}{secret}")), guard=PINNED)
    with pytest.raises(MirrorError, match="neither http nor https"):
        body_of(f"{scheme}{secret}", guard=PINNED)


def test_plain_http_needs_a_hash_also_after_a_redirect(server: LoopbackServer) -> None:
    far = "http://models.invalid/model.bin"
    with pytest.raises(MirrorError, match="trusted only for a file whose hash is known"):
        body_of(far)
    with pytest.raises(MirrorError, match="trusted only for a file whose hash is known"):
        body_of(server.play(redirects(far)))
    PINNED.check(far)
    UNPINNED.check("https://models.invalid/model.bin")


@pytest.mark.parametrize("url", ["model.bin", "https:///model.bin", "http://[::1/model.bin"])
def test_what_is_no_address_is_told(url: str) -> None:
    with pytest.raises(MirrorError, match=r"neither http|names no host|is not an address"):
        body_of(url)


@pytest.mark.parametrize(("status", "again"), [(404, False), (403, False), (410, False), (500, True), (503, True)])
def test_only_a_server_in_trouble_is_asked_again(server: LoopbackServer, status: int, again: bool) -> None:
    with pytest.raises(MirrorError, match=str(status)) as caught:
        body_of(server.play(fails(status)))
    assert caught.value.again is again


def test_a_range_beyond_the_end_is_its_own_error(server: LoopbackServer) -> None:
    with pytest.raises(RangeError, match="768,001"):
        body_of(server.play(whole()), start=len(DATA) + 1)


@pytest.mark.parametrize("span", ["", "bytes 0-9/10", "bytes 6-9/10", "chickens 5-9/10"])
def test_another_range_than_asked_for_is_refused(server: LoopbackServer, span: str) -> None:
    def wrong_span(handler: Handler) -> None:
        handler.head(206, Content_Range=span, Content_Length=5)
        handler.wfile.write(b"01234")

    with pytest.raises(MirrorError, match="asked for the bytes from 5 on"):
        body_of(server.play(wrong_span), start=5)


def test_an_encoded_file_is_refused(server: LoopbackServer) -> None:
    with pytest.raises(MirrorError, match="encoded as gzip"):
        body_of(server.play(claims(3, b"abc", Content_Encoding="gzip")))


def test_nobody_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        with pytest.raises(MirrorError, match="cannot be reached") as caught:
            body_of(f"http://127.0.0.1:{taken.getsockname()[1]}/model.bin")
    assert not caught.value.again


def test_a_server_that_accepts_and_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}/model.bin"
        with pytest.raises(MirrorError, match=r"no answer within 0\.1 s"):
            ask(url, start=0, validator="", guard=UNPINNED, limit_s=0.1)
