"""The window that people keep open: the user on the left, the avatar in the middle, the other avatars below."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMainWindow, QMessageBox, QToolButton, QVBoxLayout, QWidget

from avatarify.app.banner import Banner
from avatarify.app.calibrate_card import CalibrateCard
from avatarify.app.call import Call, CallState
from avatarify.app.camera_status import CameraStatus
from avatarify.app.choices import Choices
from avatarify.app.commands.actions import Actions
from avatarify.app.commands.keymap import KeyMap
from avatarify.app.details import Details
from avatarify.app.gallery.gallery import Gallery
from avatarify.app.handlers import handlers, output_on
from avatarify.app.hotkeys.hotkeys import HotKeys
from avatarify.app.menus import fill_menus
from avatarify.app.pages import Pages
from avatarify.app.preview import Preview
from avatarify.app.recording import Recording
from avatarify.app.self_view import SelfView
from avatarify.app.shown_path import shown_path
from avatarify.app.side_column import SideColumn
from avatarify.app.status_line import StatusLine
from avatarify.app.tasks import GIVEN_UP
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import application_icon
from avatarify.app.theme.theme import SPACE, set_look
from avatarify.app.troubles import ANIMATE, CAPTURE, Trouble, Troubles
from avatarify.errors import AvatarifyError, VirtualCameraError
from avatarify.paths import user_log

LEAST, FIRST = QSize(960, 600), QSize(1180, 760)
_TOOLS = ("call.pause", "recording.toggle", "still.take", "view.compare", "window.mini")
_BESIDE = ("view.mirror_self", "view.mesh", "view.blur_self")
_FRAMING = (
    *("framing.zoom_out", "framing.zoom_in", "framing.left", "framing.up", "framing.down", "framing.right"),
    *("framing.reset", "framing.lock"),
)
_log = logging.getLogger(__name__)


class MainWindow(QMainWindow):
    """Renders the call and the choices, keeps nothing of its own. shown_first: it is on the screen. closed: for good."""

    shown_first = Signal()
    closed = Signal()

    def __init__(
        self, call: Call, choices: Choices, recording: Recording, *, keymap: KeyMap, gallery: Gallery, hotkeys: HotKeys
    ) -> None:
        super().__init__()
        self.call, self.choices, self.recording = call, choices, recording
        self.setWindowTitle("Avatarify")
        self.setWindowIcon(application_icon())
        self.setMinimumSize(LEAST)
        self.resize(FIRST)
        self._troubles = Troubles()
        self._told: dict[str, Trouble] = {}
        self._may_close = self._was_shown = self._moves = False
        self.commands = Actions(self, handlers(call, choices, recording, self), keymap)
        self.banner = Banner()
        self.preview = Preview(call)
        self.self_view = SelfView(call, choices)
        self.calibrate_card = CalibrateCard(
            call,
            take=self.commands.action("calibration.take"),
            undo=self.commands.action("calibration.undo"),
            search=self.commands.action("calibration.search"),
        )
        self.camera_status = CameraStatus()
        self.gallery = gallery
        self.status_line = StatusLine(call)
        self.details = Details(call, self)
        self.pages = Pages(self, call, choices, commands=self.commands, hotkeys=hotkeys)
        fill_menus(self.menuBar(), self.commands)
        self._lay_out()
        self._connect()
        self._follow_choices()
        self._follow_call()

    def tell(self, error: AvatarifyError, *, source: str = "call", retry: Callable[[], None] | None = None) -> None:
        """Show a failure above everything."""
        _log.warning("%s: %s", source, error)
        self.banner.tell(error, source=source, retry=retry)

    def import_avatar(self) -> None:
        """Add pictures to the gallery."""
        self.gallery.open_import()

    def toggle_compare(self) -> None:
        """The camera picture beside the avatar, or not."""
        self.preview.compare(not self.preview.comparing)

    def toggle_details(self) -> None:
        """Every figure in a window of its own."""
        self.details.setVisible(not self.details.isVisible())

    def open_settings(self) -> None:
        self.pages.open_settings()

    def open_models(self) -> None:
        self.pages.open_models()

    def open_keys(self) -> None:
        self.pages.open_keys()

    def open_first_run(self) -> None:
        self.pages.open_first_run()

    def toggle_mini(self) -> None:
        self.pages.toggle_mini()

    def toggle_help(self) -> None:
        self.pages.toggle_help()

    def open_log(self) -> None:
        """In whatever the user opens text files with."""
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(user_log()))):
            self.status_line.tell(tr("shell.log_is", shown_path(user_log())), ms=20_000)

    def ask_passthrough(self, then: Callable[[], None]) -> None:
        """See handlers.Windows. The answer counts for what was asked: if others would see it by then, it is asked again."""
        unseen = self.preview.unseen

        def sure() -> None:
            if unseen and not self.preview.unseen:
                self.ask_passthrough(then)
            else:
                then()

        text = "shell.passthrough_text_unseen" if unseen else "shell.passthrough_text"
        self._ask("shell.passthrough_title", text, "shell.passthrough_yes", sure)

    def ask_quit(self) -> None:
        """See handlers.Windows."""
        self.close()

    def raise_up(self) -> None:
        """In front of everything, whatever state it was in."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt calls it so, as those below
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            self._body.setFocus()  # no ring around anything before somebody uses the keyboard
            self.shown_first.emit()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Ends the program; while others can see the avatar only after a yes."""
        if self._may_close or not output_on(self.call):
            event.accept()
            self.closed.emit()
            return
        event.ignore()
        self._ask("shell.quit_title", "shell.quit_text", "shell.quit_yes", self._close_now)

    def _close_now(self) -> None:
        self._may_close = True
        self.close()

    def _ask(self, title: str, text: str, yes: str, then: Callable[[], None]) -> None:
        """A question that blocks nothing; whoever presses Enter at once says no."""
        box = QMessageBox(QMessageBox.Icon.Warning, tr(title), tr(title), QMessageBox.StandardButton.NoButton, self)
        box.setInformativeText(tr(text))
        sure = box.addButton(tr(yes), QMessageBox.ButtonRole.DestructiveRole)
        set_look(sure, "role", "danger")
        box.setDefaultButton(box.addButton(tr("shell.cancel"), QMessageBox.ButtonRole.RejectRole))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sure.clicked.connect(lambda: then())
        box.open()

    def _lay_out(self) -> None:
        tools = QFrame()
        row = QHBoxLayout(tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.camera_status, 1)
        for id_ in _TOOLS:
            row.addWidget(_tool(self.commands, id_), 0, Qt.AlignmentFlag.AlignTop)
        centre = QVBoxLayout()
        centre.setSpacing(SPACE)
        centre.addWidget(self.preview, 1)
        centre.addWidget(tools)
        middle = QHBoxLayout()
        middle.setSpacing(SPACE * 3 // 2)
        middle.addWidget(SideColumn(self.self_view, self.calibrate_card))
        middle.addLayout(centre, 1)
        self._body = QWidget()
        box = QVBoxLayout(self._body)
        box.setContentsMargins(SPACE * 3 // 2, SPACE * 3 // 2, SPACE * 3 // 2, SPACE)
        box.setSpacing(SPACE * 3 // 2)
        box.addWidget(self.banner)
        box.addLayout(middle, 1)
        box.addWidget(self.gallery)
        self.setCentralWidget(self._body)
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.addPermanentWidget(self.status_line, 1)
        action = self.commands.action
        self.self_view.add_actions([action(id_) for id_ in _BESIDE], [action(id_) for id_ in _FRAMING])

    def _connect(self) -> None:
        call, choices = self.call, self.choices
        call.changed.connect(self._follow_call)
        call.failed.connect(self._failed)
        choices.changed.connect(self._follow_choices)
        choices.failed.connect(self._not_kept)  # no lambdas here: this window may go before what it listens to
        self.recording.changed.connect(self._follow_call)
        self.recording.saved.connect(self._saved)
        self.recording.failed.connect(self._not_recorded)
        self.camera_status.toggled.connect(self.commands.action("output.toggle").trigger)
        self.camera_status.help_wanted.connect(self.pages.open_output_help)
        self.status_line.details_wanted.connect(self.toggle_details)
        self.banner.details_wanted.connect(self.details.show)
        self.pages.import_wanted.connect(self.import_avatar)
        self.pages.mini_shown.connect(lambda on: self.commands.show_checked("window.mini", on))
        self.details.log_wanted.connect(self.open_log)
        self.details.shown.connect(lambda on: self.commands.show_checked("view.details", on))
        self.preview.compared.connect(lambda on: self.commands.show_checked("view.compare", on))

    def _failed(self, error: AvatarifyError) -> None:
        """A command did not work; when that was the start, it can be tried again."""
        engine = self.call.status.pipeline.animate if self.call.status is not None else None
        if (
            engine is not None
            and engine.state.value == "failed"
            and (error.message == GIVEN_UP or engine.error == str(error))
        ):
            return  # the engine's own trouble is told already, with its way to try again
        stopped = self.call.state is CallState.STOPPED
        if isinstance(error, VirtualCameraError) and not stopped:
            return  # the virtual camera's own button tells it, with the remedy
        self.tell(error, source="start" if stopped else "call", retry=self.call.restart if stopped else None)

    def _not_kept(self, error: AvatarifyError) -> None:
        self.tell(error, source="preferences")

    def _saved(self, path: Path) -> None:
        self.banner.settle("recording")
        self.status_line.tell(tr("shell.saved", shown_path(path)))

    def _not_recorded(self, error: AvatarifyError) -> None:
        self.tell(error, source="recording")

    def _follow_call(self) -> None:
        call, status = self.call, self.call.status
        self.camera_status.show_status(status, call.state)
        on = self.commands.show_checked
        on("output.toggle", output_on(call))
        on("call.pause", status is not None and status.pipeline.paused)
        on("passthrough.toggle", status is not None and status.pipeline.passthrough)
        on("recording.toggle", self.recording.on)
        if call.state is not CallState.STOPPED:
            self.banner.settle("start")
        showing = status.pipeline.showing if status is not None else None
        moves = showing is not None and showing.value == "animated"
        if moves and not self._moves:
            self.banner.settle("call")  # what was asked of a call that did not work is over
        self._moves = moves
        found = {trouble.source: trouble for trouble in self._troubles.look(status)}
        for source in (CAPTURE, ANIMATE):  # the virtual camera's own button tells its trouble, with the remedy
            trouble = found.get(source)
            if trouble is None:
                if self._told.pop(source, None) is not None:
                    self.banner.settle(source)
            elif trouble != self._told.get(source):
                self._told[source] = trouble
                if trouble.ended:
                    self.banner.settle("call")  # commands that failed because of it
                retry = call.restart if trouble.ended else None
                self.banner.tell(AvatarifyError(trouble.text), source=source, retry=retry)

    def _follow_choices(self, _: tuple[str, ...] = ()) -> None:
        chosen = self.choices.preferences
        for id_, key in (
            ("view.mirror_self", "camera.mirror_self"),
            ("view.mesh", "window.mesh"),
            ("view.blur_self", "window.blur_self"),
            ("framing.lock", "framing.locked"),
            ("output.mirror", "output.mirror"),
        ):
            self.commands.show_checked(id_, chosen.switch(key))


def _tool(commands: Actions, id_: str) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(commands.action(id_))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setIconSize(QSize(22, 22))
    return button
