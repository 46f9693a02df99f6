"""The application's words: looked up by key in the chosen language's files."""

from __future__ import annotations

import locale
import os
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDER = Path(__file__).parent
ENGLISH = "en"


class Language(NamedTuple):
    """code: the name of its folder. name: what it calls itself."""

    code: str
    name: str


_LANGUAGES = (Language("en", "English"), Language("de", "Deutsch"))


class _Chosen:
    code = ENGLISH


def languages() -> tuple[Language, ...]:
    """Those that the application speaks, English first."""
    return _LANGUAGES


def set_language(code: str) -> None:
    """Speak this language from now on: "en" or "de"; "system" takes the computer's, or English.

    Widgets that exist keep their words. Raises ValueError for a language that is not here.
    """
    wanted = _system_language() if code == "system" else code
    if wanted not in {language.code for language in _LANGUAGES}:
        raise ValueError(f"language {code!r} must be one of system, {', '.join(code for code, _ in _LANGUAGES)}")
    _Chosen.code = wanted


def language() -> str:
    """The code of the language that is spoken now."""
    return _Chosen.code


def tr(key: str, *values: object) -> str:
    """The text for "area.name", with values put in the places {0}, {1}, ...

    Raises KeyError for a key that the language does not have: the tests see to it that this cannot happen.
    """
    text = _texts(_Chosen.code)[key]
    return text.format(*values) if values else text


def tr_or(key: str, english: str) -> str:
    """The text for a key whose English is written elsewhere, as the labels of the settings are."""
    return english if _Chosen.code == ENGLISH else _texts(_Chosen.code)[key]


@cache
def _texts(code: str) -> dict[str, str]:
    """Of every area: "area.name" -> text."""
    found: dict[str, str] = {}
    for file in sorted((FOLDER / code).glob("*.toml")):
        for name, text in tomllib.loads(file.read_text(encoding="utf-8")).items():
            found[f"{file.stem}.{name}"] = text
    return found


def _system_language() -> str:
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")
    code = (spoken or locale.getlocale()[0] or ENGLISH)[:2].lower()
    return code if code in {language.code for language in _LANGUAGES} else ENGLISH
