"""Every sentence about portraits is known in every language, and its English is the one that was written first."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from types import ModuleType

import pytest

from avatarify.app.gallery.problems import in_words
from avatarify.app.text.text import language, set_language
from avatarify.avatars import portrait
from avatarify.face import quality


def sentences(module: ModuleType) -> Iterator[str]:
    """What a module says: texts with a remedy after the first full stop, numbers as 7. Not its docstrings."""
    tree = ast.parse(inspect.getsource(module))
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value = ast.Constant(None)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            text = node.value
        else:
            continue
        if ". " in text:
            yield text


SENTENCES = [*sentences(quality), *sentences(portrait)]


@pytest.fixture
def german() -> Iterator[None]:
    before = language()
    set_language("de")
    yield
    set_language(before)


def test_the_walk_sees_them() -> None:
    assert len(SENTENCES) == 14


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_english_is_the_same(sentence: str) -> None:
    assert in_words(sentence) == sentence


@pytest.mark.parametrize("sentence", SENTENCES)
def test_each_has_its_german(german: None, sentence: str) -> None:
    told = in_words(sentence)
    assert told != sentence
    assert ("7" in told) is ("7" in sentence)


def test_errors_stay_as_they_are(german: None) -> None:
    assert in_words("me.png is damaged.") == "me.png is damaged."
