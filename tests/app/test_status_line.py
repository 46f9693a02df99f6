"""The line at the foot, the details behind it, and the figures that both show."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from avatarify.app.call import Call, CallState
from avatarify.app.details import Details
from avatarify.app.figures import figures, status_words
from avatarify.app.status_line import StatusLine
from avatarify.app.tasks import Tasks
from avatarify.live.request import LiveStatus
from avatarify.pipeline.status import Measured, Spread
from avatarify.runtime.base import RuntimeDescription
from tests.app.quiet_live import QuietLive, running_call
from tests.app.waiting import wait_for
from tests.fakes.live_status import live_status

MEASURED = Measured(
    camera_fps=29.97,
    engine_fps=24.4,
    camera_frames=200,
    dropped=30,
    latency=Spread(86.2, 110.9),
    step=Spread(34.0, 41.0),
)
ENGINE = RuntimeDescription("openvino", "cpu", "a processor", "float32", ("compiled: no compiler here",))


@pytest.fixture
def status() -> LiveStatus:
    return replace(live_status(measured=MEASURED), runtime=ENGINE, notes=("The light is poor.",))


@pytest.fixture
def running(tasks: Tasks, status: LiveStatus) -> tuple[Call, QuietLive]:
    return running_call(tasks, status)


def test_one_line_says_rate_latency_drops_and_engine(status: LiveStatus) -> None:
    words = status_words(status).replace("\N{NO-BREAK SPACE}", " ")
    assert words == "24 fps   86 ms (p95 111)   15 % dropped   openvino · cpu"


def test_every_figure_has_its_unit_and_every_reason_is_there(status: LiveStatus) -> None:
    told = {figure.name: figure.value.replace("\N{NO-BREAK SPACE}", " ") for figure in figures(status)}
    assert told["Latency, camera to call"] == "86 ms (p95 111 ms)"
    assert told["Delay the microphone by"] == "86 ms"
    assert told["Camera frames dropped"] == "30 (15 %)"
    assert told["Not used"] == "compiled: no compiler here"
    assert told["Note"] == "The light is poor."
    assert told["Device"] == "cpu (a processor)"


def test_before_anything_is_measured_there_are_dashes() -> None:
    told = {figure.name: figure.value for figure in figures(live_status())}
    assert told["Latency, camera to call"] == "\N{EN DASH}"


def test_the_line_follows_the_call_and_a_click_asks_for_details(running: tuple[Call, QuietLive], qtbot: QtBot) -> None:
    call, live = running
    line = StatusLine(call)
    qtbot.addWidget(line)
    assert line.figures.text().startswith("24 fps")
    live.status_now = replace(live.status_now, runtime=None)
    call.look()
    assert "openvino" not in line.figures.text()
    with qtbot.waitSignal(line.details_wanted, timeout=1000):
        line.figures.click()
    call.state, call.status = CallState.STOPPED, None
    call.changed.emit()
    assert line.figures.text() == "Not running"


def test_what_takes_its_time_is_shown_and_can_be_given_up(tasks: Tasks, qtbot: QtBot) -> None:
    call, live = running_call(tasks)
    line = StatusLine(call)
    qtbot.addWidget(line)
    live.status_now = replace(live.status_now, runtime=None)
    call.look()
    assert line.bar.isHidden(), "not for what is done in no time"
    wait_for(qtbot, lambda: not line.bar.isHidden())
    assert line.busy.text() == "Loading the model…"
    line.cancel.click()
    live.status_now = live_status()
    call.look()
    assert line.bar.isHidden()


def test_details_follow_while_they_are_open_and_can_be_copied(running: tuple[Call, QuietLive], qtbot: QtBot) -> None:
    call, live = running
    details = Details(call)
    qtbot.addWidget(details)
    with qtbot.waitSignal(details.shown, timeout=1000):
        details.show()
    live.status_now = replace(live.status_now, avatar="kofi")
    call.look()
    details.copy()
    text = QGuiApplication.clipboard().text()
    assert "Call: Avatar: kofi\n" in text
    assert "Speed: Frames a second animated: 24.4\n" in text
    live.status_now = replace(live.status_now, notes=("Another note.", "And one more."))
    call.look()
    details.copy()
    assert "Parts: Note: And one more.\n" in QGuiApplication.clipboard().text()
