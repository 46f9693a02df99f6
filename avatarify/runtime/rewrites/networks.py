"""The steps that a model is taken apart into, each with fixed shapes; only those that touch pictures depend on their size.

look N -> detector                                        every frame
view N -> encoder                                         every portrait
motion -> decoder -> composition N                        every frame
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from torch import nn

from avatarify.model.config import ModelConfig
from avatarify.model.network import FirstOrderModel
from avatarify.runtime.rewrites.composition import FastBlend, FastDetail, FastPicture, FastStillBlend, Sides
from avatarify.runtime.rewrites.decoder import FastDecoder
from avatarify.runtime.rewrites.detector import FastDetector, look
from avatarify.runtime.rewrites.encoder import FastEncoder, View
from avatarify.runtime.rewrites.motion import FastMotion
from avatarify.runtime.rewrites.resampling import bilinear_matrix


class Ingredients(NamedTuple):
    """Of a composition, in this order behind the painted pixels."""

    deformation: bool
    occlusion_map: bool
    portrait: bool


class Networks:
    """Makes the steps of one model. load: reads its weights, called when the first step is made and not before."""

    def __init__(self, config: ModelConfig, load: Callable[[], FirstOrderModel]) -> None:
        self.config = config
        self._load = load
        self._model: FirstOrderModel | None = None

    @property
    def model(self) -> FirstOrderModel:
        """The plain model."""
        if self._model is None:
            self._model = self._load()
        return self._model

    def forget(self) -> None:
        """Give the plain model's memory back; it is read again if need be."""
        self._model = None

    @property
    def feature_channels(self) -> int:
        """C: of the generator's features."""
        return self.config.generator.width(self.config.generator.num_down_blocks)

    def look(self, size: int) -> nn.Module:
        """uint8 [N,N,3] -> what `detector` takes."""
        return look(self.model.kp_detector, self.config, size)

    def detector(self) -> nn.Module:
        """-> value, jacobian."""
        return FastDetector(self.model.kp_detector, self.config, side=self.config.detector_side)

    def view(self, size: int) -> nn.Module:
        """uint8 [N,N,3] -> what `encoder` takes."""
        return View(self.model.generator, self.config, size)

    def encoder(self) -> nn.Module:
        """-> features, background."""
        return FastEncoder(self.model.generator, self.config, side=self.config.small_side)

    def motion(self) -> nn.Module:
        """-> deformation, occlusion map, and what `decoder` takes."""
        return FastMotion(
            self.model.generator,
            self.config,
            small_side=self.config.small_side,
            deformation_side=self.config.deformation_side,
            feature_side=self.config.feature_side,
        )

    def decoder(self) -> nn.Module:
        """Moved features, and what cues add to finer maps -> painted pixels."""
        return FastDecoder(self.model.generator)

    def composition(self, size: int) -> nn.Module:
        """Painted pixels, and what else `composed_of` says -> uint8 [3,N,N]."""
        image = self.config.image_size
        sides = Sides(self.config.image_side, image, self.config.small_side, self.config.deformation_side, size)
        if self.config.generator.blend:
            blend = FastStillBlend if self.config.generator.still_below else FastBlend
            return blend(self.model.generator, self.config, sides)
        if self.composed_of(size).portrait:
            return FastDetail(self.model.generator, self.config, sides)
        if self.config.generator.detail:
            return FastPicture(bilinear_matrix(image, size) @ bilinear_matrix(self.config.image_side, image))
        return FastPicture(bilinear_matrix(self.config.image_side, self.config.image_side))

    def composed_of(self, size: int) -> Ingredients:
        """What the composition for pictures of this size takes beside the painted pixels."""
        generator = self.config.generator
        detailed = generator.detail and not generator.blend and size > self.config.image_size
        held = generator.blend and generator.still_below > 0
        return Ingredients(
            deformation=generator.blend or detailed,
            occlusion_map=held or detailed,
            portrait=generator.blend or detailed,
        )
