"""One batch through the networks to the losses: what data-parallel training wraps and every loss meets."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import NamedTuple

import torch
from torch import Tensor, nn

from avatarify.errors import SettingsError
from avatarify.model.discriminator import MultiScaleDiscriminator
from avatarify.model.generator import Prediction
from avatarify.model.motion import Keypoints
from avatarify.model.network import FirstOrderModel, fit
from avatarify.perceptual.backbones import Backbone
from avatarify.train import expression, identity, losses
from avatarify.train.config import TrainConfig
from avatarify.train.dataset import Batch
from avatarify.train.face_square import face_square
from avatarify.train.focus import focus_map
from avatarify.train.landmarks import part
from avatarify.train.pyramid import Pyramid

_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


class Networks(NamedTuple):
    """Frozen networks that judge. backbone: for the perceptual loss. face: for the identity loss. landmark_network: for
    the expression loss."""

    backbone: Backbone | None = None
    face: identity.FaceEmbedding | None = None
    landmark_network: expression.LandmarkNetwork | None = None


class GeneratorLosses(NamedTuple):
    """Scalars, each before its weight; 0 where its weight is 0. The names are those of LossWeights."""

    perceptual: Tensor
    equivariance_value: Tensor
    equivariance_jacobian: Tensor
    generator_adversarial: Tensor
    feature_matching: Tensor
    pixel: Tensor
    warp: Tensor
    paint: Tensor
    identity: Tensor
    landmark: Tensor
    focus: Tensor
    flow: Tensor
    expression: Tensor


class Outcome(NamedTuple):
    """total: the weighted sum, for backward. losses: its terms. prediction: of the batch. driving: its keypoints."""

    total: Tensor
    losses: GeneratorLosses
    prediction: Prediction
    driving: Keypoints


class GeneratorObjective(nn.Module):
    """Model, backbone and pyramid together. A loss whose weight is 0 is not computed, nor what only it needs."""

    def __init__(
        self,
        model: FirstOrderModel,
        config: TrainConfig,
        backbone: Backbone | None,
        face: identity.FaceEmbedding | None = None,
        landmark_network: expression.LandmarkNetwork | None = None,
    ) -> None:
        """Raises SettingsError where a loss has a weight, and the network that judges by it is not there."""
        super().__init__()
        for name, weight, judge in (
            ("perceptual", config.weights.perceptual, backbone),
            ("identity", config.weights.identity, face),
            ("expression", config.weights.expression, landmark_network),
        ):
            if weight and judge is None:
                raise SettingsError(
                    f"The loss `{name}` has a weight, and its network is missing.", "Give it one, or 0."
                )
        self.model = model
        self.config = config
        self._tie_gaps = config.landmarks.tie_gap_places
        self.backbone = backbone
        self.face = face
        self.landmark_network = landmark_network
        self.pyramid = Pyramid(tuple(sorted({*config.scales, *config.discriminator.scales}, reverse=True)))

    def forward(self, batch: Batch, discriminator: MultiScaleDiscriminator | None) -> Outcome:
        """discriminator: in training mode with frozen parameters; None without adversarial losses."""
        weights, config = self.config.weights, self.config
        source = self.model.detect(batch.source)
        driving = self.model.detect(batch.seen)
        prediction = animate(self.model, batch.source, source, driving, config.precision)
        found = GeneratorLosses(*[torch.zeros((), device=batch.source.device)] * len(GeneratorLosses._fields))
        if weights.pixel:
            found = found._replace(pixel=losses.l1(prediction.image, batch.driving))
        if weights.warp:
            found = found._replace(warp=losses.l1(prediction.warped, batch.driving))
        if weights.paint:
            found = found._replace(paint=losses.l1(prediction.paint, fit(batch.driving, prediction.paint.shape[-1])))
        transformed = None
        if weights.equivariance_value or weights.equivariance_jacobian:
            warped = batch.transform.frame(batch.driving, align_corners=self.model.config.align_corners)
            transformed = self.model.detect(warped)
        if transformed is not None and weights.equivariance_value:
            value = losses.equivariance_value(driving, transformed, batch.transform)
            found = found._replace(equivariance_value=value)
        if transformed is not None and weights.equivariance_jacobian:
            jacobian = losses.equivariance_jacobian(driving, transformed, batch.transform)
            found = found._replace(equivariance_jacobian=jacobian)
        if weights.landmark:
            found = found._replace(landmark=self._landmark(batch, source, driving, transformed))
        if weights.focus:
            found = found._replace(focus=self._focus(batch, prediction))
        if weights.flow:
            found = found._replace(flow=self._flow(batch, prediction))
        found = self._judged(found, batch, prediction, driving, discriminator)
        terms = [(getattr(weights, name), term) for name, term in found._asdict().items() if getattr(weights, name)]
        return Outcome(losses.weighted_sum(terms), found, prediction, driving)

    def _landmark(self, batch: Batch, source: Keypoints, driving: Keypoints, transformed: Keypoints | None) -> Tensor:
        """Of the last keypoints, mean of both pictures, and of the warped one where there is one: in it faces have other proportions."""
        guided = slice(len(self.config.landmarks.points))
        first = self.model.config.num_keypoints - guided.stop
        in_source, in_driving = part(batch.source_landmarks, guided), part(batch.driving_landmarks, guided)
        seen = [(source.value, in_source), (driving.value, in_driving)]
        if transformed is not None:
            seen.append((batch.transform.points(transformed.value), in_driving))
        gaps = self.config.landmarks.gaps
        return torch.stack([losses.landmark(value[:, first:], where, gaps) for value, where in seen]).mean()

    def _flow(self, batch: Batch, prediction: Prediction) -> Tensor:
        """Of the tie points."""
        ties = slice(len(self.config.landmarks.points), None)
        return losses.flow(
            prediction.motion.deformation,
            part(batch.source_landmarks, ties),
            part(batch.driving_landmarks, ties),
            self._tie_gaps,
            align_corners=self.model.config.align_corners,
        )

    def _focus(self, batch: Batch, prediction: Prediction) -> Tensor:
        """Of the result, of the bare warp and of the bare painting, each of which must be able to move lips and lids."""
        pictures = (prediction.image, prediction.warped, prediction.paint)
        sides = {picture.shape[-1] for picture in pictures}
        where = {side: focus_map(batch.driving_landmarks, self.config.landmarks, side) for side in sides}
        total = torch.zeros((), device=batch.driving.device)
        for picture in pictures:
            side = picture.shape[-1]
            total = total + losses.focus(picture, fit(batch.driving, side), where[side])
        return total

    def _identity(self, batch: Batch, prediction: Prediction, network: identity.FaceEmbedding) -> Tensor:
        """Of the result, in the square where the driving face is, or would be in framed pictures."""
        square = face_square(batch.driving_landmarks, self.config.landmarks, identity.SQUARE)
        with autocast(batch.source, self.config.precision):
            with torch.no_grad():
                wanted = identity.embed(network, batch.driving, square)
            found = identity.embed(network, prediction.image, square)
        return losses.identity(found, wanted)

    def _expression(self, batch: Batch, prediction: Prediction, network: expression.LandmarkNetwork) -> Tensor:
        """Of the result, in the square where the driving face is. In float32: bfloat16 rounds
        places of a face to a third of a lid's way."""
        square = face_square(batch.driving_landmarks, self.config.landmarks, expression.SQUARE)
        with torch.no_grad():
            wanted = expression.find_points(network, batch.driving, square)
        found = expression.find_points(network, prediction.image, square)
        return losses.expression(found, wanted, square.known, expression.WEIGHTS, expression.GAPS)

    def _judged(
        self,
        found: GeneratorLosses,
        batch: Batch,
        prediction: Prediction,
        driving: Keypoints,
        discriminator: MultiScaleDiscriminator | None,
    ) -> GeneratorLosses:
        """`found` with the losses that need another network's opinion."""
        weights, precision = self.config.weights, self.config.precision
        if weights.identity and self.face is not None:
            found = found._replace(identity=self._identity(batch, prediction, self.face))
        if weights.expression and self.landmark_network is not None:
            found = found._replace(expression=self._expression(batch, prediction, self.landmark_network))
        if not (weights.perceptual or discriminator):
            return found
        real, generated = self.pyramid(batch.driving), self.pyramid(prediction.image)
        if weights.perceptual and self.backbone is not None:
            ours = {scale: generated[scale] for scale in self.config.scales}
            # The way back through convolutions of one channel each takes longer in bfloat16 on a processor.
            with autocast(batch.source, "float32" if batch.source.device.type == "cpu" else precision):
                found = found._replace(perceptual=losses.perceptual(self.backbone, ours, real))
        if discriminator is None:
            return found
        with autocast(batch.source, precision):
            judged = discriminator(generated, detached(driving))
            if weights.generator_adversarial:
                found = found._replace(generator_adversarial=losses.generator_adversarial(judged))
            if weights.feature_matching:
                with torch.no_grad():
                    wanted_features = discriminator(real, detached(driving))
                found = found._replace(feature_matching=losses.feature_matching(wanted_features, judged))
        return found


class DiscriminatorObjective(nn.Module):
    """What the discriminator learns: real pictures are 1, generated ones 0."""

    def __init__(self, discriminator: MultiScaleDiscriminator, config: TrainConfig) -> None:
        super().__init__()
        self.discriminator = discriminator
        self.config = config
        self.pyramid = Pyramid(config.discriminator.scales)

    def forward(self, real: Tensor, generated: Tensor, driving: Keypoints) -> Tensor:
        """real, generated: [B,3,S,S] in [0,1]; no gradient reaches the generator."""
        known = detached(driving)
        with autocast(real, self.config.precision):
            judged_real = self.discriminator(self.pyramid(real), known)
            judged_generated = self.discriminator(self.pyramid(generated.detach()), known)
            return losses.discriminator_adversarial(judged_real, judged_generated)


def animate(
    model: FirstOrderModel, image: Tensor, source: Keypoints, driving: Keypoints, precision: str = "float32"
) -> Prediction:
    """The model's forward with everything but the motion path in `precision`. image: the sources, [B,3,S,S] in [0,1]."""
    generator = model.generator
    fitted = fit(image, model.config.image_size)
    with autocast(image, precision):
        features = generator.encode(fitted, image)
    features = features._replace(small=generator.dense_motion_network.down(fitted))  # the motion path's view: exact
    motion = generator.motion(features, source, driving)
    with autocast(image, precision):
        decoded = generator.decode(features, motion)
    return generator.compose(features, motion, decoded, model.config.image_size)


def autocast(like: Tensor, precision: str) -> AbstractContextManager[object]:
    """Automatic casting to `precision` on the device of `like`; nothing for float32."""
    enabled = precision != "float32"
    return torch.autocast(like.device.type, dtype=_DTYPES[precision] if enabled else None, enabled=enabled)


def detached(keypoints: Keypoints) -> Keypoints:
    """Without their history."""
    return Keypoints(keypoints.value.detach(), keypoints.jacobian.detach())
