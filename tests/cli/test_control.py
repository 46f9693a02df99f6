"""The verb `control`, to an app that answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from avatarify.cli.control import describe
from avatarify.control import client
from avatarify.control.messages import ControlStatus, Message, Reply
from avatarify.control.verbs import VERBS
from avatarify.paths import PROJECT
from tests.cli.conftest import Type


class App:
    """Answers in place of a running app, and keeps what it was told."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.told: list[Message] = []

    def send(self, message: Message, *, limit_s: float = 0.0) -> Reply:
        self.told.append(message)
        return self.reply


def running(monkeypatch: pytest.MonkeyPatch, reply: Reply) -> App:
    app = App(reply)
    monkeypatch.setattr(client, "send", app.send)
    return app


def test_a_command_is_passed_on_and_says_nothing(type_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    app = running(monkeypatch, Reply(ok=True))
    ended = type_("control", "avatar", "ilse")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert app.told == [Message("avatar", "ilse")]


def test_a_remark_is_shown(type_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    running(monkeypatch, Reply(ok=True, text="Under way."))
    assert type_("control", "calibrate").out == "Under way.\n"


def test_what_failed_is_an_error_with_its_remedy(type_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    running(monkeypatch, Reply(ok=False, error="There is no avatar 'x'.", hint="Choose ilse or max."))
    ended = type_("control", "avatar", "x")
    assert ended.code == 1
    assert ended.err == "error: There is no avatar 'x'.\nChoose ilse or max.\n"


STATUS = ControlStatus(
    "running", avatar="ilse", avatars=("ilse", "max"), paused=True, latency_p50_ms=81.5, engine_fps=12.3
)


def test_the_status_for_people_and_for_programs(type_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    running(monkeypatch, Reply(ok=True, status=STATUS))
    told = type_("control", "status").out
    assert told.startswith(
        "running; avatar ilse; virtual camera off; paused; 12 new pictures a second, latency 82 ms\n"
    )
    assert "avatars: ilse, max" in told
    assert json.loads(type_("control", "status", "--json").out)["avatar"] == "ilse"


def test_a_failure_for_programs_has_its_exit_code(type_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    running(monkeypatch, Reply(ok=False, error="No.", hint="Yes."))
    ended = type_("control", "next", "--json")
    assert ended.code == 1
    assert json.loads(ended.out)["error"] == "No."


def test_the_camera_in_the_open_is_said_loudly() -> None:
    passthrough = ControlStatus("running", passthrough=True)
    assert "PASS-THROUGH: the real camera, which only you see" in describe(passthrough)
    assert "THE CALL SEES THE REAL CAMERA" in describe(replace(passthrough, virtual_camera="Avatarify"))


@pytest.mark.skipif(os.name == "nt", reason="POSIX's sockets")
def test_without_an_app_it_is_told_how_to_start_one(
    type_: Type, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AVATARIFY_HOME", str(tmp_path))
    ended = type_("control", "next")
    assert ended.code == 1
    assert ended.err.startswith("error: Avatarify is not running.")


def test_help_and_errors_name_every_command(type_: Type) -> None:
    help_, wrong = type_("control", "--help").out, type_("control", "explode")
    assert wrong.code == 1
    for verb in VERBS:
        assert f"{verb.does}\n" in help_
        assert verb.name in wrong.err


@pytest.mark.skipif(os.name == "nt", reason="POSIX's sockets")
def test_it_imports_nothing_heavy_and_answers_at_once(tmp_path: Path) -> None:
    heavy = "{'torch', 'cv2', 'av', 'numpy', 'PySide6'}"
    code = (
        "import sys; from avatarify.cli import main; code = main(['control', 'next']);"
        f"print(code, sorted({heavy} & set(sys.modules)))"
    )
    environment = os.environ | {"AVATARIFY_HOME": str(tmp_path)}
    began = time.perf_counter()
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "1 []"
    assert time.perf_counter() - began < 3, "0.2 s on an idle machine; the list of imports is the sharp test"
