"""Qt's own words in the language of the application: names of keys, buttons of dialogs, menus of fields."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QTranslator
from PySide6.QtWidgets import QApplication

from avatarify.app.text.text import ENGLISH, language

_NAME = "qt words"


def speak_qt(app: QApplication) -> bool:
    """Follow the language that is spoken now. False where Qt came without it, and goes on in English."""
    for former in app.findChildren(QTranslator, _NAME):
        app.removeTranslator(former)
        former.setParent(None)
    if language() == ENGLISH:
        return True
    translator = QTranslator(app)
    translator.setObjectName(_NAME)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    return translator.load(f"qtbase_{language()}", folder) and app.installTranslator(translator)
