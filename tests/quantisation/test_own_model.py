"""A model of the user's gets its note: ranges where they are exact enough, else why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatarify.errors import MediaError
from avatarify.evaluate.rounding import Judgement
from avatarify.quantisation.material import Material
from avatarify.quantisation.noted import admitted
from avatarify.quantisation.own_model import Found, quantise_model
from avatarify.runtime.base import RuntimeRequest
from avatarify.runtime.graph_cache import file_digest
from avatarify.runtime.openvino import OpenVinoRuntime
from avatarify.runtime.quantise import Ranges, ranges_path
from tests.fakes.models import write_tiny_model
from tests.runtime.test_eager import picture


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AVATARIFY_HOME", str(tmp_path / "home"))
    return write_tiny_model(tmp_path / "mine.safetensors")


def noise(side: int) -> Material:
    """A network of random weights takes noise for a face."""
    clip, film = (tuple(picture(side, seed) for seed in seeds) for seeds in (range(3), range(3, 8)))
    return Material((clip,), {"film": film})


def quantised(model: Path, *, again: bool = False, refuse: str = "") -> tuple[Found, list[str]]:
    told: list[str] = []
    found = quantise_model(model, tell=told.append, material=noise, beyond=lambda _: refuse, again=again)
    return found, told


def test_a_model_that_is_exact_enough_runs_in_eight_bits_by_itself(model: Path) -> None:
    found, _ = quantised(model)
    assert found.admitted
    assert found.judged["film"].max_error <= 8
    assert None not in found.ranges.layers, "everything in eight bits"
    runtime = OpenVinoRuntime.load(model, RuntimeRequest("cpu", "auto"))
    assert runtime.description.precision == "int8"
    assert admitted(model, file_digest(model)) is True


def test_doublings_in_float32_are_tried_before_a_model_is_refused(model: Path) -> None:
    judged: list[Judgement] = []

    def only_the_second(found: Judgement) -> str:
        judged.append(found)
        return "too rough" if found == judged[0] else ""

    found = quantise_model(model, tell=lambda _: None, material=noise, beyond=only_the_second)
    assert found.admitted
    assert None in found.ranges.layers


def test_a_refused_model_stays_as_it_was_and_is_not_tried_again(model: Path) -> None:
    found, _ = quantised(model, refuse="pictures are too rough")
    assert not found.admitted
    assert found.ranges.refused == "pictures are too rough (on film)"
    assert OpenVinoRuntime.load(model, RuntimeRequest("cpu", "auto")).description.precision != "int8"
    assert admitted(model, file_digest(model)) is False
    again, told = quantised(model)
    assert (again, told) == (Found(found.ranges, {}), [])
    assert quantised(model, again=True)[0].admitted


def test_a_note_of_other_weights_counts_for_nothing(model: Path) -> None:
    ranges_path(model).write_text(Ranges("of others", (), "no").to_json())
    assert admitted(model, file_digest(model)) is None
    assert quantised(model)[0].admitted


def test_a_note_that_is_damaged_is_no_answer(model: Path) -> None:
    ranges_path(model).write_text("{")
    assert admitted(model, file_digest(model)) is None


def test_a_folder_that_cannot_be_written_is_told(model: Path) -> None:
    ranges_path(model).mkdir()  # a file cannot take the place of a folder
    with pytest.raises(MediaError, match=r"mine-decoder-int8\.json cannot be written"):
        quantised(model)
