"""Clips and portraits for evaluation: which files, which frames of them, and the square that is cut out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from avatarify.errors import FaceError, MediaError
from avatarify.face.crop import Crop
from avatarify.face.detector import DetectsFaces
from avatarify.face.framing import centre_square, frame_clip
from avatarify.frame import Frame, Image
from avatarify.media.frame_folder import FrameFolder, frame_files
from avatarify.media.video_reader import VideoReader

VIDEOS = {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".gif"}
PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".avif", ".bmp", ".tif", ".tiff"}

_LOOKS = 40  # frames of a clip in which a face is searched


@dataclass(frozen=True, eq=False)
class Sample:
    """A frame to be measured, image uint8 [size,size,3] RGB; following: the very next one, for flicker, if there is one."""

    index: int
    image: Image
    following: Image | None


@dataclass(frozen=True)
class EvaluationClip:
    """A clip that was looked through once. path: a video, or a folder of frames. crop: one square for all its frames."""

    name: str
    path: Path
    frame_count: int
    crop: Crop

    def source(self, size: int) -> Image:
        """The first frame, which every method starts from, uint8 [size,size,3]."""
        with _opened(self.path) as reader:
            return self.crop.apply(next(reader).image, size)

    def samples(self, count: int, size: int) -> Iterator[Sample]:
        """The chosen frames (`chosen`) in order; no more than two are held at a time."""
        wanted = set(chosen(self.frame_count, count))
        held: Frame | None = None
        with _opened(self.path) as reader:
            for frame in reader:
                needed = frame.index in wanted or (held is not None)
                image = self.crop.apply(frame.image, size) if needed else None
                if held is not None:
                    yield Sample(held.index, held.image, image)
                    held = None
                if frame.index in wanted and image is not None:
                    held = Frame(image, frame.index, frame.captured_at)
        if held is not None:
            yield Sample(held.index, held.image, None)


def chosen(frame_count: int, count: int) -> list[int]:
    """`count` frames, evenly spread from the second to the last; 0 means all. The first is left out: it is the source itself."""
    others = frame_count - 1
    places = np.linspace(1, others, min(count, others) if count else others)
    return [int(place) for place in places.round()]


def open_clip(path: Path, name: str, detector: DetectsFaces, *, crop: bool) -> EvaluationClip:
    """Look through a clip. crop: frame the face as in VoxCeleb; else the middle square.

    Raises MediaError (unreadable, or a single frame) and FaceError (nobody in it).
    """
    with _opened(path) as reader:
        count_told = reader.frame_count if isinstance(reader, FrameFolder) else reader.info.frame_count
        estimate = count_told or 10 * _LOOKS
        first = next(reader).image
    count = 0

    def images() -> Iterator[Image]:
        nonlocal count
        with _opened(path) as again:
            for frame in again:
                count += 1
                yield frame.image

    if crop:
        try:
            square = frame_clip(images(), detector, every=max(1, estimate // _LOOKS))
        except FaceError as error:
            raise FaceError(error.message, "Use --no-crop for clips that show no face.") from error
    else:
        square = centre_square(first)
        for _ in images():
            pass
    if count < 2:
        raise MediaError(f"{path} has a single frame.", "A clip needs at least two.")
    return EvaluationClip(name, path, count, square)


def find_clips(folder: Path) -> dict[str, Path]:
    """All videos and folders of frames (media.frame_folder) in a folder and those below it, by name; or the one itself.

    Raises MediaError when there are none.
    """
    if folder.is_file():
        return {folder.stem: folder}
    if not folder.is_dir():
        raise MediaError(f"There is no folder {folder}.", "Give a folder with videos or folders of frames.")
    if frame_files(folder):
        return {folder.name: folder}
    below = sorted(path for path in folder.rglob("*") if not path.name.startswith("."))
    clips = [path for path in below if (frame_files(path) if path.is_dir() else path.suffix.lower() in VIDEOS)]
    if not clips:
        raise MediaError(
            f"There is no video and no folder of frames in {folder}.", f"Videos end in: {', '.join(sorted(VIDEOS))}."
        )
    return _named(clips, folder)


def find_files(folder: Path, suffixes: set[str], *, what: str) -> dict[str, Path]:
    """All files with these suffixes in a folder and those below it, by a name that fits a file name; or the one file itself.

    Raises MediaError when there are none.
    """
    if folder.is_file():
        return {folder.stem: folder}
    if not folder.is_dir():
        raise MediaError(f"There is no folder {folder}.", f"Give a folder with {what}s.")
    paths = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in suffixes and path.is_file() and not path.name.startswith(".")
    )
    if not paths:
        raise MediaError(f"There is no {what} in {folder}.", f"Known are: {', '.join(sorted(suffixes))}.")
    return _named(paths, folder)


def _named(paths: list[Path], folder: Path) -> dict[str, Path]:
    """By the short name, a second one of that name by its whole way from `folder`."""
    found: dict[str, Path] = {}
    for path in paths:
        short = path.name if path.is_dir() else path.stem
        found[short if short not in found else "__".join(path.relative_to(folder).parts)] = path
    return found


def _opened(path: Path) -> VideoReader | FrameFolder:
    return FrameFolder(path) if path.is_dir() else VideoReader(path)
