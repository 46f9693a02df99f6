"""The log tells each phase of a start once."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from avatarify.app.start_times import StartTimes
from avatarify.app.tasks import Tasks
from avatarify.pipeline.gate import Showing
from avatarify.pipeline.status import Measured
from tests.app.quiet_live import running_call
from tests.fakes.live_status import live_status


def test_each_phase_is_told_once_in_its_turn(tasks: Tasks, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "avatarify.app.start_times")
    filming = live_status(showing=Showing.STANDBY, measured=Measured(camera_frames=3))
    call, live = running_call(tasks, replace(live_status(showing=None, measured=Measured()), runtime=None))
    times = StartTimes(call)
    times.window_shown()
    for status in (replace(filming, runtime=None), filming, filming, live_status(), live_status()):
        live.status_now = status
        call.look()
    told = [record.getMessage().split(" s ", 1)[1] for record in caplog.records]
    assert told == [
        "the window is there.",
        "the call runs, its avatars are read.",
        "the camera films.",
        "the model is loaded.",
        "the avatar moves.",
    ]
