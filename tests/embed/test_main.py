from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import pytest

from avatarify.embed.__main__ import main
from avatarify.embed.embedding import Embedded, EmbedRequest
from tests.embed.conftest import Project
from tests.embed.figures import evaluation


def test_it_says_what_is_missing(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    before = project.contents()
    checkpoint, heldout = str(project.request.checkpoint), str(project.request.heldout)
    for words, told in (
        ([checkpoint], "Held-out clips and portraits are missing"),
        ([checkpoint, "--heldout", heldout], "eight-bit ranges are taken from"),
        ([checkpoint, "--heldout", heldout, "--clips", heldout, "--frames", "-1"], "--frames is -1"),
        ([checkpoint, "--heldout", heldout, "--clips", heldout, "--frames", "11"], "--frames is 11, too few"),
    ):
        assert main(words) == 1
        error = capsys.readouterr().err
        assert told in error
        assert error.endswith("Nothing was written.\n")
    assert project.contents() == before


def test_it_asks_for_what_was_said_and_tells_what_to_make_again(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[EmbedRequest] = []

    def embed_at_once(request: EmbedRequest, *, tell: Callable[[str], None], stream: TextIO | None) -> Embedded:
        asked.append(request)
        tell("measuring")
        return Embedded((request.card,), evaluation(l1=0.07), evaluation(akd=None), ("AKD was lost",))

    monkeypatch.setattr("avatarify.embed.__main__.embed", embed_at_once)
    request = dataclasses.replace(project.request, frames=12, notes=("One.", "Two."), anyway=True)
    request = dataclasses.replace(request, mean_with=(request.checkpoint,))
    words: list[Path | str] = [request.checkpoint, "--heldout", request.heldout, "--clips", request.clips, "--anyway"]
    words += ["--mean-with", request.checkpoint]
    words += ["--frames", "12", "--report", request.report, "--catalog", request.catalog, "--card", request.card]
    assert main([*map(str, words), "--note", "One.", "--note", "Two."]) == 0
    assert asked == [request]
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "measuring",
        "L1 over unchanged        0.700 -> 0.600",
        "AKD over unchanged       0.500 -> -",
    ]
    assert f"written  {request.card}" in lines
    assert "embedded anyway: AKD was lost" in lines
    assert [line for line in lines if "python -m benchmarks.portrait_matrix" in line]


def test_a_stop_is_no_traceback(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(request: EmbedRequest, *, tell: Callable[[str], None], stream: TextIO | None) -> Embedded:
        raise KeyboardInterrupt

    monkeypatch.setattr("avatarify.embed.__main__.embed", stopped)
    assert main([str(project.request.checkpoint), "--heldout", "x", "--clips", "y"]) == 130
    assert capsys.readouterr().err == "Stopped. Nothing was written.\n"


def test_a_checkpoint_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 2
    assert "checkpoint" in capsys.readouterr().err
