"""The icon in the system tray: another avatar, a pause, start and stop, without opening the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from avatarify.app.call import Call
from avatarify.app.camera_report import report
from avatarify.app.gallery.avatar_model import shown_name
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import application_icon, icon

if TYPE_CHECKING:
    from avatarify.avatars import Avatar

_MOST_AVATARS = 20
COMMANDS = ("output.toggle", "call.pause", "window.mini", "app.quit")
"""Ids of commands/table.py that the menu offers, in its order."""


class ActionSource(Protocol):
    """Where the actions come from: `Actions` of commands/actions.py."""

    def action(self, id_: str) -> QAction: ...


class Tray(QObject):
    """Where the desktop has no tray, nothing is shown and nothing else happens.

    window_wanted: a click on the icon, or the first entry of the menu.
    """

    window_wanted = Signal()

    def __init__(self, call: Call, actions: ActionSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._call = call
        self._icon = QSystemTrayIcon(application_icon(), self)
        self.menu = QMenu()
        self.window = QAction(icon("avatar"), tr("tray.show_window"), self.menu)
        self.window.triggered.connect(self.window_wanted)
        self.avatars = QMenu(tr("tray.avatars"), self.menu)
        self.avatars.setIcon(icon("avatar-add"))
        self.avatars.aboutToShow.connect(self.list_avatars)
        self._group = QActionGroup(self.avatars)
        self.menu.addAction(self.window)
        self.menu.addSeparator()
        self.menu.addMenu(self.avatars)
        for id_ in COMMANDS:
            if id_ == "app.quit":
                self.menu.addSeparator()
            self.menu.addAction(actions.action(id_))
        self._icon.setContextMenu(self.menu)
        self._icon.activated.connect(self._activated)
        call.changed.connect(self._tell)
        self.list_avatars()
        self._tell()

    @staticmethod
    def available() -> bool:
        """Whether this desktop has a tray now."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    @property
    def shown(self) -> bool:
        """The icon is there, so that the window may hide behind it."""
        return self._icon.isVisible()

    @property
    def tip(self) -> str:
        """What the icon says when the pointer rests on it."""
        return self._icon.toolTip()

    def show(self, wanted: bool = True) -> None:
        """Show the icon, or take it away."""
        self._icon.setVisible(wanted and self.available())

    def notify(self, title: str, text: str) -> None:
        """A message of the desktop's own kind; where there is no icon, none."""
        if self.shown:
            self._icon.showMessage(title, text, application_icon())

    def list_avatars(self) -> None:
        """Fill the menu anew with the avatars of the call that runs."""
        self.avatars.clear()
        for action in self._group.actions():
            self._group.removeAction(action)
        live, status = self._call.live, self._call.status
        avatars = [avatar for avatar in live.avatars.all if avatar.usable] if live is not None else []
        for avatar in avatars[:_MOST_AVATARS]:
            self._add(avatar, shown=status is not None and status.avatar == avatar.name)
        if not avatars:
            self.avatars.addAction(tr("tray.no_avatars")).setEnabled(False)

    def _add(self, avatar: Avatar, *, shown: bool) -> None:
        name = shown_name(avatar.name).replace("&", "&&")
        action = self.avatars.addAction(f"&{avatar.number}  {name}" if avatar.number is not None else name)
        action.setCheckable(True)
        action.setChecked(shown)
        self._group.addAction(action)
        key = avatar.name
        action.triggered.connect(lambda _checked=False: self._call.show_avatar(key))

    def _tell(self) -> None:
        told = report(self._call.status, self._call.state)
        self._icon.setToolTip(f"Avatarify\n{told.headline}")

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.window_wanted.emit()
