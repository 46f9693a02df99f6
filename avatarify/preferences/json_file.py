"""Small JSON files of the user's: read with care, kept aside when they are broken, written whole or not at all."""

from __future__ import annotations

import itertools
import json
import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from avatarify.errors import SettingsError

_LARGEST = 4_000_000  # bytes; a file of ours has some hundreds
_log = logging.getLogger(__name__)


class Content(NamedTuple):
    """What a file holds, and why it holds nothing. values: without the version; None where there is nothing to read."""

    values: dict[str, Any] | None
    notes: tuple[str, ...] = ()


def read_json(path: Path, *, what: str, version: int) -> Content:
    """An object with a "version". what: in words for the notes ("preferences"). Never raises.

    A file that is broken, or of a newer program, is renamed to NAME.broken or NAME.newer and told in the notes. One
    that cannot be opened stays where it is.
    """
    try:
        if path.stat().st_size > _LARGEST:
            return _without(path, "broken", f"The {what} in {path} are larger than such a file can be.")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Content(None)
    except OSError as error:
        return _told(f"The {what} in {path} cannot be read: {error.strerror}. The defaults are used.")
    except UnicodeDecodeError:
        return _without(path, "broken", f"The {what} in {path} are no text.")
    try:
        values = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        return _without(path, "broken", f"The {what} in {path} cannot be understood ({error}).")
    found = values.pop("version", None) if isinstance(values, dict) else None
    if isinstance(found, bool) or not isinstance(found, int) or found < 1:
        return _without(path, "broken", f"The {what} in {path} name no version.")
    if found > version:
        return _without(path, "newer", f"The {what} in {path} were written by a newer Avatarify (version {found}).")
    return Content(values)


def write_json(path: Path, values: dict[str, Any], *, what: str, version: int) -> None:
    """Beside the old file, then in its place. Raises SettingsError; then the old file is as it was."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"version": version, **values}, file, indent=2, ensure_ascii=False)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SettingsError(
            f"The {what} cannot be saved in {path}: {error.strerror}.",
            "Free some disk space, or check that the folder may be written to.",
        ) from error


def keep_copy(path: Path, ending: str) -> str:
    """Copy a file that is about to be overwritten, once. Returns a sentence about where the copy is."""
    try:
        content = path.read_bytes()
        for aside in _names(path, ending):
            if not aside.exists():
                aside.write_bytes(content)
            if aside.read_bytes() == content:
                return f"The file as it was is kept as {aside.name}."
    except OSError as error:
        return f"No copy of the file could be kept: {error.strerror}."
    raise AssertionError("names do not end")


def _without(path: Path, ending: str, reason: str) -> Content:
    aside = next(name for name in _names(path, ending) if not name.exists())
    try:
        path.replace(aside)
    except OSError as error:
        return _told(f"{reason} It could not be put aside ({error.strerror}). The defaults are used.")
    return _told(f"{reason} The file was put aside as {aside.name}, and the defaults are used.")


def _told(note: str) -> Content:
    _log.warning("%s", note)
    return Content(None, (note,))


def _names(path: Path, ending: str) -> Iterator[Path]:
    """NAME.broken, NAME.broken-2 and so on: what was put aside earlier is not lost."""
    first = path.with_name(f"{path.name}.{ending}")
    yield first
    for number in itertools.count(2):
        yield first.with_name(f"{first.name}-{number}")


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")
