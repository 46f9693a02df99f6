"""What the README promises."""

from __future__ import annotations

import re
import shlex

import numpy as np
import pytest

from avatarify.cli import front
from avatarify.paths import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def test_the_python_example_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    [code] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    monkeypatch.chdir(PROJECT)
    names: dict[str, object] = {}
    exec(code, names)
    picture = names["picture"]
    assert isinstance(picture, np.ndarray)
    assert picture.dtype == np.uint8
    assert picture.shape == (768, 768, 3)


@pytest.mark.parametrize("line", sorted(set(re.findall(r"python3 run\.py ([^`\n]+)", README))))
def test_every_command_in_it_is_one(line: str) -> None:
    front.parser().parse_args(shlex.split(line))


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README):
        if not target.startswith("http"):
            assert (PROJECT / target).exists(), target
