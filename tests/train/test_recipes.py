"""The named configurations, beside the numbers that the paper's authors published."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import pytest

from avatarify.model.config import VOX_256
from avatarify.train.config import TrainConfig, TransformConfig
from avatarify.train.recipes import CONFIGS, LITE_CPU


@pytest.mark.parametrize("name", list(CONFIGS))
def test_json_round_trip(name: str) -> None:
    assert TrainConfig.from_json(CONFIGS[name].to_json()) == CONFIGS[name]


class Published(NamedTuple):
    """What differs among the authors' files, in their names and the order in which they stand there; what a file does not
    say has the default of their code. jitter: brightness, contrast, saturation, hue."""

    id_sampling: bool
    jitter: tuple[float, float, float, float]
    resize_ratio: tuple[float, float]
    single_jacobian_map: bool
    sn: bool
    use_kp: bool
    num_epochs: int
    num_repeats: int
    epoch_milestones: tuple[int, ...]
    lr_kp_detector: float
    batch_size: int
    generator_gan: float


ALL, NONE, KEPT, RATE = (0.1, 0.1, 0.1, 0.1), (0.0, 0.0, 0.0, 0.0), (1.0, 1.0), 2e-4
PUBLISHED = {  # github.com/AliaksandrSiarohin/first-order-model, config/*.yaml
    "vox": Published(True, ALL, KEPT, False, True, False, 100, 75, (60, 90), RATE, 40, 0),
    "vox-adv": Published(True, ALL, KEPT, False, False, True, 150, 75, (), RATE, 36, 1),
    "taichi": Published(True, ALL, KEPT, False, False, False, 100, 150, (60, 90), RATE, 30, 0),
    "taichi-adv": Published(True, ALL, KEPT, False, False, True, 150, 150, (), 0, 27, 1),
    "fashion": Published(False, (0, 0, 0, 0.1), KEPT, False, False, False, 100, 50, (60, 90), RATE, 27, 1),
    "mgif": Published(False, (0, 0, 0, 0.5), (0.9, 1.1), True, True, False, 100, 25, (60, 90), RATE, 36, 1),
    "nemo": Published(False, NONE, KEPT, False, True, False, 100, 8, (60, 90), RATE, 36, 1),
    "bair": Published(False, ALL, KEPT, False, True, False, 20, 1, (12, 18), RATE, 36, 1),
}


@pytest.mark.parametrize("name", [name for name in CONFIGS if name != "lite"])
def test_numbers_of_the_paper(name: str) -> None:
    config = CONFIGS[name]
    augment = config.data.augment
    ours = Published(
        config.data.by_person,
        (augment.brightness, augment.contrast, augment.saturation, augment.hue),
        (1 - augment.zoom, 1 + augment.zoom),
        config.model.keypoint_detector.single_jacobian_map,
        config.discriminator.spectral_norm,
        config.discriminator.num_keypoints > 0,
        config.epochs,
        config.repeats,
        config.milestones,
        config.learning_rate if config.detector_learns else 0,
        config.batch,
        config.weights.generator_adversarial,
    )
    assert ours == PUBLISHED[name]


@pytest.mark.parametrize("name", list(PUBLISHED))
def test_what_all_published_files_have_in_common(name: str) -> None:
    config = CONFIGS[name]
    one_map = dataclasses.replace(config.model.keypoint_detector, single_jacobian_map=False)
    assert dataclasses.replace(config.model, keypoint_detector=one_map) == VOX_256
    weights, judge = config.weights, config.discriminator
    assert (weights.perceptual, weights.equivariance_value, weights.equivariance_jacobian) == (10, 10, 10)
    assert weights.feature_matching == (
        10 if weights.generator_adversarial else 0
    )  # theirs is skipped without the other
    assert (weights.pixel, weights.warp, weights.paint, weights.identity) == (0, 0, 0, 0)
    assert (judge.block_expansion, judge.max_features, judge.num_blocks, judge.scales) == (32, 512, 4, (1,))
    assert judge.num_keypoints in (0, config.model.num_keypoints)
    assert (config.learning_rate, config.betas, config.perceptual) == (2e-4, (0.5, 0.999), "vgg19")
    assert config.scales == (1, 0.5, 0.25, 0.125)
    assert config.transform == TransformConfig(affine_sigma=0.05, spline_sigma=0.005, spline_points=5)
    assert (config.data.augment.flip, config.data.augment.crop, config.data.augment.compression) == (True, 0, 0)


def test_only_the_embedded_model_is_guided() -> None:
    assert {name for name, config in CONFIGS.items() if config.needs_meshes} == {"lite"}
    assert LITE_CPU.model.num_keypoints == 10 + len(LITE_CPU.landmarks.points)
