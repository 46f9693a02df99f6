"""Our networks against tensors computed by the original modules."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from avatarify.model.checkpoint import load_checkpoint
from avatarify.model.motion import relative_motion
from benchmarks import parity
from tests.fakes.models import FIRST_LITE

QUANTITIES = {"keypoints", "jacobians", "adapt scale", "motion, keypoints", "motion, jacobians", "prediction"}
DENSE = {"mask", "deformation", "occlusion map"}


@pytest.mark.parametrize("align_corners", [True, False])
def test_every_quantity_is_within_a_ten_thousandth(align_corners: bool) -> None:
    errors = parity.errors(align_corners)
    assert set(errors) == QUANTITIES | (set() if align_corners else DENSE)
    assert max(errors.values()) < 1e-4, errors


def test_align_corners_matters() -> None:
    """The test above could not fail if the two conventions gave the same picture."""
    stored = parity.golden("fomm-tiny")
    change = stored["driving1.relative.prediction"] - stored["driving1.relative.prediction_align_corners"]
    assert float(change.abs().max()) > 1e-2


@pytest.mark.parametrize("kind", ["sn", "kp"])
def test_discriminators(kind: str) -> None:
    assert max(parity.discriminator_errors(kind).values()) < 1e-4


@pytest.mark.reference
def test_embedded_network_matches_its_stored_tensors(reference_data: Path) -> None:
    """In float64: the stored float32 prediction is itself 1e-4 from the exact one, ours in float32 is 3e-5 from it."""
    checkpoint = load_checkpoint(reference_data / "models" / "lite-v0.pth.tar")
    assert checkpoint.config == FIRST_LITE
    with np.load(reference_data / "models" / "lite-v0-golden.npz") as arrays:
        stored = {key: torch.from_numpy(arrays[key]) for key in arrays.files}
    as_stored = dataclasses.replace(checkpoint.config.generator, extend_border=False)
    checkpoint = dataclasses.replace(checkpoint, config=dataclasses.replace(checkpoint.config, generator=as_stored))
    predictions = {}
    for dtype in (torch.float64, torch.float32):
        model = checkpoint.build().to(dtype)
        with torch.inference_mode():
            source, reference, driving = (
                model.detect(stored[key].to(dtype)) for key in ("source", "reference", "driving")
            )
            moved = relative_motion(source, driving, reference)
            predictions[dtype] = model(model.encode(stored["source"].to(dtype)), source, moved)
        assert float((moved.value - stored["relative.value"]).abs().max()) < 1e-4
        assert float((moved.jacobian - stored["relative.jacobian"]).abs().max()) < 1e-4
        prediction = predictions[dtype]
        for ours, key in (
            (prediction.motion.deformation, "deformation"),
            (prediction.motion.occlusion_map, "occlusion_map"),
            (prediction.paint, "paint"),
            (prediction.alpha, "alpha"),
        ):
            assert float((ours - stored[key]).abs().max()) < 1e-4, key
    exact = predictions[torch.float64].image
    assert float((exact - stored["prediction"]).abs().max()) < 1e-4
    assert float((exact - predictions[torch.float32].image).abs().max()) < 1e-4
