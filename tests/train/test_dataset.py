"""Pairs and batches that depend on their number alone."""

from __future__ import annotations

import dataclasses
import tracemalloc

import numpy as np
import pytest
import torch

from avatarify.errors import MediaError
from avatarify.train.cache import FrameCache
from avatarify.train.config import AugmentConfig, DataConfig, Stage
from avatarify.train.dataset import Batch, PairDataset, PairNumber, PairNumbers, make_batches, stored_side
from avatarify.train.landmarks import Landmarks
from avatarify.train.meshes import FaceMeshes
from tests.train.films import TINY, TINY_GUIDED

STILL = AugmentConfig(brightness=0, contrast=0, saturation=0, hue=0, flip=False)


def flat(batch: Batch) -> list[torch.Tensor]:
    return [*batch[:3], *batch.transform, *batch.source_landmarks, *batch.driving_landmarks]


def equal(ours: Batch, theirs: Batch) -> bool:
    return all(torch.equal(a, b) for a, b in zip(flat(ours), flat(theirs), strict=True))


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


def test_a_long_run_begins_at_once(dataset: PairDataset) -> None:
    """Pair numbers are made as they are needed: those of a run of 100,000 steps would take 40 MB."""
    next(make_batches(dataset, first_step=0, steps=2))  # what is made once
    tracemalloc.start()
    next(make_batches(dataset, first_step=0, steps=100_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4e6


def test_pair_numbers_are_counted_without_being_made() -> None:
    numbers = PairNumbers(TINY, 3, 10**9, rank=1, world=2)
    assert len(numbers) == 10**9 - 3
    assert next(iter(numbers)) == [PairNumber(14, 32), PairNumber(15, 32)]
    assert len(PairNumbers(TINY, 5, 5)) == 0


def test_shares_of_a_batch_make_the_batch(dataset: PairDataset) -> None:
    whole = next(make_batches(dataset, first_step=2, steps=9))
    shares = [next(make_batches(dataset, first_step=2, steps=9, rank=rank, world=2)) for rank in (0, 1)]
    assert torch.equal(torch.cat([share.seen for share in shares]), whole.seen)
    assert torch.equal(torch.cat([share.transform.theta for share in shares]), whole.transform.theta)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["dataset", "guided", "varied"])
def test_workers_change_nothing(kind: str, request: pytest.FixtureRequest) -> None:
    dataset: PairDataset = request.getfixturevalue(kind)
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


def test_landmarks_are_those_of_the_frames(cache: FrameCache, meshes: FaceMeshes) -> None:
    config = dataclasses.replace(TINY_GUIDED, data=DataConfig(image_share=0.25, augment=STILL))
    dataset = PairDataset(config, cache, meshes)
    numbers = {frame.tobytes(): index for index, frame in enumerate(np.asarray(cache.frames))}
    compared, known = 0, 0
    for number in range(24):
        pair = dataset[PairNumber(number, 32)]
        for picture, landmarks in ((pair.source, pair.source_landmarks), (pair.driving, pair.driving_landmarks)):
            known += int((landmarks.weight > 0).sum())
            if picture.tobytes() not in numbers:
                continue
            solid = meshes.solids[numbers[picture.tobytes()]]
            assert landmarks.value[0, 0].tolist() == pytest.approx(
                (solid[[0, 13], :2].mean(0) * 2 - 1).tolist(), abs=1e-5
            )
            assert landmarks.value[0, 6].tolist() == pytest.approx((solid[152, :2] * 2 - 1).tolist(), abs=1e-5)
            compared += 1
    assert compared > 36  # all but the driving pictures of portraits
    assert known > 0.9 * 24 * 2 * 7


def test_drawn_people_need_no_frames_to_have_landmarks() -> None:
    config = dataclasses.replace(TINY_GUIDED, data=DataConfig(drawn_share=1.0, augment=STILL), stages=(Stage(1.0, 96),))
    dataset = PairDataset(config, None)
    weights = torch.cat([dataset[PairNumber(number, 96)].driving_landmarks.weight for number in range(8)])
    assert (weights > 0).float().mean() > 0.7


def test_landmarks_of_a_portrait_move_with_it(cache: FrameCache, meshes: FaceMeshes) -> None:
    config = dataclasses.replace(TINY_GUIDED, data=DataConfig(image_share=1.0, augment=STILL))
    dataset = PairDataset(config, cache, meshes)
    travels = []
    for number in range(12):
        pair = dataset[PairNumber(number, 32)]
        travels.append(float((pair.driving_landmarks.value - pair.source_landmarks.value).abs().mean()))
        assert not np.array_equal(pair.source, pair.driving)
    assert min(travels) > 0
    assert 0.02 < float(np.mean(travels)) < 0.6


def test_landmarks_are_mirrored_and_cropped_with_the_picture(cache: FrameCache, meshes: FaceMeshes) -> None:
    """The right corner of the mouth stays the one that lies to the left in the picture."""
    augment = dataclasses.replace(STILL, flip=True, crop=0.2)
    config = dataclasses.replace(TINY_GUIDED, data=DataConfig(augment=augment))
    dataset = PairDataset(config, cache, meshes)
    seen = set()
    for number in range(16):
        landmarks = dataset[PairNumber(number, 32)].source_landmarks
        right, left = landmarks.value[0, 2], landmarks.value[0, 3]
        assert float(right[0]) < float(left[0])
        seen.add(round(float(right[0]), 4))
    assert len(seen) > 10


def test_guided_keypoints_need_meshes(cache: FrameCache) -> None:
    with pytest.raises(MediaError, match="no face mesh is known"):
        PairDataset(TINY_GUIDED, cache)
    unguided = PairDataset(TINY_GUIDED.without_landmarks(), cache)[PairNumber(0, 32)]
    assert isinstance(unguided.source_landmarks, Landmarks)
    assert unguided.source_landmarks.value.shape == (1, 0, 2)


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
