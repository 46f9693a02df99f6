"""The real app on a real X server with a window manager: real keys, a global key while another window has the focus, the
control socket, the close button. Screenshots stay in output/tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from avatarify.control.client import send
from avatarify.control.messages import ControlStatus, Message
from avatarify.errors import ControlError
from avatarify.paths import PROJECT, user_log, user_preferences
from avatarify.preferences.file import save
from avatarify.preferences.preferences import Preferences
from tests.rig.x_server import XServer, other_window, wait_for

pytest.importorskip("Xlib")
pytestmark = [pytest.mark.x11, pytest.mark.slow]

START_WITHIN_S = 60.0
CLOSE_WITHIN_S = 2.0
EXIT_WITHIN_S = 5.0
"""After the window has gone: the interpreter clears away torch and Qt, on a machine that may be busy."""
SCREENSHOTS = PROJECT / "output" / "tests"
COMMAND = [sys.executable, "run.py", "--no-venv", "app"]
OPTIONS = ["--camera", "synthetic", "--output", "none", "--portrait-size", "256", "--runtime", "eager"]


class RunningApp:
    """`run.py app` as a user starts it, in a process of its own."""

    def __init__(self, server: XServer) -> None:
        self.server = server
        self.process = subprocess.Popen(
            [*COMMAND, *OPTIONS], cwd=PROJECT, env=server.environment, start_new_session=True, stderr=subprocess.DEVNULL
        )

    @property
    def window(self) -> str:
        found = self.server.window("Avatarify")
        assert found is not None, "there is no window"
        return found

    def status(self) -> ControlStatus | None:
        try:
            return send(Message("status"), limit_s=10.0).status
        except ControlError:
            return None

    def shows(self, number: int) -> bool:
        """It is the avatar with this number, from 1."""
        status = self.status()
        return status is not None and len(status.avatars) >= number and status.avatar == status.avatars[number - 1]

    def log(self) -> str:
        return user_log().read_text(encoding="utf-8") if user_log().exists() else "no log"

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


@pytest.fixture
def server() -> Iterator[XServer]:
    with XServer() as server:
        server.manage()
        yield server


@pytest.fixture
def app(server: XServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningApp]:
    monkeypatch.setenv("AVATARIFY_HOME", str(tmp_path))
    save(Preferences((("first_run.done", True), ("keys.global", True))), user_preferences())
    app = RunningApp(server)
    yield app
    app.kill()


def test_keys_global_keys_and_the_close_button(app: RunningApp, server: XServer) -> None:
    wait_for(lambda: server.window("Avatarify"), "the window", seconds=START_WITHIN_S)
    wait_for(lambda: app.shows(1), f"the first avatar; {app.log()}", seconds=START_WITHIN_S)
    window = app.window
    server.activate(window)

    server.press("d")
    wait_for(lambda: app.shows(2), "the next avatar by its key")
    server.press("F1")
    server.press("a")
    wait_for(lambda: app.shows(1), "the avatar before, by its key under the help sheet")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    server.screenshot(SCREENSHOTS / "app-on-x11-help.png")
    server.press("Escape")

    with other_window(server.display) as other:
        server.activate(other.id)
        server.press("ctrl+alt+4")
        wait_for(lambda: app.shows(4), "the fourth avatar by a global key")
        server.press("ctrl+alt+Page_Down")
        wait_for(lambda: app.shows(5), "the one after it")
        server.press("x")
        wait_for(lambda: "x" in other.read(), "a letter in the window that has the focus")
        assert not {"4", "Next", "Page_Down"} & set(other.keys), "the global keys came to us alone"
    assert app.process.poll() is None, "Esc closed the help sheet only"

    second = subprocess.run(
        [*COMMAND, *OPTIONS], cwd=PROJECT, env=server.environment, check=False, capture_output=True, timeout=60
    )
    assert second.returncode == 0, second.stderr
    assert app.process.poll() is None
    control = [*COMMAND[:-1], "control", "avatar", "ilse"]
    told = subprocess.run(control, cwd=PROJECT, check=False, capture_output=True, text=True, timeout=60)
    assert (told.returncode, told.stderr) == (0, "")
    assert app.shows(3), "control ends when it is done"

    def animates() -> bool:
        status = app.status()
        return status is not None and status.engine_fps > 0

    wait_for(animates, f"animated pictures; {app.log()}", seconds=START_WITHIN_S)
    server.screenshot(SCREENSHOTS / "app-on-x11.png")
    began = time.monotonic()
    server.click_close(window)
    wait_for(lambda: server.window("Avatarify") is None, "the window to go")
    gone_after_s = time.monotonic() - began
    app.process.wait(20)
    ended_after_s = time.monotonic() - began
    assert app.process.returncode == 0, app.log()
    assert gone_after_s < CLOSE_WITHIN_S
    assert ended_after_s < CLOSE_WITHIN_S + EXIT_WITHIN_S
