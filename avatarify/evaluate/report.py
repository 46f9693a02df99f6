"""The report on disk: report.json for programs, report.html for people. Each file appears whole or not at all."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

from avatarify.evaluate.html import page
from avatarify.evaluate.perceptual import BACKBONE, PICTURE_BACKBONE
from avatarify.evaluate.results import METHODS, Evaluation
from avatarify.media.part_file import PartFile

HTML, JSON = "report.html", "report.json"


def write_report(folder: Path, found: Evaluation) -> None:
    """Both files; the pictures are in the folder already. Raises MediaError."""
    _write(folder / JSON, json_text(found))
    _write(folder / HTML, page(found, folder))


def json_text(found: Evaluation) -> str:
    """Every value, and the means. Infinite and missing values are null."""
    means = {method: found.scores(method) for method in METHODS}
    cross = {method: found.cross_scores(method) for method in METHODS}
    tree = {
        **dataclasses.asdict(found),
        "perceptual_backbone": BACKBONE,
        "picture_backbone": PICTURE_BACKBONE,
        "l1_over_unchanged": found.ratio(),
        "akd_over_unchanged": found.akd_ratio(),
        "clips": [
            {**dataclasses.asdict(clip), "l1_over_unchanged": clip.ratio(), "akd_over_unchanged": clip.akd_ratio()}
            for clip in found.clips
        ],
        "mean": {method: dataclasses.asdict(scores) for method, scores in means.items() if scores is not None},
        "cross_mean": {method: dataclasses.asdict(scores) for method, scores in cross.items() if scores is not None},
    }
    return json.dumps(_plain(tree), indent=1, allow_nan=False) + "\n"


def _plain(value: object) -> object:
    """Named tuples as objects, and nothing that JSON does not know."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _write(path: Path, text: str) -> None:
    with PartFile(path) as part:
        part.path.write_text(text, encoding="utf-8")
