"""The shape of a model: everything needed to build the networks, and nothing about the weights in them."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass
from typing import Any

from avatarify.errors import CheckpointError


@dataclass(frozen=True)
class HourglassConfig:
    """An encoder of `num_blocks` halvings, whose width doubles from `block_expansion` up to `max_features`, and its mirror."""

    block_expansion: int
    max_features: int
    num_blocks: int

    def width(self, depth: int) -> int:
        """Channels after `depth` halvings (0 = the width that the decoder ends with)."""
        return min(self.max_features, self.block_expansion << depth)

    def out_channels(self, in_channels: int) -> int:
        """The decoder's last features with the input beside them."""
        return self.width(0) + in_channels


@dataclass(frozen=True)
class KeypointDetectorConfig:
    """Heat maps are a softmax of logits / temperature; the image is scaled by `scale_factor` first.

    unfold: then every n x n of its pixels become one with n^2 times the channels: smaller maps, and nothing is blurred away.
    head_kernel: side of the kernels that make heat maps and Jacobians, odd.
    """

    hourglass: HourglassConfig
    scale_factor: float = 0.25
    temperature: float = 0.1
    estimate_jacobian: bool = True
    single_jacobian_map: bool = False
    unfold: int = 1
    head_kernel: int = 7


@dataclass(frozen=True)
class DenseMotionConfig:
    """`kp_variance` is the variance of the Gaussians around keypoints, in squared units of [-1, 1].

    head_kernel: side of the kernels that make masks and occlusion, odd.
    anchors: so many of the last keypoints hold the deformation to where they come from (anchors.py); 0 is the paper's.
    lids: which of them, counted from the end, is the upper lid of the eye on the left of the picture; the other lid is the next. Below
    them the deformation is not held; it has twice as many places a side then, for their edges. 0: none is a lid.
    """

    hourglass: HourglassConfig
    scale_factor: float = 0.25
    kp_variance: float = 0.01
    estimate_occlusion_map: bool = True
    head_kernel: int = 7
    anchors: int = 0
    lids: int = 0

    def __post_init__(self) -> None:
        if self.lids and not 2 <= self.lids <= self.anchors:
            raise CheckpointError(f"lids is {self.lids} of {self.anchors} anchors.", "Get the file again.")


@dataclass(frozen=True)
class GeneratorConfig:
    """`blend`: paint 3 channels and an alpha, and blend with the warped full-size portrait (see generator.py).

    extend_border: beyond the portrait's edge the warp finds its border drawn out, instead of the original's black.
    detail: enlarge a plain generator's picture to the portrait's size with fine detail of the warped portrait; needs no training.
    exact_flow: the deformation changes its size from corner pixel to corner pixel, as `grid_sample` with align_corners reads it, so
    that what keeps still stays where it is. By pixel centres, as the original does, a still portrait grows by (h-1)/h N/(N-1): 3 %
    from 32 pixels.
    still_below: of a `blend` generator; flow below so many of the model's pixels is none, softly up to twice as many, and where
    nothing hides it the portrait itself is shown there. 0: nothing is held still.
    cue_width: channels of the layer through which the decoder is told of the motion (cues.py); 0: it is not.
    """

    block_expansion: int
    max_features: int
    num_down_blocks: int
    num_bottleneck_blocks: int
    scale_factor: float = 1.0
    blend: bool = False
    extend_border: bool = False
    detail: bool = False
    exact_flow: bool = False
    still_below: float = 0.0
    cue_width: int = 0

    @property
    def any_size(self) -> bool:
        """Whether pictures come at the portrait's size instead of the model's."""
        return self.blend or self.detail

    def width(self, depth: int) -> int:
        """Channels after `depth` halvings."""
        return min(self.max_features, self.block_expansion << depth)


def scaled_side(side: int, factor: float) -> int:
    """What is left of `side` after blocks.AntiAliasDownsample."""
    step = round(1 / factor)
    return -(-side // step)


@dataclass(frozen=True)
class ModelConfig:
    """A keypoint detector and a generator with its dense motion network.

    image_size: side in pixels of the square image that both networks see. num_keypoints: K.
    align_corners: of every `grid_sample`. True reproduces torch 1.0, under which the public weights were trained; False
    is what the original code does under a modern torch, half a pixel off.
    """

    keypoint_detector: KeypointDetectorConfig
    dense_motion: DenseMotionConfig
    generator: GeneratorConfig
    image_size: int = 256
    num_keypoints: int = 10
    num_channels: int = 3
    align_corners: bool = True

    def __post_init__(self) -> None:
        if self.dense_motion.anchors > self.num_keypoints:
            raise CheckpointError(
                f"{self.dense_motion.anchors} of {self.num_keypoints} keypoints are anchors.", "Get the file again."
            )
        if self.generator.cue_width:
            self._check_cues()

    def to_json(self) -> str:
        """The config as a JSON object, for the header of a model file."""
        return json.dumps(dataclasses.asdict(self))

    @property
    def detector_side(self) -> int:
        """Of what the keypoint detector sees."""
        return scaled_side(self.image_size, self.keypoint_detector.scale_factor)

    @property
    def image_side(self) -> int:
        """s: of what the generator sees and paints."""
        return scaled_side(self.image_size, self.generator.scale_factor)

    @property
    def small_side(self) -> int:
        """h: of the dense motion."""
        return scaled_side(self.image_size, self.dense_motion.scale_factor)

    @property
    def deformation_side(self) -> int:
        """2h where lids need it, else h."""
        return self.small_side * (2 if self.dense_motion.lids else 1)

    @property
    def feature_side(self) -> int:
        """f: of the generator's features."""
        return self.image_side >> self.generator.num_down_blocks

    @property
    def cued_sides(self) -> tuple[int, ...]:
        """Of the decoder's maps that cues add to, coarse to fine: those that are no finer than the dense motion."""
        sides = (self.feature_side << index for index in range(self.generator.num_down_blocks + 1))
        return tuple(side for side in sides if side <= self.small_side) if self.generator.cue_width else ()

    @property
    def flow_by_corners(self) -> bool:
        """How the deformation changes its size: see GeneratorConfig.exact_flow. Detail is not in its place without."""
        return self.align_corners and (self.generator.exact_flow or self.generator.detail)

    def _check_cues(self) -> None:
        width, cues = self.generator.cue_width, self.small_side
        if not self.generator.blend:
            raise CheckpointError(f"cue_width is {width}, and the generator does not blend.", "Get the file again.")
        misfits = [side for side in self.cued_sides or (self.feature_side,) if not side or cues % side]
        if misfits:
            raise CheckpointError(
                f"Cues of {cues} x {cues} places cannot be added to maps of {misfits[0]} x {misfits[0]}.",
                "Get the file again.",
            )

    @classmethod
    def from_json(cls, text: str) -> ModelConfig:
        """Read what `to_json` wrote. Raises CheckpointError for a missing, unknown, mistyped or impossible value."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:  # ValueError: also a number of thousands of digits
            raise CheckpointError(f"The model's configuration is not JSON ({error}).", "Get the file again.") from error
        config: ModelConfig = _build(cls, values, "config")
        return config


@dataclass(frozen=True)
class DiscriminatorConfig:
    """One patch discriminator per scale. `num_keypoints` > 0 conditions it on keypoint heat maps (the -adv models)."""

    block_expansion: int = 32
    max_features: int = 512
    num_blocks: int = 4
    scales: tuple[float, ...] = (1.0,)
    spectral_norm: bool = True
    num_keypoints: int = 0
    kp_variance: float = 0.01
    num_channels: int = 3


_PARTS = {
    "hourglass": HourglassConfig,
    "keypoint_detector": KeypointDetectorConfig,
    "dense_motion": DenseMotionConfig,
    "generator": GeneratorConfig,
}
_PLAIN = {"int": int, "float": float, "bool": bool}

# A file from somewhere may say anything: what no network can have is refused before one is built, or waited for.
_RANGES: dict[str, tuple[float, float]] = {
    "image_size": (16, 4096),
    "num_keypoints": (1, 1024),
    "num_channels": (1, 16),
    "block_expansion": (1, 4096),
    "max_features": (1, 65536),
    "num_blocks": (1, 12),
    "num_down_blocks": (0, 12),
    "num_bottleneck_blocks": (0, 256),
    "scale_factor": (1 / 64, 1),
    "temperature": (1e-6, 1e6),
    "kp_variance": (1e-9, 1e3),
    "still_below": (0, 64),
    "unfold": (1, 8),
    "head_kernel": (1, 15),
    "anchors": (0, 1024),
    "lids": (0, 1024),
    "cue_width": (0, 4096),
}
_ODD = {"head_kernel"}


def _build(cls: type[Any], values: object, where: str) -> Any:  # noqa: ANN401 - one reader for five dataclasses
    if not isinstance(values, dict):
        raise CheckpointError(f"{where} is {values!r}, not an object.", "The file was not written by Avatarify.")
    fields = {field.name: field for field in dataclasses.fields(cls)}
    required = {name for name, field in fields.items() if field.default is dataclasses.MISSING}
    if unknown := values.keys() - fields.keys():
        raise CheckpointError(
            f"{where} has the unknown key {sorted(unknown)[0]!r}.",
            "The file may come from a newer version: update Avatarify.",
        )
    if missing := required - values.keys():
        raise CheckpointError(f"{where} lacks the key {sorted(missing)[0]!r}.", "Get the file again.")
    arguments = {}
    for name, value in values.items():
        if name in _PARTS:
            arguments[name] = _build(_PARTS[name], value, f"{where}.{name}")
            continue
        kind = _PLAIN[str(fields[name].type)]
        if type(value) is int and kind is float and abs(value) < 1e9:
            value = float(value)
        if type(value) is not kind:
            raise CheckpointError(f"{where}.{name} is {value!r}, not {kind.__name__}.", "Get the file again.")
        low, high = _RANGES.get(name, (-math.inf, math.inf))
        if isinstance(value, int | float) and not low <= value <= high:
            raise CheckpointError(f"{where}.{name} is {value}, not {low:g} to {high:g}.", "Get the file again.")
        if name in _ODD and isinstance(value, int) and value % 2 == 0:
            raise CheckpointError(f"{where}.{name} is {value}, not odd.", "Get the file again.")
        arguments[name] = value
    return cls(**arguments)


# The paper's face model. Its yaml says max_features 512 for the generator; two halvings of 64 never reach it.
VOX_256 = ModelConfig(
    keypoint_detector=KeypointDetectorConfig(HourglassConfig(block_expansion=32, max_features=1024, num_blocks=5)),
    dense_motion=DenseMotionConfig(HourglassConfig(block_expansion=64, max_features=1024, num_blocks=5)),
    generator=GeneratorConfig(block_expansion=64, max_features=256, num_down_blocks=2, num_bottleneck_blocks=6),
)

# The embedded model: 128 px, motion in 64 x 64 places, blended with the warped portrait, real time on a plain CPU.
_LITE_HOURGLASS = HourglassConfig(block_expansion=16, max_features=128, num_blocks=5)
LITE = ModelConfig(
    keypoint_detector=KeypointDetectorConfig(_LITE_HOURGLASS, scale_factor=1.0, unfold=2, head_kernel=3),
    dense_motion=DenseMotionConfig(_LITE_HOURGLASS, scale_factor=0.5, head_kernel=3),
    generator=GeneratorConfig(
        block_expansion=16,
        max_features=128,
        num_down_blocks=3,
        num_bottleneck_blocks=3,
        scale_factor=1.0,
        blend=True,
        extend_border=True,
        exact_flow=True,
        still_below=0.25,
    ),
    image_size=128,
)
