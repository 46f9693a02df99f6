"""Framing, smoothing and the way of calibrating come back with the avatar they were chosen for."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from avatarify.app.call import Call
from avatarify.app.choices import Choices
from avatarify.app.keeping import Keeping
from avatarify.app.tasks import Tasks
from avatarify.preferences.avatar_memory import AvatarMemory, AvatarValues, write_entries
from avatarify.preferences.schema import OF_EACH_AVATAR

_SWITCH = "avatars.remember"


class AvatarChoices(QObject):
    """Follows the call and the choices, and has to be told what becomes of avatars in the gallery. The Qt thread.

    When another avatar is shown, the choices become its own; when one of those keys is changed, the avatar on the screen
    keeps them all. failed: an AvatarifyError, because they could not be kept on disk; see Keeping.
    """

    failed = Signal(object)

    def __init__(
        self, call: Call, choices: Choices, memory: AvatarMemory, *, tasks: Tasks, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._choices = choices
        self._memory = memory
        self._call = call
        self._avatar: str | None = None
        self._removed: dict[str, AvatarValues] = {}
        self._recalling = False
        self._keeping = Keeping(tasks, lane="avatar settings", parent=self)
        self._keeping.failed.connect(self.failed)
        call.changed.connect(self._follow)
        choices.changed.connect(self._changed)

    def forget(self, avatar: str) -> None:
        """One that was removed from the gallery. Another of its name begins anew."""
        values = self._memory.forget(avatar)
        if values:
            self._removed[avatar] = values
            self._later()

    def bring_back(self, avatar: str) -> None:
        """One whose removal was undone."""
        values = self._removed.pop(avatar, ())
        if values:
            self._memory.put(avatar, values)
            self._later()

    def rename(self, old: str, new: str) -> None:
        """One that has another name now."""
        values = self._memory.forget(old)
        if values:
            self._memory.put(new, values)
            self._later()
        if self._avatar == old:
            self._avatar = new

    def flush(self) -> None:
        """Write what is not written yet, here and now: for the end of the program. Raises AvatarifyError."""
        self._keeping.flush()

    def _follow(self) -> None:
        status = self._call.status
        shown = status.avatar if status is not None else None
        if shown is None or shown == self._avatar:
            return
        self._avatar = shown
        if self._choices.preferences.switch(_SWITCH):
            self._recalling = True
            try:
                self._choices.take(self._memory.recall(shown, self._choices.preferences))
            finally:
                self._recalling = False

    def _changed(self, keys: tuple[str, ...]) -> None:
        if self._avatar is None or self._recalling or not self._choices.preferences.switch(_SWITCH):
            return
        if any(key in OF_EACH_AVATAR for key in keys) and self._memory.keep(self._avatar, self._choices.preferences):
            self._later()

    def _later(self) -> None:
        entries, path = self._memory.entries(), self._memory.path
        self._keeping.later(lambda: write_entries(entries, path))
