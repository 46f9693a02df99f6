"""Figures kept from one day to the next."""

from __future__ import annotations

import dataclasses
import json
import logging
from pathlib import Path

import pytest

from avatarify.bench import results
from avatarify.bench.results import BenchResult, StageTime, keep_results, load_results, results_folder

RESULT = BenchResult(
    runtime="eager",
    model="lite",
    size=512,
    fps=25.5,
    ms_p50=39.0,
    ms_p95=44.0,
    warm_up_s=1.5,
    memory_mb=410.0,
    max_error=0.0,
    mean_error=0.0,
    device="cpu",
    device_name="a processor, 2 threads",
    precision="float32",
    stages=(StageTime("decode", 1.5, 1.7), StageTime("detect", 5.0, 6.0)),
    measured_at="2026-11-22T18:00:00+00:00",
)


def test_what_is_kept_is_what_is_loaded(tmp_path: Path) -> None:
    quick = dataclasses.replace(RESULT, runtime="openvino", precision="bfloat16", fps=53.0)
    other = dataclasses.replace(RESULT, model="Vox / adv")
    keep_results([RESULT, quick, other], tmp_path / "new" / "folder")
    assert set(load_results(tmp_path / "new" / "folder")) == {RESULT, quick, other}
    assert not [path for path in (tmp_path / "new" / "folder").iterdir() if path.name.startswith(".")]


def test_figures_from_before_the_naive_column_are_still_read(tmp_path: Path) -> None:
    compared = dataclasses.replace(RESULT, size=256, times_naive=4.5, max_error=None)
    keep_results([RESULT, compared], tmp_path)
    (path,) = tmp_path.iterdir()
    content = json.loads(path.read_text())
    del content["results"][0]["times_naive"]
    path.write_text(json.dumps(content))
    assert set(load_results(tmp_path)) == {RESULT, compared}


def test_a_newer_figure_replaces_its_like_and_nothing_else(tmp_path: Path) -> None:
    smaller = dataclasses.replace(RESULT, size=256)
    keep_results([RESULT, smaller], tmp_path)
    faster = dataclasses.replace(RESULT, fps=30.0, measured_at="2026-11-23T18:00:00+00:00")
    keep_results([faster], tmp_path)
    assert set(load_results(tmp_path)) == {faster, smaller}


def test_nothing_measured_yet(tmp_path: Path) -> None:
    assert load_results(tmp_path / "nowhere") == ()


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"format": 2, "results": []}', '{"format": 1, "results": [{"runtime": "eager"}]}', '{"format": 1}'],
)
def test_a_damaged_file_is_left_out_told_and_replaced(
    content: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keep_results([RESULT], tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_text(content)
    with caplog.at_level(logging.WARNING):
        assert load_results(tmp_path) == ()
    assert path.name in caplog.text
    keep_results([RESULT], tmp_path)
    assert load_results(tmp_path) == (RESULT,)


def test_a_value_of_another_type_is_refused(tmp_path: Path) -> None:
    keep_results([RESULT], tmp_path)
    (path,) = tmp_path.iterdir()
    tree = json.loads(path.read_text())
    tree["results"][0]["device"] = 5
    path.write_text(json.dumps(tree))
    assert load_results(tmp_path) == ()


def test_models_of_like_names_do_not_share_a_file(tmp_path: Path) -> None:
    pair = [dataclasses.replace(RESULT, model=name) for name in ("vox adv", "vox-adv")]
    keep_results(pair, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    assert set(load_results(tmp_path)) == set(pair)


def test_figures_lie_in_the_cache_and_belong_to_one_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(results, "user_cache", lambda: tmp_path)
    here = results_folder()
    assert here.parent == tmp_path / "bench"
    assert results_folder() == here
    monkeypatch.setattr(results.platform, "node", lambda: "another-machine")
    assert results_folder() != here
