from __future__ import annotations

import dataclasses
import pickle
import shutil
import warnings
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from avatarify.media.images import write_image
from avatarify.media.progress import Progress
from avatarify.train.cache import FrameCache, open_cache
from avatarify.train.meshes import EYES, MOUTH, SCORE, SURE, FaceMeshes, open_meshes
from avatarify.train.sources import find_sources

SIDE = 128
STEP = 6  # pixels of the original


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> FrameCache:
    """A clip of a portrait that wanders to the left, and a picture without a face."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from skimage.data import astronaut
    folder = tmp_path_factory.mktemp("shots")
    (folder / "clip").mkdir()
    for number in range(3):
        left = 125 + STEP * number
        write_image(folder / "clip" / f"{number}.png", astronaut()[25:225, left : left + 200])
    write_image(folder / "wall.png", np.full((64, 64, 3), (90, 120, 150), np.uint8))
    return open_cache(find_sources([folder]), folder / "cache", side=SIDE)


@pytest.fixture(scope="module")
def meshes(shots: FrameCache) -> FaceMeshes:
    return open_meshes(shots)


def test_points_are_shares_of_the_side_and_follow_the_face(shots: FrameCache, meshes: FaceMeshes) -> None:
    frames = range(shots.clips[0].first, shots.clips[0].first + 3)
    solids = [meshes.solid(frame, SIDE) for frame in frames]
    first = solids[0]
    assert first is not None
    assert 30 < np.ptp(first[:, 0]) < 90
    assert first[:, :2].min() > 0
    assert first[:, :2].max() < SIDE
    for before, after in pairwise(solids):
        assert before is not None
        assert after is not None
        assert (after - before)[:, :2].mean(0) == pytest.approx([-STEP * SIDE / 200, 0], abs=0.5)
    assert np.allclose(meshes.solid(frames[0], 2 * SIDE), 2 * first)


def test_looks_tell_score_and_openings(shots: FrameCache, meshes: FaceMeshes) -> None:
    looks = meshes.looks[shots.clips[0].first]
    assert looks[SCORE] > 0.9
    assert 0.02 < looks[MOUTH] < 0.3  # she smiles and shows her teeth
    assert 0.15 < looks[EYES] < 0.5


def test_where_there_is_no_face_nothing_is_known(shots: FrameCache, meshes: FaceMeshes) -> None:
    wall = next(clip.first for clip in shots.clips if not clip.moving)
    assert meshes.looks[wall].tolist() == [0, 0, 0]
    assert meshes.looks[wall, SCORE] < SURE
    assert meshes.solid(wall, SIDE) is None
    assert meshes.known_share == 0.75


def test_made_once_and_again_when_it_is_not_whole(shots: FrameCache, meshes: FaceMeshes, tmp_path: Path) -> None:
    here = tmp_path / "copy"
    shutil.copytree(meshes.folder, here)
    cache = dataclasses.replace(shots, folder=here)
    file = here / "meshes.f32"
    stamp, content = file.stat().st_mtime_ns, file.read_bytes()
    progress = Progress(4, stream=None)
    assert open_meshes(cache, progress=progress) == FaceMeshes(here, 4)
    assert progress.done == 4
    assert file.stat().st_mtime_ns == stamp
    file.write_bytes(content[:-4])
    open_meshes(cache)
    assert file.read_bytes() == content
    assert len(list(here.iterdir())) == len(list(meshes.folder.iterdir()))


def test_numbers_do_not_travel_between_processes(meshes: FaceMeshes) -> None:
    assert meshes.solids.size
    data = pickle.dumps(meshes)
    assert len(data) < 1000
    assert np.array_equal(pickle.loads(data).looks, meshes.looks)


def test_the_table_lies_in_the_cache(shots: FrameCache, meshes: FaceMeshes) -> None:
    assert meshes.folder == shots.folder
    assert {path.name for path in Path(shots.folder).iterdir()} >= {"meshes.f32", "mesh-looks.f32", "frames.u8"}
