"""A network small enough to train in a test, and drawn films to train it on."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from avatarify.train.cache import FrameCache, open_cache
from avatarify.train.config import Stage, TrainConfig
from avatarify.train.dataset import PairDataset
from avatarify.train.meshes import FaceMeshes, open_meshes
from avatarify.train.sources import find_sources
from tests.train.films import TINY, TINY_GUIDED, write_film


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small networks only lose by threads, and results must not depend on their number."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two films of two people and a single picture."""
    from avatarify.character.cast import CAST
    from avatarify.character.draw import draw
    from avatarify.character.expression import NEUTRAL
    from avatarify.media.images import write_image

    folder = tmp_path_factory.mktemp("films")
    write_film(folder / "miro_0.mp4", [0], frames=10)
    write_film(folder / "kofi_0.mp4", [2], frames=6)
    write_image(folder / "ilse.png", draw(CAST[1], NEUTRAL, 96))
    return folder


@pytest.fixture(scope="session")
def cache(films: Path, tmp_path_factory: pytest.TempPathFactory) -> FrameCache:
    """The films decoded at the size that TINY trains at."""
    return open_cache(find_sources([films]), tmp_path_factory.mktemp("cache"), side=TINY.largest)


@pytest.fixture(scope="session")
def meshes(films: Path, tmp_path_factory: pytest.TempPathFactory) -> FaceMeshes:
    """Of the frames of `cache`, found in larger ones: the table holds shares of a side, which fit every size."""
    return open_meshes(open_cache(find_sources([films]), tmp_path_factory.mktemp("meshes"), side=96))


@pytest.fixture
def config() -> TrainConfig:
    """TINY, for a test to change."""
    return TINY


@pytest.fixture
def dataset(cache: FrameCache) -> PairDataset:
    """Pairs of TINY."""
    return PairDataset(TINY, cache)


@pytest.fixture
def guided(cache: FrameCache, meshes: FaceMeshes) -> PairDataset:
    """Pairs of TINY_GUIDED."""
    return PairDataset(TINY_GUIDED, cache, meshes)


@pytest.fixture
def varied(cache: FrameCache, meshes: FaceMeshes) -> PairDataset:
    """Pairs of TINY_GUIDED whose faces become other people's, drawn ones among them, large enough to be found."""
    augment = dataclasses.replace(TINY_GUIDED.data.augment, complexion=0.5, beard=0.5)
    data = dataclasses.replace(TINY_GUIDED.data, drawn_share=0.3, augment=augment)
    return PairDataset(dataclasses.replace(TINY_GUIDED, data=data, stages=(Stage(1.0, 96),)), cache, meshes)


@pytest.fixture
def adversarial() -> TrainConfig:
    """TINY with a discriminator that sees keypoints."""
    weights = dataclasses.replace(TINY.weights, generator_adversarial=1.0, feature_matching=10.0)
    return dataclasses.replace(TINY, weights=weights)
