"""What each command does: the one place where an id becomes an act, for menus, keys, global keys and the control socket."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from avatarify.app.call import Call, CallState
from avatarify.app.camera_report import report
from avatarify.app.choices import Choices
from avatarify.app.recording import Recording
from avatarify.preferences.schema import find_setting
from avatarify.settings import SHIFT_STEP, ZOOM_STEP

Handler = Callable[[], None]
_OVERLAY_STEP = 0.1  # an opacity


class Windows(Protocol):
    """What commands ask of the main window; each returns at once."""

    def import_avatar(self) -> None: ...

    def toggle_compare(self) -> None: ...

    def toggle_details(self) -> None: ...

    def open_settings(self) -> None: ...

    def open_models(self) -> None: ...

    def open_keys(self) -> None: ...

    def open_first_run(self) -> None: ...

    def toggle_mini(self) -> None: ...

    def open_log(self) -> None: ...

    def toggle_help(self) -> None: ...

    def ask_passthrough(self, then: Callable[[], None]) -> None:
        """Ask whether everybody may see the real camera picture; call `then` only after a yes."""
        ...

    def ask_quit(self) -> None:
        """End the program; while the virtual camera is on only after a yes."""
        ...


def handlers(call: Call, choices: Choices, recording: Recording, windows: Windows) -> dict[str, Handler]:
    """For every id of commands/table.py. All belong to the Qt thread and return at once."""
    return {
        **{f"avatar.{number}": partial(call.show_avatar, number) for number in range(1, 10)},
        "avatar.next": call.next_avatar,
        "avatar.previous": partial(call.next_avatar, -1),
        "avatar.reload": call.reload_avatars,
        "avatar.import": windows.import_avatar,
        "passthrough.toggle": partial(_passthrough, call, windows),
        "calibration.take": call.calibrate,
        "calibration.search": partial(_search, call, choices),
        "calibration.undo": call.undo_calibration,
        "framing.zoom_in": partial(_zoom, choices, ZOOM_STEP),
        "framing.zoom_out": partial(_zoom, choices, 1 / ZOOM_STEP),
        "framing.up": partial(_move, choices, "framing.shift_y", -SHIFT_STEP),
        "framing.down": partial(_move, choices, "framing.shift_y", SHIFT_STEP),
        "framing.left": partial(_move, choices, "framing.shift_x", -SHIFT_STEP),
        "framing.right": partial(_move, choices, "framing.shift_x", SHIFT_STEP),
        "framing.reset": partial(_reset_framing, call, choices),
        "framing.lock": partial(choices.toggle, "framing.locked"),
        "overlay.less": partial(_move, choices, "window.overlay", -_OVERLAY_STEP),
        "overlay.more": partial(_move, choices, "window.overlay", _OVERLAY_STEP),
        "view.mirror_self": partial(choices.toggle, "camera.mirror_self"),
        "view.mesh": partial(choices.toggle, "window.mesh"),
        "view.blur_self": partial(choices.toggle, "window.blur_self"),
        "view.compare": windows.toggle_compare,
        "view.details": windows.toggle_details,
        "output.mirror": partial(choices.toggle, "output.mirror"),
        "output.toggle": partial(_output, call),
        "call.pause": call.toggle_pause,
        "recording.toggle": recording.toggle,
        "still.take": recording.take_still,
        "window.settings": windows.open_settings,
        "window.models": windows.open_models,
        "window.keys": windows.open_keys,
        "window.first_run": windows.open_first_run,
        "window.mini": windows.toggle_mini,
        "window.log": windows.open_log,
        "help.keys": windows.toggle_help,
        "app.quit": windows.ask_quit,
    }


def output_on(call: Call) -> bool:
    """The virtual camera is open."""
    return call.status is not None and call.status.virtual_camera is not None


def _passthrough(call: Call, windows: Windows) -> None:
    """Off at once, on only after a question."""
    if call.status is not None and call.status.pipeline.passthrough:
        call.set_passthrough(False)
    else:
        windows.ask_passthrough(partial(call.set_passthrough, True))


def _output(call: Call) -> None:
    """On or off, as its button says; where no call runs, because its start failed or was given up, that is tried again first."""
    if call.state is CallState.STOPPED:
        call.restart()
    elif report(call.status, call.state).running:
        call.close_output()
    else:
        call.open_output()


def _search(call: Call, choices: Choices) -> None:
    """Take the better moment if one is offered; else search by itself, or end that."""
    session = call.status.session if call.status is not None else None
    if session is not None and session.offered is not None and not session.automatic:
        call.accept_offer()
    else:
        choices.toggle("calibration.automatic")


def _zoom(choices: Choices, factor: float) -> None:
    _set_near(choices, "framing.zoom", choices.preferences.number("framing.zoom") * factor)


def _move(choices: Choices, key: str, step: float) -> None:
    _set_near(choices, key, choices.preferences.number(key) + step)


def _set_near(choices: Choices, key: str, number: float) -> None:
    """As near as the setting's range allows, in thousandths."""
    choices.set(key, find_setting(key).nearest(round(number, 3)))


def _reset_framing(call: Call, choices: Choices) -> None:
    call.reset_framing()
    start = (("framing.zoom", 1.0), ("framing.shift_x", 0.0), ("framing.shift_y", 0.0), ("framing.locked", False))
    choices.take(choices.preferences.with_values(start))
