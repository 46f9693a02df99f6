"""One download for each model, whoever asks; it belongs to the call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from avatarify.app.model_fetches import fetches_of
from avatarify.app.tasks import Tasks
from avatarify.catalog.entries import ModelEntry
from avatarify.catalog.store import InstalledModel, Store
from avatarify.catalog.transfer import Progress
from avatarify.errors import DownloadError
from tests.app.quiet_live import quiet_call
from tests.app.test_model_rows import BIG
from tests.app.waiting import wait_for


def refused(
    entry: ModelEntry, store: Store, accept_unverified: bool, tell: Callable[[Progress], None]
) -> InstalledModel:
    raise DownloadError("No connection.", "Try again.")


def test_one_for_each_call_and_model(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    call, store = quiet_call(tasks), Store((BIG,), tmp_path, tmp_path)
    fetches = fetches_of(call)
    assert fetches_of(call) is fetches
    assert fetches.get("big") is None
    fetch = fetches.begin(BIG, store, arrived=3)
    assert fetches.begin(BIG, store, arrived=9) is fetch
    assert fetches.get("big") is fetch
    assert fetch.received == 3


def test_failure_names_its_model_and_leaves_it_paused(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    fetches = fetches_of(quiet_call(tasks))
    fetch = fetches.begin(BIG, Store((BIG,), tmp_path, tmp_path), arrived=0, install=refused)
    with qtbot.waitSignal(fetches.failed) as told:
        fetch.start()
    assert told.args[0] == "big"
    assert told.args[1].message == "No connection."
    assert fetches.get("big") is fetch


def test_given_up_is_forgotten(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    fetches = fetches_of(quiet_call(tasks))
    fetch = fetches.begin(BIG, Store((BIG,), tmp_path, tmp_path), arrived=7)
    names: list[str] = []
    fetches.changed.connect(names.append)
    fetch.give_up()
    wait_for(qtbot, lambda: fetches.get("big") is None)
    assert set(names) == {"big"}
