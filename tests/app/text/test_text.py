"""Every text that the app asks for is there, in each language, with the same places for values; and none lies about unused."""

from __future__ import annotations

import ast
import re
import string
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from avatarify.app.commands.table import COMMANDS
from avatarify.app.text import text
from avatarify.app.text.text import language, languages, set_language, tr, tr_or
from avatarify.preferences.schema import SETTINGS

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PACKAGE = Path(text.__file__).parents[2]
AREAS = "shell|settings|keys|gallery|importing|models|first_run|camera|tray"
KEY = re.compile(rf"({AREAS})\.[a-z0-9_]+")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    set_language("en")


def texts(code: str) -> dict[str, str]:
    found = {}
    for file in (text.FOLDER / code).glob("*.toml"):
        for name, words in tomllib.loads(file.read_text(encoding="utf-8")).items():
            assert isinstance(words, str), f"{file}: {name} is no text"
            found[f"{file.stem}.{name}"] = words
    return found


def places(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


def sources() -> list[Path]:
    """Of all rooms: the table of commands is read by the command line, too."""
    return sorted((PACKAGE / "app").rglob("*.py"))


class Asked:
    """What the sources ask for: whole keys, and patterns of those that are put together. `elsewhere`: asked with tr_or, so
    that the English is written in the source."""

    def __init__(self, code: str) -> None:
        self.said: set[str] = set()
        self.literal: set[str] = set()
        self.patterns: set[str] = set()
        self.elsewhere: set[str] = set()
        tree = ast.parse(code)
        pieces = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            whole = isinstance(node, ast.Constant) and id(node) not in pieces
            if whole and isinstance(node.value, str) and KEY.fullmatch(node.value):
                self.literal.add(node.value)
            if isinstance(node, ast.JoinedStr):
                self.patterns |= {pattern} if re.match(rf"({AREAS})\\.", pattern := _pattern(node)) else set()
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                key = node.args[0]
                if node.func.id == "tr" and isinstance(key, ast.Constant):
                    self.said.add(str(key.value))
                if node.func.id == "tr_or" and isinstance(key, ast.JoinedStr):
                    self.elsewhere.add(_pattern(key))
                elif node.func.id == "tr_or" and isinstance(key, ast.Constant):
                    self.elsewhere.add(re.escape(str(key.value)))


def _pattern(node: ast.JoinedStr) -> str:
    return "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in node.values)


@cache
def all_asked() -> Asked:
    return Asked("\n".join(path.read_text(encoding="utf-8").replace("from __future__", "#") for path in sources()))


def test_each_key_that_is_asked_for_has_a_text() -> None:
    asked = all_asked()
    other = {setting.key for setting in SETTINGS} | {entry.id for entry in COMMANDS}  # look the same, and are none
    missing = (asked.said | asked.literal - other) - set(texts("en"))
    assert sorted(key for key in missing if not _any(asked.elsewhere, key)) == []


def test_each_language_has_the_same_keys() -> None:
    english, asked = set(texts("en")), all_asked()
    for code, _ in languages():
        extra = {key for key in set(texts(code)) - english if not _any(asked.elsewhere, key)}
        assert sorted(extra) == []
        assert sorted(english - set(texts(code))) == []


def test_each_language_has_the_same_places_for_values() -> None:
    english = texts("en")
    for code, _ in languages():
        other = texts(code)
        assert {key: places(words) for key, words in other.items() if key in english} == {
            key: places(english[key]) for key in other if key in english
        }


def test_no_text_lies_about_unused() -> None:
    asked = all_asked()
    unused = {key for key in texts("en") if key not in asked.literal and not _any(asked.patterns, key)}
    assert sorted(unused) == []


def _any(patterns: set[str], key: str) -> bool:
    return any(re.fullmatch(pattern, key) for pattern in patterns)


def test_the_walk_sees_keys() -> None:
    asked = Asked('tr("keys.zoom_in", 3)\nx = ("gallery.add",)\ntr(f"models.{kind}_note")\ntr_or(f"settings.{key}", e)')
    assert asked.said == {"keys.zoom_in"}
    assert asked.literal == {"keys.zoom_in", "gallery.add"}
    assert _any(asked.patterns, "models.big_note")
    assert not _any(asked.patterns, "models.big")
    assert _any(asked.elsewhere, "settings.motion_scale")


def test_german_speaks_german() -> None:
    set_language("de")
    assert language() == "de"
    assert tr("tray.next") == "Nächster Avatar"
    assert tr("first_run.output_found", "Avatarify") == "„Avatarify“ ist bereit"


def test_values_are_put_in_their_places() -> None:
    assert tr("models.of_total", "3 MB", "20 MB") == "3 MB of 20 MB"


def test_braces_stay_where_no_values_are_given() -> None:
    assert tr("models.of_total") == "{0} of {1}"


def test_english_that_is_written_elsewhere() -> None:
    assert tr_or("models.nothing", "Anything") == "Anything"
    set_language("de")
    with pytest.raises(KeyError):
        tr_or("models.nothing", "Anything")


@pytest.mark.parametrize(
    ("spoken", "code"), [("de_AT.UTF-8", "de"), ("en_GB", "en"), ("fr_FR.UTF-8", "en"), ("C", "en")]
)
def test_system_language(monkeypatch: pytest.MonkeyPatch, spoken: str, code: str) -> None:
    monkeypatch.setenv("LC_ALL", spoken)
    set_language("system")
    assert language() == code


def test_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'xx' must be one of system, en, de"):
        set_language("xx")
