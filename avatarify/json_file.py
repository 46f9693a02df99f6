"""Small JSON files of the user's: read with care, put aside when they are broken, written whole or not at all."""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from avatarify.errors import SettingsError
from avatarify.whole_file import write_whole

_LARGEST = 4_000_000  # bytes; a file of ours has some hundreds
_log = logging.getLogger(__name__)


class Content(NamedTuple):
    """What a file holds, and why it holds nothing. values: without the version; None where there is nothing to read."""

    values: dict[str, Any] | None
    notes: tuple[str, ...] = ()


class JsonFile:
    """An object with a "version". Nothing is kept of it here; any thread, but one at a time."""

    def __init__(self, path: Path, *, what: str, version: int, instead: str = "The defaults are used.") -> None:
        """what: in words for the notes ("preferences"). version: the newest that is understood. instead: a sentence about
        what happens where the file cannot be used."""
        self.path = path
        self._what = what
        self._version = version
        self._instead = instead

    def read(self) -> Content:
        """What it holds; nothing, and no note, where there is no file. Never raises.

        A file that is broken, or of a newer program, is renamed to NAME.broken or NAME.newer and told in the notes. One
        that cannot be opened stays where it is.
        """
        try:
            if self.path.stat().st_size > _LARGEST:
                return self._without("broken", "are larger than such a file can be.")
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Content(None)
        except OSError as error:
            return self._told(f"cannot be read: {error.strerror}.")
        except UnicodeDecodeError:
            return self._without("broken", "are no text.")
        try:
            values = json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            return self.put_aside(str(error))
        found = values.pop("version", None) if isinstance(values, dict) else None
        if isinstance(found, bool) or not isinstance(found, int) or found < 1:
            return self._without("broken", "name no version.")
        if found > self._version:
            return self._without("newer", f"were written by a newer Avatarify (version {found}).")
        return Content(values)

    def put_aside(self, why: str) -> Content:
        """What was read makes no sense to who asked for it. Renamed to NAME.broken and told; never raises."""
        return self._without("broken", f"cannot be understood ({why}).")

    def write(self, values: dict[str, Any]) -> None:
        """In place of the old file. Raises SettingsError; then the old one is as it was."""
        text = json.dumps({"version": self._version, **values}, indent=2, ensure_ascii=False) + "\n"
        try:
            write_whole(self.path, text.encode())
        except OSError as error:
            raise SettingsError(
                f"The {self._what} cannot be saved in {self.path}: {error.strerror}.",
                "Free some disk space, or check that the folder may be written to.",
            ) from error

    def keep_copy(self, ending: str) -> str:
        """Copy it as NAME.ending before it is overwritten, once. Returns a sentence about where the copy is."""
        try:
            content = self.path.read_bytes()
            for aside in self._names(ending):
                if not aside.exists():
                    aside.write_bytes(content)
                if aside.read_bytes() == content:
                    return f"The file as it was is kept as {aside.name}."
        except OSError as error:
            return f"No copy of the file could be kept: {error.strerror}."
        raise AssertionError("names do not end")

    def _without(self, ending: str, reason: str) -> Content:
        aside = next(name for name in self._names(ending) if not name.exists())
        try:
            self.path.replace(aside)
        except OSError as error:
            return self._told(f"{reason} It could not be put aside ({error.strerror}).")
        return self._told(f"{reason} The file was put aside as {aside.name}.")

    def _told(self, reason: str) -> Content:
        note = f"The {self._what} in {self.path} {reason} {self._instead}"
        _log.warning("%s", note)
        return Content(None, (note,))

    def _names(self, ending: str) -> Iterator[Path]:
        """NAME.broken, NAME.broken-2 and so on: what was put aside earlier is not lost."""
        first = self.path.with_name(f"{self.path.name}.{ending}")
        yield first
        for number in itertools.count(2):
            yield first.with_name(f"{first.name}-{number}")


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")
