"""What can be told from pixels alone: L1, PSNR, SSIM, flicker. Pictures are uint8 [H,W,3] RGB of one size, taken as 0..1."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from avatarify.frame import Image

Floats = npt.NDArray[np.float64]

_WINDOW, _SIGMA = 11, 1.5  # pixels: the window of Wang et al. 2004
_C1, _C2 = 0.01**2, 0.03**2  # of a range of 1


def l1(output: Image, target: Image) -> float:
    """Mean |output - target| over pixels and channels, 0..1. The paper's L1. Less is better."""
    return float(np.abs(_unit(output) - _unit(target)).mean())


def mean_square(output: Image, target: Image) -> float:
    """Mean (output - target)^2 over pixels and channels, 0..1; `psnr` makes decibels of it."""
    return float(np.square(_unit(output) - _unit(target)).mean())


def psnr(mean_square_error: float) -> float:
    """Peak signal to noise ratio in dB of a mean square error: 10 log10(1 / mse), infinite for equal pictures. More is better."""
    return 10 * math.log10(1 / mean_square_error) if mean_square_error > 0 else math.inf


def ssim(output: Image, target: Image) -> float:
    """Structural similarity (Wang et al. 2004): Gaussian window 11, sigma 1.5, mean over the channels and over the pixels
    whose window lies inside. -1..1, 1 for equal pictures. More is better. Raises ValueError below 11 pixels a side.
    """
    if min(output.shape[:2]) < _WINDOW:
        raise ValueError(
            f"pictures of {output.shape[1]} x {output.shape[0]} are smaller than SSIM's window of {_WINDOW}"
        )
    x, y = _unit(output), _unit(target)
    mean_x, mean_y = _blurred(x), _blurred(y)
    variance_x = _blurred(x * x) - mean_x * mean_x
    variance_y = _blurred(y * y) - mean_y * mean_y
    covariance = _blurred(x * y) - mean_x * mean_y
    alike = (2 * mean_x * mean_y + _C1) * (2 * covariance + _C2)
    total = (mean_x * mean_x + mean_y * mean_y + _C1) * (variance_x + variance_y + _C2)
    edge = _WINDOW // 2
    return float((alike / total)[edge:-edge, edge:-edge].mean())


def flicker(before: Image, after: Image, target_before: Image, target_after: Image) -> float:
    """How much the output changes between two adjacent frames beyond what the target changes there: mean over pixels of
    max(0, |after - before| - |target_after - target_before|), 0..1. Less is better; a still picture has none.
    """
    change = np.abs(_unit(after) - _unit(before))
    wanted = np.abs(_unit(target_after) - _unit(target_before))
    return float(np.maximum(change - wanted, 0).mean())


def _unit(image: Image) -> Floats:
    return image.astype(np.float64) / 255


def _blurred(x: Floats) -> Floats:
    return np.asarray(cv2.GaussianBlur(x, (_WINDOW, _WINDOW), _SIGMA), np.float64)
