from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from avatarify.embed.card import CardFacts, card, remarks
from avatarify.embed.recipe import Recipe
from avatarify.model.config import LITE
from tests.embed.figures import FINE, ROUGH, evaluation

FACTS = CardFacts(
    name="lite",
    file=Path("models") / "lite.safetensors",
    size=13_400_000,
    sha256="ab" * 32,
    parameters=3_310_000,
    config=dataclasses.replace(LITE, num_keypoints=17),
    recipe=Recipe("12 pairs.", "`open` (CC BY).", "perceptual 1.", "python3 run.py train FACES --output run"),
    before=evaluation(l1=0.07),
    after=evaluation(),
    rounding=(FINE, ROUGH),
    notes=(),
    against=(),
    command="python -m avatarify.embed run/model.safetensors",
)
TEXT = card(FACTS)


def test_it_says_what_the_model_is() -> None:
    assert TEXT.startswith("# Model card: lite\n")
    assert "`models/lite.safetensors`, the embedded model: 3.3 million parameters, float32, 13.4 MB" in TEXT
    assert "at 128 px with 17 keypoints" in TEXT
    assert "`open` (CC BY)." in TEXT
    assert "$" not in TEXT


def test_its_table_has_every_clip_and_both_means() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| ")]
    assert rows[1:] == [
        "| calm | 0.0600 | 0.60 | 5.00 | 0.50 | 0.250 | 0.62, 50 % | 0.83, 61 % | 0.10, -3 % |",
        "| lively | 0.0600 | 0.60 | 5.00 | 0.50 | 0.250 | 0.62, 50 % | 0.83, 61 % | 0.10, -3 % |",
        "| **mean** | 0.0600 | 0.60 | 5.00 | 0.50 | 0.250 | 0.62, 50 % | 0.83, 61 % | 0.10, -3 % |",
        "| mean of the former weights | 0.0700 | 0.70 | 5.00 | 0.50 | 0.250 | 0.62, 50 % | 0.83, 61 % | 0.10, -3 % |",
    ]
    assert {row.count("|") for row in rows} == {10}


def test_the_meshs_distance_is_told_too() -> None:
    assert "by it AKD is 0.50 of unchanged." in TEXT


def test_limits_follow_from_the_figures() -> None:
    assert "- The head's turn follows roughly: 0.62, 50 %." in TEXT
    assert "- The mouth follows: 0.83, 61 %." in TEXT
    assert "- The eyelids hardly follow: 0.10, -3 %." in TEXT
    assert "30.1 dB in the worst picture (lively), 9 grey levels" in TEXT


def test_no_flicker_has_no_sign_of_its_own() -> None:
    steady = FINE._replace(found=FINE.found._replace(flicker=-0.0002))
    assert "flicker +0.0% (" in card(dataclasses.replace(FACTS, rounding=(steady,)))
    assert "L1, AKD and AED of the unchanged frame: calm 0.1000, 10.00 and " in TEXT


def test_nothing_is_said_against_it_unless_there_is_something() -> None:
    assert "speak against" not in TEXT
    against = card(dataclasses.replace(FACTS, against=("AED rose", "L1 rose"), notes=("Its first weights were ours.",)))
    assert "speak against it** (`--anyway`):\n\n- AED rose\n- L1 rose\n" in against
    assert "Its first weights were ours." in against


def test_all_frames_are_told_as_such() -> None:
    assert "at most 48 frames a clip" in TEXT
    assert "every frame" in card(dataclasses.replace(FACTS, after=dataclasses.replace(evaluation(), frames=0)))


def test_every_link_leads_somewhere(tmp_path: Path) -> None:
    docs = Path(__file__).parents[2] / "docs"
    for target in ("evaluation.md", "training.md", "images/portrait-matrix.jpg"):
        assert f"({target})" in TEXT
        assert (docs / target).is_file()


def test_the_catalogue_gets_a_line_each() -> None:
    found = remarks(3_310_000, evaluation())
    assert found.speed == "3.3 million parameters: made for a plain CPU."
    assert "the head turns 50 % as far as the driver's, the mouth opens 61 %, the lids 0 %." in found.quality
    assert "\n" not in found.quality


@pytest.mark.parametrize("blend", [True, False])
def test_it_tells_how_pictures_are_made(blend: bool) -> None:
    config = dataclasses.replace(LITE, generator=dataclasses.replace(LITE.generator, blend=blend))
    assert ("blends with the warped" in card(dataclasses.replace(FACTS, config=config))) is blend
