"""Drawn films and the configuration of a very small network."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from avatarify.character.cast import CAST
from avatarify.character.draw import draw_scene
from avatarify.character.performance import DEMO, perform
from avatarify.media.video_writer import VideoWriter
from avatarify.model.config import (
    DenseMotionConfig,
    DiscriminatorConfig,
    GeneratorConfig,
    HourglassConfig,
    KeypointDetectorConfig,
    ModelConfig,
)
from avatarify.train.config import AugmentConfig, DataConfig, LossWeights, Stage, TrainConfig
from avatarify.train.face_points import FACE

TINY_MODEL = ModelConfig(
    keypoint_detector=KeypointDetectorConfig(HourglassConfig(8, 16, 2), scale_factor=0.5),
    dense_motion=DenseMotionConfig(HourglassConfig(8, 16, 2), scale_factor=0.5),
    generator=GeneratorConfig(8, 16, 1, 1, blend=True, extend_border=True),
    image_size=32,
    num_keypoints=3,
)

FINER_MODEL = dataclasses.replace(
    TINY_MODEL,
    keypoint_detector=KeypointDetectorConfig(HourglassConfig(4, 16, 3), scale_factor=1.0, unfold=1, head_kernel=3),
    dense_motion=DenseMotionConfig(HourglassConfig(4, 16, 3), scale_factor=1.0, head_kernel=3),
    generator=dataclasses.replace(TINY_MODEL.generator, block_expansion=4, num_down_blocks=2),
)
"""TINY_MODEL with a halving more around each of its networks, and maps twice as fine."""

TINY = TrainConfig(
    "tiny",
    TINY_MODEL,
    discriminator=DiscriminatorConfig(block_expansion=4, max_features=8, num_blocks=2, num_keypoints=3),
    weights=LossWeights(perceptual=1.0, pixel=10.0, warp=5.0, paint=5.0),
    data=DataConfig(image_share=0.25, augment=AugmentConfig(compression=0.3)),
    stages=(Stage(1.0, 32),),
    scales=(1.0, 0.5),
    perceptual="filters",
    batch=4,
    learning_rate=1e-3,
    milestones=(50,),
    gradient_clip=1.0,
    ema_decay=0.9,
)


TINY_GUIDED = dataclasses.replace(
    TINY,
    name="tiny guided",
    model=dataclasses.replace(TINY_MODEL, num_keypoints=TINY_MODEL.num_keypoints + len(FACE.points)),
    landmarks=FACE,
    weights=dataclasses.replace(TINY.weights, landmark=10.0, focus=10.0, flow=10.0),
    data=dataclasses.replace(TINY.data, expression_share=0.5),
)


def write_film(
    path: Path,
    people: Sequence[int],
    *,
    frames: int,
    size: tuple[int, int] = (96, 96),
    every: int = 4,
    fps: float = 25.0,
) -> Path:
    """One shot of `frames` frames for each member of the cast, every `every`-th frame of the demo script."""
    with VideoWriter(path, size=size, fps=fps) as writer:
        for person in people:
            for index in range(frames):
                expression = perform(DEMO, 1.2 + index * every / fps)
                writer.write(draw_scene(CAST[person], expression, width=size[0], height=size[1]))
    return path
