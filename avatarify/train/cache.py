"""Every frame decoded once: one file of uint8 pixels that all processes map, and an index of what is where."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from avatarify.errors import MediaError
from avatarify.frame import Image
from avatarify.media.frame_folder import frame_files
from avatarify.media.images import read_image
from avatarify.media.part_file import PartFile
from avatarify.media.progress import Progress
from avatarify.media.video_reader import VideoReader
from avatarify.train.sources import SourceFile

THUMBNAIL: Final = 16
_VERSION = 1
_GREY = 3.0  # mean difference of the colours of a pixel, below which a clip counts as black and white

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Clip:
    """A run of frames of one file. first, count: in the cache. moving: False for a single picture.

    motion: how much its pixels change over time (mean deviation of a thumbnail, in grey levels); 0 for a picture.
    """

    name: str
    identity: str
    first: int
    count: int
    moving: bool
    motion: float
    grey: bool


@dataclass(frozen=True)
class FrameCache:
    """Frames as squares of `side` pixels. Cheap to send to another process: pixels stay in the file."""

    folder: Path
    side: int
    clips: tuple[Clip, ...]
    left_out: tuple[str, ...]
    """Files that could not be read, with the reason."""

    @cached_property
    def frames(self) -> npt.NDArray[np.uint8]:
        """[N,side,side,3] RGB, mapped, read only."""
        return np.memmap(self.folder / "frames.u8", np.uint8, "r", shape=(self.count, self.side, self.side, 3))

    @cached_property
    def thumbnails(self) -> npt.NDArray[np.uint8]:
        """[N,THUMBNAIL,THUMBNAIL] grey, mapped, read only."""
        return np.memmap(self.folder / "thumbnails.u8", np.uint8, "r", shape=(self.count, THUMBNAIL, THUMBNAIL))

    @property
    def count(self) -> int:
        """How many frames there are."""
        return sum(clip.count for clip in self.clips)

    def __getstate__(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}


def open_cache(
    sources: Sequence[SourceFile],
    folder: Path,
    *,
    side: int,
    frames_per_clip: int = 0,
    progress: Progress | None = None,
) -> FrameCache:
    """The cache of these files at this size, below `folder`: the one that is there if nothing has changed, else a new one.

    side: pixels; frames are cut to their middle square and reduced or enlarged to it. frames_per_clip: at most so many,
    evenly spaced; 0 is all. progress: is updated once a file. A file that cannot be read is left out and named.
    Raises MediaError when nothing could be read, or the cache cannot be written.
    """
    here = folder / _key(sources, side, frames_per_clip)
    index = here / "index.json"
    if index.is_file():
        if progress is not None:
            progress.update(len(sources))
        return _read_index(index)
    try:
        here.mkdir(parents=True, exist_ok=True)
        with PartFile(here / "frames.u8") as frames, PartFile(here / "thumbnails.u8") as thumbnails:
            clips, left_out = _decode_all(sources, frames.path, thumbnails.path, side, frames_per_clip, progress)
        if not clips:
            raise MediaError(f"None of {len(sources)} files could be read: {left_out[0]}", "Give other files.")
        cache = FrameCache(here, side, tuple(clips), tuple(left_out))
        with PartFile(index) as part:  # last: where it is, the rest is whole
            content = {"side": side, "clips": [dataclasses.asdict(clip) for clip in clips], "left_out": left_out}
            part.path.write_text(json.dumps(content), "utf-8")
    except OSError as error:
        raise MediaError(
            f"The cache in {here} cannot be written ({error}).", "Free space there or give --cache."
        ) from error
    return cache


def _decode_all(
    sources: Sequence[SourceFile],
    frames_path: Path,
    thumbnails_path: Path,
    side: int,
    frames_per_clip: int,
    progress: Progress | None,
) -> tuple[list[Clip], list[str]]:
    clips: list[Clip] = []
    left_out: list[str] = []
    first = 0
    with frames_path.open("wb") as frames_file, thumbnails_path.open("wb") as thumbnails_file:
        for source in sources:
            if progress is not None:
                progress.update()
            small: list[npt.NDArray[np.uint8]] = []
            grey = False
            try:
                for image in _thinned((square(image, side) for image in _images(source)), frames_per_clip):
                    grey = _is_grey(image) if not small else grey
                    frames_file.write(image.tobytes())
                    small.append(_thumbnail(image))
            except MediaError as error:
                logger.info("%s is left out: %s", source.path, error)
                left_out.append(error.message)
                frames_file.seek(first * side * side * 3)
                frames_file.truncate()
                continue
            thumbnails_file.write(np.stack(small).tobytes())
            moving = source.moving and len(small) > 1
            motion = float(np.stack(small).std(0).mean()) if moving else 0.0
            clips.append(Clip(str(source.path), source.identity, first, len(small), moving, motion, grey))
            first += len(small)
    return clips, left_out


def square(image: Image, side: int) -> Image:
    """The middle square of uint8 [H,W,3], `side` pixels wide."""
    height, width = image.shape[:2]
    short = min(height, width)
    top, left = (height - short) // 2, (width - short) // 2
    part = image[top : top + short, left : left + short]
    if short == side:
        return np.ascontiguousarray(part)
    kind = cv2.INTER_AREA if short > side else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(part, (side, side), interpolation=kind), np.uint8)


def _images(source: SourceFile) -> Iterator[Image]:
    if source.path.is_dir():
        for path in frame_files(source.path):
            yield read_image(path)
    elif source.moving:
        with VideoReader(source.path) as reader:
            for frame in reader:
                yield frame.image
    else:
        yield read_image(source.path, max_side=2048)


def _thinned(images: Iterator[Image], most: int) -> Iterator[Image]:
    """Some `most` of them, evenly spaced, without holding more than twice as many; 0 passes all on."""
    if not most:
        yield from images
        return
    kept: list[Image] = []
    every = 1
    for index, image in enumerate(images):
        if index % every:
            continue
        kept.append(image)
        if len(kept) == 2 * most:
            kept, every = kept[::2], 2 * every
    chosen = np.linspace(0, len(kept) - 1, min(most, len(kept))).round().astype(int)
    yield from (kept[index] for index in chosen)


def _thumbnail(image: Image) -> npt.NDArray[np.uint8]:
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA), np.uint8)


def _is_grey(image: Image) -> bool:
    pixels = image[::4, ::4].astype(np.int16)
    return float((pixels.max(-1) - pixels.min(-1)).mean()) < _GREY


def _key(sources: Sequence[SourceFile], side: int, frames_per_clip: int) -> str:
    """Changes with anything that would change the cache."""
    parts = [f"{_VERSION} {side} {frames_per_clip}"]
    for source in sources:
        files = frame_files(source.path) if source.path.is_dir() else [source.path]
        stamps = [(path.stat().st_size, path.stat().st_mtime_ns) for path in files]
        parts.append(f"{source.path.resolve()} {source.identity} {source.moving} {stamps}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _read_index(path: Path) -> FrameCache:
    try:
        values = json.loads(path.read_text("utf-8"))
        clips = tuple(Clip(**clip) for clip in values["clips"])
        return FrameCache(path.parent, values["side"], clips, tuple(values["left_out"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MediaError(
            f"{path} is damaged ({error}).", f"Delete the folder {path.parent}: it is made again."
        ) from error
