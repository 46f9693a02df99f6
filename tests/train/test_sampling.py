"""Which pairs of frames are drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from avatarify.errors import MediaError
from avatarify.train.cache import THUMBNAIL, Clip, FrameCache
from avatarify.train.config import DataConfig
from avatarify.train.meshes import FaceMeshes
from avatarify.train.sampling import PairSampler, sharing


def clip(identity: str, first: int, count: int, motion: float = 4.0, *, grey: bool = False) -> Clip:
    return Clip(f"{identity}{first}", identity, first, count, count > 1, motion, grey)


def sampler(tmp_path: Path, clips: list[Clip], config: DataConfig, brightness: list[int] | None = None) -> PairSampler:
    """Over frames whose thumbnails have the given grey level."""
    cache = FrameCache(tmp_path, 16, tuple(clips), ())
    levels = np.array(brightness or [0] * cache.count, np.uint8)
    (tmp_path / "thumbnails.u8").write_bytes(np.repeat(levels, THUMBNAIL**2).tobytes())
    return PairSampler(cache, config)


def test_pairs_are_two_frames_of_one_clip(tmp_path: Path) -> None:
    pairs = sampler(tmp_path, [clip("a", 0, 5), clip("b", 5, 2), clip("c", 7, 1)], DataConfig())
    random = np.random.default_rng(0)
    for _ in range(200):
        source, driving = pairs.frames(random)
        assert source != driving
        assert (source < 5) == (driving < 5)
        assert max(source, driving) < 7


def test_people_are_drawn_not_frames(tmp_path: Path) -> None:
    pairs = sampler(tmp_path, [clip("a", 0, 90), clip("b", 90, 5), clip("b", 95, 5)], DataConfig())
    random = np.random.default_rng(0)
    share = np.mean([pairs.frames(random).source < 90 for _ in range(1000)])
    assert 0.45 < share < 0.55


def test_clips_are_drawn_where_people_do_not_count(tmp_path: Path) -> None:
    clips = [clip("a", 0, 9), clip("b", 9, 9), clip("b", 18, 9), clip("b", 27, 9)]
    random = np.random.default_rng(0)
    for by_person, least, most in ((True, 0.45, 0.55), (False, 0.2, 0.3)):
        pairs = sampler(tmp_path, clips, DataConfig(by_person=by_person))
        assert least < np.mean([pairs.frames(random).source < 9 for _ in range(1000)]) < most
    assert [len({sharing(each, DataConfig(by_person=flag)) for each in clips}) for flag in (True, False)] == [2, 4]


def test_motion_weighs(tmp_path: Path) -> None:
    clips = [clip("still", 0, 9, motion=1.0), clip("lively", 9, 9, motion=9.0)]
    random = np.random.default_rng(0)
    for power, least, most in ((0.0, 0.45, 0.55), (0.5, 0.7, 0.8), (1.0, 0.86, 0.94)):
        pairs = sampler(tmp_path, clips, DataConfig(motion_power=power))
        assert least < np.mean([pairs.frames(random).source >= 9 for _ in range(1000)]) < most


def test_far_pairs_take_the_frame_most_unlike(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    bright = [0, 0, 0, 0, 255]
    far = sampler(tmp_path, [clip("a", 0, 5)], DataConfig(far_pairs=4), bright)
    for _ in range(50):
        source, driving = far.frames(random)
        assert source == 4 or driving == 4


def test_the_driving_frame_has_another_expression(tmp_path: Path) -> None:
    """One of ten frames blinks, one opens the mouth; plain chance would hardly ever show either."""
    looks = np.tile(np.array([1.0, 0.02, 0.3], np.float32), (11, 1))
    looks[3, 2], looks[7, 1] = 0.05, 0.4
    looks[10] = (0.1, 0.9, 0.9)  # no face: whatever it says is not believed
    (tmp_path / "mesh-looks.f32").write_bytes(looks.tobytes())
    cache = FrameCache(tmp_path, 16, (clip("a", 0, 11),), ())
    (tmp_path / "thumbnails.u8").write_bytes(bytes(11 * THUMBNAIL**2))
    pairs = PairSampler(cache, DataConfig(expression_share=1.0), FaceMeshes(tmp_path, 11))
    random = np.random.default_rng(0)
    found = [pairs.frames(random) for _ in range(200)]
    assert all(source != driving for source, driving in found)
    usual = [driving for source, driving in found if source not in (3, 7, 10)]
    assert set(usual) == {3, 7}
    assert 0.4 < np.mean([driving == 3 for driving in usual]) < 0.6

    plain = PairSampler(cache, DataConfig(), FaceMeshes(tmp_path, 11))
    assert len({plain.frames(random).driving for _ in range(200)}) == 11


def test_grey_pictures_are_weighed_down(tmp_path: Path) -> None:
    clips = [clip("a", 0, 1), clip("b", 1, 1, grey=True)]
    random = np.random.default_rng(0)
    pairs = sampler(tmp_path, clips, DataConfig(grey_weight=0.25))
    assert not pairs.has_videos
    assert 0.15 < np.mean([pairs.picture(random).source == 1 for _ in range(1000)]) < 0.25
    with pytest.raises(MediaError, match="raise grey_weight"):
        sampler(tmp_path, clips[1:], DataConfig(grey_weight=0.0))


def test_without_pictures_a_frame_stands_in(tmp_path: Path) -> None:
    pairs = sampler(tmp_path, [clip("a", 0, 3)], DataConfig())
    source, driving = pairs.picture(np.random.default_rng(0))
    assert source == driving
