"""Known changes of a picture, and of points in it."""

from __future__ import annotations

import torch

from avatarify.train.transform import Transform, random_transform


def still(batch: int = 1) -> Transform:
    return Transform(torch.eye(2, 3).expand(batch, 2, 3), torch.zeros(batch, 25))


def test_identity_leaves_points_and_pictures() -> None:
    points = torch.rand(2, 7, 2) * 2 - 1
    image = torch.rand(2, 3, 16, 16)
    assert torch.equal(still(2).points(points), points)
    assert torch.allclose(still(2).frame(image, align_corners=True), image, atol=1e-5)
    assert torch.allclose(still(2).jacobian(points), torch.eye(2).expand(2, 7, 2, 2))


def test_a_shift_moves_the_picture_against_the_points() -> None:
    image = torch.zeros(1, 1, 5, 5)
    image[0, 0, 2, 3] = 1
    theta = torch.tensor([[[1.0, 0, 0.5], [0, 1, 0]]])  # half a unit is one pixel of five
    moved = Transform(theta, torch.zeros(1, 25)).frame(image, align_corners=True)
    assert float(moved[0, 0, 2, 2]) > 0.99


def test_jacobian_matches_finite_differences() -> None:
    transform = random_transform(torch.Generator().manual_seed(3), affine_sigma=0.1, spline_sigma=0.1, spline_points=5)
    transform = Transform(*(part.double() for part in transform))
    points = torch.tensor([[[0.13, -0.41], [-0.77, 0.29]]], dtype=torch.float64)
    jacobian = transform.jacobian(points)
    step = 1e-6
    for axis in (0, 1):
        shift = torch.zeros(2, dtype=torch.float64)
        shift[axis] = step
        slope = (transform.points(points + shift) - transform.points(points - shift)) / (2 * step)
        assert torch.allclose(jacobian[..., axis], slope, atol=1e-5)


def test_jacobian_passes_gradients_to_the_points() -> None:
    transform = random_transform(torch.Generator().manual_seed(1), affine_sigma=0.1, spline_sigma=0.1, spline_points=5)
    points = torch.full((1, 2, 2), 0.3, requires_grad=True)
    transform.jacobian(points).sum().backward()
    assert points.grad is not None
    assert float(points.grad.abs().sum()) > 0


def test_chance_comes_from_the_generator_alone() -> None:
    def draw(seed: int) -> Transform:
        generator = torch.Generator().manual_seed(seed)
        return random_transform(generator, affine_sigma=0.05, spline_sigma=0.005, spline_points=5)

    assert torch.equal(draw(1).theta, draw(1).theta)
    assert not torch.equal(draw(1).control_params, draw(2).control_params)
