from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from avatarify.embed.recipe import recipe_of
from avatarify.errors import CheckpointError
from avatarify.train.recipes import CONFIGS
from avatarify.train.run_file import RUN, RunFile

METADATA = {
    "trained_steps": "2616",
    "trained_pairs": "31392",
    "recipe": "lite",
    "data_licence_classes": "open, drawn here, lent by a friend",
}


def test_what_the_header_says_is_told_in_words(tmp_path: Path) -> None:
    recipe = recipe_of(tmp_path / "model.safetensors", METADATA)
    assert recipe.amount == "31,392 pairs of pictures in 2,616 steps, recipe `lite`."
    assert recipe.licences == "`open` (CC BY); `drawn here` (people that this project draws); `lent by a friend`."
    assert recipe.losses == "not told by the file."
    assert recipe.command == "python3 run.py train FACES --output run --config lite"


def test_the_folder_of_the_run_says_the_rest_and_no_path(tmp_path: Path) -> None:
    config = CONFIGS["lite"]
    RunFile(config, 5000, (tmp_path / "secret",), tmp_path / "cache").write(tmp_path)
    recipe = recipe_of(tmp_path / "model.safetensors", METADATA)
    assert f"perceptual {config.weights.perceptual:g}, " in recipe.losses
    assert "identity" not in recipe.losses, "its weight is 0"
    assert f"--steps 5000 --batch {config.batch} " in recipe.command
    assert "--init" not in recipe.command
    assert not [text for text in recipe if "secret" in text or "cache" in text]


def test_what_differs_from_the_recipe_is_told(tmp_path: Path) -> None:
    lite = CONFIGS["lite"]
    weights = dataclasses.replace(lite.weights, identity=5.0, expression=40.0)
    config = dataclasses.replace(lite, weights=weights, precision="bfloat16", detector_steps=1800)
    RunFile(config, 5000, (tmp_path / "secret",), tmp_path / "cache").write(tmp_path)
    recipe = recipe_of(tmp_path / "model.safetensors", METADATA)
    assert recipe.losses.endswith(
        " Identity is judged by the network that AED is measured with: AED flatters."
        " Expression is judged by the network that AKD is measured with: AKD flatters."
    )
    assert recipe.command.endswith(
        " --precision bfloat16 --identity 5 --expression 40 --init FILE --detector-steps 1800"
    )


def test_which_model_the_run_began_with_is_told(tmp_path: Path) -> None:
    RunFile(CONFIGS["lite"], 5000, (tmp_path,), tmp_path / "cache", init="a1b2").write(tmp_path)
    recipe = recipe_of(tmp_path / "model.safetensors", METADATA)
    assert recipe.command.endswith(" --init FILE")
    assert recipe.amount.endswith("recipe `lite`. It began with FILE, the weights of sha256 `a1b2`.")


def test_a_silent_file_and_a_damaged_run(tmp_path: Path) -> None:
    silent = recipe_of(tmp_path / "model.safetensors", {})
    assert silent.amount == "How long is not told by the file."
    assert (silent.licences, silent.losses) == ("not told by the file.", "not told by the file.")
    (tmp_path / RUN).write_text("{", encoding="utf-8")
    with pytest.raises(CheckpointError, match="damaged"):
        recipe_of(tmp_path / "model.safetensors", {})
