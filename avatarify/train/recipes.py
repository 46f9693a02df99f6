"""A named configuration for every domain of the paper, and that of the embedded model."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from typing import Final

from avatarify.model.config import LITE, VOX_256, DiscriminatorConfig
from avatarify.train.config import AugmentConfig, DataConfig, LossWeights, Stage, TrainConfig, TransformConfig
from avatarify.train.face_points import FACE

_ADVERSARIAL = LossWeights(generator_adversarial=1.0, feature_matching=10.0)
_PLAIN = DiscriminatorConfig(spectral_norm=False)
_SEES_KEYPOINTS = DiscriminatorConfig(spectral_norm=False, num_keypoints=10)
_ONE_JACOBIAN_MAP = dataclasses.replace(
    VOX_256, keypoint_detector=dataclasses.replace(VOX_256.keypoint_detector, single_jacobian_map=True)
)


def _clips(hue: float = 0.0, zoom: float = 0.0) -> DataConfig:
    """Of domains that draw by clip, with no other colours but hues."""
    still = AugmentConfig(brightness=0.0, contrast=0.0, saturation=0.0, hue=hue, zoom=zoom)
    return DataConfig(by_person=False, augment=still)


# The paper's domains, with the numbers of the configurations that its authors published (tests/train/test_recipes.py has
# them). For faces and Tai-Chi the paper's final models have no adversarial loss.
VOX: Final = TrainConfig("vox", VOX_256, batch=40, epochs=100, repeats=75)
VOX_ADV: Final = TrainConfig(
    "vox-adv", VOX_256, _SEES_KEYPOINTS, _ADVERSARIAL, batch=36, epochs=150, repeats=75, milestones=()
)
TAICHI: Final = TrainConfig("taichi", VOX_256, _PLAIN, batch=30, epochs=100, repeats=150)
TAICHI_ADV: Final = dataclasses.replace(VOX_ADV, name="taichi-adv", batch=27, repeats=150, detector_learns=False)
FASHION: Final = TrainConfig(
    "fashion", VOX_256, _PLAIN, _ADVERSARIAL, data=_clips(hue=0.1), batch=27, epochs=100, repeats=50
)
MGIF: Final = TrainConfig(
    "mgif", _ONE_JACOBIAN_MAP, weights=_ADVERSARIAL, data=_clips(hue=0.5, zoom=0.1), batch=36, epochs=100, repeats=25
)
NEMO: Final = TrainConfig("nemo", VOX_256, weights=_ADVERSARIAL, data=_clips(), batch=36, epochs=100, repeats=8)
BAIR: Final = TrainConfig(
    "bair",
    VOX_256,
    weights=_ADVERSARIAL,
    data=DataConfig(by_person=False),
    batch=36,
    epochs=20,
    repeats=1,
    milestones=(12, 18),
)

_FROM_THE_LIDS_ON: Final = len(FACE.points) - [point.name for point in FACE.points].index("right upper lid")
LITE_GUIDED: Final = dataclasses.replace(
    LITE,
    dense_motion=dataclasses.replace(LITE.dense_motion, anchors=len(FACE.points), lids=_FROM_THE_LIDS_ON),
    generator=dataclasses.replace(LITE.generator, cue_width=32),
    num_keypoints=LITE.num_keypoints + len(FACE.points),
)
"""The embedded model's shape with a keypoint more for each guided place of the face, to which the deformation is held. The painting
is told where they are to be."""

# The embedded model's shape: small, blended with the warped portrait, cheap enough to train on a CPU.
LITE_CPU: Final = TrainConfig(
    "lite",
    LITE_GUIDED,
    weights=LossWeights(perceptual=1.0, pixel=10.0, warp=10.0, paint=5.0, landmark=60.0, focus=10.0, flow=40.0),
    landmarks=FACE,
    data=DataConfig(
        image_share=0.35,
        motion_power=0.5,
        far_pairs=2,
        expression_share=0.5,
        grey_weight=0.3,
        augment=AugmentConfig(
            brightness=0.25,
            contrast=0.25,
            saturation=0.3,
            hue=0.03,
            crop=0.15,
            compression=0.4,
            complexion=0.35,
            beard=0.25,
        ),
    ),
    transform=TransformConfig(affine_sigma=0.1),
    stages=(Stage(1.0, 128),),
    scales=(1.0, 0.5, 0.25),
    perceptual="mobilenet",
    batch=12,
    learning_rate=4e-4,
    betas=(0.9, 0.999),
    epochs=30,
    repeats=37,
    milestones=(24, 28),
    warm_up=100,
    gradient_clip=1.0,
    ema_decay=0.998,
)

CONFIGS: Final[Mapping[str, TrainConfig]] = types.MappingProxyType(
    {config.name: config for config in (VOX, VOX_ADV, TAICHI, TAICHI_ADV, FASHION, MGIF, NEMO, BAIR, LITE_CPU)}
)
"""By name."""
