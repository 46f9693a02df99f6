"""Keypoints and what moves them: pure functions, float32 whatever the precision around them (paper, sections 3.1 and 3.3).

Products of 2x2 matrices are written out. `matmul` would be rounded to half precision or TF32 by autocast, and the inverse
of a Jacobian amplifies that to whole pixels.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Keypoints(NamedTuple):
    """value: [B,K,2] xy in [-1,1]. jacobian: [B,K,2,2], the local affine map around each keypoint (identity if not estimated)."""

    value: Tensor
    jacobian: Tensor


def precise(x: Tensor) -> Tensor:
    """At least float32: half precision would move keypoints by pixels. float64 stays."""
    return x if x.dtype == torch.float64 else x.float()


def coordinate_grid(height: int, width: int, like: Tensor) -> Tensor:
    """[height,width,2] xy in [-1,1], corners included, on the device of `like`, in its precision but at least float32."""
    x, y = _axis(width, precise(like)), _axis(height, precise(like))
    return torch.stack([x.expand(height, width), y[:, None].expand(height, width)], -1)


def gaussians(value: Tensor, height: int, width: int, variance: float) -> Tensor:
    """value [B,K,2] -> [B,K,height,width] in (0,1]: exp(-|z - p|^2 / (2 variance)), separable in x and y (paper Eq. 6)."""
    value = precise(value)
    x, y = _axis(width, value), _axis(height, value)
    along_x = torch.exp(-((x - value[..., 0:1]) ** 2) / (2 * variance))  # [B,K,W]
    along_y = torch.exp(-((y - value[..., 1:2]) ** 2) / (2 * variance))  # [B,K,H]
    return along_y[..., :, None] * along_x[..., None, :]


def product(a: Tensor, b: Tensor) -> Tensor:
    """[...,2,2] times [...,2,2], elementwise in float32."""
    return (precise(a)[..., :, :, None] * precise(b)[..., None, :, :]).sum(-2)


def inverse(matrix: Tensor) -> Tensor:
    """Inverse of [...,2,2] in closed form, float32. A singular matrix gives infinities, as division does."""
    matrix = precise(matrix)
    a, b, c, d = matrix[..., 0, 0], matrix[..., 0, 1], matrix[..., 1, 0], matrix[..., 1, 1]
    adjugate = torch.stack([torch.stack([d, -b], -1), torch.stack([-c, a], -1)], -2)
    return adjugate / (a * d - b * c)[..., None, None]


def sparse_motions(source: Keypoints, driving: Keypoints, height: int, width: int) -> Tensor:
    """Where each driving pixel comes from if its neighbourhood moved like keypoint k (paper Eq. 4 and 5).

    Returns [B,K+1,height,width,2] xy in [-1,1]: T(z) = p_S + J_S J_D^-1 (z - p_D); the first of K+1 is the still background.
    """
    grid = coordinate_grid(height, width, driving.value)
    batch = driving.value.shape[0]
    affine = product(source.jacobian, inverse(driving.jacobian))[:, :, None, None]  # [B,K,1,1,2,2]
    offset = grid - precise(driving.value)[:, :, None, None]  # [B,K,h,w,2]
    moved = (affine * offset[..., None, :]).sum(-1) + precise(source.value)[:, :, None, None]
    return torch.cat([grid.expand(batch, 1, height, width, 2), moved], 1)


def relative_motion(
    source: Keypoints, driving: Keypoints, reference: Keypoints, *, scale: float = 1.0, strength: float = 1.0
) -> Keypoints:
    """Apply to the source what changed between the reference and the driving frame (paper Eq. 14).

    value = p_S + strength scale (p_D - p_R); jacobian = (I + strength (J_D J_R^-1 - I)) J_S. `strength` 1 is the paper's.
    """
    shift = precise(driving.value) - precise(reference.value)
    change = product(driving.jacobian, inverse(reference.jacobian))
    identity = torch.eye(2, device=change.device, dtype=change.dtype)
    change = identity + strength * (change - identity) if strength != 1.0 else change
    return Keypoints(precise(source.value) + strength * scale * shift, product(change, source.jacobian))


def carried(keypoints: Keypoints, scale: float, right: float, down: float) -> Keypoints:
    """The same keypoints in the coordinates of another square: x -> x * scale + (right, down). Copies nothing to the host."""
    x, y = precise(keypoints.value).unbind(-1)
    return Keypoints(torch.stack([x * scale + right, y * scale + down], -1), precise(keypoints.jacobian) * scale)


def mixed(one: Keypoints, other: Keypoints, share: float) -> Keypoints:
    """From `one` at 0 to `other` at 1, in a straight line."""
    return Keypoints(
        torch.lerp(precise(one.value), precise(other.value), share),
        torch.lerp(precise(one.jacobian), precise(other.jacobian), share),
    )


def hull_area(value: Tensor) -> float:
    """Area of the convex hull of keypoints [1,K,2], in squared units of [-1,1]. Copies to the host: once per face, not per frame."""
    points = sorted((x, y) for x, y in value.detach().reshape(-1, 2).tolist())
    hull = _half_hull(points) + _half_hull(points[::-1])
    following = hull[1:] + hull[:1]
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(hull, following, strict=True))) / 2


def adapt_scale(source_area: float, reference_area: float) -> float:
    """How much larger the source's face moves than the driver's: the square root of the ratio of their hull areas."""
    return float((source_area / reference_area) ** 0.5) if reference_area > 0 else 1.0


def pose_distance(a: Keypoints, b: Keypoints) -> Tensor:
    """How differently two faces are posed, apart from their place and size: [B] mean squared distance of normalised keypoints."""
    shapes = []
    for keypoints in (a, b):
        centred = precise(keypoints.value) - precise(keypoints.value).mean(1, keepdim=True)
        shapes.append(centred / centred.square().sum((1, 2), keepdim=True).sqrt().clamp_min(1e-6))
    return (shapes[0] - shapes[1]).square().sum(-1).mean(-1)


def _axis(size: int, like: Tensor) -> Tensor:
    return torch.linspace(-1, 1, size, device=like.device, dtype=like.dtype)


def _half_hull(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """One side of Andrew's monotone chain, without its last point (the other side begins with it)."""
    chain: list[tuple[float, float]] = []
    for x, y in points:
        while len(chain) >= 2:
            (x0, y0), (x1, y1) = chain[-2:]
            if (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) > 0:
                break
            chain.pop()
        chain.append((x, y))
    return chain[:-1]
