"""The face mesh of every cached frame: found once, kept beside the pixels, mapped by all processes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from avatarify.face.detector import Face, FaceDetector
from avatarify.face.mesh import FaceMesh, Mesh, eye_opening, mesh_box, mouth_opening
from avatarify.frame import Image
from avatarify.media.part_file import PartFile
from avatarify.media.progress import Progress
from avatarify.train.cache import FrameCache

Floats = npt.NDArray[np.float64]

SURE: Final = 0.5
"""Score from which a mesh is believed."""
SCORE, MOUTH, EYES = 0, 1, 2
"""Columns of `FaceMeshes.looks`."""

_SOLIDS = "meshes.f32"
_LOOKS = "mesh-looks.f32"
_POINTS = 468


@dataclass(frozen=True)
class FaceMeshes:
    """What the face mesh found in each frame of a cache. Cheap to send to another process: the numbers stay in the files."""

    folder: Path
    count: int

    @cached_property
    def solids(self) -> npt.NDArray[np.float32]:
        """[N,468,3] x, y, depth in shares of the frame's side, mapped, read only. Zeros where there is no face."""
        return np.memmap(self.folder / _SOLIDS, np.float32, "r", shape=(self.count, _POINTS, 3))

    @cached_property
    def looks(self) -> npt.NDArray[np.float32]:
        """[N,3] score, opening of the mouth, opening of the eyes (mean of both; see face/mesh.py), mapped, read only."""
        return np.memmap(self.folder / _LOOKS, np.float32, "r", shape=(self.count, 3))

    def solid(self, frame: int, side: int) -> Floats | None:
        """[468,3] x, y, depth in pixels of the frame at `side` pixels a side; None where no face is sure."""
        if self.looks[frame, SCORE] < SURE:
            return None
        return np.asarray(self.solids[frame], np.float64) * side

    @property
    def known_share(self) -> float:
        """Share of the frames in which there is a face for sure."""
        return float((self.looks[:, SCORE] >= SURE).mean())

    def __getstate__(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}


def open_meshes(cache: FrameCache, *, progress: Progress | None = None) -> FaceMeshes:
    """The table of these frames, in the cache's folder: the one that is there, else a new one.

    progress: is updated once a frame; a new table takes some 10 ms a frame. Raises AvatarifyError: the table cannot be
    written, or a face network is missing or altered.
    """
    table = FaceMeshes(cache.folder, cache.count)
    if _is_whole(table):
        if progress is not None:
            progress.update(cache.count)
        return table
    with (
        PartFile(cache.folder / _SOLIDS) as solids,
        PartFile(cache.folder / _LOOKS) as looks,
        solids.path.open("wb") as solids_file,
        looks.path.open("wb") as looks_file,
    ):
        for mesh in _find_all(cache):
            solid = np.zeros((_POINTS, 3)) if mesh is None else mesh.solid / cache.side
            solids_file.write(solid.astype(np.float32).tobytes())
            looks_file.write(_look(mesh).tobytes())
            if progress is not None:
                progress.update()
    return table


def _is_whole(table: FaceMeshes) -> bool:
    """The cache's folder is named after all that its frames depend on, so the number of bytes is left to ask for."""
    sizes = ((_SOLIDS, _POINTS * 3), (_LOOKS, 3))
    files = [(table.folder / name, 4 * numbers * table.count) for name, numbers in sizes]
    return all(path.is_file() and path.stat().st_size == size for path, size in files)


def _find_all(cache: FrameCache) -> Iterator[Mesh | None]:
    """One a frame, in their order. Within a clip the last frame's mesh says where to look first."""
    detector, network = FaceDetector(), FaceMesh()
    end = 0
    for clip in cache.clips:
        if clip.first != end:
            raise AssertionError("clips of a cache lie one after the other")
        end = clip.first + clip.count
        last: Mesh | None = None
        for index in range(clip.first, end):
            last = find_mesh(np.asarray(cache.frames[index]), last, detector, network)
            yield last


def find_mesh(image: Image, last: Mesh | None, detector: FaceDetector, network: FaceMesh) -> Mesh | None:
    """Of the surest face, None where no mesh is sure. last: of the picture before in a clip, which says where to look first."""
    for face in _places(image, last, detector):
        mesh = network.find(image, face)
        if mesh.score >= SURE:
            return mesh
    return None


def _places(image: Image, last: Mesh | None, detector: FaceDetector) -> Iterator[Face]:
    """Where a face may be, the cheapest guess first."""
    if last is not None:
        yield mesh_box(last)
    yield from detector.detect(image)[:1]


def _look(mesh: Mesh | None) -> npt.NDArray[np.float32]:
    if mesh is None:
        return np.zeros(3, np.float32)
    eyes = eye_opening(mesh)
    return np.array([mesh.score, mouth_opening(mesh), (eyes.right + eyes.left) / 2], np.float32)
