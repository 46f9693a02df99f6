"""Which two frames make a pair: people are drawn, not frames, and those who move more often."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from avatarify.errors import MediaError
from avatarify.train.cache import Clip, FrameCache
from avatarify.train.config import DataConfig
from avatarify.train.meshes import EYES, MOUTH, SCORE, SURE, FaceMeshes

_MOTION_FLOOR = 0.5  # grey levels: a still clip keeps some weight
_FACES = 12  # candidates for a frame with another expression: a blink is rare


class PairIndex(NamedTuple):
    """Numbers of two frames in the cache. For a single picture both are the same."""

    source: int
    driving: int


class _Table(NamedTuple):
    """Clips, and how likely each is."""

    clips: Sequence[Clip]
    chance: npt.NDArray[np.float64]


class PairSampler:
    """Draws pairs from a cache. All chance comes from the generator that is handed in."""

    def __init__(self, cache: FrameCache, config: DataConfig, meshes: FaceMeshes | None = None) -> None:
        """meshes: of the cache's frames; without them no pair is chosen by its expression."""
        self._thumbnails = cache.thumbnails
        self._looks = None if meshes is None or not config.expression_share else meshes.looks
        self._expression_share = config.expression_share
        self._far_pairs = max(1, config.far_pairs)
        self._videos = _video_table([clip for clip in cache.clips if clip.moving], config)
        self._pictures = _picture_table([clip for clip in cache.clips if not clip.moving], config.grey_weight)

    @property
    def has_videos(self) -> bool:
        """Whether there is any clip of more than one frame."""
        return bool(self._videos.clips)

    @property
    def has_pictures(self) -> bool:
        """Whether there is any single picture."""
        return bool(self._pictures.clips)

    def frames(self, random: np.random.Generator) -> PairIndex:
        """Two different frames of one clip."""
        clip = _draw(self._videos, random)
        if self._looks is not None and random.random() < self._expression_share:
            return _other_expression(clip, self._looks, random)
        source, *others = clip.first + random.choice(clip.count, min(clip.count, 1 + self._far_pairs), replace=False)
        here = self._thumbnails[source].astype(np.int16)
        unlike = [float(np.abs(self._thumbnails[other] - here).mean()) for other in others]
        return PairIndex(int(source), int(others[int(np.argmax(unlike))]))

    def picture(self, random: np.random.Generator) -> PairIndex:
        """One single picture, or where there is none, one frame of a clip."""
        if not self.has_pictures:
            frame = self.frames(random).source
            return PairIndex(frame, frame)
        first = _draw(self._pictures, random).first
        return PairIndex(first, first)


def _other_expression(clip: Clip, looks: npt.NDArray[np.float32], random: np.random.Generator) -> PairIndex:
    """Of some frames that whose mouth, or whose eyes, are open most unlike the source's. looks: FaceMeshes.looks."""
    chosen = clip.first + random.choice(clip.count, min(clip.count, 1 + _FACES), replace=False)
    opening = MOUTH if random.random() < 0.5 else EYES
    found = looks[chosen]
    unlike = np.abs(found[1:, opening] - found[0, opening]) * (found[1:, SCORE] >= SURE)
    return PairIndex(int(chosen[0]), int(chosen[1 + int(np.argmax(unlike))]))


def sharing(clip: Clip, config: DataConfig) -> str:
    """What is equal for clips that share one chance, and count once in an epoch: the person, or else the clip itself."""
    return clip.identity if config.by_person else clip.name


def _video_table(clips: Sequence[Clip], config: DataConfig) -> _Table:
    """A person's chance is her mean motion to the power; within a person clips are drawn by motion times length."""
    power = config.motion_power
    people: dict[str, list[Clip]] = defaultdict(list)
    for clip in clips:
        people[sharing(clip, config)].append(clip)
    ordered: list[Clip] = []
    chances: list[npt.NDArray[np.float64]] = []
    for theirs in people.values():
        motion = np.array([max(clip.motion, _MOTION_FLOOR) for clip in theirs]) ** power
        length = np.array([clip.count for clip in theirs])
        person = float((motion * length).sum() / length.sum())
        ordered += theirs
        chances.append(person * motion * length / (motion * length).sum())
    return _table(ordered, np.concatenate(chances) if chances else np.zeros(0))


def _picture_table(clips: Sequence[Clip], grey_weight: float) -> _Table:
    return _table(clips, np.array([grey_weight if clip.grey else 1.0 for clip in clips]))


def _table(clips: Sequence[Clip], weight: npt.NDArray[np.float64]) -> _Table:
    if len(clips) and weight.sum() <= 0:
        raise MediaError(
            f"All {len(clips)} pictures have the weight 0.", "They are black and white: raise grey_weight."
        )
    return _Table(clips, weight.cumsum() / weight.sum() if len(clips) else weight)


def _draw(table: _Table, random: np.random.Generator) -> Clip:
    return table.clips[min(int(np.searchsorted(table.chance, random.random(), side="right")), len(table.clips) - 1)]
