"""Whether the picture will make a good avatar, in a headline and sentences that say what to change."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from avatarify.app.gallery.problems import in_words
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE, set_look
from avatarify.face.quality import PortraitVerdict

_SIGN = 20


class VerdictPanel(QWidget):
    """Shows one verdict, or that it is being looked for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = QLabel()
        self._sign.setFixedSize(_SIGN, _SIGN)
        self._headline = QLabel()
        self._headline.setProperty("role", "subtitle")
        self._headline.setWordWrap(True)
        self._advice = QLabel()
        self._advice.setWordWrap(True)
        self._advice.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._advice.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE)
        grid.addWidget(self._sign, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._headline, 0, 1)
        grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(grid)
        column.addWidget(self._advice)
        column.addStretch(1)
        self.wait()

    @property
    def text(self) -> str:
        """Everything that is read here."""
        return f"{self._headline.text()}\n{self._advice.text()}".strip()

    def wait(self) -> None:
        """Nothing is known yet."""
        self._tell("info", "muted", tr("importing.looking"), ())

    def show_verdict(self, verdict: PortraitVerdict) -> None:
        """Of the square as it is now."""
        problems = tuple(map(in_words, verdict.problems))
        if not verdict.usable:
            self._tell("close", "danger", tr("importing.verdict_bad"), problems)
        elif verdict.problems:
            self._tell("warning", "warning", tr("importing.verdict_fair"), problems)
        else:
            self._tell("check", "success", tr("importing.verdict_good"), (tr("importing.verdict_good_why"),))

    def show_error(self, text: str) -> None:
        """The picture could not be read or added."""
        self._tell("close", "danger", tr("importing.verdict_bad"), (text,))

    def _tell(self, sign: str, tone: str, headline: str, advice: tuple[str, ...]) -> None:
        self._sign.setPixmap(icon(sign, ink=tone).pixmap(_SIGN, _SIGN))
        self._headline.setText(headline)
        set_look(self._headline, "tone", tone)
        self._advice.setText("\n\n".join(advice))
        self.setAccessibleName(headline)
        self.setAccessibleDescription(" ".join(advice))
