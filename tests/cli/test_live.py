"""The verb `live` with a drawn performer and no virtual camera, and its words about every state."""

from __future__ import annotations

import dataclasses
import json
from concurrent.futures import Future
from pathlib import Path

import pytest

from avatarify.camera import devices
from avatarify.camera.devices import CameraDevice
from avatarify.cli import front
from avatarify.cli import live as verb
from avatarify.cli.live_keys import keys_of
from avatarify.errors import MediaError
from avatarify.live.governor import GovernorStatus, Level
from avatarify.live.request import LiveRequest
from avatarify.paths import user_preferences
from avatarify.pipeline.gate import Showing
from avatarify.pipeline.status import Measured, Spread, StageState, StageStatus
from avatarify.preferences.file import save
from avatarify.preferences.preferences import Preferences
from avatarify.session import CalibratedBy, SessionStatus
from avatarify.settings import Settings
from tests.cli.conftest import Type
from tests.fakes.live_status import live_status

MEASURED = Measured(camera_fps=30.0, engine_fps=24.6, output_fps=30.0, latency=Spread(41.4, 62.0))
STATUS = dataclasses.replace(
    live_status(virtual_camera="Avatarify", measured=MEASURED),
    session=SessionStatus(calibrated_by=CalibratedBy.ITSELF, hints=("More light.",)),
    avatar="ilse",
    notes=("not cuda: no GPU",),
)


def test_one_line_says_what_the_call_sees() -> None:
    expected = (
        "ilse: animated; 30 fps out, 25 animated, 30 in; latency 41 ms (p95 62); calibrated by itself; More light."
    )
    assert verb.describe(STATUS) == expected


def test_the_first_line_keeps_secrets() -> None:
    told = verb.greeting("http://ann:hidden@127.0.0.1:8080/video", "1 ilse")
    assert "127.0.0.1:8080/video; avatars: 1 ilse" in told
    assert "hidden" not in told


def test_what_is_left_undone_is_told_and_why() -> None:
    governor = GovernorStatus(Level(2, 8.0, 384), "A frame took 50 ms.")
    slow = dataclasses.replace(STATUS, governor=governor, pipeline=dataclasses.replace(STATUS.pipeline, resting=True))
    assert "doing less (level 2); at rest, nobody looks" in verb.describe(slow)
    assert "A frame took 50 ms." in verb.problems(slow)
    assert verb.problems(STATUS) == STATUS.notes


def test_pass_through_is_told_in_capitals() -> None:
    pipeline = dataclasses.replace(STATUS.pipeline, passthrough=True, showing=Showing.PASSTHROUGH)
    assert "PASS-THROUGH" in verb.describe(dataclasses.replace(STATUS, pipeline=pipeline))


def test_problems_are_those_that_hold_now() -> None:
    broken = StageStatus(StageState.TROUBLE, "Unplugged. Plug it in.", errors=1)
    over = StageStatus(StageState.RUNNING, "An old error.", errors=1)
    pipeline = dataclasses.replace(STATUS.pipeline, capture=broken, output=over)
    found = verb.problems(dataclasses.replace(STATUS, pipeline=pipeline))
    assert found == ("camera: Unplugged. Plug it in.", "not cuda: no GPU")


class Keyboard:
    """Stands where a Live is expected, and writes down what the keys did."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.settings = Settings()

    def show_avatar(self, key: int) -> Future[None]:
        self.done.append(f"avatar {key}")
        if key == 9:
            raise MediaError("There is no avatar 9.")
        return Future()

    def next_avatar(self, step: int = 1) -> Future[None]:
        self.done.append(f"step {step}")
        return Future()

    def calibrate(self) -> Future[None]:
        self.done.append("calibrate")
        return Future()

    def change(self, settings: Settings) -> Future[None]:
        self.settings = settings
        return Future()


def press(keyboard: Keyboard, *typed: str) -> None:
    keys = {key.key: key for key in keys_of(Settings())}
    for key in typed:
        keys[key].press(keyboard)  # type: ignore[arg-type]


def test_keys_do_what_avatarify_users_expect() -> None:
    keyboard = Keyboard()
    press(keyboard, "3", "d", "a", "x")
    assert keyboard.done == ["avatar 3", "step 1", "step -1", "calibrate"]


def test_framing_keys_add_up_and_stay_in_range() -> None:
    keyboard = Keyboard()
    press(keyboard, "w", "w", "k", "u")
    framing = keyboard.settings.framing
    assert framing.zoom == pytest.approx(1.05**2)
    assert (framing.shift_x, framing.shift_y) == (pytest.approx(0.03), pytest.approx(-0.03))
    press(keyboard, *["s"] * 60)
    assert keyboard.settings.framing.zoom == 0.5


def test_the_square_can_be_put_back() -> None:
    keyboard = Keyboard()
    press(keyboard, "w", "k", "u", "Z")
    assert keyboard.settings == Settings()


def test_keys_are_those_of_the_windows_classic_preset() -> None:
    named = {key.key: key.label for key in keys_of(Settings())}
    assert named["x"] == "calibrate now"
    assert named["X"] == "undo calibration"
    assert named["p"] == "pause"
    assert "0" not in named, "in the window it shows the real camera picture"


def test_no_key_is_there_twice() -> None:
    keys = [key.key for key in keys_of(Settings())]
    assert len(keys) == len(set(keys))
    assert "q" not in keys


def test_it_runs_and_tells_its_state_in_json(
    type_: Type, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    ended = type_(
        "live",
        "--camera",
        "synthetic",
        "--output",
        "none",
        "--avatar",
        "ilse",
        "--model",
        tiny,
        "--seconds",
        2.5,
        "--json",
    )
    assert ended.code == 0, ended.err
    told = [json.loads(line) for line in ended.out.splitlines()]
    assert told
    assert told[-1]["avatar"] == "ilse"
    assert told[-1]["pipeline"]["passthrough"] is False
    assert told[-1]["virtual_camera"] is None


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--camera", "synthetic", "--avatar", "nobody"], 1, "no avatar 'nobody'"),
        (["--camera", "synthetic", "--seconds", "0"], 2, "--seconds is 0"),
        (["--camera", "synthetic", "--size", "33x44"], 2, "invalid choice"),
        (["--camera", "synthetic", "--portrait-size", "64"], 2, "--portrait-size is 64"),
        (["--camera", "synthetic", "--strength", "3"], 2, "--strength is 3.0"),
        (["--camera", "synthetic", "--absolute", "--strength", "1"], 2, "no meaning with --absolute"),
        (["--camera", "synthetic", "--precision", "int4"], 2, "invalid choice"),
        (["--model", "voks"], 1, "no model 'voks'"),
    ],
)
def test_what_cannot_be_done_is_told(
    type_: Type, arguments: list[str], code: int, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    ended = type_("live", "--output", "none", *arguments)
    assert ended.code == code
    assert message in ended.err
    assert "Traceback" not in ended.err


def request_of(tiny: Path, *options: str) -> LiveRequest:
    """What `live` with these options asks for."""
    line = ["live", "--camera", "synthetic", "--output", "none", "--model", str(tiny), *options]
    return verb.make_request(front.parser().parse_args(line))


@pytest.fixture
def choices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file with what this user has chosen."""
    monkeypatch.setenv("AVATARIFY_HOME", str(tmp_path))
    preferences = Preferences([("motion.strength", 0.5), ("output.mirror", True), ("engine.portrait_size", 256)])
    save(preferences, user_preferences())
    return user_preferences()


def test_what_the_user_chose_holds_until_an_option_says_otherwise(tiny: Path, choices: Path) -> None:
    request = request_of(tiny)
    assert request.settings.motion.strength == 0.5
    assert request.look.mirror
    assert request.portrait_size == 256
    typed = request_of(tiny, "--no-mirror", "--strength", "1.5", "--zoom", "1.25", "--fps-cap", "20", "--no-guard")
    assert typed.settings.motion.strength == 1.5
    assert not typed.look.mirror
    assert typed.settings.framing.zoom == 1.25
    assert not typed.settings.comfort.guard
    assert typed.fps_cap == 20
    assert typed.portrait_size == 256


def test_the_users_choices_can_be_ignored(tiny: Path, choices: Path) -> None:
    expected = LiveRequest(tiny, camera="synthetic", output=False)
    assert request_of(tiny, "--no-preferences") == expected
    assert request_of(tiny) != expected


def test_choices_that_cannot_be_read_are_told(tiny: Path, choices: Path, capsys: pytest.CaptureFixture[str]) -> None:
    choices.write_text("{")
    assert request_of(tiny) == LiveRequest(tiny, camera="synthetic", output=False)
    assert "preferences.json.broken" in capsys.readouterr().err


def test_options_of_earlier_days_are_still_there(tiny: Path) -> None:
    request = request_of(
        tiny, "--no-preferences", "--absolute", "--no-adapt-scale", "--no-badge", "--no-auto-calibration"
    )
    assert not request.settings.motion.relative
    assert not request.settings.motion.adapt_scale
    assert not request.look.badge
    assert not request.settings.calibration.automatic


def test_the_help_tells_where_values_come_from(type_: Type) -> None:
    told = " ".join(type_("live", "--help").out.split())
    assert "has the value that you chose in the app" in told
    assert "0 to 2, default 1]" in told
    assert "--mirror, --no-mirror" in told


def camera(number: int, *, virtual: bool = False, problem: str = "") -> CameraDevice:
    return CameraDevice(number, f"camera {number}", str(number), f"/dev/video{number}", "V4L2", virtual, problem)


def test_without_a_camera_the_remedy_is_told(type_: Type, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "list_cameras", lambda: (camera(1, problem="in use by Zoom"),))
    ended = type_("live", "--output", "none", "--model", tiny)
    assert ended.code == 1
    assert "in use by Zoom" in ended.err
    assert "--camera synthetic" in ended.err
