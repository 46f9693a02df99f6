"""The models page: what it shows, and what its buttons do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from avatarify.app import models_page
from avatarify.app.call import Call
from avatarify.app.model_card import ModelCard
from avatarify.app.models_page import ModelsDialog, ModelsPage
from avatarify.app.tasks import Tasks
from avatarify.bench.results import BenchResult, keep_results, load_results
from avatarify.catalog.entries import ModelEntry
from avatarify.catalog.store import InstalledModel, Store
from avatarify.catalog.transfer import Progress
from avatarify.errors import AvatarifyError, RuntimeUnavailableError
from avatarify.runtime.choice import recall
from tests.app.quiet_live import QuietLive, quiet_call, running_call
from tests.app.test_model_rows import BIG, DANCE, LITE
from tests.app.waiting import wait_for
from tests.fakes.models import TINY_PLAIN, write_tiny_model


@pytest.fixture
def store(tmp_path: Path) -> Store:
    for name in ("shipped", "user"):
        (tmp_path / name).mkdir()
    (tmp_path / "shipped/lite.safetensors").write_bytes(b"xyz")
    (tmp_path / "user/mine.safetensors").write_bytes(b"12")
    return Store((LITE, BIG, DANCE), tmp_path / "shipped", tmp_path / "user")


class Page:
    """A page that is shown, and the call behind it. mortal: the test deletes it itself, so that nobody else may close it."""

    def __init__(
        self, qtbot: QtBot, call: Call, store: Store, *, mortal: bool = False, **stand_ins: Callable[..., object]
    ) -> None:
        self.call = call
        self.page = ModelsPage(call, store=lambda: store, **stand_ins)  # type: ignore[arg-type]
        self.failures: list[AvatarifyError] = []
        self.page.failed.connect(self.failures.append)
        if not mortal:
            qtbot.addWidget(self.page)
        self.page.resize(760, 560)
        self.page.show()
        wait_for(qtbot, lambda: bool(self.page.cards))

    def card(self, name: str) -> ModelCard:
        return self.page.cards[name]

    def texts(self, name: str) -> list[str]:
        return [label.text() for label in self.card(name).findChildren(QLabel) if not label.isHidden()]


class HeldDownload:
    """Stands in for the installing of big: a quarter has come, the rest comes when the test lets it."""

    def __init__(self) -> None:
        self.go_on = threading.Event()

    def __call__(
        self, entry: ModelEntry, store: Store, accept_unverified: bool, tell: Callable[[Progress], None]
    ) -> InstalledModel:
        tell(Progress(50_000_000, 200_000_000, "http://127.0.0.1/big"))
        self.go_on.wait(10)
        path = store.user / "big.safetensors"
        path.write_bytes(b"123")
        return InstalledModel("big", path, 3, False, entry, None)


def in_call(tasks: Tasks, store: Store) -> tuple[Call, QuietLive]:
    call, live = running_call(tasks)
    live.status_now = replace(live.status_now, model=store.shipped / "lite.safetensors")
    call.look()
    return call, live


def test_what_is_here_and_what_is_not(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    shown = Page(qtbot, quiet_call(tasks), store)
    assert list(shown.page.cards) == ["lite", "mine", "big"]
    assert "Comes with Avatarify" in shown.texts("lite")
    assert "Installed" in shown.texts("mine")
    assert not shown.card("lite").use.isHidden()
    assert shown.card("lite").fetch.isHidden()
    assert shown.card("big").fetch.text() == "Download (about 228 MB)"
    assert shown.card("big").use.isHidden()


def test_models_for_other_things_on_request(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    shown = Page(qtbot, quiet_call(tasks), store)
    shown.page.others.setChecked(True)
    assert list(shown.page.cards) == ["lite", "mine", "big", "dance"]
    shown.page.others.setChecked(False)
    assert "dance" not in shown.page.cards


def test_the_one_in_use_is_marked_and_another_can_be_taken(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    call, live = in_call(tasks, store)
    shown = Page(qtbot, call, store)
    assert "In use" in shown.texts("lite")
    assert shown.card("lite").use.isHidden()
    with qtbot.waitSignal(shown.page.chosen, timeout=30_000) as told:
        shown.card("mine").use.click()
    assert told.args == ["mine"]
    live.status_now = replace(live.status_now, model=store.user / "mine.safetensors")
    call.look()
    assert "In use" in shown.texts("mine")
    assert not shown.card("lite").use.isHidden()


def test_one_change_at_a_time(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    call, live = in_call(tasks, store)
    shown = Page(qtbot, call, store)
    never: Future[None] = Future()
    live.change_engine = lambda *_, **__: never  # type: ignore[method-assign]
    call.change_engine(store.user / "mine.safetensors")
    assert not shown.card("mine").use.isEnabled()
    never.set_result(None)
    wait_for(qtbot, lambda: shown.card("mine").use.isEnabled())


def test_hash_is_shown_and_copied(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    shown = Page(qtbot, quiet_call(tasks), store)
    assert "sha256 aaaaaaaaaaaa…aaaaaaaaaaaa" in shown.texts("lite")
    shown.card("lite")._copy.click()
    assert QGuiApplication.clipboard().text() == "a" * 64


def test_download_shows_its_progress_and_the_model_at_the_end(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    download = HeldDownload()
    shown = Page(qtbot, quiet_call(tasks), store, install=download)
    shown.card("big").fetch.click()
    wait_for(qtbot, lambda: shown.card("big").bar.value() == 250)
    assert shown.card("big").pause.text() == "Pause"
    assert "50 MB of 200 MB" in shown.texts("big")
    download.go_on.set()
    wait_for(qtbot, lambda: "big" in shown.page.cards and not shown.card("big").use.isHidden())
    assert shown.card("big").bar.isHidden()


@pytest.mark.parametrize(
    ("answer", "asked_to_accept"), [(QMessageBox.StandardButton.No, []), (QMessageBox.StandardButton.Yes, [True])]
)
def test_file_without_a_hash_is_fetched_only_when_the_user_says_so(
    qtbot: QtBot,
    tasks: Tasks,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    answer: QMessageBox.StandardButton,
    asked_to_accept: list[bool],
) -> None:
    accepted: list[bool] = []

    def install(
        entry: ModelEntry, store: Store, accept_unverified: bool, tell: Callable[[Progress], None]
    ) -> InstalledModel:
        accepted.append(accept_unverified)
        raise AvatarifyError("No connection.", "Try later.")

    monkeypatch.setattr(QMessageBox, "question", lambda *_: answer)
    shown = Page(qtbot, quiet_call(tasks), store, install=install)
    shown.page.others.setChecked(True)
    shown.card("dance").fetch.click()
    wait_for(qtbot, lambda: len(shown.failures) == len(asked_to_accept))
    assert accepted == asked_to_accept


def test_import_from_a_file(qtbot: QtBot, tasks: Tasks, store: Store, tmp_path: Path) -> None:
    shown = Page(qtbot, quiet_call(tasks), store)
    shown.page.import_model(write_tiny_model(tmp_path / "Found Somewhere.safetensors"))
    wait_for(qtbot, lambda: "found-somewhere" in shown.page.cards)
    assert not shown.card("found-somewhere").use.isHidden()
    assert any("from Found Somewhere.safetensors" in text for text in shown.texts("found-somewhere"))


def test_import_through_the_file_dialog_and_by_dropping(
    qtbot: QtBot, tasks: Tasks, store: Store, tmp_path: Path
) -> None:
    shown = Page(qtbot, quiet_call(tasks), store)
    shown.page.bring.click()
    dialog = shown.page.findChild(QFileDialog)
    assert dialog is not None
    assert "*.safetensors" in dialog.nameFilters()[0]
    dialog.fileSelected.emit(str(write_tiny_model(tmp_path / "one.safetensors")))
    dialog.close()
    wait_for(qtbot, lambda: "one" in shown.page.cards)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(write_tiny_model(tmp_path / "two.safetensors", TINY_PLAIN)))])
    where, nothing = QPointF(10, 10), Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(where.toPoint(), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, nothing)
    shown.page.dragEnterEvent(enter)
    assert enter.isAccepted()
    drop = QDropEvent(where, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, nothing)
    shown.page.dropEvent(drop)
    wait_for(qtbot, lambda: "two" in shown.page.cards)


def test_file_that_is_no_model(qtbot: QtBot, tasks: Tasks, store: Store, tmp_path: Path) -> None:
    (tmp_path / "letter.pth").write_text("Dear model")
    shown = Page(qtbot, quiet_call(tasks), store)
    shown.page.import_model(tmp_path / "letter.pth")
    wait_for(qtbot, lambda: bool(shown.failures))
    assert "letter.pth" in shown.page._status.text()
    assert shown.page.bring.isEnabled()


def test_speed_is_measured_and_shown(qtbot: QtBot, tasks: Tasks, store: Store, home: Path) -> None:
    threads: list[str] = []

    def measure(name: str, path: Path) -> None:
        threads.append(threading.current_thread().name)
        keep_results(
            (BenchResult("eager", name, 256, 17.2, 9, 12, 1, 300, 0, 0, "cpu", "a cpu", "float32", (), "2026"),)
        )

    shown = Page(qtbot, quiet_call(tasks), store, measure=measure)
    assert "Speed here: not measured yet" in shown.texts("lite")
    shown.card("lite").measure.click()
    assert not shown.card("mine").measure.isEnabled()
    wait_for(qtbot, lambda: "Speed here: 17 pictures a second (eager, 256 px)" in shown.texts("lite"))
    assert shown.card("mine").measure.isEnabled()
    assert threads != [threading.main_thread().name]


@pytest.mark.slow
def test_what_was_measured_is_what_auto_takes(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models_page, "MEASURE_S", 0.2)
    model = write_tiny_model(tmp_path / "tiny.safetensors")
    models_page.measure_model("tiny", model)
    found = recall(model, "auto", "auto")
    assert {one.name for one in found} == {"cuda-graph", "openvino", "eager"}, "all that start in seconds"
    assert {one.name for one in found if one.frame_ms is not None} >= {"openvino", "eager"}
    assert {one.runtime for one in load_results()} >= {"openvino", "eager"}


def test_measurement_that_fails(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    def measure(name: str, path: Path) -> None:
        raise RuntimeUnavailableError("No runtime works here.", "")

    shown = Page(qtbot, quiet_call(tasks), store, measure=measure)
    shown.card("lite").measure.click()
    wait_for(qtbot, lambda: bool(shown.failures))
    assert shown.card("lite").measure.isEnabled()


def test_download_that_was_begun_earlier_can_go_on(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    folder = store.user / "downloads"
    folder.mkdir()
    (folder / "big.pth.tar.part").write_bytes(b"1" * 2_000_000)
    shown = Page(qtbot, quiet_call(tasks), store)
    wait_for(qtbot, lambda: "Paused at 2.0 MB" in shown.texts("big"))
    assert shown.card("big").pause.text() == "Go on"
    shown.card("big").give_up.click()
    wait_for(qtbot, lambda: not shown.card("big").fetch.isHidden())
    assert not (folder / "big.pth.tar.part").exists()


def test_download_goes_on_when_the_page_is_closed(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    download, call = HeldDownload(), quiet_call(tasks)
    first = Page(qtbot, call, store, mortal=True, install=download)
    first.card("big").fetch.click()
    first.page.close()
    delete(first.page)
    second = Page(qtbot, call, store)
    wait_for(qtbot, lambda: second.card("big").bar.value() == 250)
    download.go_on.set()
    wait_for(qtbot, lambda: not second.card("big").use.isHidden())


def test_what_comes_back_too_late_is_no_defect(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    go_on = threading.Event()
    shown = Page(qtbot, quiet_call(tasks), store, mortal=True, measure=lambda _name, _path: (go_on.wait(10), None)[1])
    shown.card("lite").measure.click()
    shown.page.reload()
    delete(shown.page)
    go_on.set()
    wait_for(qtbot, lambda: tasks.under_way == 0)


def delete(page: ModelsPage) -> None:
    """At once, as Qt does it sooner or later."""
    shiboken6.delete(page)


def test_window_of_its_own_shows_the_real_catalogue(qtbot: QtBot, tasks: Tasks) -> None:
    dialog = ModelsDialog(quiet_call(tasks))
    qtbot.addWidget(dialog)
    dialog.show()
    wait_for(qtbot, lambda: "lite" in dialog.page.cards)
    assert not dialog.page.cards["lite"].use.isHidden()
