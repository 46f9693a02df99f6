"""A download with a pause: from a real server on this machine, with a tiny real model."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from avatarify.app.model_fetch import FetchState, ModelFetch
from avatarify.app.model_rows import part_of
from avatarify.app.tasks import Tasks
from avatarify.catalog.entries import ModelEntry
from avatarify.catalog.store import InstalledModel, Store
from avatarify.catalog.transfer import Progress
from avatarify.errors import DownloadError
from tests.app.waiting import wait_for
from tests.catalog.loopback import Handler, LoopbackServer
from tests.fakes.models import write_tiny_model


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with LoopbackServer() as running:
        yield running


class SlowFile:
    """Sends the second half only after the test has seen the first; answers a range with what is left."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.go_on = threading.Event()

    def __call__(self, handler: Handler) -> None:
        start, half = handler.asked_from(), len(self._data) // 2
        rest = self._data[start:]
        if start:
            span = f"bytes {start}-{len(self._data) - 1}/{len(self._data)}"
            handler.head(206, Content_Length=len(rest), Content_Range=span, ETag='"one"')
            handler.wfile.write(rest)
            return
        handler.head(200, Content_Length=len(rest), ETag='"one"')
        handler.wfile.write(rest[:half])
        handler.wfile.flush()
        self.go_on.wait(10)
        handler.wfile.write(rest[half:])


class Fetching:
    """A fetch of a tiny model, and what it told."""

    def __init__(self, fetch: ModelFetch, file: SlowFile, store: Store) -> None:
        self.fetch, self.file, self.store = fetch, file, store
        self.states: list[FetchState] = []
        self.failures: list[Exception] = []
        fetch.changed.connect(lambda: self.states.append(fetch.state))
        fetch.failed.connect(self.failures.append)


@pytest.fixture
def fetching(qapp: object, server: LoopbackServer, tasks: Tasks, tmp_path: Path) -> Fetching:
    import hashlib

    data = write_tiny_model(tmp_path / "tiny.safetensors").read_bytes()
    file = SlowFile(data)
    server.scripts["/tiny"] = [file]
    url = f"http://127.0.0.1:{server.server_port}/tiny"
    entry = ModelEntry(
        "tiny", "Tiny", "tiny.safetensors", "face", "", 64, urls=(url,), sha256=hashlib.sha256(data).hexdigest()
    )
    store = Store((entry,), tmp_path / "shipped", tmp_path / "user")
    return Fetching(ModelFetch(entry, store, tasks=tasks), file, store)


def test_fetched_whole(qtbot: QtBot, fetching: Fetching) -> None:
    fetching.file.go_on.set()
    with qtbot.waitSignal(fetching.fetch.installed, timeout=30_000) as told:
        fetching.fetch.start()
    assert told.args[0].path == fetching.store.user / "tiny.safetensors"
    assert fetching.states[0] is FetchState.RUNNING
    assert fetching.states[-1] is FetchState.ENDED


def test_paused_and_continued(qtbot: QtBot, fetching: Fetching) -> None:
    fetch = fetching.fetch
    fetch.start()
    wait_for(qtbot, lambda: fetch.received > 0)
    fetch.pause()
    assert fetch.state is FetchState.STOPPING
    fetching.file.go_on.set()
    wait_for(qtbot, lambda: fetch.state is FetchState.PAUSED)
    assert "Paused at" in fetch.text
    kept = part_of(fetching.store, fetch.entry).length
    assert kept > 0
    with qtbot.waitSignal(fetch.installed, timeout=30_000):
        fetch.start()
    assert fetching.failures == []


def test_given_up_leaves_nothing(qtbot: QtBot, fetching: Fetching) -> None:
    fetch = fetching.fetch
    fetch.start()
    wait_for(qtbot, lambda: fetch.received > 0)
    fetch.give_up()
    fetching.file.go_on.set()
    wait_for(qtbot, lambda: fetch.state is FetchState.ENDED)
    assert part_of(fetching.store, fetch.entry).length == 0
    assert fetch.received == 0


def test_given_up_while_paused(qtbot: QtBot, fetching: Fetching) -> None:
    fetch = fetching.fetch
    fetch.start()
    wait_for(qtbot, lambda: fetch.received > 0)
    fetch.pause()
    fetching.file.go_on.set()
    wait_for(qtbot, lambda: fetch.state is FetchState.PAUSED)
    fetch.give_up()
    wait_for(qtbot, lambda: fetch.state is FetchState.ENDED)
    assert not part_of(fetching.store, fetch.entry).path.exists()


def test_failure_is_told_and_can_be_tried_again(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    entry = ModelEntry("tiny", "Tiny", "tiny.safetensors", "face", "", 64, urls=("http://127.0.0.1:9/x",))
    tries: list[bool] = []

    def broken(
        entry: ModelEntry, store: Store, accept_unverified: bool, tell: Callable[[Progress], None]
    ) -> InstalledModel:
        tries.append(accept_unverified)
        raise DownloadError("The disk is full.", "Free some space.")

    fetch = ModelFetch(entry, Store((entry,), tmp_path, tmp_path), tasks=tasks, arrived=3_000_000, install=broken)
    assert fetch.text == "Paused at 3.0 MB"
    with qtbot.waitSignal(fetch.failed, timeout=30_000) as told:
        fetch.start(accept_unverified=True)
    assert told.args[0].message == "The disk is full."
    assert fetch.state is FetchState.PAUSED
    with qtbot.waitSignal(fetch.failed, timeout=30_000):
        fetch.start()
    assert tries == [True, True]
