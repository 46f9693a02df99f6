"""What was chosen for single avatars: framing, smoothing and the way of calibrating come back with the avatar.

The calibrations themselves are in avatarify/memory.py; they belong to an avatar, a camera and a model, these to an avatar.
"""

from __future__ import annotations

from pathlib import Path

from avatarify.errors import SettingsError
from avatarify.json_file import JsonFile
from avatarify.preferences.file import decode, encode
from avatarify.preferences.preferences import Preferences
from avatarify.preferences.schema import OF_EACH_AVATAR
from avatarify.preferences.setting import Value

_VERSION = 1
_MOST = 500  # avatars; those that were set longest ago go

AvatarValues = tuple[tuple[str, Value], ...]
"""(key, value) for the keys OF_EACH_AVATAR."""


class AvatarMemory:
    """Reads its file once. `recall` and `keep` belong to one thread; `write` may be another's with what `entries` gave.

    notes: sentences about a file that could not be read, or values in it that are not used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notes: tuple[str, ...] = ()
        self._entries: dict[str, AvatarValues] = self._read()

    def recall(self, avatar: str, preferences: Preferences) -> Preferences:
        """The preferences with what was chosen for this avatar; as they are when nothing was."""
        return preferences.with_values(self._entries.get(avatar, ()))

    def keep(self, avatar: str, preferences: Preferences) -> bool:
        """Remember how this avatar is set now, not yet on disk. False when that is known already."""
        values = preferences.of_avatar()
        if self._entries.get(avatar) == values:
            return False
        self._entries.pop(avatar, None)
        self._entries[avatar] = values
        while len(self._entries) > _MOST:
            self._entries.pop(next(iter(self._entries)))
        return True

    def forget(self, avatar: str) -> AvatarValues:
        """An avatar that was removed. What was known of it, for `put`; () when nothing was."""
        return self._entries.pop(avatar, ())

    def put(self, avatar: str, values: AvatarValues) -> None:
        """What `forget` gave: it has come back, perhaps by another name."""
        self._entries[avatar] = values

    def entries(self) -> tuple[tuple[str, AvatarValues], ...]:
        """All of it, as it is now."""
        return tuple(self._entries.items())

    def _read(self) -> dict[str, AvatarValues]:
        file = _file(self.path)
        content = file.read()
        notes = list(content.notes)
        avatars = (content.values or {}).get("avatars", {})
        entries: dict[str, AvatarValues] = {}
        for name, raw in avatars.items() if isinstance(avatars, dict) else ():
            try:
                if not isinstance(raw, dict) or not set(raw) <= set(OF_EACH_AVATAR):
                    raise SettingsError(f"{name!r} has entries that are not an avatar's.", "")
                entries[name] = tuple((key, decode(key, value)) for key, value in raw.items())
            except SettingsError as error:
                notes.append(f"In {self.path}: {error.message} This avatar begins anew.")
        if len(notes) > len(content.notes):
            notes.append(file.keep_copy("old"))  # the next write leaves out what could not be used
        self.notes = tuple(notes)
        return entries


def write_entries(entries: tuple[tuple[str, AvatarValues], ...], path: Path) -> None:
    """Whole or not at all, in any thread. Raises SettingsError; then the old file is as it was."""
    avatars = {name: {key: encode(value) for key, value in values} for name, values in entries}
    _file(path).write({"avatars": avatars})


def _file(path: Path) -> JsonFile:
    return JsonFile(path, what="settings of avatars", version=_VERSION)
