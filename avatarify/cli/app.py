"""`app`: the window. Also what `run.py` without a verb does."""

from __future__ import annotations

import argparse
import importlib.util
from typing import TYPE_CHECKING

from avatarify.cli.engine import share_cores
from avatarify.cli.options import add_setting_options, chosen, destination, keys_of_groups
from avatarify.cli.output import say
from avatarify.errors import AvatarifyError

if TYPE_CHECKING:
    from avatarify.app.app_request import AppRequest

NAME = "app"
HELP = "open the window (the same as without a verb)"
_GROUPS = ("camera", "output", "engine")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this verb."""
    parser.epilog = "What is typed here is for this run only; what you choose in the window is kept."
    parser.add_argument("--avatar", metavar="NAME", help="by name or number (the last one)")
    parser.add_argument(
        "--add-to-menu",
        action="store_true",
        help="put Avatarify into the desktop's menu and end (Linux; on Wayland, global keys need it)",
    )
    add_setting_options(parser, keys_of_groups(*_GROUPS))


def run(arguments: argparse.Namespace) -> int:
    """Stay until the window is closed. Raises AvatarifyError where there is no screen, or no Qt."""
    if arguments.add_to_menu:
        from avatarify.app.desktop_entry import install_entry

        say(f"Avatarify is in the menu now: {install_entry()}")
        return 0
    request = make_request(arguments)
    if importlib.util.find_spec("PySide6") is None:
        raise AvatarifyError(
            "The window needs the Python package PySide6, which is missing here.",
            "`python3 run.py` without --no-venv installs it; `run.py live` runs a call in the terminal.",
        )
    share_cores()
    from avatarify.app.main import run_process

    return run_process(request)


def make_request(arguments: argparse.Namespace) -> AppRequest:
    """What the options ask for. Raises SettingsError for a value that cannot be."""
    from avatarify.app.app_request import AppRequest
    from avatarify.preferences.preferences import Preferences
    from avatarify.preferences.schema import find_setting

    keys = keys_of_groups(*_GROUPS)
    given = [key for key in keys if getattr(arguments, destination(find_setting(key))) is not None]
    values = chosen(arguments, keys, Preferences())
    avatar = arguments.avatar
    return AppRequest(
        overrides=tuple((key, values.get(key)) for key in given),
        avatar=int(avatar) if avatar is not None and avatar.isdecimal() else avatar,
        debug=arguments.debug,
    )
