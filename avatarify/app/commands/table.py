"""Everything the app can be told to do. Menus, tool tips, keys, the help sheet, global keys and the keys of `live` come from here.

No Qt here: the command line reads this table, too.
"""

from __future__ import annotations

from dataclasses import dataclass

from avatarify.app.text.text import tr


@dataclass(frozen=True)
class Command:
    """id: what handlers, files and messages call it. group: one of GROUPS. text: the key of its name, with `values` in it.
    icon: see theme/icons.py, "" for none. classic, desktop: its key in either preset, None for none. global_default: a key
    that works while another program has the focus. checkable: it is on or off. window_only: it can have no global key.
    repeats: a key that is held does it again and again.
    """

    id: str
    group: str
    text: str
    icon: str
    classic: str | None
    desktop: str | None
    global_default: str | None
    checkable: bool = False
    values: tuple[str, ...] = ()
    window_only: bool = False
    repeats: bool = False

    @property
    def label(self) -> str:
        """Its name in the language that is spoken now."""
        return tr(self.text, *self.values)


@dataclass(frozen=True)
class Group:
    """title: the key of its text."""

    id: str
    title: str


GROUPS = (
    Group("avatar", "keys.group_avatar"),
    Group("calibration", "keys.group_calibration"),
    Group("framing", "keys.group_framing"),
    Group("output", "keys.group_output"),
    Group("view", "keys.group_view"),
    Group("window", "keys.group_window"),
)


def _number(number: int) -> Command:
    return Command(
        f"avatar.{number}",
        "avatar",
        "keys.avatar_number",
        "avatar",
        classic=str(number),
        desktop=f"Ctrl+{number}",
        global_default=f"Ctrl+Alt+{number}",
        values=(str(number),),
    )


# Ctrl+Alt+PgUp and PgDown rather than the arrows: those change the workspace on GNOME and Xfce, and turn the screen with
# some drivers on Windows.
COMMANDS: tuple[Command, ...] = (
    *(_number(number) for number in range(1, 10)),
    Command("avatar.previous", "avatar", "keys.avatar_previous", "previous", "A", "Ctrl+Left", "Ctrl+Alt+PgUp"),
    Command("avatar.next", "avatar", "keys.avatar_next", "next", "D", "Ctrl+Right", "Ctrl+Alt+PgDown"),
    Command("avatar.reload", "avatar", "keys.avatar_reload", "retry", "L", "F5", None),
    Command("avatar.import", "avatar", "keys.avatar_import", "avatar-add", "Ctrl+O", "Ctrl+O", None, window_only=True),
    Command("calibration.take", "calibration", "keys.calibration_take", "calibrate", "X", "Ctrl+K", "Ctrl+Alt+X"),
    Command("calibration.search", "calibration", "keys.calibration_search", "search", "F", "Ctrl+Shift+K", None),
    Command("calibration.undo", "calibration", "keys.calibration_undo", "undo", "Shift+X", "Ctrl+Z", None),
    Command("framing.zoom_in", "framing", "keys.zoom_in", "zoom-in", "W", "Ctrl++", None, repeats=True),
    Command("framing.zoom_out", "framing", "keys.zoom_out", "zoom-out", "S", "Ctrl+-", None, repeats=True),
    Command("framing.up", "framing", "keys.framing_up", "up", "U", "Alt+Up", None, repeats=True),
    Command("framing.down", "framing", "keys.framing_down", "down", "J", "Alt+Down", None, repeats=True),
    Command("framing.left", "framing", "keys.framing_left", "left", "H", "Alt+Left", None, repeats=True),
    Command("framing.right", "framing", "keys.framing_right", "right", "K", "Alt+Right", None, repeats=True),
    Command("framing.reset", "framing", "keys.framing_reset", "reset", "Shift+Z", "Ctrl+0", None),
    Command("framing.lock", "framing", "keys.framing_lock", "lock", "Ctrl+L", "Ctrl+L", None, checkable=True),
    Command(
        "output.toggle", "output", "keys.output_toggle", "camera-virtual", "Ctrl+E", "Ctrl+E", None, checkable=True
    ),
    Command("call.pause", "output", "keys.call_pause", "pause", "P", "Ctrl+P", "Ctrl+Alt+P", checkable=True),
    Command("output.mirror", "output", "keys.output_mirror", "mirror", "T", "Ctrl+M", None, checkable=True),
    Command("recording.toggle", "output", "keys.recording_toggle", "record", "Ctrl+R", "Ctrl+R", None, checkable=True),
    Command("still.take", "output", "keys.still_take", "still", "Ctrl+S", "Ctrl+S", None),
    Command(
        "passthrough.toggle",
        "output",
        "keys.passthrough_toggle",
        "warning",
        "0",
        "Ctrl+Shift+P",
        None,
        checkable=True,
        window_only=True,
    ),
    Command(
        "overlay.less", "view", "keys.overlay_less", "overlay", "Z", "Ctrl+Down", None, window_only=True, repeats=True
    ),
    Command(
        "overlay.more", "view", "keys.overlay_more", "overlay", "C", "Ctrl+Up", None, window_only=True, repeats=True
    ),
    Command("view.mirror_self", "view", "keys.mirror_self", "mirror", "R", "Ctrl+Shift+M", None, checkable=True),
    Command("view.mesh", "view", "keys.mesh", "mesh", "O", "Ctrl+F", None, checkable=True),
    Command("view.blur_self", "view", "keys.blur_self", "blur", "B", "Ctrl+B", None, checkable=True),
    Command("view.compare", "view", "keys.compare", "compare", "V", "Ctrl+D", None, checkable=True),
    Command("view.details", "view", "keys.details", "info", "I", "Ctrl+I", None, checkable=True, window_only=True),
    Command("window.settings", "window", "keys.settings", "settings", "Ctrl+,", "Ctrl+,", None, window_only=True),
    Command("window.models", "window", "keys.models", "models", "Ctrl+Shift+D", "Ctrl+Shift+D", None, window_only=True),
    Command("window.keys", "window", "keys.keys", "keys", "Ctrl+F1", "Ctrl+F1", None, window_only=True),
    Command("window.first_run", "window", "keys.first_run", "", None, None, None, window_only=True),
    Command("window.mini", "window", "keys.mini", "mini-window", "M", "Ctrl+Shift+N", None, checkable=True),
    Command("window.log", "window", "keys.log", "log", "Ctrl+Shift+L", "Ctrl+Shift+L", None, window_only=True),
    Command("help.keys", "window", "keys.help", "help", "F1", "F1", None, window_only=True),
    Command("app.quit", "window", "keys.quit", "power", "Esc", "Ctrl+Q", None, window_only=True),
)
"""In the order in which menus and help show them."""

_BY_ID = {command.id: command for command in COMMANDS}


def command(id_: str) -> Command:
    """Raises KeyError for an id that no command has."""
    return _BY_ID[id_]


def known(id_: str) -> bool:
    """A command has this id."""
    return id_ in _BY_ID
