from __future__ import annotations

import numpy as np

from avatarify.train.cache import FrameCache
from avatarify.train.meshes import FaceMeshes
from avatarify.train.portrait_motion import ShownPair, portrait_pair


def pairs(cache: FrameCache, meshes: FaceMeshes, *, known: bool) -> list[ShownPair]:
    frame = next(clip.first for clip in cache.clips if not clip.moving)
    image = np.asarray(cache.frames[frame])
    solid = meshes.solid(frame, cache.side) if known else None
    return [portrait_pair(image, solid, np.random.default_rng(seed)) for seed in range(30)]


def test_one_of_both_is_the_portrait_and_all_know_their_points(cache: FrameCache, meshes: FaceMeshes) -> None:
    found = pairs(cache, meshes, known=True)
    portrait = np.asarray(cache.frames[next(clip.first for clip in cache.clips if not clip.moving)])
    back = [np.array_equal(pair.driving.image, portrait) for pair in found]
    there = [np.array_equal(pair.source.image, portrait) for pair in found]
    assert all(one != other for one, other in zip(back, there, strict=True))
    assert 2 < sum(back) < 15
    for source, driving in found:
        assert source.points is not None
        assert driving.points is not None
        assert source.points.shape == driving.points.shape == (468, 2)
        assert not np.array_equal(source.points, driving.points)


def test_a_portrait_without_a_face_is_only_bent(cache: FrameCache, meshes: FaceMeshes) -> None:
    for source, driving in pairs(cache, meshes, known=False):
        assert source.points is None
        assert driving.points is None
        assert not np.array_equal(source.image, driving.image)


def test_the_same_chance_makes_the_same_pair(cache: FrameCache, meshes: FaceMeshes) -> None:
    for one, other in zip(pairs(cache, meshes, known=True), pairs(cache, meshes, known=True), strict=True):
        assert np.array_equal(one.driving.image, other.driving.image)
        assert np.array_equal(one.source.image, other.source.image)
