"""Cards: what is kept beside a picture comes back as it was, and damage is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from avatarify.avatars.card import Card, Consent, card_path, card_text, read_card
from avatarify.errors import MediaError
from avatarify.face.crop import Crop

CARD = Card(Consent.PERMISSION, date(2026, 11, 22), 'Tante "Eva".JPG', Crop(-3.5, 10.0, 240.25))


@pytest.mark.parametrize("consent", list(Consent))
def test_a_card_comes_back_as_it_was(tmp_path: Path, consent: Consent) -> None:
    picture = tmp_path / "eva.png"
    for card in (CARD, Card(consent, date(2026, 1, 2), "x.png")):
        card_path(picture).write_text(card_text(card), encoding="utf-8")
        assert read_card(picture) == card


def test_a_picture_without_a_card_has_none(tmp_path: Path) -> None:
    assert read_card(tmp_path / "eva.png") is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "cannot be read"),
        ("[]", "damaged"),
        (card_text(CARD).replace('"version": 1', '"version": 9'), "version 9"),
        (card_text(CARD).replace("permission", "whatever"), "whatever"),
        (card_text(CARD).replace("2026-11-22", "yesterday"), "yesterday"),
        (card_text(CARD).replace("240.25", "0"), "no square"),
        (card_text(CARD).replace("240.25", "NaN"), "no square"),
        (card_text(CARD).replace("240.25", "240, 3"), "damaged"),
        (card_text(CARD).replace("240.25", "9" * 400), "damaged"),
    ],
)
def test_damage_is_told_with_its_remedy(tmp_path: Path, text: str, told: str) -> None:
    card_path(tmp_path / "eva.png").write_text(text, encoding="utf-8")
    with pytest.raises(MediaError, match=told) as error:
        read_card(tmp_path / "eva.png")
    assert error.value.hint
