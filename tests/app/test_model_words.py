"""What the catalogue says of its models has its German, whatever figures the shipped one's words have."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from avatarify.app.model_rows import ModelRow
from avatarify.app.model_words import _NAMES, model_words
from avatarify.app.text.text import language, set_language, tr_or
from avatarify.catalog.entries import ModelEntry, read_catalog

CATALOG = read_catalog()
SENTENCES = sorted(
    {
        text
        for entry in CATALOG
        for text in (entry.title, entry.licence, entry.quality, entry.speed, entry.unclear)
        if text and text != "MIT"
    }
)


@pytest.fixture
def german() -> Iterator[None]:
    before = language()
    set_language("de")
    yield
    set_language(before)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_each_has_its_german(german: None, sentence: str) -> None:
    assert model_words(sentence) != sentence


def test_none_is_said_in_two_ways(german: None) -> None:
    told = [tr_or(f"models.words_{name}", "") for name in _NAMES.values()]
    assert len(set(told)) == len(_NAMES)


def test_figures_go_along(german: None) -> None:
    entry = next(entry for entry in CATALOG if entry.shipped)
    millions = entry.speed.split()[0]
    assert model_words(entry.speed).startswith(f"{millions.replace('.', ',')} Millionen Parameter")
    assert [word for word in model_words(entry.quality).split() if word.isdigit()] == [
        word for word in entry.quality.split() if word.isdigit()
    ]


def test_english_is_as_it_is_written() -> None:
    assert [model_words(sentence) for sentence in SENTENCES] == SENTENCES


def test_a_card_speaks_german(german: None) -> None:
    entry = next(entry for entry in CATALOG if entry.name == "vox")
    row = ModelRow("vox", entry, None)
    assert row.title == "VoxCeleb-Gesichter, das Modell des Aufsatzes"
    assert row.facts == "Größe nicht bekannt · Lizenz: für die Gewichte nicht genannt (das ursprüngliche Programm: MIT)"
    assert row.notes.startswith("Braucht eine Grafikkarte")


def test_what_is_not_known_stays_as_it_is(german: None) -> None:
    entry = ModelEntry("own", "My own", "own.safetensors", "face", "MIT", 256, quality="It winks.")
    row = ModelRow("own", entry, None)
    assert (row.title, row.notes) == ("My own", "It winks.")
