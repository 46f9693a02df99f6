"""What is asked of a model in training."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor

from avatarify.errors import SettingsError
from avatarify.model.discriminator import MultiScaleDiscriminator
from avatarify.model.network import FirstOrderModel
from avatarify.perceptual.backbones import load_backbone
from avatarify.train import expression, identity, losses
from avatarify.train.config import LossWeights, TrainConfig
from avatarify.train.dataset import Batch, PairDataset, make_batches
from avatarify.train.face_square import face_square
from avatarify.train.focus import focus_map
from avatarify.train.landmarks import part
from avatarify.train.objective import DiscriminatorObjective, GeneratorObjective, Outcome, animate
from tests.train.films import TINY, TINY_GUIDED, TINY_MODEL

NOTHING = LossWeights(perceptual=0, equivariance_value=0, equivariance_jacobian=0)


class UnwantedNetwork:
    """A backbone, a discriminator, a face network and a landmark network that must not be asked."""

    def features(self, images: Tensor) -> list[Tensor]:
        raise AssertionError("a loss of weight 0 was computed")

    def __call__(self, *arguments: object) -> Tensor:
        raise AssertionError("a loss of weight 0 was computed")


class MeanColour:
    """A face network whose embedding is the mean colour."""

    def __init__(self, embedding: Tensor | None = None) -> None:
        self.embedding = embedding if embedding is not None else torch.zeros(0)

    def __call__(self, faces: Tensor) -> MeanColour:
        assert faces.shape[1:] == (3, 150, 150)
        return MeanColour(faces.mean((2, 3)))


@pytest.fixture
def batch(dataset: PairDataset) -> Batch:
    return next(make_batches(dataset, first_step=0, steps=1)).to(torch.device("cpu"))


def model() -> FirstOrderModel:
    torch.manual_seed(0)
    return FirstOrderModel(TINY_MODEL).train()


def with_weights(weights: LossWeights) -> TrainConfig:
    return dataclasses.replace(TINY, weights=weights)


def test_total_is_the_weighted_sum(batch: Batch) -> None:
    weights = LossWeights(
        perceptual=2.0, equivariance_value=3.0, equivariance_jacobian=4.0, pixel=5.0, warp=6.0, paint=7.0
    )
    outcome = GeneratorObjective(model(), with_weights(weights), load_backbone("filters"))(batch, None)
    named = outcome.losses._asdict()
    total = sum(getattr(weights, name) * float(term.detach()) for name, term in named.items())
    assert float(outcome.total.detach()) == pytest.approx(total, rel=1e-5)
    assert all(
        float(named[name].detach()) > 0 for name in ("perceptual", "equivariance_value", "pixel", "warp", "paint")
    )


def test_weight_zero_skips_the_work(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    network = model()
    looks = []
    detect = network.detect
    monkeypatch.setattr(network, "detect", lambda image: (looks.append(1), detect(image))[1])
    weights = dataclasses.replace(NOTHING, pixel=1.0)
    unwanted = UnwantedNetwork()
    objective = GeneratorObjective(network, with_weights(weights), unwanted, unwanted, unwanted)
    outcome = objective(batch, None)
    assert len(looks) == 2  # a third would be the equivariance losses'
    assert [name for name, term in outcome.losses._asdict().items() if float(term.detach())] == ["pixel"]


@pytest.mark.parametrize("name", ["perceptual", "identity", "expression"])
def test_a_loss_without_its_network_is_refused(name: str) -> None:
    """It would be 0, and nobody would know."""
    weights = dataclasses.replace(NOTHING, pixel=1.0, **{name: 1.0})
    with pytest.raises(SettingsError, match=f"`{name}` has a weight"):
        GeneratorObjective(model(), dataclasses.replace(TINY_GUIDED, weights=weights), None)


def test_every_parameter_learns(batch: Batch) -> None:
    """Data-parallel training waits for the gradient of each."""
    network = model()
    GeneratorObjective(network, TINY, load_backbone("filters"))(batch, None).total.backward()
    assert [name for name, value in network.named_parameters() if value.grad is None] == []


def guided_batch(guided: PairDataset) -> Batch:
    return next(make_batches(guided, first_step=0, steps=1)).to(torch.device("cpu"))


def learning(batch: Batch, weights: LossWeights) -> tuple[FirstOrderModel, Outcome]:
    """A network in training mode, and what it makes of the batch."""
    torch.manual_seed(0)
    network = FirstOrderModel(TINY_GUIDED.model).train()
    config = dataclasses.replace(TINY_GUIDED, weights=weights)
    outcome: Outcome = GeneratorObjective(network, config, None)(batch, None)
    return network, outcome


def test_landmark_leads_the_last_keypoints(guided: PairDataset) -> None:
    batch = guided_batch(guided)
    torch.manual_seed(0)
    network = FirstOrderModel(TINY_GUIDED.model).eval()
    config = dataclasses.replace(TINY_GUIDED, weights=dataclasses.replace(NOTHING, landmark=1.0))
    objective = GeneratorObjective(network, config, None)
    assert float(objective(batch, None).losses.landmark.detach()) > 0.05
    with torch.no_grad():
        exact = [
            places._replace(value=torch.cat([network.detect(picture).value[:, -7:], places.value[:, 7:]], 1))
            for picture, places in ((batch.source, batch.source_landmarks), (batch.seen, batch.driving_landmarks))
        ]
    exact = [places._replace(weight=torch.ones_like(places.weight)) for places in exact]
    outcome = objective(batch._replace(source_landmarks=exact[0], driving_landmarks=exact[1]), None)
    assert float(outcome.total.detach()) == pytest.approx(0, abs=1e-6)
    half = batch._replace(source_landmarks=exact[0]._replace(value=exact[0].value + 0.2), driving_landmarks=exact[1])
    assert float(objective(half, None).total.detach()) == pytest.approx(0.1, rel=1e-4)


def test_landmark_counts_the_warped_picture_where_it_is_looked_at(guided: PairDataset) -> None:
    batch = guided_batch(guided)
    network, outcome = learning(batch, dataclasses.replace(NOTHING, landmark=1.0, equivariance_value=1.0))
    warped = batch.transform.frame(batch.driving, align_corners=True)
    places = [part(each, slice(7)) for each in (batch.source_landmarks, batch.driving_landmarks)]
    seen = [
        (network.detect(batch.source).value, places[0]),
        (network.detect(batch.seen).value, places[1]),
        (batch.transform.points(network.detect(warped).value), places[1]),
    ]
    terms = [losses.landmark(value[:, -7:], where, TINY_GUIDED.landmarks.gaps) for value, where in seen]
    expected = float(torch.stack(terms).mean().detach())
    assert float(outcome.losses.landmark.detach()) == pytest.approx(expected, rel=1e-4)
    assert expected != pytest.approx(float(torch.stack(terms[:2]).mean().detach()), rel=1e-3)


def test_flow_is_of_the_tie_points_and_teaches_the_motion(guided: PairDataset) -> None:
    batch = guided_batch(guided)
    network, outcome = learning(batch, dataclasses.replace(NOTHING, flow=1.0))
    ties = [part(places, slice(7, None)) for places in (batch.source_landmarks, batch.driving_landmarks)]
    gaps = TINY_GUIDED.landmarks.tie_gap_places
    expected = losses.flow(outcome.prediction.motion.deformation, ties[0], ties[1], gaps, align_corners=True)
    assert float(outcome.total.detach()) == pytest.approx(float(expected.detach()), rel=1e-5)
    assert float(expected.detach()) > 0.01
    outcome.total.backward()
    for layer in (network.generator.dense_motion_network.mask, network.kp_detector.kp):
        assert layer.weight.grad is not None
        assert float(layer.weight.grad.abs().sum()) > 0


def test_focus_sees_the_result_the_warp_and_the_painting(guided: PairDataset) -> None:
    batch = guided_batch(guided)
    network, outcome = learning(batch, dataclasses.replace(NOTHING, focus=1.0))
    where = focus_map(batch.driving_landmarks, TINY_GUIDED.landmarks, 32)
    found = outcome.prediction
    parts = (found.image.detach(), found.warped.detach(), found.paint.detach())
    expected = sum(float((where * (part - batch.driving).abs()).mean()) for part in parts)
    assert float(outcome.total.detach()) == pytest.approx(expected, rel=1e-5)
    outcome.total.backward()
    final = network.generator.final.weight.grad
    assert final is not None
    assert float(final.abs().sum()) > 0


def test_identity_compares_embeddings(batch: Batch) -> None:
    weights = dataclasses.replace(NOTHING, identity=1.0)
    outcome = GeneratorObjective(model(), with_weights(weights), None, MeanColour())(batch, None)
    square = face_square(batch.driving_landmarks, TINY.landmarks, identity.SQUARE)
    ours, theirs = (identity.embed(MeanColour(), image, square) for image in (outcome.prediction.image, batch.driving))
    assert float(outcome.total.detach()) == pytest.approx(
        float((ours - theirs).square().sum(-1).mean().detach()), rel=1e-5
    )
    outcome.total.backward()


class MeanPlace:
    """A landmark network that tells the mean red and green in place of 68 points."""

    def __call__(self, faces: Tensor) -> Tensor:
        return faces[:, :2].mean((2, 3))[:, None].expand(-1, 68, 2) / 255


def test_expression_looks_at_the_result_where_the_driving_face_is(guided: PairDataset) -> None:
    batch = guided_batch(guided)
    torch.manual_seed(0)
    config = dataclasses.replace(TINY_GUIDED, weights=dataclasses.replace(NOTHING, expression=1.0))
    network = FirstOrderModel(config.model).train()
    outcome = GeneratorObjective(network, config, None, None, MeanPlace())(batch, None)
    square = face_square(batch.driving_landmarks, config.landmarks, expression.SQUARE)
    assert float(square.known.sum()) > 0
    ours, theirs = (
        expression.find_points(MeanPlace(), image, square) for image in (outcome.prediction.image, batch.driving)
    )
    found = losses.expression(ours, theirs, square.known, expression.WEIGHTS, expression.GAPS)
    expected = float(found.detach())
    assert expected > 0.001
    assert float(outcome.total.detach()) == pytest.approx(expected, rel=1e-5)
    outcome.total.backward()
    final = network.generator.final.weight.grad
    assert final is not None
    assert float(final.abs().sum()) > 0


def test_adversarial_losses_reach_the_right_network(batch: Batch, adversarial: TrainConfig) -> None:
    torch.manual_seed(0)
    network, discriminator = model(), MultiScaleDiscriminator(adversarial.discriminator)
    discriminator.requires_grad_(False)
    outcome = GeneratorObjective(network, adversarial, load_backbone("filters"))(batch, discriminator)
    outcome.total.backward()
    assert float(outcome.losses.generator_adversarial.detach()) > 0
    assert float(outcome.losses.feature_matching.detach()) > 0
    assert all(value.grad is None for value in discriminator.parameters())

    network.zero_grad(set_to_none=True)
    discriminator.requires_grad_(True)
    loss = DiscriminatorObjective(discriminator, adversarial)(batch.driving, outcome.prediction.image, outcome.driving)
    loss.backward()
    assert all(value.grad is not None for value in discriminator.parameters())
    assert all(value.grad is None for value in network.parameters())


def test_half_precision_leaves_the_motion_path_alone(batch: Batch) -> None:
    network = model().eval()
    with torch.no_grad():
        keypoints = network.detect(batch.source), network.detect(batch.driving)
        exact = animate(network, batch.source, *keypoints)
        half = animate(network, batch.source, *keypoints, "bfloat16")
    assert torch.equal(half.motion.deformation, exact.motion.deformation)
    assert half.image.dtype == torch.float32
    assert torch.equal(half.warped, exact.warped)
    assert not torch.equal(half.paint, exact.paint)
    assert torch.allclose(half.paint, exact.paint, atol=0.05)


def test_predicts_what_the_model_predicts(batch: Batch) -> None:
    network = model().eval()
    with torch.no_grad():
        source, driving = network.detect(batch.source), network.detect(batch.driving)
        ours = animate(network, batch.source, source, driving)
        theirs = network(network.encode(batch.source), source, driving)
    assert torch.equal(ours.image, theirs.image)
