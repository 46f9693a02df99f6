"""Our training mathematics against tensors computed by the original modules."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from avatarify.model.discriminator import MultiScaleDiscriminator
from avatarify.model.motion import Keypoints
from avatarify.model.recognition import recognise_discriminator
from avatarify.train import losses
from avatarify.train.pyramid import Pyramid
from avatarify.train.transform import Transform
from benchmarks.parity import DATA, golden

CLOSE = 1e-4


@pytest.fixture(scope="module")
def stored() -> dict[str, Tensor]:
    return golden("training")


@pytest.fixture(scope="module")
def transform(stored: dict[str, Tensor]) -> Transform:
    return Transform(stored["transform.theta"], stored["transform.control_params"][:, 0])


@pytest.fixture(scope="module")
def transformed(stored: dict[str, Tensor]) -> Keypoints:
    return Keypoints(stored["kp_transformed.value"], stored["kp_transformed.jacobian"])


def difference(ours: Tensor, theirs: Tensor) -> float:
    assert ours.shape == theirs.shape
    return float((ours - theirs).detach().abs().max())


def test_pyramid(stored: dict[str, Tensor]) -> None:
    pyramid = Pyramid((1.0, 0.5, 0.25, 0.125))(stored["real"])
    for scale, image in pyramid.items():
        assert difference(image, stored[f"pyramid.{scale:g}"]) < CLOSE


@pytest.mark.parametrize("align_corners", [True, False])
def test_transformed_picture(stored: dict[str, Tensor], transform: Transform, align_corners: bool) -> None:
    theirs = stored[f"transform.frame_align_corners_{str(align_corners).lower()}"]
    assert difference(transform.frame(stored["real"], align_corners=align_corners), theirs) < CLOSE
    assert difference(transform.frame(stored["real"], align_corners=not align_corners), theirs) > 1e-2


def test_transformed_points_and_their_jacobian(
    stored: dict[str, Tensor], transform: Transform, transformed: Keypoints
) -> None:
    assert difference(transform.points(transformed.value), stored["transform.warped_coordinates"]) < CLOSE
    assert difference(transform.jacobian(transformed.value), stored["transform.jacobian"]) < CLOSE


def test_equivariance(stored: dict[str, Tensor], transform: Transform, transformed: Keypoints) -> None:
    keypoints = Keypoints(stored["kp.value"], stored["kp.jacobian"])
    value = losses.equivariance_value(keypoints, transformed, transform)
    jacobian = losses.equivariance_jacobian(keypoints, transformed, transform)
    assert difference(value, stored["loss.equivariance_value"]) < CLOSE
    assert difference(jacobian, stored["loss.equivariance_jacobian"]) < CLOSE


@pytest.mark.parametrize("kind", ["sn", "kp"])
def test_adversarial(stored: dict[str, Tensor], kind: str) -> None:
    state = torch.load(DATA / f"discriminator-{kind}.pth", weights_only=True)
    discriminator = MultiScaleDiscriminator(recognise_discriminator(state)).eval()
    discriminator.load_state_dict(state, strict=True)
    keypoints = Keypoints(stored["kp.value"], stored["kp.jacobian"])
    real, generated = (discriminator({1.0: stored[name]}, keypoints) for name in ("real", "generated"))
    pairs = {
        "generator_gan": losses.generator_adversarial(generated),
        "discriminator_gan": losses.discriminator_adversarial(real, generated),
        "feature_matching": losses.feature_matching(real, generated),
    }
    for name, ours in pairs.items():
        assert difference(ours, stored[f"loss_{kind}.{name}"]) < CLOSE, name
