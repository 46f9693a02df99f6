"""The configuration of a training run."""

from __future__ import annotations

import dataclasses
import json
from typing import NamedTuple

import pytest

from avatarify.errors import SettingsError
from avatarify.model.config import VOX_256
from avatarify.train.config import (
    CONFIGS,
    LITE_CPU,
    VOX,
    AugmentConfig,
    DataConfig,
    LossWeights,
    Stage,
    TrainConfig,
    TransformConfig,
)
from avatarify.train.face_points import LandmarkConfig


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


def test_learning_rate_falls_at_milestones() -> None:
    rates = [VOX.learning_rate_at(step, 1000) for step in (0, 599, 600, 899, 900)]
    assert rates == pytest.approx([2e-4, 2e-4, 2e-5, 2e-5, 2e-6])


def test_learning_rate_rises_at_first() -> None:
    config = dataclasses.replace(VOX, warm_up=4)
    assert [config.learning_rate_at(step, 1000) for step in (0, 1, 3, 4)] == pytest.approx([5e-5, 1e-4, 2e-4, 2e-4])


def test_only_the_embedded_model_is_guided() -> None:
    assert {name for name, config in CONFIGS.items() if config.needs_meshes} == {"lite"}
    assert LITE_CPU.model.num_keypoints == 10 + len(LITE_CPU.landmarks.points)


def test_without_landmarks_nothing_of_a_face_is_asked_for() -> None:
    plain = LITE_CPU.without_landmarks()
    assert not plain.needs_meshes
    assert plain.weights.flow == 0
    assert plain.landmarks == LandmarkConfig()
    assert plain.weights.pixel == LITE_CPU.weights.pixel
    assert plain.model == LITE_CPU.model


def test_steps_follow_from_epochs() -> None:
    assert VOX.steps(400) == 75_000


def test_size_follows_the_stages() -> None:
    config = dataclasses.replace(VOX, stages=(Stage(0.5, 128), Stage(1.0, 256)))
    assert [config.size_at(step, 10) for step in (0, 4, 5, 9)] == [128, 128, 256, 256]
    assert config.largest == 256


@pytest.mark.parametrize(
    "change",
    [
        {"precision": "half"},
        {"batch": 1},
        {"stages": (Stage(0.5, 128),)},
        {"data": DataConfig(image_share=0.6, drawn_share=0.6)},
        {"data": DataConfig(drawn_share=-0.1)},
        {"landmarks": LandmarkConfig(), "weights": LossWeights(landmark=1.0)},
        {"landmarks": LandmarkConfig(LITE_CPU.landmarks.points[-1:]), "weights": LossWeights(focus=1.0)},
        {"landmarks": LandmarkConfig(LITE_CPU.landmarks.points), "weights": LossWeights(flow=1.0)},
        {"model": dataclasses.replace(LITE_CPU.model, num_keypoints=6)},
        {"learning_rate": 0.0},
        {"learning_rate": -1e-4},
        {"learning_rate": float("nan")},
        {"weights": dataclasses.replace(LITE_CPU.weights, pixel=-1.0)},
        {"weights": dataclasses.replace(LITE_CPU.weights, identity=float("inf"))},
        {"gradient_clip": -1.0},
        {"warm_up": -1},
        {"ema_decay": 1.0},
        {"data": DataConfig(augment=AugmentConfig(hue=-0.1))},
        {"data": DataConfig(augment=AugmentConfig(zoom=1.0))},
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        dataclasses.replace(LITE_CPU, **change)  # type: ignore[arg-type]


def test_an_unknown_key_is_told() -> None:
    values = json.loads(VOX.to_json())
    values["batchsize"] = 3
    with pytest.raises(SettingsError, match="batchsize"):
        TrainConfig.from_json(json.dumps(values))
    values = json.loads(VOX.to_json())
    values["weights"]["pixel"] = "much"
    with pytest.raises(SettingsError, match=r"config\.weights\.pixel is 'much'"):
        TrainConfig.from_json(json.dumps(values))


def test_what_an_older_version_wrote_is_read() -> None:
    """Keys that came later have their defaults, and those mean what was done before."""
    values = json.loads(VOX.to_json())
    del (
        values["detector_learns"],
        values["detector_steps"],
        values["data"]["by_person"],
        values["data"]["augment"]["zoom"],
    )
    assert TrainConfig.from_json(json.dumps(values)) == VOX
    del values["model"]["generator"]["max_features"]  # has none
    with pytest.raises(SettingsError, match=r"config\.model\.generator has the keys"):
        TrainConfig.from_json(json.dumps(values))
