"""A folder of numbered pictures, read as a clip: 0000.png, 0001.png, ..."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Final

from avatarify.errors import MediaError
from avatarify.frame import Frame
from avatarify.media.images import read_image

PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"})
"""Endings of pictures that may be frames."""

_FPS = 25.0  # nothing in such a folder says how fast it is


def frame_files(folder: Path) -> list[Path]:
    """The pictures in the order of their numbers. None where the folder is no clip: every picture in it has a number for a
    name, and there are two at least.
    """
    pictures = [path for path in folder.iterdir() if path.suffix.lower() in PICTURES and path.is_file()]
    if len(pictures) < 2 or not all(path.stem.isdecimal() for path in pictures):
        return []
    return sorted(pictures, key=lambda path: (int(path.stem), path.name))


class FrameFolder:
    """Iterates over its frames, as VideoReader does: upright RGB, captured_at as if there were 25 a second.

    Raises MediaError: no folder of frames, a picture that cannot be read or has another size than the first.
    """

    def __init__(self, folder: Path) -> None:
        self._files = frame_files(folder) if folder.is_dir() else []
        if not self._files:
            raise MediaError(
                f"{folder} is no folder of frames.", "Its pictures have to be named by numbers: 0000.png, 0001.png."
            )
        self._shape: tuple[int, ...] | None = None
        self._next = 0

    @property
    def frame_count(self) -> int:
        """How many pictures there are."""
        return len(self._files)

    def __iter__(self) -> FrameFolder:
        return self

    def __next__(self) -> Frame:
        if self._next == len(self._files):
            raise StopIteration
        path, index = self._files[self._next], self._next
        image = read_image(path)
        if self._shape is not None and image.shape != self._shape:
            raise MediaError(
                f"{path} is {image.shape[1]}x{image.shape[0]}, the frames before it are {self._shape[1]}x{self._shape[0]}.",
                "Give all frames of a clip one size.",
            )
        self._shape = image.shape
        self._next += 1
        return Frame(image, index, index / _FPS)

    def __enter__(self) -> FrameFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open between frames."""
