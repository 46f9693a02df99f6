"""The verb `bench`."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from avatarify.bench import results
from avatarify.bench.results import StageTime
from avatarify.bench.stopwatch import STAGES
from avatarify.cli.bench import table
from tests.bench.test_results import RESULT
from tests.cli.conftest import Type

FAST = ("--device", "cpu", "--seconds", "0.1")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(results, "user_cache", lambda: tmp_path / "cache")
    return tmp_path / "cache"


def test_json_has_a_line_for_each_runtime_and_the_figures_are_kept(type_: Type, tiny: Path) -> None:
    ended = type_(
        "bench", "--model", tiny, "--runtime", "eager", "--precision", "float32", "--sizes", "64", "--json", *FAST
    )
    assert ended.code == 0, ended.err
    (found,) = json.loads(ended.out)
    asked = {"runtime", "model", "size", "fps", "ms_p50", "ms_p95", "warm_up_s", "memory_mb", "max_error"}
    assert asked <= found.keys()
    assert (found["runtime"], found["model"], found["size"], found["max_error"]) == ("eager", tiny.stem, 64, 0.0)
    assert {stage["stage"] for stage in found["stages"]} >= {"decode", "detect", "generate", "compose"}
    (kept,) = results.load_results()
    assert kept.fps == pytest.approx(found["fps"])


def test_a_comparison_has_the_naive_path_as_its_first_row(
    type_: Type, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AVATARIFY_HOME", str(tmp_path / "home"))
    only = ("--compare", "--runtime", "eager", "--precision", "float32", "--sizes", "64")
    ended = type_("bench", "--model", tiny, *only, "--json", *FAST)
    assert ended.code == 0, ended.err
    naive, eager = json.loads(ended.out)
    assert (naive["runtime"], naive["times_naive"], naive["max_error"]) == ("naive", 1.0, None)
    assert eager["runtime"] == "eager"
    assert eager["times_naive"] > 0
    assert [kept.runtime for kept in results.load_results()] == ["eager"], "nobody can choose the naive path"


def test_the_naive_row_of_the_table() -> None:
    naive = dataclasses.replace(RESULT, runtime="naive", times_naive=1.0, max_error=None, mean_error=None)
    lines = table([naive, dataclasses.replace(RESULT, times_naive=2.25)])
    heads, first, second = (line.split() for line in lines[2:5])
    assert heads[10:12] == ["x", "NAIVE"]
    assert (first[8], first[-2:]) == ("1.00", ["-", "-"])
    assert (second[8], second[-2:]) == ("2.25", ["0", "0.000"])
    assert lines[-1].startswith("naive: the same networks")
    assert not table([RESULT])[-1].startswith("naive")


def test_table_names_stages_and_sums_what_is_around_the_network() -> None:
    stages = tuple(StageTime(name, 1.0 + index, 9.0) for index, name in enumerate(STAGES))
    quick = dataclasses.replace(RESULT, runtime="openvino", precision="bfloat16", stages=())
    lines = table([dataclasses.replace(RESULT, stages=stages), quick])
    assert lines[0] == "lite on a processor, 2 threads"
    assert lines[2].split()[:5] == ["RUNTIME", "DEVICE", "PRECISION", "SIZE", "FPS"]
    assert len(lines[2]) == len(lines[3]) == len(lines[4]), "columns stand under their heads"
    decode = next(line for line in lines if line.startswith("decode"))
    assert decode.split()[1:] == ["1.00", "/", "9.00", "-"], "the second column has no stages"
    around = next(line for line in lines if line.startswith("around the network"))
    assert around.split()[-2:] == ["21.00", "-"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--sizes", "big"], "'big' is no list of pixels"),
        (["--sizes", "20"], "64 to 4096"),
        (["--seconds", "0"], "--seconds is 0"),
    ],
)
def test_wrong_options_are_told(type_: Type, tiny: Path, arguments: list[str], message: str) -> None:
    ended = type_("bench", "--model", tiny, "--device", "cpu", *arguments)
    assert ended.code != 0
    assert message in ended.err
