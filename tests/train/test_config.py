"""The configuration of a training run."""

from __future__ import annotations

import dataclasses
import json

import pytest

from avatarify.errors import SettingsError
from avatarify.model.config import LITE
from avatarify.train.config import AugmentConfig, DataConfig, LossWeights, Stage, TrainConfig
from avatarify.train.face_points import LandmarkConfig
from avatarify.train.recipes import LITE_CPU, VOX


def test_learning_rate_falls_at_milestones() -> None:
    rates = [VOX.learning_rate_at(step, 1000) for step in (0, 599, 600, 899, 900)]
    assert rates == pytest.approx([2e-4, 2e-4, 2e-5, 2e-5, 2e-6])


def test_learning_rate_rises_at_first() -> None:
    config = dataclasses.replace(VOX, warm_up=4)
    assert [config.learning_rate_at(step, 1000) for step in (0, 1, 3, 4)] == pytest.approx([5e-5, 1e-4, 2e-4, 2e-4])


def test_without_landmarks_nothing_of_a_face_is_asked_for() -> None:
    weights = dataclasses.replace(LITE_CPU.weights, expression=40.0)
    plain = dataclasses.replace(LITE_CPU, weights=weights).without_landmarks()
    assert not plain.needs_meshes
    assert (plain.weights.flow, plain.weights.expression) == (0, 0)
    assert plain.landmarks == LandmarkConfig()
    assert plain.weights.pixel == LITE_CPU.weights.pixel
    motion = dataclasses.replace(LITE_CPU.model.dense_motion, lids=0)
    assert plain.model == dataclasses.replace(LITE_CPU.model, dense_motion=motion)


def test_meshes_are_needed_for_expressions_alone() -> None:
    nothing = LossWeights(perceptual=0, equivariance_value=0, equivariance_jacobian=0)
    config = dataclasses.replace(VOX, landmarks=LITE_CPU.landmarks, weights=nothing)
    assert not config.needs_meshes
    assert dataclasses.replace(config, weights=dataclasses.replace(nothing, expression=1.0)).needs_meshes


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
        {"landmarks": LandmarkConfig(LITE_CPU.landmarks.points), "weights": LossWeights(expression=1.0)},
        {"model": dataclasses.replace(LITE, num_keypoints=6)},
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
