"""Each step of the rewritten model against the plain one, in float32."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from avatarify.model.config import ModelConfig
from avatarify.model.motion import Keypoints, gaussians, relative_motion
from avatarify.model.network import FirstOrderModel
from avatarify.runtime.rewrites.networks import Networks
from tests.fakes.models import TINY_ANCHORED, TINY_BLEND, TINY_CUED, TINY_PLAIN, lively, tiny_model
from tests.runtime.test_eager import picture

NO_OCCLUSION = dataclasses.replace(
    TINY_PLAIN, dense_motion=dataclasses.replace(TINY_PLAIN.dense_motion, estimate_occlusion_map=False)
)
ONE_MAP = dataclasses.replace(
    TINY_PLAIN, keypoint_detector=dataclasses.replace(TINY_PLAIN.keypoint_detector, single_jacobian_map=True)
)
NO_JACOBIAN = dataclasses.replace(
    TINY_PLAIN, keypoint_detector=dataclasses.replace(TINY_PLAIN.keypoint_detector, estimate_jacobian=False)
)
CORNERS = dataclasses.replace(TINY_BLEND, align_corners=False)
DETAIL = dataclasses.replace(TINY_PLAIN, generator=dataclasses.replace(TINY_PLAIN.generator, detail=True))
BY_CENTRES = dataclasses.replace(TINY_BLEND, generator=dataclasses.replace(TINY_BLEND.generator, exact_flow=False))
HELD = dataclasses.replace(TINY_BLEND, generator=dataclasses.replace(TINY_BLEND.generator, still_below=4.0))
UNFOLDED = dataclasses.replace(
    HELD,
    keypoint_detector=dataclasses.replace(HELD.keypoint_detector, scale_factor=0.5, unfold=2, head_kernel=3),
    dense_motion=dataclasses.replace(HELD.dense_motion, scale_factor=0.5, head_kernel=3),
)
CONFIGS = {
    "anchored": TINY_ANCHORED,
    "cued": TINY_CUED,
    "cued without anchors": dataclasses.replace(HELD, generator=dataclasses.replace(HELD.generator, cue_width=8)),
    "unfolded": UNFOLDED,
    "blend": TINY_BLEND,
    "held still": HELD,
    "by centres": BY_CENTRES,
    "detail": DETAIL,
    "plain": TINY_PLAIN,
    "no occlusion": NO_OCCLUSION,
    "one map": ONE_MAP,
    "no jacobian": NO_JACOBIAN,
    "corners": CORNERS,
}


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
@torch.inference_mode()
def test_every_step_does_what_the_plain_networks_do(config: ModelConfig) -> None:
    model = lively(tiny_model(config), gentle=True)
    networks = Networks(config, lambda: model)
    images = [torch.from_numpy(picture(96, seed)) for seed in range(3)]
    pixels = [image.permute(2, 0, 1)[None] / 255 for image in images]
    source, reference, other = (model.detect(each) for each in pixels)
    found = Keypoints(*networks.detector()(networks.look(96)(images[0])))
    torch.testing.assert_close(found.value, source.value, rtol=0, atol=1e-5)
    torch.testing.assert_close(found.jacobian, source.jacobian, rtol=1e-5, atol=1e-5)

    features, small, portrait = model.encode(pixels[0])
    image, seen = networks.view(96)(images[0])
    moved_features, background = networks.encoder()(image, seen)
    torch.testing.assert_close(seen, small, rtol=0, atol=1e-5)
    torch.testing.assert_close(moved_features, features, rtol=1e-5, atol=1e-5)

    driving = relative_motion(source, other, reference)
    expected = model(model.encode(pixels[0]), source, driving)
    heat = gaussians(
        source.value, networks.config.small_side, networks.config.small_side, config.dense_motion.kp_variance
    )
    deformation, occlusion, *given = networks.motion()(features, small, background, heat, *source, *driving)
    torch.testing.assert_close(deformation, expected.motion.deformation, rtol=1e-4, atol=2e-5)
    torch.testing.assert_close(occlusion, expected.motion.occlusion_map, rtol=0, atol=1e-5)

    decoded = networks.decoder()(*given)
    wanted = model.generator.decode(model.encode(pixels[0]), expected.motion)
    torch.testing.assert_close(decoded, wanted, rtol=0, atol=1e-4)
    beside = zip((deformation, occlusion, portrait * 255), networks.composed_of(96), strict=True)
    shown = networks.composition(96)(decoded, *(each for each, taken in beside if taken))
    wanted_pixels = (expected.image[0] * 255).round()
    assert shown.dtype == torch.uint8
    assert float((shown.float() - wanted_pixels).abs().max()) <= 1
    assert float((shown.float() == wanted_pixels).float().mean()) > 0.999


def test_the_plain_model_is_read_when_it_is_needed_and_forgotten_when_told() -> None:
    read: list[FirstOrderModel] = []

    def load() -> FirstOrderModel:
        read.append(tiny_model())
        return read[-1]

    networks = Networks(TINY_BLEND, load)
    assert not read
    networks.decoder(), networks.look(64)
    assert len(read) == 1
    networks.forget()
    networks.decoder()
    assert len(read) == 2
