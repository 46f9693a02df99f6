"""What `train` learns from: the files in the folders, decoded, with their faces found."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from avatarify.cli.output import warn
from avatarify.errors import SettingsError

if TYPE_CHECKING:
    from avatarify.train.cache import FrameCache
    from avatarify.train.config import TrainConfig
    from avatarify.train.dataset import PairDataset
    from avatarify.train.distributed import World
    from avatarify.train.meshes import FaceMeshes
    from avatarify.train.sources import SourceFile


def sources(config: TrainConfig, folders: tuple[Path, ...]) -> list[SourceFile]:
    """What lies in the folders; nothing where drawings are all that is wanted."""
    from avatarify.train.sources import find_sources

    if not folders and config.data.drawn_share < 1:
        raise SettingsError("No folder was given.", "Give folders of videos, or train on drawings: --drawn 1.")
    return find_sources(folders)


def licences(config: TrainConfig, sources: list[SourceFile]) -> tuple[str, ...]:
    """Of everything that the model will see."""
    from avatarify.train.sources import licence_classes

    return (*licence_classes(sources), *(["drawn here"] if config.data.drawn_share > 0 else []))


def dataset(
    config: TrainConfig, sources: list[SourceFile], cache_folder: Path, *, quiet: bool, world: World
) -> PairDataset:
    """Decoded, and its faces found, by the leading process; the others wait and read. Where there is no face, the recipe does
    without landmarks."""
    from avatarify.media.progress import Progress
    from avatarify.train.cache import open_cache
    from avatarify.train.dataset import PairDataset, stored_side

    if not sources:
        return PairDataset(config, None)
    if not world.leads:
        world.wait()
    stream = None if quiet or not world.leads else sys.stderr
    with Progress(len(sources), stream=stream, unit="files") as progress:
        side = stored_side(config.largest, config.data.augment.crop)
        cache = open_cache(
            sources, cache_folder, side=side, frames_per_clip=config.data.frames_per_clip, progress=progress
        )
    meshes = _meshes(cache, stream) if config.needs_meshes else None
    if world.leads:
        world.wait()
        for reason in cache.left_out:
            warn(f"left out: {reason}")
    if meshes is None or meshes.known_share > 0 or config.data.drawn_share > 0:
        return PairDataset(config, cache, meshes)
    if world.leads:
        warn(
            "no face was found in any frame: no keypoint is guided, and the losses `landmark`, `focus`, `flow` and `expression` are off"
        )
    return PairDataset(config.without_landmarks(), cache)


def _meshes(cache: FrameCache, stream: TextIO | None) -> FaceMeshes:
    from avatarify.media.progress import Progress
    from avatarify.train.meshes import open_meshes

    with Progress(cache.count, stream=stream, unit="faces") as progress:
        meshes = open_meshes(cache, progress=progress)
    if stream is not None:
        warn(f"faces are known in {meshes.known_share:.0%} of {cache.count} frames")
    return meshes


def people(dataset: PairDataset) -> int:
    """How many the configuration's epochs count: people, or clips."""
    from avatarify.train.sampling import sharing

    if dataset.cache is None:
        return 1000
    clips = dataset.cache.clips
    return len({sharing(clip, dataset.config.data) for clip in clips if clip.moving}) or len(clips)
