"""The files in a folder of avatars: listed, copied in, renamed, and removed in a way that can be undone for a while."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from typing import NamedTuple

from avatarify.avatars.card import Card, card_path, card_text
from avatarify.errors import MediaError
from avatarify.whole_file import write_whole

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif", ".heic"})
"""Of files that are looked at. What cannot be read says so itself."""

_BIN = ".removed"
_FORBIDDEN = frozenset('<>:"/\\|?*')  # in file names of one system or another
_LONGEST = 60
_RESERVED = frozenset({"con", "prn", "aux", "nul"})


class Version(NamedTuple):
    """A picture as it is now: when it or its card changes it is another avatar."""

    path: Path
    changed_ns: int
    length: int
    card_ns: int


def pictures(folder: Path) -> list[Path]:
    """Sorted by name; [] for a folder that is not there."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())


def version_of(picture: Path) -> Version:
    """Raises FileNotFoundError for a picture that has just gone."""
    status = picture.stat()
    card = card_path(picture)
    return Version(picture, status.st_mtime_ns, status.st_size, card.stat().st_mtime_ns if card.exists() else 0)


def checked_name(name: str) -> str:
    """`name` without spaces around it. Raises MediaError for one that is no file name on every system."""
    tidy = name.strip()
    bad = sorted(_FORBIDDEN.intersection(tidy) | {mark for mark in tidy if not mark.isprintable()})
    if bad:
        raise MediaError(f"An avatar's name cannot have {' '.join(map(repr, bad))} in it: {tidy!r}.", "Leave it out.")
    if not tidy or tidy.startswith(".") or tidy.endswith(".") or tidy.casefold() in _RESERVED:
        raise MediaError(f"{tidy!r} cannot be an avatar's name.", "Give it a name of letters and digits.")
    if len(tidy) > _LONGEST:
        raise MediaError(f"The name {tidy[:20]!r}... is too long.", f"Use {_LONGEST} letters at most.")
    return tidy


def put_in(content: bytes, target: Path, card: Card) -> None:
    """The picture and its card, whole or not at all. content: of the picture's file. Raises MediaError."""
    try:
        write_whole(target, content)
        try:
            write_whole(card_path(target), card_text(card).encode())
        except BaseException:
            target.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise MediaError(
            f"{target.name} cannot be written to {target.parent}: {error.strerror}.", "Check the disk and its rights."
        ) from error


def move(picture: Path, target: Path) -> None:
    """The picture and its card to another name or folder. Raises MediaError; then both are where they were."""
    card, new_card = card_path(picture), card_path(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        had_card = card.exists()
        if had_card:
            card.replace(new_card)
        try:
            picture.replace(target)
        except OSError:
            if had_card:
                new_card.replace(card)
            raise
    except OSError as error:
        raise MediaError(
            f"{picture} cannot be moved to {target}: {error.strerror}.", "Close programs that have it open."
        ) from error


def bin_of(folder: Path) -> Path:
    """Where removed pictures wait: a hidden folder inside."""
    return folder / _BIN


def place_in_bin(picture: Path) -> Path:
    """Where a picture goes that is removed: a name in its folder's bin that no other has, so that each can be brought back."""
    first = bin_of(picture.parent) / picture.name
    others = (first.with_name(f"{picture.stem} {number}{picture.suffix}") for number in itertools.count(2))
    places = itertools.chain((first,), others)
    return next(place for place in places if not (place.exists() or card_path(place).exists()))


def empty_bin(folder: Path) -> None:
    """Delete what was removed, for good. Raises MediaError."""
    try:
        shutil.rmtree(bin_of(folder))
    except FileNotFoundError:
        return
    except OSError as error:
        raise MediaError(
            f"Removed pictures in {bin_of(folder)} cannot be deleted: {error.strerror}.", "Delete them by hand."
        ) from error
