"""What the schema says in English is what the English texts say, and values are read out as people say them."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from avatarify.app.setting_texts import choice_label, english_texts, group_label, label_of, note_of, value_text
from avatarify.app.text.text import FOLDER, set_language
from avatarify.preferences.schema import GROUPS, SETTINGS, find_setting
from avatarify.preferences.setting import Value

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    set_language("en")


def test_the_english_texts_are_the_schemas() -> None:
    texts = tomllib.loads((FOLDER / "en" / "settings.toml").read_text(encoding="utf-8"))
    from_schema = dict(english_texts())
    assert {name: texts.get(name) for name in from_schema} == from_schema
    own = set(texts) - set(from_schema)
    assert len(own) < 20, f"texts of settings that are gone? {sorted(own)}"


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_setting_has_its_words_in_every_language(language: str) -> None:
    set_language(language)
    labels = set()
    for setting in SETTINGS:
        if setting.shown:
            assert note_of(setting).endswith(".")
            labels.add((setting.group, label_of(setting)))
            for choice in setting.choices:
                assert choice_label(setting, choice)
    assert len(labels) == len([setting for setting in SETTINGS if setting.shown]), (
        "two settings of a page are called alike"
    )
    assert len({group_label(group) for group in GROUPS}) == len(GROUPS)


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("output.mirror", True, "on"),
        ("output.mirror", False, "off"),
        ("motion.strength", 1.0, "1.00 \N{MULTIPLICATION SIGN}"),
        ("comfort.beta", 6.0, "6.0"),
        ("engine.portrait_size", 512, "512 px"),
        ("window.theme", "dark", "Dark"),
        ("camera.device", "", "The first that works"),
        ("camera.device", "2", "2"),
        ("engine.runtime", "auto", "auto"),
    ],
)
def test_values_in_words(key: str, value: Value, text: str) -> None:
    assert value_text(find_setting(key), value) == text
