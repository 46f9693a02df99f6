"""Each true state of the virtual camera has its sentence; each error of the house is recognised by its own words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from avatarify.app.call import CallState
from avatarify.app.camera_report import CameraKind, remedy, report, trouble_of
from avatarify.pipeline.status import StageState, StageStatus
from avatarify.virtual_camera.advice import LOAD, RELOAD, Machine, explain, in_use, no_virtual_camera
from tests.fakes.live_status import live_status

DEBIAN = Machine("Linux", "debian")


def trouble(text: str, state: StageState = StageState.TROUBLE) -> StageStatus:
    return StageStatus(state, text, 1)


def test_no_call() -> None:
    told = report(None, CallState.STOPPED)
    assert (told.kind, told.running) == (CameraKind.OFF, False)


def test_call_that_begins_and_ends() -> None:
    assert report(None, CallState.STARTING).kind is CameraKind.STARTING
    assert report(live_status(), CallState.STOPPING).kind is CameraKind.STOPPING


def test_only_previewed() -> None:
    told = report(live_status(), CallState.RUNNING)
    assert (told.kind, told.running) == (CameraKind.OFF, False)
    assert told.detail == "Nobody sees you. Start it before you open Zoom or Meet."


def test_preview_that_runs_its_output_stage_without_a_device_is_off() -> None:
    told = report(live_status(output=StageStatus(StageState.RUNNING)), CallState.RUNNING)
    assert told.kind is CameraKind.OFF


def test_opening() -> None:
    told = report(live_status(output=StageStatus(StageState.OPENING)), CallState.RUNNING)
    assert (told.kind, told.running) == (CameraKind.STARTING, True)


def test_on_names_what_to_choose() -> None:
    told = report(live_status(virtual_camera="Avatarify"), CallState.RUNNING)
    assert (told.kind, told.running, told.tone) == (CameraKind.ON, True, "success")
    assert "“Avatarify”" in told.headline


@pytest.mark.parametrize(
    ("in_use", "detail"),
    [
        (False, "No program is showing it yet."),
        (True, "A program is showing it to others right now."),
        (None, "Others see your avatar, never your camera."),
    ],
)
def test_on_tells_whether_somebody_looks(in_use: bool | None, detail: str) -> None:
    status = replace(live_status(virtual_camera="Avatarify"), in_use=in_use)
    assert report(status, CallState.RUNNING).detail == detail


def test_on_names_who_shows_it() -> None:
    status = replace(live_status(virtual_camera="Avatarify"), in_use=True, reader="chromium")
    assert report(status, CallState.RUNNING).detail == "chromium is showing it to others right now."
    assert report(replace(status, in_use=False), CallState.RUNNING).detail == "No program is showing it yet."


def test_paused() -> None:
    told = report(live_status(virtual_camera="Avatarify", paused=True), CallState.RUNNING)
    assert (told.kind, told.tone) == (CameraKind.PAUSED, "warning")


def test_real_camera_going_out_is_told_before_anything_else() -> None:
    told = report(live_status(virtual_camera="Avatarify", paused=True, passthrough=True), CallState.RUNNING)
    assert (told.kind, told.tone) == (CameraKind.PASSTHROUGH, "danger")


def test_trouble_while_it_was_on() -> None:
    text = "The virtual camera Avatarify (/dev/video9) has gone. Its driver was unloaded or the device removed"
    told = report(live_status(virtual_camera="Avatarify", output=trouble(text)), CallState.RUNNING)
    assert (told.kind, told.running) == (CameraKind.GONE, True)
    assert "trying again" in told.headline


def test_no_answer() -> None:
    told = report(live_status(output=trouble("The virtual camera hangs.", StageState.STALLED)), CallState.RUNNING)
    assert told.kind is CameraKind.STALLED


def test_what_could_never_be_opened_is_not_tried_again_by_itself() -> None:
    refused = replace(live_status(output=trouble("It does not work.")), retries_output=False)
    told = report(refused, CallState.RUNNING)
    assert (told.running, told.headline) == (False, "The virtual camera does not work")


def test_given_up_can_be_started_again() -> None:
    told = report(live_status(output=trouble("No.", StageState.FAILED)), CallState.RUNNING)
    assert not told.running


@pytest.mark.parametrize(
    "machine", [DEBIAN, Machine("Linux", driver_installed=True), Machine("Windows"), Machine("Darwin")]
)
def test_missing_driver_is_recognised_on_each_system(machine: Machine) -> None:
    told = report(live_status(output=trouble(str(no_virtual_camera(machine)))), CallState.RUNNING)
    assert told.kind is CameraKind.MISSING
    assert told.command
    assert told.command in no_virtual_camera(machine).hint


@pytest.mark.parametrize(
    ("reason", "kind", "command"),
    [
        ("Device /dev/video9 is missing permissions", CameraKind.NO_RIGHTS, "sudo usermod -aG video $USER"),
        ("Device /dev/video9 is not a video output device.", CameraKind.BUSY, RELOAD),
        ("Device /dev/video9 is already in use", CameraKind.BUSY, ""),
        ("virtual camera output could not be started", CameraKind.BUSY, ""),
        (
            "Device /dev/video9 does not exist.",
            CameraKind.MISSING,
            f"sudo apt install v4l2loopback-dkms linux-headers-$(uname -r) && {LOAD}",
        ),
        ("the sky fell", CameraKind.TROUBLE, ""),
    ],
)
def test_refusals_are_recognised(reason: str, kind: CameraKind, command: str) -> None:
    text = str(explain(RuntimeError(reason), "/dev/video9", DEBIAN))
    assert trouble_of(text) is kind
    assert remedy(kind, text, trying=True).command == command


def test_other_program_is_named() -> None:
    text = str(in_use("/dev/video9", ("obs (process 7)",)))
    told = remedy(trouble_of(text), text, trying=True)
    assert told.kind is CameraKind.BUSY
    assert "obs (process 7)" in told.detail


def test_what_an_error_says_besides_its_command_is_told() -> None:
    secure = str(no_virtual_camera(Machine("Linux", driver_installed=True, secure_boot=True)))
    assert "Secure Boot is on" in remedy(CameraKind.MISSING, secure, trying=True).detail
    windows = str(no_virtual_camera(Machine("Windows")))
    assert "click Start Virtual Camera" in remedy(CameraKind.MISSING, windows, trying=True).detail
    stuck = str(explain(RuntimeError("is not a video output device."), "/dev/video9", DEBIAN))
    detail = remedy(CameraKind.BUSY, stuck, trying=True).detail
    assert detail.endswith("if none is running, load the driver anew:")


def test_plain_missing_driver_needs_no_more_words() -> None:
    told = remedy(CameraKind.MISSING, str(no_virtual_camera(DEBIAN)), trying=True)
    assert told.detail == "Type this in a terminal, then come back:"
