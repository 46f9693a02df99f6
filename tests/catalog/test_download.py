"""A file arrives whole and verified, or not at all."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from avatarify.catalog.download import Fetched, Progress, download
from avatarify.catalog.part import PartFile
from avatarify.errors import DownloadError
from tests.catalog.loopback import (
    DATA,
    QUICK,
    Answer,
    LoopbackServer,
    blind_range,
    claims,
    drops_after,
    fails,
    page,
    redirects,
    stalls_after,
    whole,
)

MD5 = hashlib.md5(DATA).hexdigest()
SHA256 = hashlib.sha256(DATA).hexdigest()
OTHER = DATA[::-1]


@pytest.fixture
def destination(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "model.bin"


def fetch(urls: list[str], destination: Path, *, sha256: str = SHA256) -> Fetched:
    return download(urls, destination, sha256=sha256, limits=QUICK)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(("md5", "sha256"), [(MD5, ""), ("", SHA256), (MD5.upper(), SHA256.upper())])
def test_a_verified_file_and_nothing_else_is_left(
    server: LoopbackServer, destination: Path, md5: str, sha256: str
) -> None:
    url = server.play(whole())
    fetched = download([url], destination, size=len(DATA), md5=md5, sha256=sha256, limits=QUICK)
    assert fetched == Fetched(destination, url, len(DATA), MD5, SHA256, True)
    assert destination.read_bytes() == DATA
    assert names(destination.parent) == ["model.bin"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (whole(OTHER), "has sha256"),
        (claims(len(DATA) - 9), "has sha256"),
        (claims(len(DATA) + 9, OTHER), "broke off after 768,000 of 768,009"),
        (drops_after(100), "broke off"),
        (stalls_after(100), "sent nothing"),
        (blind_range(OTHER), "has sha256"),
        (page, "web page"),
        (fails(404), "404"),
        (fails(500), "500"),
        (redirects("file:///etc/passwd"), "neither http nor https"),
        (redirects("/bad.bin"), "redirects more than"),
    ],
)
def test_a_bad_mirror_gives_way_to_a_good_one(
    server: LoopbackServer, destination: Path, bad: Answer, reason: str
) -> None:
    first, second = server.play(bad, path="/bad.bin"), server.play(whole(), path="/good.bin")
    with pytest.raises(DownloadError, match=reason):
        fetch([first], destination)
    assert not destination.exists()
    assert fetch([first, second], destination).url == second
    assert destination.read_bytes() == DATA
    assert names(destination.parent) == ["model.bin"]


def test_all_reasons_are_told_together(server: LoopbackServer, destination: Path) -> None:
    urls = [
        server.play(fails(404), path="/a"),
        server.play(page, path="/b"),
        server.play(whole(OTHER), path="/c"),
        "http://models.invalid:99999/d",
        "smb://host/e",
    ]
    with pytest.raises(DownloadError) as caught:
        fetch(urls, destination)
    for reason in ("404", "web page", SHA256, "models.invalid", "neither http nor https"):
        assert reason in caught.value.message
    assert names(destination.parent) == []


def test_a_server_in_trouble_is_asked_a_bounded_number_of_times(server: LoopbackServer, destination: Path) -> None:
    with pytest.raises(DownloadError):
        fetch([server.play(fails(503))], destination)
    assert len(server.seen) == QUICK.attempts


def test_drops_are_continued_as_long_as_something_arrives(server: LoopbackServer, destination: Path) -> None:
    fetched = fetch([server.play(drops_after(100_000))], destination)
    assert fetched.sha256 == SHA256
    assert [seen.range for seen in server.seen] == ["", *(f"bytes={n}00000-" for n in range(1, 8))]


def test_what_arrived_waits_for_the_next_call(server: LoopbackServer, destination: Path) -> None:
    url = server.play(drops_after(400_000), fails(404), whole())
    with pytest.raises(DownloadError, match="The 400,000 bytes that arrived are kept"):
        fetch([url], destination)
    assert names(destination.parent) == ["model.bin.part", "model.bin.part.json"]
    assert fetch([url], destination).sha256 == SHA256
    assert server.seen[-1].range == "bytes=400000-"


def test_a_spoilt_part_is_fetched_anew_from_the_same_mirror(server: LoopbackServer, destination: Path) -> None:
    url = server.play(drops_after(400_000), fails(404), whole())
    with pytest.raises(DownloadError):
        fetch([url], destination)
    PartFile(destination).path.write_bytes(b"\0" * 400_000)
    assert fetch([url], destination).sha256 == SHA256
    assert [seen.range for seen in server.seen[2:]] == ["bytes=400000-", ""]


def test_a_file_that_changes_midway_arrives_in_its_new_form(server: LoopbackServer, destination: Path) -> None:
    for changed in (whole(OTHER, etag='"second"'), blind_range(OTHER, etag='"second"')):
        url = server.play(drops_after(400_000), changed)
        fetched = download([url], destination, accept_unverified=True, limits=QUICK)
        assert destination.read_bytes() == OTHER
        assert not fetched.verified


def test_without_any_hash_nothing_is_fetched_unasked(server: LoopbackServer, destination: Path) -> None:
    url = server.play(whole())
    with pytest.raises(DownloadError, match=r"No hash is known for model\.bin"):
        download([url], destination, size=len(DATA), limits=QUICK)
    assert server.seen == []
    fetched = download([url], destination, accept_unverified=True, limits=QUICK)
    assert (fetched.verified, fetched.sha256) == (False, SHA256)


def test_no_address_is_told(destination: Path) -> None:
    with pytest.raises(DownloadError, match="No address is known"):
        fetch([], destination)


def test_a_good_file_that_is_there_needs_no_network(server: LoopbackServer, destination: Path) -> None:
    destination.parent.mkdir()
    destination.write_bytes(DATA)
    assert fetch(["http://127.0.0.1:9/x"], destination) == Fetched(destination, "", len(DATA), MD5, SHA256, True)
    destination.write_bytes(OTHER)
    fetch([server.play(whole())], destination)
    assert destination.read_bytes() == DATA


def test_ctrl_c_keeps_what_has_arrived(server: LoopbackServer, destination: Path) -> None:
    def press(progress: Progress) -> None:
        if progress.received > 300_000:
            raise KeyboardInterrupt

    url = server.play(whole())
    with pytest.raises(KeyboardInterrupt):
        download([url], destination, sha256=SHA256, limits=QUICK, progress=press)
    arrived = PartFile(destination).length
    assert arrived > 300_000
    assert not destination.exists()
    assert fetch([url], destination).sha256 == SHA256
    assert server.seen[-1].range == f"bytes={arrived}-"


class FullDisk(io.BytesIO):
    """Takes nothing: what a file on a disk without space does."""

    def write(self, data: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_disk_that_fills_up_is_told_at_once(
    server: LoopbackServer, destination: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PartFile, "append", lambda self: FullDisk())
    urls = [server.play(whole(), path="/a"), server.play(whole(), path="/b")]
    with pytest.raises(DownloadError, match=r"The disk of .*deep is full"):
        fetch(urls, destination)
    assert [seen.path for seen in server.seen] == ["/a"]
    assert not destination.exists()


@pytest.mark.rights
@pytest.mark.skipif(not sys.platform.startswith("linux") or os.getuid() != 0, reason="mounting needs root on Linux")
def test_a_really_full_disk(server: LoopbackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", small], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        url = server.play(whole())
        with pytest.raises(DownloadError, match="the download needs"):
            fetch([url], small / "model.bin")
        assert names(small) == []
        monkeypatch.setattr("avatarify.catalog.transfer._check_disk", lambda *args, **options: None)
        with pytest.raises(DownloadError, match="is full"):
            fetch([url], small / "model.bin")
        assert "model.bin" not in names(small)
        assert 0 < PartFile(small / "model.bin").length < len(DATA)
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_folder_that_cannot_be_made_is_told(server: LoopbackServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DownloadError, match="cannot be written"):
        fetch([server.play(whole())], tmp_path / "file" / "model.bin")
    assert server.seen == []


def test_two_at_once_do_not_mix(server: LoopbackServer, destination: Path) -> None:
    url = server.play(stalls_after(1000))
    results: list[Fetched] = []
    began = threading.Event()

    def first() -> None:
        patient = type(QUICK)(timeout_s=10)
        results.append(download([url], destination, sha256=SHA256, limits=patient, progress=lambda step: began.set()))

    thread = threading.Thread(target=first)
    thread.start()
    assert began.wait(5)
    with pytest.raises(DownloadError, match="another program"):
        fetch([url], destination)
    server.released.set()
    thread.join(10)
    assert results[0].sha256 == SHA256
    assert len(server.seen) == 1
    assert names(destination.parent) == ["model.bin"]
