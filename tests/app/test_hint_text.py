"""The engine's hints in the user's language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from avatarify.app.hint_text import hint_text
from avatarify.app.text.text import set_language
from avatarify.face import hints


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    set_language("de")
    yield
    set_language("en")


def test_every_hint_of_the_engine_is_said_in_the_users_language() -> None:
    sentences = [hints.COME_BACK, *(rule.text for rule in hints._RULES)]
    untold = [sentence for sentence in sentences if hint_text(sentence) == sentence]
    assert untold == []


def test_english_is_word_for_word_what_the_engine_says() -> None:
    set_language("en")
    for rule in hints._RULES:
        assert hint_text(rule.text) == rule.text


def test_a_sentence_that_is_not_known_stays() -> None:
    assert hint_text("Smile.") == "Smile."
