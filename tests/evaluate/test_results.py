from __future__ import annotations

import dataclasses

import pytest

from tests.evaluate.test_report import clip, evaluation, scores


def test_ratios_are_means_of_each_clips_own() -> None:
    found = evaluation()  # L1 0.02 over 0.04 and 0.06 over 0.06
    assert found.ratio() == pytest.approx(0.75)
    assert found.ratio("unchanged") == 1
    assert found.akd_ratio() == 1, "all of these are 4 pixels off"


def test_a_ratio_of_landmarks_needs_landmarks() -> None:
    near = dataclasses.replace(scores(0.02), akd=1.0)
    lost = dataclasses.replace(scores(0.02), akd=None)
    one = dataclasses.replace(clip("calm", 0.02, 0.04), model=near)
    other = dataclasses.replace(clip("wild", 0.02, 0.04), model=lost)
    assert one.akd_ratio() == 0.25
    assert other.akd_ratio() is None
    assert dataclasses.replace(evaluation(), clips=(one, other)).akd_ratio() == 0.25
    still = dataclasses.replace(one, unchanged=dataclasses.replace(scores(0.04), akd=0.0))
    assert still.akd_ratio() is None


def test_the_meshs_distance_has_a_ratio_of_its_own() -> None:
    near = dataclasses.replace(scores(0.02), akd_mesh=1.0)
    clips = tuple(
        dataclasses.replace(each, model=near, unchanged=dataclasses.replace(scores(0.04), akd_mesh=still))
        for each, still in zip(evaluation().clips, (2.0, 10.0), strict=True)
    )
    assert clips[1].mesh_akd_ratio() == pytest.approx(0.1)
    assert dataclasses.replace(evaluation(), clips=clips).mesh_akd_ratio() == pytest.approx(0.3)
    assert dataclasses.replace(clips[0], model=dataclasses.replace(near, akd_mesh=None)).mesh_akd_ratio() is None
