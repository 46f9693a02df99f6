"""What is kept with a picture that a user has added: by what right, how it was cut, when, and from which file."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path

from avatarify.errors import MediaError
from avatarify.face.crop import Crop

_VERSION = 1
_ENDING = ".avatar.json"
_HINT = "Delete that file, then add the picture again."


class Consent(Enum):
    """By what right somebody's face is used."""

    ME = "me"
    PERMISSION = "permission"
    PUBLIC_DOMAIN = "public domain"
    DRAWN = "drawn"


@dataclass(frozen=True)
class Card:
    """crop: the square chosen by hand, in pixels of the picture as `ReadImage` gives it; None: found by itself.

    added: the day. original: the file's name when it was added.
    """

    consent: Consent
    added: date
    original: str
    crop: Crop | None = None


def card_path(picture: Path) -> Path:
    """Where the card of a picture lies, there or not: beside it."""
    return picture.with_name(picture.stem + _ENDING)


def read_card(picture: Path) -> Card | None:
    """The card of a picture; None where it has none. Raises MediaError for one that cannot be read or is of a newer version."""
    path = card_path(picture)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise MediaError(f"{path.name} cannot be read ({error}).", _HINT) from error
    try:
        if content["version"] != _VERSION:
            raise MediaError(
                f"{path.name} is of version {content['version']!r}, not {_VERSION}.", "Use a newer program."
            )
        square = content.get("crop")
        return Card(
            Consent(content["consent"]),
            date.fromisoformat(content["added"]),
            str(content["original"]),
            _checked(Crop(*(float(number) for number in square))) if square is not None else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise MediaError(f"{path.name} is damaged ({type(error).__name__}: {error}).", _HINT) from error


def card_text(card: Card) -> str:
    """The card as the text of its file."""
    crop = card.crop
    content = {
        "version": _VERSION,
        "consent": card.consent.value,
        "added": card.added.isoformat(),
        "original": card.original,
        "crop": [crop.left, crop.top, crop.size] if crop is not None else None,
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _checked(crop: Crop) -> Crop:
    if not (all(map(math.isfinite, (crop.left, crop.top, crop.size))) and crop.size >= 1):
        raise ValueError(f"no square: {crop}")
    return crop
