"""The one file that face-alignment's 2D points need: not a model of ours, optional, and known only by how its hash begins.

The package would fetch it by itself and verifies nothing. Nobody has published its whole sha256; ten digits of it are in the
name it is published under. They tell a damaged file or another one. They would not stop a forger, so it is not fetched for you:
bring it from where you trust it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from avatarify.catalog.digest import digest_file
from avatarify.errors import CheckpointError
from avatarify.paths import user_models

NAME: Final = "2DFAN4-11f355bf06.pth.tar"
"""As it is published by the author of face-alignment, some 96 MB."""

SHA256_BEGINS: Final = "11f355bf06"
_NAMED: Final = "2dfan4"


def installed_landmarks() -> Path | None:
    """The file, where it was imported. It is checked again by who uses it (face/landmarks.py)."""
    path = _place()
    return path if path.is_file() else None


def is_landmark_file(path: Path) -> bool:
    """By its name, under which browsers may have added something."""
    return path.name.lower().startswith(_NAMED)


def import_landmarks(path: Path) -> Path:
    """Copy the file into the user's folder, whole or not at all. Returns where it is now.

    Raises CheckpointError: unreadable, not that file, or the folder cannot be written.
    """
    if not path.is_file():
        raise CheckpointError(f"There is no file {path}.", f"Give the path of {NAME}.")
    try:
        found = digest_file(path).sha256
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read ({error.strerror}).", "Check the file's permissions.") from error
    if not found.startswith(SHA256_BEGINS):
        raise CheckpointError(
            f"{path} is not {NAME}: its sha256 begins with {found[: len(SHA256_BEGINS)]}, not {SHA256_BEGINS}.",
            "Get it again from the author of face-alignment.",
        )
    target = _place()
    temporary: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{NAME}.", dir=target.parent)
        os.close(handle)
        temporary = Path(name)
        shutil.copyfile(path, temporary)
        temporary.replace(target)
    except OSError as error:
        raise CheckpointError(
            f"{target.parent} cannot be written ({error.strerror or error}).",
            "Free some space or mend its permissions.",
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
    return target


def _place() -> Path:
    return user_models() / "landmarks" / NAME
