"""Where a running app listens: a socket in a folder that is the user's alone, on Windows a pipe with the user's name in it."""

from __future__ import annotations

import getpass
import hashlib
import os
import stat
import sys
import tempfile
from pathlib import Path

from avatarify.errors import ControlError
from avatarify.paths import user_preferences, user_runtime

_LONGEST_PATH = 100  # bytes; macOS takes 103, Linux 107


def socket_path() -> Path:
    """Of the socket, on POSIX. It may not exist. The same for each start with the same folders of the user."""
    path = user_runtime() / "control.sock"
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        return path
    return Path(tempfile.gettempdir()) / f"avatarify-{_user_number()}" / f"{_digest(str(path))}.sock"


def pipe_name() -> str:
    r"""Of the pipe, on Windows, without \\.\pipe\ before it."""
    return f"avatarify-{_digest(f'{getpass.getuser()} {user_preferences()}')}"


def server_name() -> str:
    """What Qt's QLocalServer listens to."""
    return pipe_name() if sys.platform == "win32" else str(socket_path())


def make_private_folder(folder: Path) -> None:
    """Raises ControlError where others could get in: somebody may have made the folder before us."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = folder.lstat()
    except OSError as error:
        raise ControlError(
            f"{folder} cannot be made ({error.strerror}).", "Check the folder and its rights."
        ) from error
    if sys.platform == "win32":
        return
    _refuse_foreign(folder, found)
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise ControlError(f"Others can get into {folder}.", f"Close it with: chmod 700 {folder}")


def refuse_foreign_folder(folder: Path) -> None:
    """Raises ControlError where somebody else has made the folder: whoever answers in it is not our app. One that is not there
    is nobody's."""
    try:
        _refuse_foreign(folder, folder.lstat())
    except FileNotFoundError:
        return
    except OSError as error:
        raise ControlError(
            f"{folder} cannot be looked at ({error.strerror}).", "Check the folder and its rights."
        ) from error


def _refuse_foreign(folder: Path, found: os.stat_result) -> None:
    if not stat.S_ISDIR(found.st_mode) or (sys.platform != "win32" and found.st_uid != os.getuid()):
        raise ControlError(
            f"{folder} is not a folder of yours.", "Remove it, or set XDG_RUNTIME_DIR to a folder of yours."
        )


def _user_number() -> int:
    return os.getuid() if sys.platform != "win32" else 0


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
