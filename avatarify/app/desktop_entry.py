"""Avatarify in the applications menu of a Linux desktop. On Wayland a desktop gives global keys only to programs that are there."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from avatarify.errors import AvatarifyError
from avatarify.paths import ASSETS, PROJECT
from avatarify.whole_file import write_whole

APP_ID = "io.avatarify.Avatarify"
"""What desktops know the program by: the name of its entry, and on Wayland of its windows (on X11 that is "avatarify")."""

_TEMPLATE = """[Desktop Entry]
Type=Application
Version=1.5
Name=Avatarify
GenericName=Live avatar
GenericName[de]=Live-Avatar
Comment=Your face moves a portrait in video calls
Comment[de]=Dein Gesicht bewegt ein Porträt im Videoanruf
Exec={command}
Icon={icon}
Terminal=false
Categories=AudioVideo;Video;
Keywords=avatar;webcam;camera;Zoom;Meet;
StartupWMClass=avatarify
SingleMainWindow=true
"""


def applications_folder() -> Path:
    """Where the user's own entries lie; may not exist yet."""
    data = os.environ.get("XDG_DATA_HOME", "")
    return (Path(data) if data else Path.home() / ".local/share") / "applications"


def start_command() -> tuple[str, ...]:
    """What starts the window from anywhere."""
    script = PROJECT / "run.py"
    how = (str(script),) if script.is_file() else ("-m", "avatarify")
    return (sys.executable, *how, "app")


def entry_text(command: tuple[str, ...], icon: Path) -> str:
    """The file's text. command: program and arguments. icon: a picture's path."""
    return _TEMPLATE.format(command=" ".join(map(_quoted, command)), icon=_escaped(str(icon)))


def install_entry(folder: Path | None = None) -> Path:
    """Write the entry, or write it anew. folder: of entries, if not `applications_folder()`. Raises AvatarifyError."""
    if sys.platform != "linux":
        raise AvatarifyError(
            f"Only desktops of Linux have such entries, not {sys.platform}.", "Make a shortcut to `python run.py`."
        )
    path = (applications_folder() if folder is None else folder) / f"{APP_ID}.desktop"
    try:
        write_whole(path, entry_text(start_command(), ASSETS / "icons" / "avatarify.png").encode())
    except OSError as error:
        raise AvatarifyError(
            f"{path} cannot be written ({error.strerror}).", "Mend the folder's permissions."
        ) from error
    return path


def _quoted(argument: str) -> str:
    """As Exec wants it: in quotation marks, with its own signs escaped, and once more as all texts of the file are."""
    for sign in '\\"`$':
        argument = argument.replace(sign, f"\\{sign}")
    return _escaped(f'"{argument}"').replace("%", "%%")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\")
