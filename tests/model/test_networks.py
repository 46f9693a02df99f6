"""Shapes, sizes and precisions of the networks."""

from __future__ import annotations

import dataclasses

import pytest
import torch
import torch.nn.functional as F

from avatarify.model.blocks import AntiAliasDownsample
from avatarify.model.config import LITE, VOX_256, DiscriminatorConfig, ModelConfig
from avatarify.model.discriminator import MultiScaleDiscriminator
from avatarify.model.generator import agreement
from avatarify.model.motion import Keypoints
from avatarify.model.network import FirstOrderModel, fit
from tests.fakes.models import TINY_ANCHORED, TINY_CUED, TINY_PLAIN, tiny_model


def parameters_m(config: ModelConfig) -> float:
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in FirstOrderModel(config).parameters()) / 1e6


@pytest.fixture(scope="module")
def lite() -> FirstOrderModel:
    torch.manual_seed(0)
    return FirstOrderModel(LITE).eval().requires_grad_(False)


def test_sizes_are_those_of_the_public_and_of_the_embedded_model() -> None:
    assert parameters_m(VOX_256) == pytest.approx(59.8, abs=0.1)
    assert parameters_m(LITE) == pytest.approx(3.2, abs=0.1)


@pytest.mark.parametrize("size", [96, 256, 300])
def test_a_blending_model_paints_at_the_portraits_own_size(lite: FirstOrderModel, size: int) -> None:
    image = torch.rand(1, 3, size, size)
    keypoints = lite.detect(image)
    assert keypoints.value.shape == (1, 10, 2)
    assert keypoints.jacobian.shape == (1, 10, 2, 2)
    prediction = lite(lite.encode(image), keypoints, keypoints)
    assert prediction.image.shape == (1, 3, size, size)
    assert prediction.paint.shape == (1, 3, 128, 128)
    assert prediction.alpha.shape == (1, 1, 128, 128)
    assert prediction.motion.mask.shape == (1, 11, 64, 64)
    assert float(prediction.image.min()) >= 0
    assert float(prediction.image.max()) <= 1


def test_an_original_model_paints_at_its_own_size() -> None:
    small = dataclasses.replace(
        VOX_256,
        generator=dataclasses.replace(VOX_256.generator, block_expansion=8, max_features=32, num_bottleneck_blocks=1),
        image_size=128,
    )
    model = FirstOrderModel(small).eval().requires_grad_(False)
    image = torch.rand(2, 3, 100, 100)
    keypoints = model.detect(image)
    assert model(model.encode(image), keypoints, keypoints).image.shape == (2, 3, 128, 128)


def test_a_fresh_detector_gives_identity_jacobians(lite: FirstOrderModel) -> None:
    jacobian = lite.detect(torch.rand(1, 3, 128, 128)).jacobian
    torch.testing.assert_close(jacobian, torch.eye(2).expand(1, 10, 2, 2), rtol=0, atol=1e-5)


def test_a_detector_without_jacobians_gives_identity() -> None:
    config = dataclasses.replace(LITE.keypoint_detector, estimate_jacobian=False)
    model = FirstOrderModel(dataclasses.replace(LITE, keypoint_detector=config))
    assert torch.equal(model.detect(torch.rand(1, 3, 64, 64)).jacobian, torch.eye(2).expand(1, 10, 2, 2))


def test_motion_stays_float32_when_the_networks_run_in_bfloat16(lite: FirstOrderModel) -> None:
    image = torch.rand(1, 3, 128, 128)
    with torch.autocast("cpu", torch.bfloat16):
        keypoints = lite.detect(image)
        prediction = lite(lite.encode(image), keypoints, keypoints)
    tensors = (*keypoints, *prediction.motion, prediction.image)
    assert {tensor.dtype for tensor in tensors} == {torch.float32}


def test_cues_are_told_in_bfloat16_as_in_float32() -> None:
    model, image = tiny_model(TINY_CUED), torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    keypoints, features = model.detect(image), model.encode(image)
    motion = model.generator.motion(features, keypoints, keypoints._replace(value=keypoints.value + 0.1))
    exact = model.generator.additions(features, motion)
    with torch.autocast("cpu", torch.bfloat16):
        reduced = model.generator.additions(features, motion)
    for one, other in zip(reduced, exact, strict=True):
        assert one.dtype == torch.bfloat16
        assert 0 < float((one.float() - other).abs().max()) < 0.01 * float(other.abs().max())


def test_the_blend_is_the_warped_portrait_where_alpha_is_one(lite: FirstOrderModel) -> None:
    model = FirstOrderModel(LITE).eval().requires_grad_(False)
    model.generator.final.weight.zero_()
    model.generator.final.bias.copy_(torch.tensor([0.0, 0.0, 0.0, 30.0]))
    image = torch.rand(1, 3, 160, 160)
    keypoints = model.detect(image)
    prediction = model(model.encode(image), keypoints, keypoints)
    torch.testing.assert_close(prediction.image, prediction.warped)


@pytest.mark.parametrize("extend_border", [True, False])
def test_beyond_the_portraits_edge_lies_its_border_or_black(extend_border: bool) -> None:
    generator = dataclasses.replace(LITE.generator, extend_border=extend_border)
    model = FirstOrderModel(dataclasses.replace(LITE, generator=generator)).eval().requires_grad_(False)
    portrait = torch.rand(1, 3, 64, 64)
    source, keypoints = model.encode(portrait), model.detect(portrait)
    motion = model.generator.motion(source, keypoints, keypoints)
    outside = torch.tensor([3.0, 0.0]).expand_as(motion.deformation)  # far to the right, in the middle row
    decoded = model.generator.decode(source, motion)
    warped = model.generator.compose(source, motion._replace(deformation=outside), decoded, LITE.image_size).warped
    border = portrait[:, :, 31:33, -1].mean(2)[..., None, None]
    torch.testing.assert_close(warped, border.expand_as(warped) if extend_border else torch.zeros_like(warped))


@pytest.mark.parametrize("exact_flow", [True, False])
def test_what_keeps_still_stays_where_it_is(exact_flow: bool) -> None:
    """By pixel centres, as the original resizes its deformation, a still picture grows."""
    generator = dataclasses.replace(LITE.generator, exact_flow=exact_flow)
    model = FirstOrderModel(dataclasses.replace(LITE, generator=generator)).eval().requires_grad_(False)
    portrait = torch.rand(1, 3, 160, 160, generator=torch.Generator().manual_seed(5))
    keypoints = model.detect(portrait)
    moved = (model(model.encode(portrait), keypoints, keypoints).warped - portrait).abs()
    assert bool(moved.max() < 1e-3) is exact_flow
    assert bool(moved.mean() > 0.1) is not exact_flow


def test_where_anchors_are_lids_the_deformation_has_twice_as_many_places() -> None:
    """And the keypoints lead exactly to where they come from, at any size of the picture."""
    model = tiny_model(TINY_ANCHORED)
    picture = torch.rand(1, 3, 96, 96, generator=torch.Generator().manual_seed(0))
    keypoints, features = model.detect(picture), model.encode(picture)
    driving = keypoints._replace(value=keypoints.value + 0.05)
    made = model(features, keypoints, driving)
    assert made.motion.deformation.shape == (1, 32, 32, 2)
    assert made.motion.occlusion_map.shape == (1, 1, 16, 16)
    assert made.image.shape == picture.shape
    last = driving.value[:, -1:]
    led = F.grid_sample(made.motion.deformation.permute(0, 3, 1, 2), last[:, None], align_corners=True)
    assert led.flatten().tolist() == pytest.approx(keypoints.value[0, -1].tolist(), abs=0.02)


def test_what_hardly_moves_is_held_still_and_shows_the_portrait_itself() -> None:
    generator = dataclasses.replace(LITE.generator, still_below=1.0)
    model = FirstOrderModel(dataclasses.replace(LITE, generator=generator)).eval().requires_grad_(False)
    portrait = torch.rand(1, 3, 128, 128, generator=torch.Generator().manual_seed(5))
    source, keypoints = model.encode(portrait), model.detect(portrait)
    motion = model.generator.motion(source, keypoints, keypoints)
    shift = torch.zeros_like(motion.deformation)
    shift[:, :, :32, 0], shift[:, :, 32:, 0] = 0.9 / 64, 8 * 2 / 127  # below a pixel on the left, eight on the right
    motion = motion._replace(
        deformation=motion.deformation + shift, occlusion_map=torch.ones_like(motion.occlusion_map)
    )
    prediction = model.generator.compose(source, motion, model.generator.decode(source, motion), 128)
    torch.testing.assert_close(prediction.image[..., :56], portrait[..., :56], atol=1e-4, rtol=0)
    assert (prediction.warped[..., 72:112] - portrait[..., 80:120]).abs().max() < 1e-3


def test_fit_averages_down_and_interpolates_up() -> None:
    image = torch.arange(16.0).view(1, 1, 4, 4).expand(1, 3, 4, 4)
    assert fit(image, 2)[0, 0].tolist() == [[2.5, 4.5], [10.5, 12.5]]
    assert fit(image, 4) is image
    assert fit(image, 8).shape == (1, 3, 8, 8)


def test_discriminator_judges_every_scale() -> None:
    discriminator = MultiScaleDiscriminator(DiscriminatorConfig(scales=(1.0, 0.5), num_blocks=3, num_keypoints=10))
    pyramid = {1.0: torch.rand(2, 3, 64, 64), 0.5: torch.rand(2, 3, 32, 32)}
    keypoints = Keypoints(torch.zeros(2, 10, 2), torch.eye(2).expand(2, 10, 2, 2))
    judgements = discriminator(pyramid, keypoints)
    assert [len(judgement.features) for judgement in judgements.values()] == [3, 3]
    assert judgements[1.0].prediction_map.shape == (2, 1, 10, 10)
    with pytest.raises(ValueError, match="conditioned on keypoints"):
        discriminator(pyramid)


def test_detail_enlarges_a_plain_picture_and_keeps_what_is_coarse() -> None:
    config = dataclasses.replace(TINY_PLAIN, generator=dataclasses.replace(TINY_PLAIN.generator, detail=True))
    plain, detailed = tiny_model(TINY_PLAIN), tiny_model(config)
    portrait = torch.rand(1, 3, 128, 128, generator=torch.Generator().manual_seed(1))
    keypoints = plain.detect(portrait)
    low = plain(plain.encode(portrait), keypoints, keypoints).image
    found = detailed(detailed.encode(portrait), keypoints, keypoints)
    assert low.shape[-1] == 64
    assert found.image.shape[-1] == 128
    torch.testing.assert_close(found.paint, low)
    enlarged = F.interpolate(low, size=(128, 128), mode="bilinear", align_corners=False)
    assert float((found.image - enlarged).abs().max()) > 1e-3, "there is detail"
    back = F.interpolate(found.image, size=(64, 64), mode="area")
    assert float((back - F.interpolate(enlarged, size=(64, 64), mode="area")).abs().mean()) < 0.01


def test_detail_comes_only_from_where_the_two_pictures_agree() -> None:
    paint, coarse = torch.full((1, 3, 4, 4), 0.5), torch.full((1, 3, 4, 4), 0.5)
    coarse[..., 2:] = 0.9
    share = agreement(paint, coarse)
    assert share.shape == (1, 1, 4, 4)
    assert float(share[..., :2].min()) == 1
    assert float(share[..., 2:].max()) < 1e-6


def test_a_portrait_that_is_smaller_than_the_picture_has_no_detail_to_give() -> None:
    model = tiny_model(
        dataclasses.replace(TINY_PLAIN, generator=dataclasses.replace(TINY_PLAIN.generator, detail=True))
    )
    portrait = torch.rand(1, 3, 48, 48, generator=torch.Generator().manual_seed(1))
    keypoints = model.detect(portrait)
    assert model(model.encode(portrait), keypoints, keypoints).image.shape[-1] == 48


def test_the_blur_is_computed_on_the_cpu_whatever_is_built_for() -> None:
    """Arithmetic on "meta", where a file's shapes are checked, would import torch's compiler: a second at every start."""
    with torch.device("meta"):
        down = AntiAliasDownsample(3, 0.25)
    assert down.weight.device.type == "cpu"
    assert float(down.weight[0].sum()) == pytest.approx(1)
