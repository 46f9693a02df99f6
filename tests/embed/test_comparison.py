from __future__ import annotations

import pytest

from avatarify.embed.comparison import FIGURES, rough, worse
from avatarify.evaluate.results import Evaluation
from tests.embed.figures import FINE, ROUGH, evaluation

BEFORE = evaluation()


def test_the_same_model_is_not_worse() -> None:
    assert [figure.of(BEFORE) for figure in FIGURES] == pytest.approx([0.6, 0.5, 0.5, 0.25, 0.0, 0.15])
    assert worse(BEFORE, evaluation()) == ()


@pytest.mark.parametrize(
    "after",
    [
        evaluation(l1=0.04, akd=3.0, aed=0.2, identity=0.1),
        evaluation(l1=0.04, aed=0.269),
        evaluation(l1=0.04, identity=0.199),
        evaluation(missing=0.019),
    ],
    ids=["better", "a little less alike", "a little further from the portrait", "a face more is missing"],
)
def test_a_better_one_may_look_a_little_less_alike(after: Evaluation) -> None:
    assert worse(BEFORE, after) == ()


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (evaluation(l1=0.065), "L1 over unchanged rose from 0.600 to 0.650 (by 0.050; 0.001 is allowed)"),
        (evaluation(akd=5.1), "AKD over unchanged rose from 0.500 to 0.510 (by 0.010; 0.001 is allowed)"),
        (evaluation(akd=None), "AKD over unchanged was 0.500 and cannot be measured any more"),
        (evaluation(akd=float("nan")), "AKD over unchanged rose from 0.500 to nan (by nan; 0.001 is allowed)"),
        (
            evaluation(akd_mesh=5.4),
            "AKD by the face mesh over unchanged rose from 0.500 to 0.600 (by 0.100; 0.001 is allowed)",
        ),
        (evaluation(aed=0.28), "AED rose from 0.250 to 0.280 (by 0.030; 0.02 is allowed)"),
        (evaluation(missing=0.1), "share of missing faces rose from 0.000 to 0.100 (by 0.100; 0.02 is allowed)"),
        (evaluation(identity=0.25), "identity rose from 0.150 to 0.250 (by 0.100; 0.05 is allowed)"),
    ],
)
def test_each_figure_that_rose_is_told_with_its_measure(after: Evaluation, told: str) -> None:
    assert [str(found) for found in worse(BEFORE, after)] == [told]


def test_what_the_former_model_could_not_do_either_is_not_compared() -> None:
    assert worse(evaluation(akd=None), evaluation(akd=None)) == ()
    assert worse(evaluation(akd=None), evaluation(akd=9.0)) == ()


def test_clips_on_which_eight_bits_are_too_few() -> None:
    assert rough([FINE]) == ()
    assert rough([FINE, ROUGH]) == ("in eight bits, on lively: the worst picture has 30.1 dB, 32 are needed",)
