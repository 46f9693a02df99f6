"""Pairs of pictures by number: pair n is always the same, whatever process makes it and whatever came before."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from avatarify.errors import MediaError
from avatarify.frame import Image
from avatarify.train.appearance import vary
from avatarify.train.augmentation import augment, degrade
from avatarify.train.cache import FrameCache
from avatarify.train.config import TrainConfig
from avatarify.train.drawn import DrawnPairs
from avatarify.train.landmarks import Landmarks, joined, locate
from avatarify.train.meshes import FaceMeshes
from avatarify.train.portrait_motion import Shown, ShownPair, portrait_pair
from avatarify.train.sampling import PairSampler
from avatarify.train.transform import Transform, random_transform

Floats = npt.NDArray[np.float64]

_GOLDEN = 0.6180339887498949  # its multiples fill 0..1 evenly, so every batch has nearly the same share of each kind


class PairNumber(NamedTuple):
    """Which pair, and the side in pixels of its pictures."""

    number: int
    size: int


class Pair(NamedTuple):
    """source, driving: uint8 [S,S,3]. seen: the driving picture as the keypoint detector sees it. transform: B = 1.
    *_landmarks: where the guided keypoints belong, then where the tie points are, B = 1."""

    source: Image
    driving: Image
    seen: Image
    transform: Transform
    source_landmarks: Landmarks
    driving_landmarks: Landmarks


class Batch(NamedTuple):
    """source, driving: [B,3,S,S] in [0,1]. seen: the driving pictures as the keypoint detector sees them, maybe worse.
    transform: the random warp behind the equivariance losses. *_landmarks: where the guided keypoints belong, then where the
    tie points are."""

    source: Tensor
    driving: Tensor
    seen: Tensor
    transform: Transform
    source_landmarks: Landmarks
    driving_landmarks: Landmarks

    def to(self, device: torch.device) -> Batch:
        """On the device as float32, uint8 pictures divided by 255; copies run beside the device's work where memory is pinned."""
        source, driving, seen = (
            _unit(image.to(device, non_blocking=True)) for image in (self.source, self.driving, self.seen)
        )
        theta, control = (part.to(device, non_blocking=True) for part in self.transform)
        landmarks = self.source_landmarks.to(device), self.driving_landmarks.to(device)
        return Batch(source, driving, seen, Transform(theta, control), *landmarks)


@dataclass(frozen=True)
class PairDataset(Dataset[Pair]):
    """The endless row of pairs of a configuration. cache: None where all pairs are drawn characters. meshes: of the cache's
    frames, None where the configuration needs none; those of drawn characters are found on the way."""

    config: TrainConfig
    cache: FrameCache | None
    meshes: FaceMeshes | None = None

    def __post_init__(self) -> None:
        data = self.config.data
        if self.cache is None and data.drawn_share < 1:
            raise MediaError("There are no frames to train on.", "Give a folder, or only drawn characters (--drawn 1).")
        if self.cache is not None and self.config.needs_meshes and self.meshes is None:
            raise MediaError(
                f"The configuration {self.config.name!r} guides keypoints, and no face mesh is known.",
                "Take meshes.open_meshes of the cache, or the configuration without_landmarks.",
            )
        sampler = self.sampler
        if sampler is not None and not sampler.has_videos and not sampler.has_pictures:
            raise MediaError("The cache is empty.", "Give other folders.")

    @cached_property
    def sampler(self) -> PairSampler | None:
        """Made anew in every process."""
        return None if self.cache is None else PairSampler(self.cache, self.config.data, self.meshes)

    @cached_property
    def drawn(self) -> DrawnPairs:
        """Made anew in every process."""
        config = self.config
        return DrawnPairs(config.seed, share=config.data.drawn_share, meshes=config.needs_meshes)

    def __getstate__(self) -> dict[str, object]:
        return {"config": self.config, "cache": self.cache, "meshes": self.meshes}

    def __getitem__(self, index: PairNumber) -> Pair:
        number, size = index
        config = self.config
        random = np.random.default_rng([config.seed, number])
        shown = vary(self._pictures(number, size, random), config.data.augment, random)
        source, driving, view = augment(shown.source.image, shown.driving.image, size, config.data.augment, random)
        seen = degrade(driving, random) if random.random() < config.data.augment.compression else driving
        generator = torch.Generator().manual_seed(int(random.integers(2**62)))
        transform = random_transform(
            generator,
            affine_sigma=config.transform.affine_sigma,
            spline_sigma=config.transform.spline_sigma,
            spline_points=config.transform.spline_points,
        )
        landmarks = [locate(each.points, view, config.landmarks, filmed=each.filmed) for each in shown]
        return Pair(source, driving, seen, transform, landmarks[0], landmarks[1])

    def __getitems__(self, indices: Sequence[PairNumber]) -> list[Pair]:
        return [self[index] for index in indices]

    def _pictures(self, number: int, size: int, random: np.random.Generator) -> ShownPair:
        data = self.config.data
        kind = (number * _GOLDEN) % 1.0
        if kind < data.drawn_share:
            side = stored_side(size, data.augment.crop)
            return self.drawn.pair(number, side)
        if self.cache is None or self.sampler is None:
            raise AssertionError("without a cache every pair is drawn")
        if kind < data.drawn_share + data.image_share or not self.sampler.has_videos:
            frame = self.sampler.picture(random).source
            return portrait_pair(np.asarray(self.cache.frames[frame]), self._solid(self.cache, frame), random)
        pair = self.sampler.frames(random)
        return ShownPair(self._stored(self.cache, pair.source), self._stored(self.cache, pair.driving))

    def _stored(self, cache: FrameCache, frame: int) -> Shown:
        solid = self._solid(cache, frame)
        return Shown(np.asarray(cache.frames[frame]), None if solid is None else solid[:, :2], filmed=True)

    def _solid(self, cache: FrameCache, frame: int) -> Floats | None:
        """[468,3] of the face mesh in pixels of the stored frame; None where it is not known."""
        return None if self.meshes is None else self.meshes.solid(frame, cache.side)


def stored_side(size: int, crop: float) -> int:
    """Pixels a side to keep frames at, so that the mean random crop needs no enlarging."""
    return round(size / (1 - crop / 2))


class PairNumbers:
    """A process's share of the pairs of each step, a list a step. Made when asked for: a run may have a billion of them."""

    def __init__(self, config: TrainConfig, first_step: int, steps: int, *, rank: int = 0, world: int = 1) -> None:
        """Of the steps first_step .. steps - 1 of `steps`."""
        self._config, self._first_step, self._steps = config, first_step, steps
        self._share = config.batch // world
        self._first_item = rank * self._share

    def __len__(self) -> int:
        return max(0, self._steps - self._first_step)

    def __iter__(self) -> Iterator[list[PairNumber]]:
        for step in range(self._first_step, self._steps):
            first, size = step * self._config.batch + self._first_item, self._config.size_at(step, self._steps)
            yield [PairNumber(first + item, size) for item in range(self._share)]


def make_batches(
    dataset: PairDataset, *, first_step: int, steps: int, rank: int = 0, world: int = 1, workers: int = 0
) -> Iterator[Batch]:
    """Batches of the steps first_step .. steps - 1, this process's share of each. pictures are still uint8: see `Batch.to`.

    workers: processes that decode ahead; 0 does it here. Whatever their number, the batches are the same.
    """
    numbers = PairNumbers(dataset.config, first_step, steps, rank=rank, world=world)
    if workers == 0:
        yield from (collate(dataset.__getitems__(indices)) for indices in numbers)
        return
    yield from DataLoader(
        dataset,
        batch_sampler=numbers,
        num_workers=workers,
        collate_fn=collate,
        pin_memory=torch.cuda.is_available(),
        prefetch_factor=4,
        worker_init_fn=_quiet_worker,
        multiprocessing_context=multiprocessing.get_context("spawn"),  # a fork would copy threads' locks
    )


def collate(pairs: Sequence[Pair]) -> Batch:
    """Pairs of one size -> a batch of uint8 pictures [B,3,S,S], channels last in memory."""
    pictures = [pair.source for pair in pairs], [pair.driving for pair in pairs], [pair.seen for pair in pairs]
    source, driving, seen = (torch.from_numpy(np.stack(each)).permute(0, 3, 1, 2) for each in pictures)
    theta, control = (torch.cat([pair.transform[part] for pair in pairs]) for part in range(2))
    landmarks = joined([pair.source_landmarks for pair in pairs]), joined([pair.driving_landmarks for pair in pairs])
    return Batch(source, driving, seen, Transform(theta, control), *landmarks)


def _quiet_worker(_index: int) -> None:
    """Workers are the parallelism: threads inside them would only fight."""
    cv2.setNumThreads(0)
    torch.set_num_threads(1)


def _unit(image: Tensor) -> Tensor:
    return image.float().div_(255)
