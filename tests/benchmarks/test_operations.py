"""Operations and bytes, counted by hand and by the counter."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from benchmarks.operations import Peaks, Work, counted


def test_a_convolution() -> None:
    conv = nn.Conv2d(3, 8, 5, padding=2, bias=False)
    work = counted(lambda: conv(torch.zeros(2, 3, 10, 10)))
    assert work.operations == {torch.float32: 2 * (2 * 8 * 10 * 10) * (3 * 5 * 5)}
    assert work.moved == 4 * (2 * 3 * 100 + 8 * 3 * 25 + 2 * 8 * 100)


def test_groups_a_step_and_half_precision() -> None:
    conv = nn.Conv2d(8, 8, 3, stride=2, padding=1, groups=8).half()
    work = counted(lambda: conv(torch.zeros(1, 8, 10, 10, dtype=torch.float16)))
    assert work.operations == {torch.float16: 2 * (8 * 5 * 5) * 9}
    assert work.moved == 2 * (8 * 100 + 8 * 9 + 8 * 25)


def test_a_transposed_convolution_works_for_each_pixel_that_it_reads() -> None:
    conv = nn.ConvTranspose2d(4, 6, 4, stride=2, padding=1)
    work = counted(lambda: conv(torch.zeros(1, 4, 5, 5)))
    assert work.operations == {torch.float32: 2 * (4 * 5 * 5) * (6 * 4 * 4)}


def test_the_floor_is_the_longer_of_computing_and_moving() -> None:
    peaks = Peaks(half=1000.0, single=50.0, memory=2000.0)
    assert Work({torch.float32: 50 * 10**9}, 0).floor_ms(peaks) == pytest.approx(1.0)
    assert Work({torch.float16: 50 * 10**9}, 0).floor_ms(peaks) == pytest.approx(0.05)
    assert Work({torch.float16: 50 * 10**9}, 10**9).floor_ms(peaks) == pytest.approx(0.5)
    both = Work({torch.float16: 10**12, torch.float32: 10**11}, 0)
    assert both.floor_ms(peaks) == pytest.approx(1.0 + 2.0)
    assert both.giga == 1100
