"""How far our networks are from the original's, on the tensors in tests/parity/data: prints the table of docs/exactness.md.

usage: python -m benchmarks.parity
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from avatarify.model.checkpoint import Checkpoint, load_checkpoint
from avatarify.model.discriminator import MultiScaleDiscriminator
from avatarify.model.motion import Keypoints, adapt_scale, hull_area, relative_motion
from avatarify.model.network import FirstOrderModel
from avatarify.model.recognition import recognise_discriminator

DATA = Path(__file__).parent.parent / "tests" / "parity" / "data"
MODES = ("absolute", "relative", "relative_scaled")


def golden(name: str) -> dict[str, Tensor]:
    """The stored tensors of one file."""
    with np.load(DATA / f"{name}.npz") as arrays:
        return {key: torch.from_numpy(arrays[key]) for key in arrays.files}


def tiny_checkpoint() -> Checkpoint:
    """The original-layout checkpoint; it was made for 128 px, which no tensor tells."""
    checkpoint = load_checkpoint(DATA / "fomm-tiny.pth.tar")
    return dataclasses.replace(checkpoint, config=dataclasses.replace(checkpoint.config, image_size=128))


@torch.inference_mode()
def errors(align_corners: bool) -> dict[str, float]:
    """Largest absolute error of each quantity over both driving frames and all modes of transfer."""
    checkpoint = tiny_checkpoint()
    config = dataclasses.replace(checkpoint.config, align_corners=align_corners)
    model = dataclasses.replace(checkpoint, config=config).build()
    found: dict[str, float] = {}
    for name, ours, theirs in _pairs(model, golden("fomm-tiny"), align_corners):
        found[name] = max(found.get(name, 0.0), float((ours - theirs).abs().max()))
    return found


def _pairs(
    model: FirstOrderModel, stored: dict[str, Tensor], align_corners: bool
) -> Iterator[tuple[str, Tensor, Tensor]]:
    source = model.detect(stored["source"])
    yield "keypoints", source.value, stored["kp_source.value"]
    yield "jacobians", source.jacobian, stored["kp_source.jacobian"]
    features = model.encode(stored["source"])
    reference = model.detect(stored["driving"][:1])
    scale = adapt_scale(hull_area(source.value), hull_area(reference.value))
    yield "adapt scale", torch.tensor(scale), stored["adapt_scale"]
    driving = model.detect(stored["driving"][1:])
    yield "keypoints", driving.value, stored["driving1.value"]
    yield "jacobians", driving.jacobian, stored["driving1.jacobian"]
    for mode in MODES:
        moved = driving
        if mode != "absolute":
            moved = relative_motion(source, driving, reference, scale=scale if mode == "relative_scaled" else 1.0)
        prefix = f"driving1.{mode}."
        yield "motion, keypoints", moved.value, stored[prefix + "value"]
        yield "motion, jacobians", moved.jacobian, stored[prefix + "jacobian"]
        prediction = model(features, source, moved)
        yield (
            "prediction",
            prediction.image,
            stored[prefix + ("prediction_align_corners" if align_corners else "prediction")],
        )
        if not align_corners and prefix + "mask" in stored:  # the dense motion was stored for align_corners=False
            yield "mask", prediction.motion.mask, stored[prefix + "mask"]
            yield "deformation", prediction.motion.deformation, stored[prefix + "deformation"]
            yield "occlusion map", prediction.motion.occlusion_map, stored[prefix + "occlusion_map"]


@torch.inference_mode()
def discriminator_errors(kind: str) -> dict[str, float]:
    """kind: "sn" (spectral norm) or "kp" (conditioned on keypoints)."""
    stored = golden("training")
    state = torch.load(DATA / f"discriminator-{kind}.pth", weights_only=True)
    discriminator = MultiScaleDiscriminator(recognise_discriminator(state)).eval()
    discriminator.load_state_dict(state, strict=True)
    keypoints = Keypoints(stored["kp.value"], stored["kp.jacobian"])
    result = {}
    for name in ("real", "generated"):
        judgement = discriminator({1.0: stored[name]}, keypoints)[1.0]
        result[name] = float((judgement.prediction_map - stored[f"discriminator_{kind}.{name}_map"]).abs().max())
    return result


def main() -> None:
    """Print the table."""
    columns = {value: errors(value) for value in (True, False)}
    print("| quantity | align_corners=True | align_corners=False |\n|---|---|---|")
    for name in columns[False]:
        cells = [f"{column[name]:.1e}" if name in column else "through the prediction" for column in columns.values()]
        print(f"| {name} | {' | '.join(cells)} |")
    for kind in ("sn", "kp"):
        print(f"| discriminator ({kind}), prediction map | | {max(discriminator_errors(kind).values()):.1e} |")


if __name__ == "__main__":
    main()
