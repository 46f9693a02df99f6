"""How different two faces look to a network: features of the shipped face ResNet, compared place by place."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

BACKBONE = "face ResNet (dlib), four stages, unit length"
"""Which network stands behind the figure. Distances of another backbone are another measure and may not share its name."""


def feature_distance(output: Sequence[Tensor], target: Sequence[Tensor]) -> float:
    """output, target: feature maps [1,C,h,w] of the same stages, of both pictures cut at the target's face, so that a
    misplaced face counts. At every place the features are scaled to length 1; then squared Euclidean distance, mean over
    places and stages, 0..4 (LPIPS without its learned weights). 0 for equal pictures. Less is better.
    """
    if len(output) != len(target) or not output:
        raise ValueError(f"{len(output)} and {len(target)} stages cannot be compared")
    parts = [(_unit(x) - _unit(y)).square().sum(1).mean() for x, y in zip(output, target, strict=True)]
    return float(sum(part.item() for part in parts) / len(parts))


def _unit(features: Tensor) -> Tensor:
    length = features.square().sum(1, keepdim=True).sqrt()
    return features / length.clamp_min(1e-8)
