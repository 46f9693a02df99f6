"""A runtime of steps with fixed shapes that read and write fixed buffers. What runs a step - OpenVINO, a compiler, a CUDA
graph - is the backend's business; what is run, and in which order, is the same for all and stands here."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from avatarify.frame import Image
from avatarify.model.config import ModelConfig
from avatarify.model.motion import Keypoints, gaussians, hull_area
from avatarify.runtime.base import RuntimeDescription, Source, as_square
from avatarify.runtime.device import failures_told
from avatarify.runtime.rewrites.networks import Networks

_SIZES = 6  # of pictures, that steps are kept for


class Step(Protocol):
    """One module with its buffers."""

    @property
    def outputs(self) -> tuple[Tensor, ...]:
        """Always the same tensors; every run overwrites them."""
        ...

    def run(self) -> None:
        """Read the inputs that it was made with, write the outputs."""
        ...


class Plan(NamedTuple):
    """What a step is to do. name: tells the steps of a model apart. make: the module; called if nothing is kept under that name.
    reduced: it may run in fewer bits than float32."""

    name: str
    make: Callable[[], nn.Module]
    reduced: bool = False


class Backend(Protocol):
    """Makes and runs steps on one device."""

    @property
    def device(self) -> torch.device:
        """Where buffers lie."""
        ...

    def step(self, plan: Plan, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...] = ()) -> Step:
        """A module as a step that reads these buffers. outputs: those it writes, () for new ones."""
        ...

    def chain(self, *steps: Step) -> Callable[[], None]:
        """Runs these one after the other."""
        ...

    def close(self) -> None:
        """Give everything back. Twice is fine."""
        ...


class StaticRuntime:
    """See Runtime; `backend` decides what it runs on. Pictures of a new size take longer once: a small step is made for them."""

    @torch.inference_mode()
    def __init__(self, backend: Backend, networks: Networks, description: RuntimeDescription) -> None:
        self._backend, self._networks, self._description = backend, networks, description
        self._looks: dict[int, _Pass] = {}
        self._views: dict[int, _Pass] = {}
        self._animations: dict[int, _Pass] = {}
        self._bound: tuple[Tensor, ...] | None = None
        count, small_side = networks.config.num_keypoints, networks.config.small_side
        self._seen = self._zeros(1, 3, networks.config.detector_side, networks.config.detector_side)
        self._image = self._zeros(1, 3, networks.config.image_side, networks.config.image_side)
        self._small = self._zeros(1, 3, small_side, small_side)
        self._source = _Prepared(
            features=self._zeros(
                1, networks.feature_channels, networks.config.feature_side, networks.config.feature_side
            ),
            small=self._zeros(1, 3, small_side, small_side),
            background=self._zeros(1, 3, small_side, small_side),
            heat=self._zeros(1, count, small_side, small_side),
            value=self._zeros(1, count, 2),
            jacobian=self._zeros(1, count, 2, 2),
        )
        self._driving = Keypoints(self._zeros(1, count, 2), self._zeros(1, count, 2, 2))
        motion = backend.step(Plan("motion", networks.motion), (*self._source, *self._driving))
        self._made: _Steps | None = _Steps(
            detector=backend.step(Plan("detector", networks.detector), (self._seen,)),
            encoder=backend.step(Plan("encoder", networks.encoder), (self._image, self._small)),
            motion=motion,
            decoder=backend.step(Plan("decoder", networks.decoder, reduced=True), motion.outputs[2:]),
        )

    @property
    def description(self) -> RuntimeDescription:
        """What runs where."""
        return self._description

    @property
    def config(self) -> ModelConfig:
        """The model's shape."""
        return self._networks.config

    @torch.inference_mode()
    def encode_source(self, image: Image) -> Source:
        """image: uint8 [N,N,3] RGB."""
        with failures_told(self._backend.device):
            keypoints = self.detect(image)
            view = self._view(image.shape[0])
            view.picture.copy_(_tensor(image))
            view.run()
            features, background = self._steps.encoder.outputs
            side = self._networks.config.small_side
            heat = gaussians(keypoints.value, side, side, self.config.dense_motion.kp_variance)
            prepared = _Prepared(features.clone(), self._small.clone(), background.clone(), heat, *keypoints)
            self._animation(image.shape[0])  # made now, and not between two frames of a call
            return Source(image, keypoints, hull_area(keypoints.value), prepared)

    @torch.inference_mode()
    def detect(self, image: Image) -> Keypoints:
        """image: uint8 [N,N,3] RGB."""
        with failures_told(self._backend.device):
            look = self._look(as_square(image).shape[0])
            look.picture.copy_(_tensor(image))
            look.run()
            value, jacobian = self._steps.detector.outputs
            return Keypoints(value.clone(), jacobian.clone())

    @torch.inference_mode()
    def generate(self, source: Source, driving: Keypoints) -> Image:
        """The moved portrait, uint8 [N,N,3] RGB."""
        with failures_told(self._backend.device):
            animation = self._animation(source.image.shape[0])
            if source.features is not self._bound:
                self._bind(source, animation)
            self._driving.value.copy_(driving.value)
            self._driving.jacobian.copy_(driving.jacobian)
            animation.run()
            return np.asarray(cv2.merge(list(animation.picture.cpu().numpy())), np.uint8)

    def close(self) -> None:
        """Give the memory back."""
        for passes in (self._looks, self._views, self._animations):
            passes.clear()
        self._bound = self._made = None
        self._networks.forget()
        self._backend.close()

    @property
    def _steps(self) -> _Steps:
        assert self._made is not None, "the runtime is closed"
        return self._made

    def _bind(self, source: Source, animation: _Pass) -> None:
        """Put a portrait into the buffers that the steps read."""
        self._bound = None  # if this fails halfway, nobody takes the rest for his own
        for buffer, value in zip(self._source, source.features, strict=True):
            buffer.copy_(value)
        if animation.portrait.numel():
            animation.portrait.copy_(_tensor(source.image).permute(2, 0, 1)[None])
        self._bound = source.features

    def _look(self, size: int) -> _Pass:
        """Finds keypoints in pictures of this size."""
        if size not in self._looks:
            picture = self._picture(size)
            plan = Plan(f"look-{size}", lambda: self._networks.look(size))
            look = self._backend.step(plan, (picture,), (self._seen,))
            self._looks[size] = _Pass(picture, self._zeros(0), self._backend.chain(look, self._steps.detector))
            _keep_newest(self._looks)
        return self._looks[size]

    def _view(self, size: int) -> _Pass:
        """Encodes portraits of this size."""
        if size not in self._views:
            picture = self._picture(size)
            plan = Plan(f"view-{size}", lambda: self._networks.view(size))
            view = self._backend.step(plan, (picture,), (self._image, self._small))
            self._views[size] = _Pass(picture, self._zeros(0), self._backend.chain(view, self._steps.encoder))
            _keep_newest(self._views)
        return self._views[size]

    def _animation(self, size: int) -> _Pass:
        """Moves portraits of this size; some models' pictures come in their own."""
        size = size if self.config.generator.any_size else self.config.image_size
        if size not in self._animations:
            takes = self._networks.composed_of(size)
            portrait = self._zeros(1, 3, size, size) if takes.portrait else self._zeros(0)
            deformation, occlusion_map, *_ = self._steps.motion.outputs
            beside = (each for each, taken in zip((deformation, occlusion_map, portrait), takes, strict=True) if taken)
            plan = Plan(f"composition-{size}", lambda: self._networks.composition(size))
            last = self._backend.step(plan, (*self._steps.decoder.outputs, *beside))
            chain = self._backend.chain(self._steps.motion, self._steps.decoder, last)
            self._bound = None  # this pass has no portrait yet
            self._animations[size] = _Pass(last.outputs[0], portrait, chain)
            _keep_newest(self._animations)
        return self._animations[size]

    def _picture(self, size: int) -> Tensor:
        return torch.zeros(size, size, 3, dtype=torch.uint8, device=self._backend.device)

    def _zeros(self, *shape: int) -> Tensor:
        return torch.zeros(shape, device=self._backend.device)


class _Steps(NamedTuple):
    """Those that no picture's size changes."""

    detector: Step
    encoder: Step
    motion: Step
    decoder: Step


class _Prepared(NamedTuple):
    """A portrait as `FastMotion` takes it. heat: [1,K,h,w], Gaussians around its own keypoints."""

    features: Tensor
    small: Tensor
    background: Tensor
    heat: Tensor
    value: Tensor
    jacobian: Tensor


class _Pass(NamedTuple):
    """Steps from or to pictures of one size. picture: uint8, what comes in, [N,N,3], or what an animation gives, [3,N,N].
    portrait: [1,3,N,N] in [0,255] where one is blended, else [0]."""

    picture: Tensor
    portrait: Tensor
    run: Callable[[], None]


def _keep_newest(passes: dict[int, _Pass]) -> None:
    """Whoever sends pictures of ever new sizes shall not fill the memory."""
    while len(passes) > _SIZES:
        del passes[next(iter(passes))]


def _tensor(image: Image) -> Tensor:
    return torch.from_numpy(np.require(image, requirements=["C", "W"]))
