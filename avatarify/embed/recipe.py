"""How a model was trained, as far as its file and the run's folder tell."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from avatarify.train.run_file import RUN, RunFile

_CLASSES: Mapping[str, str] = {
    "open": "CC BY",
    "open-pd-mostly": "official portraits, mostly in the public domain, not checked one by one",
    "repo-permissive": "files committed to repositories under MIT or Apache-2.0, which proves neither rights in a clip nor the"
    " consent of the person",
    "drawn here": "people that this project draws",
    "not stated": "files whose manifest states none",
}
_UNTOLD = "not told by the file."


class Recipe(NamedTuple):
    """In words. amount: of training. licences: the data's classes. losses: with their weights. command: that trains it again."""

    amount: str
    licences: str
    losses: str
    command: str


def recipe_of(checkpoint: Path, metadata: Mapping[str, str]) -> Recipe:
    """metadata: of the model file. What the folder of a run says (`run.json`) is read where the checkpoint still lies in it.

    Raises CheckpointError and SettingsError for a run.json that cannot be read.
    """
    run = RunFile.read(checkpoint.parent) if (checkpoint.parent / RUN).is_file() else None
    name = metadata.get("recipe") or (run.config.name if run is not None else "")
    return Recipe(
        amount=_amount(metadata, name) + _beginning(run),
        licences=_licences(metadata.get("data_licence_classes", "")),
        losses=_losses(run),
        command=_command(run, name),
    )


def _amount(metadata: Mapping[str, str], name: str) -> str:
    steps, pairs = metadata.get("trained_steps", ""), metadata.get("trained_pairs", "")
    if not (steps.isdigit() and pairs.isdigit()):
        return f"How long is {_UNTOLD}"
    recipe = f", recipe `{name}`" if name else ""
    return f"{int(pairs):,} pairs of pictures in {int(steps):,} steps{recipe}."


def _beginning(run: RunFile | None) -> str:
    return f" It began with FILE, the weights of sha256 `{run.init}`." if run is not None and run.init else ""


def _licences(classes: str) -> str:
    names = [name.strip() for name in classes.split(",") if name.strip()]
    if not names:
        return _UNTOLD
    return "; ".join(f"`{name}` ({_CLASSES[name]})" if name in _CLASSES else f"`{name}`" for name in names) + "."


def _losses(run: RunFile | None) -> str:
    if run is None:
        return _UNTOLD
    weights = dataclasses.asdict(run.config.weights)
    named = [f"{name.replace('_', ' ')} {weight:g}" for name, weight in weights.items() if weight]
    told = ", ".join(named) + f"; perceptual network `{run.config.perceptual}`."
    for name, figure in (("identity", "AED"), ("expression", "AKD")):
        if weights[name]:
            told += f" {name.capitalize()} is judged by the network that {figure} is measured with: {figure} flatters."
    return told


def _command(run: RunFile | None, name: str) -> str:
    config = f" --config {name}" if name else ""
    if run is None:
        return f"python3 run.py train FACES --output run{config}"
    made = run.config
    others = (
        ("--precision", made.precision, made.precision != "float32"),
        ("--identity", f"{made.weights.identity:g}", made.weights.identity > 0),
        ("--expression", f"{made.weights.expression:g}", made.weights.expression > 0),
        ("--init", "FILE", bool(run.init) or made.detector_steps > 0),
        ("--detector-steps", made.detector_steps, made.detector_steps > 0),
    )
    return (
        f"python3 run.py train FACES --output run{config} --steps {run.steps} --batch {made.batch}"
        f" --learning-rate {made.learning_rate:g} --pictures {made.data.image_share:g} --drawn {made.data.drawn_share:g}"
        + "".join(f" {name} {value}" for name, value, given in others if given)
    )
