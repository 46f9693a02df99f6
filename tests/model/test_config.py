"""Configurations of networks, as text and as shapes."""

from __future__ import annotations

import json

import pytest

from avatarify.errors import CheckpointError
from avatarify.model.config import LITE, VOX_256, ModelConfig


@pytest.mark.parametrize("config", [LITE, VOX_256], ids=["lite", "vox"])
def test_json_round_trip(config: ModelConfig) -> None:
    assert ModelConfig.from_json(config.to_json()) == config


HOURGLASS = json.loads(LITE.to_json())["dense_motion"]["hourglass"]


def broken(change: dict[str, object]) -> str:
    return json.dumps({**json.loads(LITE.to_json()), **change})


def broken_generator(key: str, value: float) -> str:
    generator: dict[str, object] = json.loads(LITE.to_json())["generator"]
    return broken({"generator": {**generator, key: value}})


def broken_lids(**values: int) -> str:
    dense_motion: dict[str, object] = json.loads(LITE.to_json())["dense_motion"]
    return broken({"dense_motion": {**dense_motion, **values}})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[]", "not an object"),
        (broken({"colour": 3}), "unknown key 'colour'"),
        (broken({"image_size": "big"}), "config.image_size is 'big', not int"),
        (broken({"align_corners": 1}), "config.align_corners is 1, not bool"),
        (broken({"generator": {"block_expansion": 3}}), "config.generator lacks the key"),
        (broken_lids(anchors=7, lids=1), "lids is 1 of 7 anchors"),
        (broken_lids(anchors=2, lids=3), "lids is 3 of 2 anchors"),
        (broken_lids(anchors=11), "11 of 10 keypoints are anchors"),
        ("{}", "lacks the key"),
        ("[" * 100_000, "not JSON"),
        ("9" * 5_000, "not JSON"),
        (broken({"num_keypoints": -1}), "config.num_keypoints is -1, not 1 to 1024"),
        (broken({"image_size": 0}), "config.image_size is 0, not 16 to 4096"),
        (broken_generator("num_down_blocks", 1_000_000), "config.generator.num_down_blocks is 1000000, not 0 to 12"),
        (
            broken({"dense_motion": {"hourglass": HOURGLASS, "head_kernel": 4}}),
            "config.dense_motion.head_kernel is 4, not odd",
        ),
        (broken({"keypoint_detector": {"hourglass": HOURGLASS, "unfold": 9}}), "unfold is 9, not 1 to 8"),
        (broken_generator("scale_factor", 0), "config.generator.scale_factor is 0.0, not"),
        (broken_generator("scale_factor", 10**400), "config.generator.scale_factor is 1000"),
        (broken_generator("scale_factor", float("nan")), "config.generator.scale_factor is nan, not"),
    ],
)
def test_a_broken_configuration_is_told(text: str, message: str) -> None:
    with pytest.raises(CheckpointError, match=message):
        ModelConfig.from_json(text)


def test_whole_numbers_serve_as_floats() -> None:
    values = json.loads(LITE.to_json())
    values["generator"]["scale_factor"] = 1
    assert ModelConfig.from_json(json.dumps(values)).generator.scale_factor == 1.0


def test_a_file_from_before_a_key_means_what_was_done_then() -> None:
    values = json.loads(VOX_256.to_json())
    for part, key in (
        ("keypoint_detector", "unfold"),
        ("keypoint_detector", "head_kernel"),
        ("dense_motion", "head_kernel"),
    ):
        del values[part][key]
    assert ModelConfig.from_json(json.dumps(values)) == VOX_256
