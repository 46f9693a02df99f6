"""The menu bar, made from the commands."""

from __future__ import annotations

from PySide6.QtWidgets import QMenuBar

from avatarify.app.commands.actions import Actions
from avatarify.app.text.text import tr

_LINE = ""
_FILE = (
    "avatar.import",
    "avatar.reload",
    _LINE,
    "recording.toggle",
    "still.take",
    _LINE,
    "window.settings",
    _LINE,
    "app.quit",
)
_AVATAR = (
    *("avatar.next", "avatar.previous", _LINE, *(f"avatar.{number}" for number in range(1, 10)), _LINE),
    *("calibration.take", "calibration.search", "calibration.undo"),
)
_VIEW = (
    *("view.mirror_self", "view.blur_self", "view.mesh", "overlay.more", "overlay.less", _LINE),
    *("view.compare", "window.mini", "view.details"),
)
_CALL = (
    *("output.toggle", "call.pause", "output.mirror", _LINE),
    *("framing.zoom_in", "framing.zoom_out", "framing.up", "framing.down", "framing.left", "framing.right"),
    *("framing.reset", "framing.lock", _LINE, "window.models", _LINE, "passthrough.toggle"),
)
_HELP = ("help.keys", "window.keys", "window.first_run", _LINE, "window.log")


def fill_menus(bar: QMenuBar, actions: Actions) -> None:
    """File, Avatar, View, Call, Help."""
    for title, ids in (
        (tr("shell.menu_file"), _FILE),
        (tr("shell.menu_avatar"), _AVATAR),
        (tr("shell.menu_view"), _VIEW),
        (tr("shell.menu_call"), _CALL),
        (tr("shell.menu_help"), _HELP),
    ):
        menu = bar.addMenu(title)
        for id_ in ids:
            if id_ == _LINE:
                menu.addSeparator()
            else:
                menu.addAction(actions.action(id_))
