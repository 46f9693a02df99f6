"""Bytes over an unsteady line."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import pytest

from avatarify.catalog import transfer as transfer_module
from avatarify.catalog.connection import MirrorError, RangeError
from avatarify.catalog.digest import Digest, Pins
from avatarify.catalog.part import Origin, PartFile
from avatarify.catalog.transfer import Progress, transfer
from avatarify.errors import DownloadError
from tests.catalog.loopback import (
    DATA,
    QUICK,
    LoopbackServer,
    blind_range,
    claims,
    dribbles,
    drops_after,
    no_ranges,
    page,
    stalls_after,
    whole,
)

SHA256 = hashlib.sha256(DATA).hexdigest()
PINS = Pins(sha256=SHA256)
OTHER = DATA[::-1]
UNPINNED = Pins()


@pytest.fixture
def part(tmp_path: Path) -> PartFile:
    return PartFile(tmp_path / "model.bin")


def fetch(url: str, part: PartFile, pins: Pins = PINS, *, tell: list[Progress] | None = None) -> Digest:
    return transfer(url, part, pins, limits=QUICK, progress=None if tell is None else tell.append)


def fill(part: PartFile, url: str, data: bytes, *, validator: str = '"first"', total: int | None = len(DATA)) -> None:
    part.begin(Origin(url, validator, total))
    part.path.write_bytes(data)


def test_a_whole_file_arrives_and_every_step_is_told(server: LoopbackServer, part: PartFile) -> None:
    told: list[Progress] = []
    url = server.play(whole())
    digest = fetch(url, part, tell=told)
    assert (digest.size, digest.sha256, digest.md5) == (len(DATA), SHA256, hashlib.md5(DATA).hexdigest())
    assert part.path.read_bytes() == DATA
    received = [step.received for step in told]
    assert received == sorted(set(received))
    assert received[-1] == len(DATA)
    assert {(step.total, step.url) for step in told} == {(len(DATA), url)}


def test_a_dropped_connection_is_continued_where_it_broke(server: LoopbackServer, part: PartFile) -> None:
    url = server.play(drops_after(300_000), whole())
    with pytest.raises(MirrorError, match="broke off after 300,000 of 768,000 bytes") as caught:
        fetch(url, part)
    assert caught.value.again
    assert part.length == 300_000
    told: list[Progress] = []
    assert fetch(url, part, tell=told).sha256 == SHA256
    assert (server.seen[1].range, server.seen[1].if_range) == ("bytes=300000-", '"first"')
    assert told[0].received > 300_000


def test_bytes_that_were_there_before_count_in_the_hash(server: LoopbackServer, part: PartFile) -> None:
    url = server.play(whole())
    fill(part, url, b"\0" * 1000)
    with pytest.raises(MirrorError, match=f"expected {SHA256}"):
        fetch(url, part)
    assert part.length == 0


def test_a_server_without_ranges_starts_again(server: LoopbackServer, part: PartFile) -> None:
    url = server.play(no_ranges())
    fill(part, url, DATA[:1000])
    assert fetch(url, part).sha256 == SHA256
    assert server.seen[0].range == "bytes=1000-"


def test_a_file_that_changed_is_fetched_from_the_start(server: LoopbackServer, part: PartFile) -> None:
    url = server.play(whole(OTHER, etag='"second"'))
    fill(part, url, DATA[:1000])
    fetch(url, part, Pins(sha256=hashlib.sha256(OTHER).hexdigest()))
    assert part.path.read_bytes() == OTHER
    assert part.origin() == Origin(url, '"second"', len(OTHER))


@pytest.mark.parametrize("answer", [blind_range(OTHER, etag='"second"'), blind_range(DATA + b"more")])
def test_a_range_of_another_file_is_never_appended(server: LoopbackServer, part: PartFile, answer: object) -> None:
    url = server.play(answer)  # type: ignore[arg-type]
    fill(part, url, DATA[:1000])
    with pytest.raises(MirrorError, match="another file than when the download began") as caught:
        fetch(url, part)
    assert caught.value.again
    assert part.length == 0


def test_a_range_beyond_the_end_starts_again_next_time(server: LoopbackServer, part: PartFile) -> None:
    url = server.play(whole(DATA[:500]))
    fill(part, url, DATA[:1000])
    with pytest.raises(RangeError):
        fetch(url, part)
    assert part.length == 0


def test_without_hash_and_validator_nothing_is_continued(server: LoopbackServer, part: PartFile) -> None:
    url = server.play(whole(etag=""))
    fill(part, url, OTHER[:1000], validator="")
    assert fetch(url, part, UNPINNED).sha256 == SHA256
    assert server.seen[0].range == ""


def test_without_hash_another_mirror_does_not_continue(server: LoopbackServer, part: PartFile) -> None:
    url = server.play(whole())
    fill(part, "https://elsewhere.example/model.bin", DATA[:1000])
    fetch(url, part, UNPINNED)
    assert server.seen[0].range == ""


def test_with_a_hash_another_mirror_continues(server: LoopbackServer, part: PartFile) -> None:
    url = server.play(whole(etag='"its own"'))
    fill(part, "https://elsewhere.example/model.bin", DATA[:1000])
    assert fetch(url, part).sha256 == SHA256
    assert (server.seen[0].range, server.seen[0].if_range) == ("bytes=1000-", "")


def test_a_file_that_had_arrived_whole_needs_no_network(part: PartFile) -> None:
    url = "http://127.0.0.1:9/model.bin"
    fill(part, url, DATA)
    assert fetch(url, part).sha256 == SHA256


def test_too_much_on_disk_starts_again(server: LoopbackServer, part: PartFile) -> None:
    url = server.play(whole())
    fill(part, url, DATA + b"more")
    assert fetch(url, part).sha256 == SHA256
    assert server.seen[0].range == ""


@pytest.mark.parametrize("length", [10, len(DATA) - 1, len(DATA) + 1, 10**15])
def test_a_wrong_length_is_refused_before_anything_is_fetched(
    server: LoopbackServer, part: PartFile, length: int
) -> None:
    url = server.play(claims(length))
    with pytest.raises(MirrorError, match=rf"offers {length:,} bytes, expected 768,000") as caught:
        fetch(url, part, dataclasses.replace(PINS, size=len(DATA)))
    assert not caught.value.again
    assert not part.path.exists()


def test_a_length_too_short_gives_a_wrong_hash(server: LoopbackServer, part: PartFile) -> None:
    url = server.play(claims(1000))
    with pytest.raises(MirrorError, match="sent a file that has sha256"):
        fetch(url, part)
    assert not part.path.exists()


def test_a_length_too_long_does_not_spoil_a_file_with_the_right_hash(server: LoopbackServer, part: PartFile) -> None:
    url = server.play(claims(len(DATA) + 1000))
    assert fetch(url, part).size == len(DATA)


def test_a_length_too_long_without_hash_is_a_broken_download(server: LoopbackServer, part: PartFile) -> None:
    url = server.play(claims(len(DATA) + 1000, ETag='"x"'))
    with pytest.raises(MirrorError, match="broke off after 768,000 of 769,000 bytes"):
        fetch(url, part, UNPINNED)


def test_reading_stops_at_the_expected_size(server: LoopbackServer, part: PartFile) -> None:
    url = server.play(claims(None, DATA * 2))
    assert fetch(url, part, dataclasses.replace(PINS, size=len(DATA))).size == len(DATA)


def test_without_length_a_hash_tells_the_end(server: LoopbackServer, part: PartFile) -> None:
    assert fetch(server.play(claims(None)), part).sha256 == SHA256


def test_without_length_and_hash_nobody_could_tell_the_end(server: LoopbackServer, part: PartFile) -> None:
    with pytest.raises(MirrorError, match="does not say how long"):
        fetch(server.play(claims(None)), part, UNPINNED)


def test_an_endless_file_is_cut_off(server: LoopbackServer, part: PartFile) -> None:
    limits = dataclasses.replace(QUICK, max_bytes=1000)
    for answer in (claims(len(DATA)), claims(None)):
        with pytest.raises(MirrorError, match="more than the limit of 1,000"):
            transfer(server.play(answer), part, PINS, limits=limits, progress=None)
        assert part.length <= 1000


def test_silence_is_noticed_and_what_came_is_kept(server: LoopbackServer, part: PartFile) -> None:
    url = server.play(stalls_after(5000))
    with pytest.raises(MirrorError, match=r"sent nothing for 0.25 s after 5,000 bytes") as caught:
        fetch(url, part)
    assert caught.value.again
    assert part.path.read_bytes() == DATA[:5000]


def test_crawling_is_noticed(server: LoopbackServer, part: PartFile) -> None:
    with pytest.raises(MirrorError, match=r"sent only \d+ bytes in 0\.1 s"):
        fetch(server.play(dribbles), part)


def test_a_web_page_is_told_and_does_not_cost_what_has_arrived(server: LoopbackServer, part: PartFile) -> None:
    url = server.play(page)
    fill(part, url, DATA[:1000])
    with pytest.raises(MirrorError, match="web page"):
        fetch(url, part)
    assert part.path.read_bytes() == DATA[:1000]
    assert part.origin() is not None


def test_a_full_disk_is_seen_before_the_download(
    server: LoopbackServer, part: PartFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 1_000_000

    monkeypatch.setattr(transfer_module.shutil, "disk_usage", lambda folder: Usage)
    with pytest.raises(DownloadError, match="has 1 MB free; the download needs 18 MB") as caught:
        fetch(server.play(whole()), part)
    assert not isinstance(caught.value, MirrorError)  # no other mirror would help
    assert not part.path.exists()
