from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from avatarify.errors import MediaError
from avatarify.train.cache import FrameCache
from avatarify.train.config import AugmentConfig, DataConfig, Stage
from avatarify.train.dataset import Batch, PairDataset, PairNumber, make_batches, stored_side
from tests.train.films import TINY


def equal(ours: Batch, theirs: Batch) -> bool:
    pairs = zip((*ours[:3], *ours.transform), (*theirs[:3], *theirs.transform), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_pair_n_is_always_the_same(dataset: PairDataset, cache: FrameCache) -> None:
    fresh = PairDataset(TINY, cache)
    for number in (7, 0, 3):
        ours, theirs = dataset[PairNumber(number, 32)], fresh[PairNumber(number, 32)]
        assert np.array_equal(ours.driving, theirs.driving)
        assert torch.equal(ours.transform.theta, theirs.transform.theta)
    assert not np.array_equal(dataset[PairNumber(0, 32)].source, dataset[PairNumber(1, 32)].source)


def test_batches_do_not_depend_on_where_they_begin(dataset: PairDataset) -> None:
    whole = list(make_batches(dataset, first_step=0, steps=5))
    rest = list(make_batches(dataset, first_step=3, steps=5))
    assert len(rest) == 2
    assert all(equal(ours, theirs) for ours, theirs in zip(rest, whole[3:], strict=True))


def test_shares_of_a_batch_make_the_batch(dataset: PairDataset) -> None:
    whole = next(make_batches(dataset, first_step=2, steps=9))
    shares = [next(make_batches(dataset, first_step=2, steps=9, rank=rank, world=2)) for rank in (0, 1)]
    assert torch.equal(torch.cat([share.seen for share in shares]), whole.seen)
    assert torch.equal(torch.cat([share.transform.theta for share in shares]), whole.transform.theta)


@pytest.mark.slow
def test_workers_change_nothing(dataset: PairDataset) -> None:
    alone = list(make_batches(dataset, first_step=1, steps=5))
    helped = list(make_batches(dataset, first_step=1, steps=5, workers=2))
    assert all(equal(ours, theirs) for ours, theirs in zip(helped, alone, strict=True))


def test_batch_on_its_device_is_in_the_unit_range(dataset: PairDataset) -> None:
    batch = next(make_batches(dataset, first_step=0, steps=1)).to(torch.device("cpu"))
    assert batch.source.shape == (4, 3, 32, 32)
    assert batch.source.dtype == torch.float32
    assert 0.2 < float(batch.driving.max()) <= 1
    assert batch.source.is_contiguous(memory_format=torch.channels_last)


def test_only_what_the_detector_sees_is_made_worse(cache: FrameCache) -> None:
    still = AugmentConfig(brightness=0, contrast=0, saturation=0, hue=0, flip=False, compression=1.0)
    config = dataclasses.replace(TINY, data=DataConfig(augment=still))
    pair = PairDataset(config, cache)[PairNumber(0, 32)]
    assert not np.array_equal(pair.seen, pair.driving)
    frames = np.asarray(cache.frames)
    assert any(np.array_equal(pair.driving, frame) for frame in frames)
    assert any(np.array_equal(pair.source, frame) for frame in frames)


def test_shares_of_drawings_and_pictures(cache: FrameCache) -> None:
    still = AugmentConfig(brightness=0, contrast=0, saturation=0, hue=0, flip=False)
    config = dataclasses.replace(TINY, data=DataConfig(image_share=0.5, drawn_share=0.25, augment=still))
    dataset = PairDataset(config, cache)
    picture = next(clip.first for clip in cache.clips if not clip.moving)
    known = {frame.tobytes() for frame in np.asarray(cache.frames)}
    sources = [dataset[PairNumber(number, 32)].source for number in range(24)]
    assert sum(np.array_equal(source, cache.frames[picture]) for source in sources) in (11, 12, 13)
    assert sum(source.tobytes() not in known for source in sources) in (5, 6, 7)


def test_drawings_need_no_files() -> None:
    config = dataclasses.replace(TINY, data=DataConfig(drawn_share=1.0))
    assert PairDataset(config, None)[PairNumber(0, 32)].source.shape == (32, 32, 3)
    with pytest.raises(MediaError, match="no frames"):
        PairDataset(TINY, None)


def test_sizes_follow_the_stages(cache: FrameCache) -> None:
    config = dataclasses.replace(TINY, stages=(Stage(0.5, 16), Stage(1.0, 32)))
    sizes = [batch.source.shape[-1] for batch in make_batches(PairDataset(config, cache), first_step=0, steps=4)]
    assert sizes == [16, 16, 32, 32]


def test_stored_frames_leave_room_for_the_crop() -> None:
    assert stored_side(128, 0.0) == 128
    assert stored_side(128, 0.15) == 138
