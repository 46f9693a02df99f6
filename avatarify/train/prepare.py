"""Any video becomes clips to train on: one person, one shot, one fixed square each, with a manifest and a sheet to look at."""

from __future__ import annotations

import csv
import itertools
import logging
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import numpy as np

from avatarify.errors import FaceError, MediaError, SettingsError
from avatarify.face.crop import Crop
from avatarify.face.detector import DetectsFaces
from avatarify.face.framing import frame_portrait
from avatarify.frame import Image
from avatarify.media.contact_sheet import contact_sheet
from avatarify.media.images import read_image, write_image
from avatarify.media.part_file import PartFile
from avatarify.media.progress import Progress
from avatarify.media.video_reader import VideoReader
from avatarify.media.video_writer import VideoWriter
from avatarify.train.shots import ShotChanges
from avatarify.train.sources import CONTACT_SHEET, MANIFEST, SourceFile
from avatarify.train.tracks import Track, Tracker, pieces, square_of

_SHEET_FRAMES = 6
_SHEET_CELL = 112
_SHEET_ROWS = 50  # clips a sheet

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PrepareOptions:
    """size: pixels a side of what is written. min_s, max_s: seconds a clip may last; longer ones are divided.
    min_face: pixels, of faces in the original. look_every_s: seconds between two searches for faces."""

    size: int = 256
    min_s: float = 1.0
    max_s: float = 12.0
    min_face: float = 50.0
    look_every_s: float = 0.2

    def __post_init__(self) -> None:
        if not 32 <= self.size <= 1024 or self.size % 2:
            raise SettingsError(f"size is {self.size}.", "Choose an even number from 32 to 1024.")
        if not 0 < 2 * self.min_s <= self.max_s:
            raise SettingsError(f"Clips of {self.min_s} to {self.max_s} s.", "Let the longest be twice the shortest.")


class PreparedClip(NamedTuple):
    """A row of the manifest. left, top, crop_px: the square in pixels of the original. motion: see Track.motion.
    licence_class: of the original, where a manifest stated it."""

    file: str
    identity: str
    source: str
    start_s: float
    frames: int
    fps: float
    left: float
    top: float
    crop_px: float
    face_share: float
    motion: float
    licence_class: str = ""


class Prepared(NamedTuple):
    """clips: of this call. skipped: (path, reason) of files that gave none. known: files that the manifest had already."""

    clips: list[PreparedClip]
    skipped: list[tuple[Path, str]]
    known: int


class _Plan(NamedTuple):
    """A clip to be cut: frames first .. last through `crop`."""

    track: Track
    crop: Crop
    first: int
    last: int


def prepare(
    sources: Sequence[SourceFile],
    output: Path,
    options: PrepareOptions,
    detector: DetectsFaces,
    *,
    progress: Progress | None = None,
) -> Prepared:
    """Cut every source; writes clips, MANIFEST.tsv and contact-sheet-001.png and so on into `output`. Can be called again
    for more.

    Raises MediaError when nothing can be written there; sources that cannot be used are told in the result.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MediaError(f"{output} cannot be made ({error.strerror}).", "Choose another folder.") from error
    rows = read_manifest(output / MANIFEST)
    known = {row.source for row in rows}
    found: list[PreparedClip] = []
    skipped: list[tuple[Path, str]] = []
    repeated = 0
    with _Sheets(output) as sheets:
        for source in sources:
            if progress is not None:
                progress.update()
            if str(source.path) in known:
                repeated += 1
                continue
            stem = _free_stem(source.path.stem, {row.file for row in [*rows, *found]})
            try:
                cut = _cut_video if source.moving else _cut_picture
                new, pictures = cut(source, stem, output, options, detector)
            except (MediaError, FaceError) as error:
                skipped.append((source.path, error.message))
                continue
            if not new:
                skipped.append((source.path, "no face stayed long enough, large enough and within one square"))
            found += new
            _write_manifest(output / MANIFEST, [*rows, *found])
            for clip, shown in zip(new, pictures, strict=True):
                sheets.add(clip.file, shown)
    return Prepared(found, skipped, repeated)


def read_manifest(path: Path) -> list[PreparedClip]:
    """The rows of a manifest that `prepare` wrote; none where there is no file. Raises MediaError."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        try:
            return [
                PreparedClip(
                    file=row["file"],
                    identity=row["identity"],
                    source=row["source"],
                    start_s=float(row["start_s"]),
                    frames=int(row["frames"]),
                    fps=float(row["fps"]),
                    left=float(row["left"]),
                    top=float(row["top"]),
                    crop_px=float(row["crop_px"]),
                    face_share=float(row["face_share"]),
                    motion=float(row["motion"]),
                    licence_class=row.get("licence_class") or "",
                )
                for row in csv.DictReader(file, delimiter="\t")
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise MediaError(
                f"{path} is no manifest of prepared clips ({error}).", "Choose another --output."
            ) from error


def _write_manifest(path: Path, rows: Sequence[PreparedClip]) -> None:
    with PartFile(path) as part, part.path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(PreparedClip._fields)
        for row in rows:
            writer.writerow([f"{value:.3f}" if isinstance(value, float) else value for value in row])


class _Sheets:
    """Contact sheets of some clips each, numbered after those that lie there; the last is written however the work ends."""

    def __init__(self, output: Path) -> None:
        self._output = output
        self._rows: list[list[Image]] = []
        self._labels: list[str] = []

    def add(self, label: str, pictures: list[Image]) -> None:
        """A row of pictures of `_SHEET_CELL` pixels."""
        self._rows.append(pictures)
        self._labels.append(label)
        if len(self._rows) == _SHEET_ROWS:
            self._write()

    def __enter__(self) -> _Sheets:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._rows:
            self._write()

    def _write(self) -> None:
        numbers = itertools.count(1)
        path = next(path for n in numbers if not (path := self._output / f"{CONTACT_SHEET}-{n:03}.png").exists())
        title = f"{len(self._rows)} clips"
        write_image(path, contact_sheet(self._rows, cell=_SHEET_CELL, title=title, row_labels=self._labels))
        self._rows, self._labels = [], []


def _cut_video(
    source: SourceFile, stem: str, output: Path, options: PrepareOptions, detector: DetectsFaces
) -> tuple[list[PreparedClip], list[list[Image]]]:
    if source.path.is_dir():
        raise MediaError(f"{source.path} is a folder of frames.", "Those are used as they are.")
    plans, fps = _plan(source.path, options, detector)
    if not plans:
        return [], []
    names = [f"{stem}_{index}.mp4" for index in range(len(plans))]
    pictures: list[list[Image]] = [[] for _ in plans]
    starts = [0.0] * len(plans)
    with ExitStack() as stack, VideoReader(source.path) as reader:
        writers: dict[int, VideoWriter] = {}
        for frame in reader:
            for index, plan in enumerate(plans):
                if not plan.first <= frame.index <= plan.last:
                    continue
                if frame.index == plan.first:
                    starts[index] = frame.captured_at
                    size = (options.size, options.size)
                    writers[index] = stack.enter_context(VideoWriter(output / names[index], size=size, fps=fps))
                writers[index].write(plan.crop.apply(frame.image, options.size))
                if frame.index in _shown(plan):
                    pictures[index].append(plan.crop.apply(frame.image, _SHEET_CELL))
                if frame.index == plan.last:
                    writers.pop(index).close()
    clips = [
        PreparedClip(
            file=names[index],
            identity=source.identity if plan.track.person == 0 else f"{source.identity}+{plan.track.person}",
            source=str(source.path),
            start_s=starts[index],
            frames=plan.last - plan.first + 1,
            fps=fps,
            left=plan.crop.left,
            top=plan.crop.top,
            crop_px=plan.crop.size,
            face_share=plan.track.side / plan.crop.size,
            motion=plan.track.motion,
            licence_class=source.licence,
        )
        for index, plan in enumerate(plans)
    ]
    return clips, pictures


def _cut_picture(
    source: SourceFile, stem: str, output: Path, options: PrepareOptions, detector: DetectsFaces
) -> tuple[list[PreparedClip], list[list[Image]]]:
    image = read_image(source.path, max_side=4 * options.size)
    crop = frame_portrait(image, detector)
    write_image(output / f"{stem}.png", crop.apply(image, options.size))
    identity = source.path.stem
    place = (crop.left, crop.top, crop.size)
    row = PreparedClip(f"{stem}.png", identity, str(source.path), 0.0, 1, 0.0, *place, 0.5, 0.0, source.licence)
    return [row], [[crop.apply(image, _SHEET_CELL)]]


def _plan(path: Path, options: PrepareOptions, detector: DetectsFaces) -> tuple[list[_Plan], float]:
    """Look through the video once: which clips shall be cut, in the order of their beginning; and its frames a second."""
    changes, tracker = ShotChanges(), Tracker()
    tracks: list[Track] = []
    with VideoReader(path) as reader:
        info = reader.info
        every = max(1, round(options.look_every_s * info.fps))
        began = 0
        for frame in reader:
            if changes.begins(frame.image):
                tracks += tracker.cut()
                began = frame.index
            if (frame.index - began) % every == 0:
                tracker.look(frame.index, detector.detect(frame.image))
        tracks += tracker.cut()
    least, most = round(options.min_s * info.fps), round(options.max_s * info.fps)
    plans = [
        _Plan(part, square_of(part, info.width, info.height), part.first, part.last)
        for track in tracks
        for part in pieces(track, least=least, most=most)
        if part.side >= options.min_face
    ]
    return plans, info.fps


def _shown(plan: _Plan) -> set[int]:
    """Frames for the sheet."""
    return set(np.linspace(plan.first, plan.last, _SHEET_FRAMES).round().astype(int).tolist())


def _free_stem(stem: str, taken: set[str]) -> str:
    number, free = 1, stem
    while any(name.startswith((f"{free}_", f"{free}.")) for name in taken):
        number += 1
        free = f"{stem}-{number}"
    return free
