"""The avatars of one or more folders: listed, judged, in the user's order, encoded ahead one at a time between frames."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from avatarify.animator import Source
from avatarify.avatars.avatar import Avatar, Encodes, FaceTools, ReadImage
from avatarify.avatars.cache import PortraitCache
from avatarify.avatars.card import Card, Consent, read_card
from avatarify.avatars.folder import (
    SUFFIXES,
    Version,
    checked_name,
    empty_bin,
    move,
    pictures,
    place_in_bin,
    put_in,
    version_of,
)
from avatarify.avatars.order import Order, read_order, write_order
from avatarify.avatars.portrait import Portrait, look_for_faces, portrait_of
from avatarify.avatars.reduction import LARGEST, reduced
from avatarify.errors import AvatarifyError, FaceError, MediaError
from avatarify.face.calibration import FaceTarget
from avatarify.face.crop import Crop

_NUMBERS = 9  # keys 1 to 9
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Removed:
    """What `Avatars.restore` needs. waiting: where the picture lies now; None for one that was only hidden."""

    name: str
    path: Path
    waiting: Path | None
    names: tuple[str, ...]


class Avatars:
    """A later folder's picture hides an earlier one's of the same name; the last folder is the user's own.

    Any thread but Qt's and the animate thread may call what reads or writes files: a picture takes some 50 ms, and one
    call waits for another. `encode_next` and `forget_encodings` belong to the animate thread. `all`, `hidden` and `find`
    may be called by any: the list is swapped as one reference. Where the order cannot be written, what changes it raises
    SettingsError.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        read: ReadImage,
        tools: FaceTools,
        *,
        size: int = 512,
        cache: PortraitCache | None = None,
    ) -> None:
        """folders: existing or not. size: side of framed portraits in pixels. cache: what was found out another day."""
        self._folders = tuple(folders)
        self._read = read
        self._tools = tools
        self._size = size
        self._cache = cache
        self._files = threading.RLock()
        self._judged: dict[Version, Avatar] = {}
        # or why it could not be encoded; written by the animate thread
        self._sources: dict[Version, Source | str] = {}
        self._shown: tuple[tuple[Version, Avatar], ...] = ()
        self._order = Order()

    @property
    def folder(self) -> Path:
        """The user's own; may not exist yet."""
        return self._folders[-1]

    @property
    def all(self) -> tuple[Avatar, ...]:
        """In the user's order, with what has been encoded so far."""
        return tuple(self._with_source(version, avatar) for version, avatar in self._shown)

    @property
    def hidden(self) -> tuple[str, ...]:
        """Names of those that came with the program and were removed."""
        return self._order.hidden

    def find(self, key: str | int) -> Avatar:
        """By name or number. Raises MediaError naming those there are."""
        found = next((avatar for avatar in self.all if key in (avatar.name, avatar.number)), None)
        if found is None:
            names = ", ".join(avatar.name for avatar in self.all) or "none"
            raise MediaError(f"There is no avatar {key!r}.", f"Choose one of: {names}.")
        return found

    def reload(self) -> tuple[Avatar, ...]:
        """Look into the folders again; only new and changed files are read."""
        with self._files:
            versions = self._listed()
            self._order = read_order(self.folder)
            self._judged = {
                version: self._judged[version] if version in self._judged else self._judge(version)
                for version in versions.values()
            }
            if self._cache is not None:
                self._cache.forget_gone()
            ordered = [versions[name] for name in self._order.sorted(versions)]
            self._shown = tuple(
                (version, replace(self._judged[version], number=number if number <= _NUMBERS else None))
                for number, version in enumerate(ordered, 1)
            )
            return self.all

    def add(self, picture: Path, *, consent: Consent, crop: Crop | None = None, name: str | None = None) -> Avatar:
        """Copy a picture into the user's folder and make an avatar of it, the last in the order.

        consent: by what right. crop: the square chosen by hand, pixels of the picture as read; None: found by itself.
        name: None takes the file's. Raises FaceError when no avatar can be made of it, MediaError when it cannot be read or
        copied, or when there is one of that name; then nothing is added.
        """
        chosen = checked_name(picture.stem if name is None else name)
        with self._files:
            image = self._read(picture)
            seen = look_for_faces(image, self._tools)
            portrait = portrait_of(image, seen, size=self._size, crop=crop)
            if not portrait.verdict.usable:
                raise FaceError(f"{picture.name} will not work as an avatar.", " ".join(portrait.verdict.problems))
            self.reload()
            self._refuse_double(chosen)
            suffix, content = picture.suffix.lower(), _content(picture)
            if max(image.shape) > LARGEST or suffix not in SUFFIXES:
                content, crop = reduced(image, seen.crop if crop is None else crop)
                suffix = ".png"
            card = Card(consent, date.today(), picture.name, crop)
            put_in(content, self.folder / f"{chosen}{suffix}", card)
            names = [avatar.name for avatar in self.all if avatar.name != chosen]
            write_order(self.folder, replace(self._order, names=(*names, chosen)))
            self.reload()
            return self.find(chosen)

    def rename(self, name: str, new: str) -> Avatar:
        """Give one of the user's own another name; it keeps its place. Raises MediaError."""
        with self._files:
            avatar, chosen = self._own(name, "renamed"), checked_name(new)
            if chosen == name:
                return avatar
            self._refuse_double(chosen, but=name)
            names = tuple(chosen if other.name == name else other.name for other in self.all)
            move(avatar.path, avatar.path.with_name(chosen + avatar.path.suffix))
            write_order(self.folder, replace(self._order, names=names))
            self.reload()
            return self.find(chosen)

    def reorder(self, names: Sequence[str]) -> tuple[Avatar, ...]:
        """Put these first, in this order; the others follow as they are. Raises MediaError for a name that is not there."""
        with self._files:
            for name in names:
                self.find(name)
            rest = (avatar.name for avatar in self.all)
            write_order(self.folder, replace(self._order, names=tuple(dict.fromkeys((*names, *rest)))))
            return self.reload()

    def move_to(self, name: str, number: int) -> tuple[Avatar, ...]:
        """Make this one the `number`-th, from 1; a number beyond the end is the end. Raises MediaError."""
        with self._files:
            self.find(name)
            names = [avatar.name for avatar in self.all if avatar.name != name]
            names.insert(max(number, 1) - 1, name)
            return self.reorder(names)

    def remove(self, name: str) -> Removed:
        """Take an avatar away: the user's own into a bin that `empty_bin` empties, the program's are hidden. Raises MediaError."""
        with self._files:
            avatar = self.find(name)
            names = tuple(other.name for other in self.all)
            waiting = None
            if avatar.own:
                waiting = place_in_bin(avatar.path)
                move(avatar.path, waiting)
            else:
                write_order(self.folder, Order(names, (*self._order.hidden, name)))
            self.reload()
            return Removed(name, avatar.path, waiting, names)

    def restore(self, removed: Removed) -> Avatar:
        """Undo `remove`: back at its old place. Raises MediaError when there is another of that name by now."""
        with self._files:
            if removed.waiting is not None:
                if any(path.stem == removed.name for path in pictures(self.folder)):
                    raise MediaError(f"There is an avatar {removed.name!r} by now.", "Rename it first.")
                move(removed.waiting, removed.path)
            hidden = tuple(name for name in self._order.hidden if name != removed.name)
            present = [avatar.name for avatar in self.all if avatar.name not in removed.names]
            write_order(self.folder, Order((*removed.names, *present), hidden))
            self.reload()
            return self.find(removed.name)

    def show_hidden(self) -> tuple[Avatar, ...]:
        """Bring back what came with the program. Raises MediaError."""
        with self._files:
            write_order(self.folder, replace(self._order, hidden=()))
            return self.reload()

    def empty_bin(self) -> None:
        """Delete removed pictures for good. Raises MediaError."""
        with self._files:
            empty_bin(self.folder)

    def encode_next(self, animator: Encodes) -> bool:
        """Encode one avatar that is not yet; True: there may be more. Some tens of milliseconds; the animate thread.

        One that cannot be encoded says so in its problems; the others go on.
        """
        shown = self._shown
        present = {version for version, _ in shown}
        for gone in [version for version in self._sources if version not in present]:
            del self._sources[gone]
        for version, avatar in shown:
            if avatar.portrait is not None and version not in self._sources:
                try:
                    self._sources[version] = animator.encode_source(avatar.portrait)
                except AvatarifyError as error:
                    _log.warning("Avatar %s: %s", avatar.name, error)
                    self._sources[version] = str(error)
                return True
        return False

    def forget_encodings(self) -> None:
        """Another model or device: encode all anew. The animate thread."""
        self._sources.clear()

    def _with_source(self, version: Version, avatar: Avatar) -> Avatar:
        source = self._sources.get(version)
        if isinstance(source, str):
            return replace(avatar, problems=(*avatar.problems, source))
        return avatar if source is None else replace(avatar, source=source)

    def _listed(self) -> dict[str, Version]:
        found: dict[str, Version] = {}
        for folder in self._folders:
            for path in pictures(folder):
                try:
                    found[path.stem] = version_of(path)
                except FileNotFoundError:
                    _log.info("%s has gone while the folder was read.", path)
        return found

    def _own(self, name: str, what: str) -> Avatar:
        avatar = self.find(name)
        if not avatar.own:
            raise MediaError(f"The avatar {name!r} comes with the program.", f"Only your own avatars can be {what}.")
        return avatar

    def _refuse_double(self, name: str, *, but: str | None = None) -> None:
        """Names that differ in capitals only are one file on some disks."""
        if any(avatar.name.casefold() == name.casefold() and avatar.name != but for avatar in self.all):
            raise MediaError(f"There is an avatar {name!r} already.", "Choose another name, or remove the other one.")

    def _portrait(self, version: Version, card: Card | None) -> Portrait:
        kept = self._cache.recall(version, self._size) if self._cache is not None else None
        if kept is not None:
            return kept
        image = self._read(version.path)
        crop = card.crop if card is not None else None
        portrait = portrait_of(image, look_for_faces(image, self._tools), size=self._size, crop=crop)
        if self._cache is not None:
            self._cache.keep(version, self._size, portrait)
        return portrait

    def _judge(self, version: Version) -> Avatar:
        path, own = version.path, version.path.parent == self.folder
        problems: tuple[str, ...] = ()
        card = None
        try:
            card = read_card(path) if own else None
        except MediaError as error:
            problems = (str(error),)
        unusable = Avatar(path.stem, path, None, None, FaceTarget(), problems, own, card=card)
        try:
            portrait = self._portrait(version, card)
        except AvatarifyError as error:
            return replace(unusable, problems=(*problems, str(error)))
        told = replace(unusable, problems=(*problems, *portrait.verdict.problems))
        if not portrait.verdict.usable:
            return told
        return replace(told, portrait=portrait.image, target=portrait.target)


def _content(picture: Path) -> bytes:
    try:
        return picture.read_bytes()
    except OSError as error:
        raise MediaError(f"{picture} cannot be read: {error.strerror}.", "Check the path and the disk.") from error
