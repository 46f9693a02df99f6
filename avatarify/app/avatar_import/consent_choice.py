"""The question whose face it is. Without an answer nothing is added."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QLabel, QRadioButton, QVBoxLayout, QWidget

from avatarify.app.text.text import tr
from avatarify.app.theme.theme import SPACE
from avatarify.avatars import Consent

_COLUMNS = 2


class ConsentChoice(QFrame):
    """answered: a Consent, each time the user chooses one."""

    answered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel(tr("importing.consent_title"))
        title.setProperty("role", "subtitle")
        why = QLabel(tr("importing.consent_why"))
        why.setProperty("role", "hint")
        why.setWordWrap(True)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[Consent, QRadioButton] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setVerticalSpacing(0)
        for place, (consent, text) in enumerate(_answers()):
            button = QRadioButton(text)
            button.clicked.connect(lambda _=False, consent=consent: self.answered.emit(consent))
            self._group.addButton(button)
            self._buttons[consent] = button
            grid.addWidget(button, place // _COLUMNS, place % _COLUMNS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addWidget(title)
        column.addWidget(why)
        column.addLayout(grid)
        self.setAccessibleName(tr("importing.consent_title"))
        self.setAccessibleDescription(tr("importing.consent_why"))

    @property
    def answer(self) -> Consent | None:
        """None until the user has chosen."""
        return next((consent for consent, button in self._buttons.items() if button.isChecked()), None)

    def choose(self, consent: Consent | None) -> None:
        """Show an answer that was given before; None: none."""
        self._group.setExclusive(False)
        for each, button in self._buttons.items():
            button.setChecked(each is consent)
        self._group.setExclusive(True)


def _answers() -> tuple[tuple[Consent, str], ...]:
    return (
        (Consent.ME, tr("importing.consent_me")),
        (Consent.PERMISSION, tr("importing.consent_permission")),
        (Consent.PUBLIC_DOMAIN, tr("importing.consent_public_domain")),
        (Consent.DRAWN, tr("importing.consent_drawn")),
    )
