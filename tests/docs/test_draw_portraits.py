"""The page about portraits: its pictures are the drawn ones, and the app says of each what stands beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatarify.avatars import FaceTools
from avatarify.face.mesh import FaceMesh
from avatarify.face.search import FaceSearch
from docs.draw_portraits import EXAMPLES, FOLDER, Example, verdict_of

PAGE = (Path(FOLDER).parents[1] / "avatars.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tools() -> FaceTools:
    return FaceTools(FaceSearch(), FaceMesh())


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_the_app_says_what_the_page_says(example: Example, tools: FaceTools) -> None:
    rows = [row for row in PAGE.splitlines() if f"images/portraits/{example.name}.jpg" in row]
    assert len(rows) == 1
    assert (FOLDER / f"{example.name}.jpg").is_file()
    verdict = verdict_of(example.make(), tools)
    assert verdict.usable
    assert ("**Good.**" in rows[0]) is (verdict.problems == ())
    assert all(problem in rows[0] for problem in verdict.problems)
