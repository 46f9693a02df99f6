"""The mathematics of motion, against its formulas."""

from __future__ import annotations

import math

import pytest
import torch

from avatarify.model.motion import (
    Keypoints,
    adapt_scale,
    coordinate_grid,
    gaussians,
    hull_area,
    inverse,
    pose_distance,
    product,
    relative_motion,
    sparse_motions,
)


def keypoints(seed: int, count: int = 10, batch: int = 1) -> Keypoints:
    random = torch.Generator().manual_seed(seed)
    value = torch.rand(batch, count, 2, generator=random) * 1.6 - 0.8
    jacobian = torch.eye(2) + 0.3 * torch.randn(batch, count, 2, 2, generator=random)
    return Keypoints(value, jacobian)


def test_grid_reaches_the_corners_x_first() -> None:
    grid = coordinate_grid(3, 5, torch.zeros(1))
    assert grid.shape == (3, 5, 2)
    assert grid[0, 4].tolist() == [1.0, -1.0]
    assert grid[2, 0].tolist() == [-1.0, 1.0]
    assert grid[1, 2].tolist() == [0.0, 0.0]


def test_grid_stays_float32_beside_half_precision() -> None:
    assert coordinate_grid(4, 4, torch.zeros(1, dtype=torch.float16)).dtype == torch.float32
    assert coordinate_grid(4, 4, torch.zeros(1, dtype=torch.float64)).dtype == torch.float64


def test_gaussians_equal_the_formula() -> None:
    value = torch.tensor([[[0.3, -0.2], [0.0, 0.9]]])
    grid = coordinate_grid(16, 24, value)
    expected = torch.exp(-((grid - value[:, :, None, None]) ** 2).sum(-1) / (2 * 0.01))
    torch.testing.assert_close(gaussians(value, 16, 24, 0.01), expected)


def test_inverse_and_product_agree_with_linear_algebra() -> None:
    matrices = keypoints(1, 50).jacobian
    torch.testing.assert_close(inverse(matrices), torch.linalg.inv(matrices), rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(product(matrices, matrices), matrices @ matrices)


def test_products_stay_float32_under_autocast() -> None:
    a, b = keypoints(2).jacobian, keypoints(3).jacobian
    exact = product(a, b)
    with torch.autocast("cpu", torch.bfloat16):
        rounded = a @ b
        assert torch.equal(product(a, b), exact)
    assert not torch.equal(rounded.float(), exact), "autocast rounds matmul: that is what product avoids"


def test_sparse_motion_takes_each_keypoint_to_its_source() -> None:
    source, driving = keypoints(3), keypoints(4)
    driving = driving._replace(value=torch.round(driving.value * 10) / 10)  # on the grid of 21 points
    motions = sparse_motions(source, driving, 21, 21)
    assert motions.shape == (1, 11, 21, 21, 2)
    torch.testing.assert_close(motions[0, 0], coordinate_grid(21, 21, motions))
    for index in range(10):
        column, row = (round(float(v) * 10) + 10 for v in driving.value[0, index])
        torch.testing.assert_close(motions[0, index + 1, row, column], source.value[0, index], rtol=0, atol=1e-5)


def test_no_motion_leaves_the_source_where_it_is() -> None:
    source, driving = keypoints(5), keypoints(6)
    same = relative_motion(source, driving, driving, scale=1.7)
    torch.testing.assert_close(same.value, source.value)
    torch.testing.assert_close(same.jacobian, source.jacobian, rtol=1e-3, atol=1e-4)


def test_relative_motion_is_equation_14() -> None:
    source, driving, reference = keypoints(7), keypoints(8), keypoints(9)
    moved = relative_motion(source, driving, reference, scale=0.8)
    torch.testing.assert_close(moved.value, source.value + 0.8 * (driving.value - reference.value))
    expected = driving.jacobian @ torch.linalg.inv(reference.jacobian) @ source.jacobian
    torch.testing.assert_close(moved.jacobian, expected, rtol=1e-3, atol=1e-3)


def test_strength_runs_from_still_to_full() -> None:
    source, driving, reference = keypoints(7), keypoints(8), keypoints(9)
    still = relative_motion(source, driving, reference, strength=0.0)
    torch.testing.assert_close(still.value, source.value)
    torch.testing.assert_close(still.jacobian, source.jacobian)
    full = relative_motion(source, driving, reference)
    half = relative_motion(source, driving, reference, strength=0.5)
    torch.testing.assert_close(half.value, (source.value + full.value) / 2)
    torch.testing.assert_close(half.jacobian, (source.jacobian + full.jacobian) / 2, rtol=1e-3, atol=1e-4)


def test_hull_area_of_known_shapes() -> None:
    square = torch.tensor([[[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5], [0.1, 0.2], [0.0, -0.5]]])
    assert hull_area(square) == pytest.approx(1.0)
    angles = torch.arange(10) * 2 * math.pi / 10
    decagon = torch.stack([angles.cos(), angles.sin()], -1)[None]
    assert hull_area(decagon) == pytest.approx(5 * math.sin(2 * math.pi / 10), rel=1e-5)


def test_hull_area_of_points_on_a_line_is_zero() -> None:
    line = torch.linspace(-1, 1, 10)
    assert hull_area(torch.stack([line, line], -1)[None]) == pytest.approx(0.0, abs=1e-6)


def test_hull_area_agrees_with_scipy() -> None:
    from scipy.spatial import ConvexHull

    for seed in range(20):
        value = keypoints(seed).value
        assert hull_area(value) == pytest.approx(ConvexHull(value[0].numpy()).volume, rel=1e-5)


def test_adapt_scale_is_the_root_of_the_ratio() -> None:
    assert adapt_scale(0.5, 2.0) == pytest.approx(0.5)
    assert adapt_scale(0.5, 0.0) == 1.0


def test_pose_distance_ignores_place_and_size() -> None:
    pose, other = keypoints(1), keypoints(2)
    moved = pose._replace(value=pose.value * 0.6 + torch.tensor([0.2, -0.1]))
    assert float(pose_distance(pose, moved)) == pytest.approx(0.0, abs=1e-9)
    assert float(pose_distance(pose, other)) > 0.01
