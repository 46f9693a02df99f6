"""Random smooth warps of pictures and points: an affine map plus a thin-plate spline (paper, section 3.1 and supplement)."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from avatarify.model.motion import coordinate_grid, precise


class Transform(NamedTuple):
    """A warp T of the plane, one for each item of a batch: T(z) = A [z; 1] + sum_i w_i U(|z - c_i|), U(r) = r^2 log r.

    theta: [B,2,3], A. control_params: [B,P*P], w, the same for x and y, on a grid c of P x P points that spans [-1,1].
    """

    theta: Tensor
    control_params: Tensor

    def points(self, points: Tensor) -> Tensor:
        """points: [B,N,2] (or [1,N,2] for all alike) xy in [-1,1] -> T of each, [B,N,2], in float32."""
        points, theta = precise(points), precise(self.theta)
        affine = (theta[:, None, :, :2] * points[..., None, :]).sum(-1) + theta[:, None, :, 2]
        return affine + self._bending(points)[..., None]

    def frame(self, image: Tensor, *, align_corners: bool) -> Tensor:
        """image: [B,C,H,W] -> the picture whose pixel z shows what `image` has at T(z). Beyond the border it is mirrored."""
        batch, _, height, width = image.shape
        grid = coordinate_grid(height, width, image).reshape(1, -1, 2)  # one for all: the spline's kernel is costly
        field = self.points(grid).view(batch, height, width, 2)
        moved = F.grid_sample(precise(image), field, padding_mode="reflection", align_corners=align_corners)
        return moved.to(image.dtype)

    def jacobian(self, points: Tensor) -> Tensor:
        """dT/dz at `points` [B,N,2] -> [B,N,2,2], by automatic differentiation; itself differentiable in `points`."""
        with torch.enable_grad():
            at = points if points.requires_grad else points.detach().requires_grad_(True)
            moved = self.points(at)
            rows = [torch.autograd.grad(moved[..., axis].sum(), at, create_graph=True)[0] for axis in (0, 1)]
        return torch.stack(rows, -2)

    def _bending(self, points: Tensor) -> Tensor:
        side = round(self.control_params.shape[-1] ** 0.5)
        control = coordinate_grid(side, side, points).reshape(1, 1, -1, 2)
        # The original measures distances as |dx| + |dy|, not as the spline's theory has it; public weights were trained so.
        distance = (points[:, :, None] - control).abs().sum(-1)  # [B,N,P*P]
        kernel = distance**2 * torch.log(distance + 1e-6)
        return (kernel * precise(self.control_params)[:, None]).sum(-1)


def random_transform(
    generator: torch.Generator, *, affine_sigma: float, spline_sigma: float, spline_points: int
) -> Transform:
    """One transform (B = 1) near the identity: every entry of A and w is off by a normal error of the given sigma."""
    theta = torch.eye(2, 3) + affine_sigma * torch.randn(2, 3, generator=generator)
    control = spline_sigma * torch.randn(spline_points**2, generator=generator)
    return Transform(theta[None], control[None])
