"""What lies in a folder of training data: videos, folders of frames, single pictures, and who is to be seen in them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from avatarify.errors import MediaError
from avatarify.media.frame_folder import PICTURES, frame_files

VIDEOS: Final = frozenset({".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".gif"})
MANIFEST: Final = "MANIFEST.tsv"
CONTACT_SHEET: Final = "contact-sheet"
"""How the names of the sheets begin that `prepare` lays beside its clips; nothing to train on."""

NOT_STATED: Final = "not stated"
_MANIFEST_LEVELS = 2  # how far above a folder its manifest may lie


@dataclass(frozen=True)
class SourceFile:
    """One clip or picture. path: a video, a picture, or a folder of frames. identity: equal for clips of one person.

    moving: False for a single picture. licence: its class, as a manifest gives it; "" where nothing is stated.
    """

    path: Path
    identity: str
    moving: bool
    licence: str = ""


def find_sources(folders: Sequence[Path]) -> list[SourceFile]:
    """Everything usable below the folders, in the order of its paths. Contact sheets of `prepare` are none of it.

    A folder whose pictures have numbers for names is one clip. Identities are read from the columns `file` and `identity`
    of MANIFEST.tsv in a folder or up to two folders above it; without it, `name#anything.mp4` and `name_3.mp4` show `name`.
    A column `licence_class` is read where there is one.
    Raises MediaError: no such folder, nothing usable in it, a manifest without these columns.
    """
    found: list[SourceFile] = []
    for folder in folders:
        if not folder.is_dir():
            raise MediaError(f"There is no folder {folder}.", "Give a folder of videos, frame folders or pictures.")
        rows = _manifest(folder)
        before = len(found)
        for path, moving in _walk(folder):
            row = rows.get(path.resolve(), _Row(_identity_of(path, moving), ""))
            found.append(SourceFile(path, row.identity, moving, row.licence))
        if len(found) == before:
            raise MediaError(
                f"{folder} holds no video, frame folder or picture.", f"Videos end in {', '.join(sorted(VIDEOS))}."
            )
    return found


def licence_classes(sources: Sequence[SourceFile]) -> tuple[str, ...]:
    """Of all files, each once, in alphabetical order; NOT_STATED last, if any has none."""
    stated = sorted({source.licence for source in sources if source.licence})
    return (*stated, NOT_STATED) if any(not source.licence for source in sources) else tuple(stated)


class _Row(NamedTuple):
    identity: str
    licence: str


def _walk(folder: Path) -> Iterator[tuple[Path, bool]]:
    entries = sorted(folder.iterdir())
    pictures = [path for path in entries if path.is_file() and path.suffix.lower() in PICTURES]
    pictures = [path for path in pictures if not (path.name.startswith(CONTACT_SHEET) and path.suffix == ".png")]
    if frame_files(folder):
        yield folder, True
        pictures = []
    for path in entries:
        if path.is_dir():
            yield from _walk(path)
        elif path.suffix.lower() in VIDEOS:
            yield path, True
        elif path in pictures:
            yield path, False


def _identity_of(path: Path, moving: bool) -> str:
    """From the name alone. Every single picture counts as its own person."""
    name = path.stem if path.suffix else path.name
    if not moving:
        return str(path)
    return name.partition("#")[0] if "#" in name else re.sub(r"[_-]\d+$", "", name)


def _manifest(folder: Path) -> dict[Path, _Row]:
    above = [folder.resolve(), *folder.resolve().parents[:_MANIFEST_LEVELS]]
    manifest = next((place / MANIFEST for place in above if (place / MANIFEST).is_file()), None)
    if manifest is None:
        return {}
    with manifest.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        if not {"file", "identity"} <= set(rows.fieldnames or ()):
            raise MediaError(f"{manifest} lacks the columns `file` and `identity`.", "Mend it or move it away.")
        return {
            (manifest.parent / row["file"]).resolve(): _Row(row["identity"], row.get("licence_class") or "")
            for row in rows
        }
