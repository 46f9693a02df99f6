"""What a training run is: the frozen configuration. Named ones are in recipes.py."""

from __future__ import annotations

import dataclasses
import json
import math
import typing
from dataclasses import dataclass, field
from typing import Any, Final

from avatarify.errors import SettingsError
from avatarify.model.config import DiscriminatorConfig, ModelConfig
from avatarify.train.face_points import LandmarkConfig

PRECISIONS: Final = ("float32", "bfloat16", "float16")
_NO_DEFAULT: Any = dataclasses.MISSING


@dataclass(frozen=True)
class LossWeights:
    """Factor of each loss in losses.py. A weight of 0 skips the work, not only the sum."""

    perceptual: float = 10.0
    equivariance_value: float = 10.0
    equivariance_jacobian: float = 10.0
    generator_adversarial: float = 0.0
    feature_matching: float = 0.0
    pixel: float = 0.0
    warp: float = 0.0
    paint: float = 0.0
    identity: float = 0.0
    landmark: float = 0.0
    focus: float = 0.0
    flow: float = 0.0
    expression: float = 0.0


@dataclass(frozen=True)
class TransformConfig:
    """Of the random warps behind the equivariance losses: sigmas of the affine map and of the spline, its points a side."""

    affine_sigma: float = 0.05
    spline_sigma: float = 0.005
    spline_points: int = 5


@dataclass(frozen=True)
class Stage:
    """A part of the run, up to the fraction `until` of its steps, at pictures of `size` pixels a side."""

    until: float
    size: int


@dataclass(frozen=True)
class AugmentConfig:
    """What happens to both pictures of a pair alike (but compression). Amounts are the largest change, 0 is none.

    brightness, contrast, saturation: as factors 1 +- amount. hue: in turns. flip: mirror half of the pairs.
    crop: share of the side that a random square may be smaller. compression: probability that a picture goes through
    JPEG, blur or noise, as a webcam's would; only the driving picture's, so that the network learns to look past it.
    zoom: pictures are shown larger or smaller by a factor 1 +- this; around smaller ones their border is drawn out.
    complexion, beard: probabilities that a face whose mesh is known gets another skin, and hair on lip, chin or jaw (appearance.py).
    """

    brightness: float = 0.1
    contrast: float = 0.1
    saturation: float = 0.1
    hue: float = 0.1
    flip: bool = True
    crop: float = 0.0
    compression: float = 0.0
    zoom: float = 0.0
    complexion: float = 0.0
    beard: float = 0.0


@dataclass(frozen=True)
class DataConfig:
    """Which pairs are drawn. image_share, drawn_share: of all pairs, from single pictures and from drawn characters; the
    rest are two frames of one clip. motion_power: a clip's weight is its motion to this power. far_pairs: of this many
    candidates the driving frame most unlike the source is taken; 1 is the paper's plain chance. expression_share: of the pairs
    of a clip, those whose driving frame has the mouth or the eyes most unlike the source's instead. grey_weight: of black and
    white pictures, where a coloured one has 1. frames_per_clip: at most so many are kept, evenly spaced; 0 keeps all.
    by_person: the clips of a person share one chance, and an epoch counts her once; False: each clip has its own."""

    image_share: float = 0.0
    drawn_share: float = 0.0
    motion_power: float = 0.0
    far_pairs: int = 1
    expression_share: float = 0.0
    grey_weight: float = 1.0
    frames_per_clip: int = 0
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    by_person: bool = True


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides what is learned. The same configuration, data and seed give the same model.

    batch: pairs a step, over all processes together. epochs x repeats: how often each clip is used for one pair;
    milestones: epochs after which the learning rate is a tenth. warm_up: steps over which it rises at first. landmarks: what
    the last keypoints are led to, and what the deformation has to find. scales: of the perceptual pyramid. perceptual: name of a backbone
    (perceptual.BACKBONES). gradient_clip: largest norm of each network's gradient, 0 is no limit.
    ema_decay: of the averaged weights that are exported, 0 is no averaging. precision: of everything but the motion path.
    imitation_steps: batches in which a new halving around a given model first learns to do as that one does (imitation.py).
    detector_steps: batches in which the detector of a given model first learns alone (detector_lessons.py).
    detector_learns: False leaves the keypoint detector's weights as a given model has them; statistics follow the data.
    """

    name: str
    model: ModelConfig
    discriminator: DiscriminatorConfig = field(default_factory=DiscriminatorConfig)
    weights: LossWeights = field(default_factory=LossWeights)
    transform: TransformConfig = field(default_factory=TransformConfig)
    data: DataConfig = field(default_factory=DataConfig)
    landmarks: LandmarkConfig = field(default_factory=LandmarkConfig)
    stages: tuple[Stage, ...] = (Stage(1.0, 256),)
    scales: tuple[float, ...] = (1.0, 0.5, 0.25, 0.125)
    perceptual: str = "vgg19"
    batch: int = 36
    learning_rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)
    epochs: int = 100
    repeats: int = 1
    milestones: tuple[int, ...] = (60, 90)
    warm_up: int = 0
    gradient_clip: float = 0.0
    ema_decay: float = 0.0
    precision: str = "float32"
    seed: int = 0
    imitation_steps: int = 300
    detector_steps: int = 0
    detector_learns: bool = True

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            raise SettingsError(f"precision is {self.precision!r}.", f"Choose one of {', '.join(PRECISIONS)}.")
        if self.batch < 2:
            raise SettingsError(f"batch is {self.batch}.", "Choose at least 2: batch normalisation compares pairs.")
        if not self.stages or self.stages[-1].until != 1 or list(self.stages) != sorted(self.stages, key=_until):
            raise SettingsError(f"The stages are {self.stages}.", "Let them rise to 1.0.")
        image, drawn = self.data.image_share, self.data.drawn_share
        if min(image, drawn) < 0 or image + drawn > 1:
            raise SettingsError(
                f"Shares of {image:g} single pictures and {drawn:g} drawings.",
                "Choose shares of 0 to 1, together at most 1.",
            )
        if self.detector_steps < 0 or (self.detector_steps and not self.detector_learns):
            raise SettingsError(
                f"detector_steps is {self.detector_steps}.", "Choose 0, or more for a detector that learns."
            )
        self._check_numbers()
        guided, keypoints = len(self.landmarks.points), self.model.num_keypoints
        if guided > keypoints:
            raise SettingsError(f"{guided} of {keypoints} keypoints are guided.", "Give the model more keypoints.")
        looked_at = any(point.focus > 0 for point in self.landmarks.points)
        for name, weight, possible in (
            ("landmark", self.weights.landmark, guided > 0),
            ("focus", self.weights.focus, looked_at),
            ("flow", self.weights.flow, bool(self.landmarks.ties)),
            ("expression", self.weights.expression, self.landmarks.ties_upright),
        ):
            if weight and not possible:
                raise SettingsError(
                    f"The loss `{name}` has a weight, and {self.name} names no landmark for it.",
                    "Choose 0, or a configuration that knows faces, such as lite.",
                )

    def _check_numbers(self) -> None:
        """No number but a rate above 0, and nothing negative."""
        if not 0 < self.learning_rate < math.inf:
            raise SettingsError(f"learning_rate is {self.learning_rate:g}.", "Choose a rate above 0.")
        amounts = {f"weights.{name}": value for name, value in dataclasses.asdict(self.weights).items()}
        amounts |= {f"data.augment.{name}": value for name, value in dataclasses.asdict(self.data.augment).items()}
        amounts |= {"gradient_clip": self.gradient_clip, "warm_up": self.warm_up}
        for name, value in amounts.items():
            if not 0 <= value < math.inf:
                raise SettingsError(f"{name} is {value:g}.", "Choose 0 or more.")
        for name, share in (("ema_decay", self.ema_decay), ("data.augment.zoom", self.data.augment.zoom)):
            if not 0 <= share < 1:
                raise SettingsError(f"{name} is {share:g}.", "Choose a number from 0 to below 1.")

    @property
    def needs_meshes(self) -> bool:
        """Whether anything is learned from the face meshes of the frames, or hangs on them."""
        weights, data = self.weights, self.data
        learned = weights.landmark, weights.focus, weights.flow, weights.expression, data.expression_share
        return max(*learned, data.augment.complexion, data.augment.beard) > 0

    def without_landmarks(self) -> TrainConfig:
        """The same recipe for pictures whose faces nobody can find: all keypoints are free, and none is a lid."""
        augment = dataclasses.replace(self.data.augment, complexion=0.0, beard=0.0)
        motion = dataclasses.replace(self.model.dense_motion, lids=0)
        return dataclasses.replace(
            self,
            model=dataclasses.replace(self.model, dense_motion=motion),
            landmarks=LandmarkConfig(),
            weights=dataclasses.replace(self.weights, landmark=0.0, focus=0.0, flow=0.0, expression=0.0),
            data=dataclasses.replace(self.data, expression_share=0.0, augment=augment),
        )

    @property
    def adversarial(self) -> bool:
        """Whether a discriminator is trained at all."""
        return self.weights.generator_adversarial > 0 or self.weights.feature_matching > 0

    @property
    def largest(self) -> int:
        """Side in pixels of the largest pictures that are trained on."""
        return max(stage.size for stage in self.stages)

    def steps(self, clips: int) -> int:
        """How many steps epochs x repeats of so many clips (or single pictures) make."""
        return max(1, round(self.epochs * self.repeats * clips / self.batch))

    def learning_rate_at(self, step: int, steps: int) -> float:
        """Of one step: rises over the first ones, falls to a tenth at every milestone, which is a fraction of the run as it is
        of the epochs."""
        passed = sum(step >= milestone / self.epochs * steps for milestone in self.milestones)
        risen = min(1.0, (step + 1) / self.warm_up) if self.warm_up else 1.0
        return self.learning_rate * risen * 0.1**passed

    def size_at(self, step: int, steps: int) -> int:
        """Side in pixels of the pictures of one step."""
        return next(stage.size for stage in self.stages if step < stage.until * steps or stage.until == 1)

    def to_json(self) -> str:
        """As a JSON object."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> TrainConfig:
        """Read what `to_json` wrote. A key that is missing has its default: an older version wrote it, and defaults mean what
        was done before there was the key. Raises SettingsError: one without a default is missing, unknown or mistyped keys."""
        config: TrainConfig = _build(cls, json.loads(text), "config")
        return config


def _until(stage: Stage) -> float:
    return stage.until


def _build(kind: Any, value: object, where: str) -> Any:  # noqa: ANN401 - one reader for all fields
    """`value` as JSON gives it -> an instance of the annotated type."""
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        needed = {each.name for each in dataclasses.fields(kind) if each.default is each.default_factory is _NO_DEFAULT}
        if not isinstance(value, dict) or not needed <= value.keys() <= hints.keys():
            given = sorted(value) if isinstance(value, dict) else value
            raise SettingsError(f"{where} has the keys {given}, not {sorted(hints)}.", "Another version wrote it.")
        make: Any = kind
        return make(**{name: _build(hints[name], item, f"{where}.{name}") for name, item in value.items()})
    if typing.get_origin(kind) is tuple and isinstance(value, list):
        inner = typing.get_args(kind)
        kinds = [inner[0]] * len(value) if inner[-1] is Ellipsis else list(inner)
        return tuple(_build(each, item, where) for each, item in zip(kinds, value, strict=True))
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise SettingsError(
            f"{where} is {value!r}, not {getattr(kind, '__name__', kind)}.", "Another version wrote it."
        )
    return value
