"""Avatars of a colour each, kept nowhere: what the gallery does to them can be read off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from avatarify.avatars import Avatar, Card, Consent, Removed
from avatarify.errors import MediaError
from avatarify.face.calibration import FaceTarget

CARD = Card(Consent.PERMISSION, date(2026, 11, 22), "me.jpg")


def avatar(name: str, *problems: str, usable: bool = True, own: bool = True, shade: int = 120) -> Avatar:
    """Without a number; a shelf gives it."""
    portrait = np.full((64, 64, 3), (shade, 140, 200), np.uint8) if usable else None
    path = Path(f"/avatars/{name}.png")
    return Avatar(name, path, None, portrait, FaceTarget(), problems, own, card=CARD if own else None)


class MemoryShelf:
    """Does what `Avatars` does, without files. told: what was asked of it. failure: what the next change raises."""

    def __init__(self, *avatars: Avatar) -> None:
        self.hidden: tuple[str, ...] = ()
        self.told: list[tuple[object, ...]] = []
        self.failure: MediaError | None = None
        self._avatars = list(avatars)

    @property
    def all(self) -> tuple[Avatar, ...]:
        return tuple(
            replace(avatar, number=number if number < 10 else None) for number, avatar in enumerate(self._avatars, 1)
        )

    def find(self, name: str) -> Avatar:
        return next(avatar for avatar in self.all if avatar.name == name)

    def put(self, *avatars: Avatar) -> None:
        """As if files had come."""
        self._avatars.extend(avatars)

    def reload(self) -> tuple[Avatar, ...]:
        return self.all

    def empty_bin(self) -> None:
        self._note("empty_bin")

    def rename(self, name: str, new: str) -> Avatar:
        self._note("rename", name, new)
        self._avatars = [replace(one, name=new) if one.name == name else one for one in self._avatars]
        return self.find(new)

    def reorder(self, names: Sequence[str]) -> tuple[Avatar, ...]:
        self._note("reorder", *names)
        self._avatars = [self.find(name) for name in names]
        return self.all

    def move_to(self, name: str, number: int) -> tuple[Avatar, ...]:
        rest = [one.name for one in self._avatars if one.name != name]
        return self.reorder([*rest[: number - 1], name, *rest[number - 1 :]])

    def remove(self, name: str) -> Removed:
        self._note("remove", name)
        removed = Removed(name, self.find(name).path, None, tuple(one.name for one in self._avatars))
        self._taken = self.find(name)
        self._avatars = [one for one in self._avatars if one.name != name]
        if not self._taken.own:
            self.hidden = (*self.hidden, name)
        return removed

    def restore(self, removed: Removed) -> Avatar:
        self._note("restore", removed.name)
        self._avatars.insert(removed.names.index(removed.name), self._taken)
        self.hidden = tuple(name for name in self.hidden if name != removed.name)
        return self.find(removed.name)

    def show_hidden(self) -> tuple[Avatar, ...]:
        self._note("show_hidden")
        self._avatars.append(self._taken)
        self.hidden = ()
        return self.all

    def _note(self, *what: object) -> None:
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        self.told.append(what)
