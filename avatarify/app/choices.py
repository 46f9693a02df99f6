"""What the user has chosen, in the one place from which every window reads it, and its way to the disk."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from avatarify.app.keeping import Keeping
from avatarify.app.tasks import Tasks
from avatarify.preferences.file import save
from avatarify.preferences.preferences import Preferences
from avatarify.preferences.setting import Value


class Choices(QObject):
    """Holds the `Preferences` of now. All methods belong to the Qt thread.

    changed: a tuple with the keys of what is another now. failed: an AvatarifyError, because it could not be kept.
    """

    changed = Signal(tuple)
    failed = Signal(object)

    def __init__(self, preferences: Preferences, path: Path, *, tasks: Tasks, parent: QObject | None = None) -> None:
        """path: the file to keep them in."""
        super().__init__(parent)
        self._preferences = preferences
        self._path = path
        self._keeping = Keeping(tasks, lane="preferences", parent=self)
        self._keeping.failed.connect(self.failed)

    @property
    def preferences(self) -> Preferences:
        """All of them, frozen."""
        return self._preferences

    def set(self, key: str, value: Value) -> None:
        """Change one. Raises SettingsError: unknown key, wrong type, out of range."""
        self.take(self._preferences.with_value(key, value))

    def toggle(self, key: str) -> None:
        """Turn a switch over. Raises SettingsError for what is none."""
        self.set(key, not self._preferences.switch(key))

    def take(self, preferences: Preferences) -> None:
        """Change all that differ."""
        keys = preferences.differing(self._preferences)
        if not keys:
            return
        self._preferences = preferences
        path = self._path
        self._keeping.later(lambda: save(preferences, path))
        self.changed.emit(keys)

    def flush(self) -> None:
        """Write what is not written yet, here and now: for the end of the program. Raises AvatarifyError."""
        self._keeping.flush()
