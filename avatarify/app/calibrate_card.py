"""How well the user sits for the avatar now, what would help, and the buttons that take this moment or go back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from avatarify.app.call import Call, CallState
from avatarify.app.hint_text import hint_text
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE, set_look

if TYPE_CHECKING:
    from avatarify.session import SessionStatus

GOOD, FAIR = 80, 50
"""Scores from which a moment is good, and from which it will do."""


class CalibrateCard(QFrame):
    """Shows `call.status.session`. take, undo: the commands that its buttons press. search: the one that takes what is offered."""

    def __init__(
        self, call: Call, *, take: QAction, undo: QAction, search: QAction, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._call, self._search = call, search
        title = QLabel(tr("shell.calibrate_title"))
        title.setProperty("role", "subtitle")
        self.score = QLabel()
        self.score.setProperty("role", "number")
        self.score.setToolTip(tr("shell.calibrate_score_tip"))
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("shell.calibrate_score"))
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setProperty("role", "hint")
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.words.setMinimumHeight(2 * self.words.fontMetrics().lineSpacing())
        self.words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
        self.take_button = QPushButton(icon("calibrate"), tr("shell.calibrate_button"))
        self.undo_button = QPushButton(icon("undo"), tr("shell.calibrate_undo"))
        self.undo_button.setProperty("role", "quiet")
        for button, action in ((self.take_button, take), (self.undo_button, undo)):
            button.setToolTip(action.toolTip())
            action.changed.connect(lambda button=button, action=action: button.setToolTip(action.toolTip()))
            button.clicked.connect(action.trigger)

        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.score)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE // 2)
        buttons.addWidget(self.take_button, 1)
        buttons.addWidget(self.undo_button)
        box = QVBoxLayout(self)
        box.setContentsMargins(SPACE * 3 // 2, SPACE, SPACE * 3 // 2, SPACE * 3 // 2)
        box.setSpacing(SPACE)
        box.addLayout(head)
        box.addWidget(self.bar)
        box.addWidget(self.words, 1)
        box.addLayout(buttons)
        call.changed.connect(self.show_now)
        self.show_now()

    def show_now(self) -> None:
        """Take over the newest snapshot."""
        status = self._call.status
        running = self._call.state is CallState.RUNNING and status is not None
        session = status.session if status is not None and running else None
        fitness = session.fitness if session is not None else None
        score = round(100 * fitness) if fitness is not None else None
        self.score.setText(str(score) if score is not None else "\N{EN DASH}")
        self.bar.setValue(score or 0)
        self.bar.setEnabled(score is not None)
        text, tone = _words(session, score, self._search)
        self.words.setText(text)
        if self.words.property("tone") != tone:
            set_look(self.words, "tone", tone)
        self.take_button.setEnabled(session is not None and session.has_avatar)
        self.undo_button.setEnabled(session is not None and session.can_undo)
        primary = "primary" if session is not None and not session.calibrated else ""
        if (self.take_button.property("role") or "") != primary:
            set_look(self.take_button, "role", primary)
            self.take_button.setIcon(icon("calibrate", ink="on_accent" if primary else "text"))


def _words(session: SessionStatus | None, score: int | None, search: QAction) -> tuple[str, str]:
    """What to say, and in which tone."""
    if session is None:
        return tr("shell.calibrate_waiting"), ""
    hints = " ".join(hint_text(hint) for hint in session.hints)
    if hints:
        return hints, "warning"
    if not session.calibrated:
        return tr("shell.calibrate_first"), ""
    if session.offered is not None and not session.automatic:
        key = search.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        how, what = ("shell.calibrate_offer", key) if key else ("shell.calibrate_offer_in_menu", search.text())
        return tr(how, round(100 * session.offered), what), "accent"
    if score is None:
        return tr("shell.calibrate_no_face"), "warning"
    if score >= GOOD:
        return tr("shell.calibrate_good"), "success"
    return tr("shell.calibrate_fair" if score >= FAIR else "shell.calibrate_poor"), ""
