"""The pictures to choose an avatar from: read, judged and framed as they come, encoded ahead one at a time between frames."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, Protocol

from avatarify.animator import Source
from avatarify.errors import AvatarifyError, FaceError, MediaError
from avatarify.face.calibration import FaceTarget, target_of
from avatarify.face.detector import DetectsFaces
from avatarify.face.framing import frame_portrait
from avatarify.face.quality import UNSURE_MESH, judge_portrait
from avatarify.face.watcher import FindsMeshes
from avatarify.frame import Image

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".avif", ".heic"})
_NUMBERS = 9  # keys 1 to 9
_log = logging.getLogger(__name__)

ReadImage = Callable[[Path], Image]
"""A file to uint8 [H,W,3] RGB. Raises AvatarifyError."""


@dataclass(frozen=True, eq=False)
class Avatar:
    """One picture. name: the file's, without its ending. number: 1..9 for its key, None for the tenth and later ones.

    portrait: uint8 [N,N,3], framed; None where no avatar can be made of the picture. target: the portrait's pose.
    problems: why it cannot be used, or what would make it better; sentences. own: in the user's folder, may be removed.
    source: None until it is encoded. megabytes: what it holds in memory, portrait and encoding together.
    """

    name: str
    path: Path
    number: int | None
    portrait: Image | None
    target: FaceTarget
    problems: tuple[str, ...]
    own: bool
    source: Source | None = None

    @property
    def usable(self) -> bool:
        return self.portrait is not None

    @property
    def megabytes(self) -> float:
        held = self.portrait.nbytes if self.portrait is not None else 0
        if self.source is not None:
            tensors = (*self.source.features, *self.source.keypoints)
            held += sum(tensor.element_size() * tensor.nelement() for tensor in tensors)
        return held / 1e6


class FaceTools(NamedTuple):
    """What portraits are looked at with. Used by the thread that calls `Avatars.reload`."""

    detector: DetectsFaces
    mesher: FindsMeshes


class Encodes(Protocol):
    """What `encode_next` asks of an animator."""

    def encode_source(self, image: Image) -> Source: ...


class Avatars:
    """The avatars of one or more folders, ordered by name; a later folder's picture hides an earlier one's of that name.

    `reload`, `add` and `remove` belong to one thread, not the animate thread: a picture takes some 50 ms. `encode_next`
    belongs to the animate thread. `all` and `find` may be called by any: the list is swapped as one reference.
    """

    def __init__(self, folders: Sequence[Path], read: ReadImage, tools: FaceTools, *, size: int = 512) -> None:
        """folders: existing or not; the last one is the user's own. size: side of framed portraits in pixels."""
        self._folders = tuple(folders)
        self._read = read
        self._tools = tools
        self._size = size
        self._judged: dict[_Version, Avatar] = {}
        self._sources: dict[
            _Version, Source | str
        ] = {}  # or why it could not be encoded; written by the animate thread
        self._order: tuple[tuple[_Version, Avatar], ...] = ()

    @property
    def all(self) -> tuple[Avatar, ...]:
        """Ordered by name, with what has been encoded so far."""
        return tuple(self._with_source(version, avatar) for version, avatar in self._order)

    def find(self, key: str | int) -> Avatar:
        """By name or number. Raises MediaError naming those there are."""
        found = next((avatar for avatar in self.all if key in (avatar.name, avatar.number)), None)
        if found is None:
            names = ", ".join(avatar.name for avatar in self.all) or "none"
            raise MediaError(f"There is no avatar {key!r}.", f"Choose one of: {names}.")
        return found

    def reload(self) -> tuple[Avatar, ...]:
        """Look into the folders again; only new and changed files are read."""
        versions = self._listed()
        judged = {
            version: self._judged[version] if version in self._judged else self._judge(version)
            for version in versions.values()
        }
        self._judged = judged
        ordered = sorted(judged, key=lambda version: (version.path.stem.casefold(), version.path.name))
        self._order = tuple(
            (version, replace(judged[version], number=number if number <= _NUMBERS else None))
            for number, version in enumerate(ordered, 1)
        )
        return self.all

    def add(self, picture: Path) -> Avatar:
        """Copy a picture into the user's folder and make an avatar of it.

        Raises FaceError when no avatar can be made of it, MediaError when it cannot be read or copied, or when the user's
        folder has a picture of that name; then nothing is added.
        """
        folder = self._folders[-1]
        target = folder / picture.name
        version = _Version(picture, 0, 0)
        judged = self._judge(version)
        if not judged.usable:
            raise FaceError(f"{picture.name} will not work as an avatar.", " ".join(judged.problems))
        if any(there.stem == picture.stem for there in _pictures(folder)):
            raise MediaError(
                f"There is an avatar {picture.stem!r} already.", "Rename the file, or remove the other one."
            )
        _copy(picture, target)
        self.reload()
        return self.find(picture.stem)

    def remove(self, name: str) -> None:
        """Delete one of the user's own pictures. Raises MediaError for those that come with the program."""
        avatar = self.find(name)
        if not avatar.own:
            raise MediaError(f"The avatar {name!r} comes with the program.", "Only your own avatars can be removed.")
        try:
            avatar.path.unlink(missing_ok=True)
        except OSError as error:
            raise MediaError(f"{avatar.path} cannot be deleted: {error.strerror}.", "Delete it by hand.") from error
        self.reload()

    def encode_next(self, animator: Encodes) -> bool:
        """Encode one avatar that is not yet; True: there may be more. Some tens of milliseconds; the animate thread.

        One that cannot be encoded says so in its problems; the others go on.
        """
        order = self._order
        present = {version for version, _ in order}
        for gone in [version for version in self._sources if version not in present]:
            del self._sources[gone]
        for version, avatar in order:
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

    def _with_source(self, version: _Version, avatar: Avatar) -> Avatar:
        source = self._sources.get(version)
        if isinstance(source, str):
            return replace(avatar, problems=(*avatar.problems, source))
        return avatar if source is None else replace(avatar, source=source)

    def _listed(self) -> dict[str, _Version]:
        found: dict[str, _Version] = {}
        for folder in self._folders:
            for path in _pictures(folder):
                status = path.stat()
                found[path.stem] = _Version(path, status.st_mtime_ns, status.st_size)
        return found

    def _judge(self, version: _Version) -> Avatar:
        path, own = version.path, version.path.parent == self._folders[-1]
        unusable = Avatar(path.stem, path, None, None, FaceTarget(), (), own)
        try:
            image = self._read(path)
            crop = frame_portrait(image, self._tools.detector)
        except AvatarifyError as error:
            return replace(unusable, problems=(str(error),))
        portrait = crop.apply(image, self._size)
        faces = self._tools.detector.detect(image)
        mesh = self._tools.mesher.find(image, faces[0]) if faces else None
        verdict = judge_portrait(image, faces, mesh)
        if not verdict.usable:
            return replace(unusable, problems=verdict.problems)
        target = target_of(mesh) if mesh is not None and mesh.score >= UNSURE_MESH else FaceTarget()
        return Avatar(path.stem, path, None, portrait, target, verdict.problems, own)


class _Version(NamedTuple):
    """A file as it is now: when it changes it is another avatar."""

    path: Path
    changed_ns: int
    length: int


def _pictures(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())


def _copy(picture: Path, target: Path) -> None:
    """Whole or not at all."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(picture.read_bytes())
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise MediaError(
            f"{picture} cannot be copied to {target.parent}: {error.strerror}.", "Check the disk and its rights."
        ) from error
