"""`evaluate`: how good a model is on your clips, beside two baselines: tables, and a report to look at."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from avatarify.cli.engine import add_engine_arguments, make_animator
from avatarify.cli.output import say, warn
from avatarify.errors import SettingsError
from avatarify.paths import PROJECT

if TYPE_CHECKING:
    from avatarify.evaluate.results import Evaluation, Scores, Transfer
    from avatarify.face.landmarks import FindsLandmarks

NAME = "evaluate"
HELP = "measure a model on clips and portraits: L1, SSIM, AKD, AED and more, beside two baselines"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this verb."""
    parser.add_argument("clips", type=Path, metavar="FOLDER", help="videos or folders of frames to reconstruct")
    parser.add_argument(
        "--output", type=Path, default=PROJECT / "output" / "evaluation", metavar="DIR", help="output/evaluation"
    )
    parser.add_argument(
        "--portraits",
        type=Path,
        metavar="FOLDER",
        help="pictures that the clips shall drive, for cross-identity figures",
    )
    parser.add_argument("--frames", type=int, default=24, metavar="N", help="of each clip at most; 0 takes all (24)")
    parser.add_argument(
        "--size", type=int, metavar="N", help="side of the pictures (256; models other than lite have their own)"
    )
    parser.add_argument("--no-crop", action="store_true", help="take the middle square instead of finding the face")
    parser.add_argument(
        "--perceptual-file",
        type=Path,
        metavar="FILE",
        help="MobileNetV2's weights, for a distance of whole pictures (used by itself where it is installed)",
    )
    parser.add_argument(
        "--precise-landmarks",
        action="store_true",
        help="AKD with face-alignment's network, as in the paper (slow without a GPU; see models/README.md)",
    )
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--json", action="store_true", help="what report.json holds, on standard output")
    add_engine_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure, write the report, print the table. Raises AvatarifyError."""
    if arguments.frames < 0:
        raise SettingsError(f"--frames is {arguments.frames}.", "Give a number of frames, or 0 for all.")
    from avatarify.evaluate.clip import PICTURES, find_clips, find_files
    from avatarify.evaluate.evaluation import EvaluationRequest, evaluate
    from avatarify.evaluate.report import HTML, json_text
    from avatarify.media.progress import Progress

    output: Path = arguments.output
    if output.exists() and not output.is_dir():
        raise SettingsError(f"--output is {output}, which is a file.", "Name a folder.")
    request = EvaluationRequest(
        clips=find_clips(arguments.clips),
        portraits=find_files(arguments.portraits, PICTURES, what="picture") if arguments.portraits else {},
        output=output,
        model=Path(arguments.model).stem if Path(arguments.model).suffix else arguments.model,
        frames=arguments.frames,
        size=arguments.size,
        crop=not arguments.no_crop,
        perceptual_file=arguments.perceptual_file,
    )
    animator = make_animator(arguments)
    precise = _precise(animator.runtime.description.device) if arguments.precise_landmarks else None
    if not arguments.json:
        say(f"running {animator.runtime.description}")
    with Progress(None, stream=None if arguments.quiet else sys.stderr, unit="pictures") as progress:
        try:
            found = evaluate(animator, request, progress=progress, precise=precise)
        except KeyboardInterrupt:
            progress.close()
            if progress.done:
                warn(f"stopped: {output / HTML} holds the clips that were done")
            raise
    if arguments.json:
        sys.stdout.write(json_text(found))
    else:
        for line in table(found):
            say(line)
        say(f"report  {output / HTML}")
    for skipped in found.skipped:
        warn(f"left out {skipped.name}: {skipped.reason}")
    return 0


def _precise(device: str) -> FindsLandmarks:
    """device: of the runtime. Raises AvatarifyError where the network is not here."""
    from avatarify.catalog.landmark_file import NAME, SHA256_BEGINS, installed_landmarks
    from avatarify.face.landmarks import FanLandmarks

    file = installed_landmarks()
    if file is None:
        raise SettingsError(
            f"--precise-landmarks needs {NAME}, which is not here.",
            f"Get it from the author of face-alignment, then: python3 run.py models import {NAME}",
        )
    return FanLandmarks(file, sha256=SHA256_BEGINS, device=device if device.startswith("cuda") else "cpu")


def table(found: Evaluation) -> list[str]:
    """The figures as text: a block for each clip and for the mean, a row for each method."""
    from avatarify.evaluate.results import METHODS, scores_of

    whole = any(clip.model.picture is not None for clip in found.clips)  # the weights for it were at hand
    lines = [_row("", (*_SCORES, "picture") if whole else _SCORES, _FOLLOWED)]
    for clip in found.clips:
        lines += ["", clip.clip]
        rows = [(method, scores_of(clip, method), clip.ratio(method)) for method in METHODS]
        lines += [_scores_row(*row, whole=whole) for row in rows]
    if len(found.clips) > 1:
        lines += ["", f"mean of {len(found.clips)} clips"]
        means = [(method, found.scores(method)) for method in METHODS]
        lines += [
            _scores_row(method, scores, found.ratio(method), whole=whole)
            for method, scores in means
            if scores is not None
        ]
    if found.cross:
        lines += ["", f"cross-identity, mean of {len(found.cross)} pairs", _row("", ("identity", "missing"), _FOLLOWED)]
        for method in METHODS:
            if (cross := found.cross_scores(method)) is not None:
                cells = (_told(cross.identity, 3), _told(cross.missing, 3))
                lines.append(_row(method, cells, _gains(cross.transfer)))
    lines += [
        "",
        f"AKD: points found by {found.landmarks}",
        "yaw, pitch, mouth, lids: correlation with the driver, and gain (100 % moves as far as the driver)",
        "",
    ]
    return lines


_SCORES = ("L1", "ratio", "PSNR", "SSIM", "percept", "AKD", "AKD rel", "MKR", "AED", "flicker")
_FOLLOWED = ("yaw", "pitch", "mouth", "lids")


def _scores_row(method: str, scores: Scores, ratio: float | None, *, whole: bool) -> str:
    cells = (
        *(_told(scores.l1, 4), _told(ratio, 2), _told(scores.psnr, 2), _told(scores.ssim, 3)),
        *(_told(scores.perceptual, 3), _told(scores.akd, 2), _told(scores.akd_relative, 3)),
        *(_told(scores.mkr, 3), _told(scores.aed, 3), _told(scores.flicker, 4)),
        *([_told(scores.picture, 3)] if whole else []),
    )
    return _row(method, cells, _gains(scores.transfer))


def _gains(transfer: Transfer) -> tuple[str, ...]:
    each = (transfer.yaw, transfer.pitch, transfer.mouth, transfer.eyes)
    gains = ["-" if one.gain is None else f"{round(100 * one.gain)}%" for one in each]
    return tuple(f"{_told(one.correlation, 2):>5} {gain:>5}" for one, gain in zip(each, gains, strict=True))


def _told(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _row(name: str, numbers: Sequence[str], followed: Sequence[str]) -> str:
    left = f"  {name:<10}" + "".join(f"{cell:>9}" for cell in numbers)
    return (left + "".join(f"{cell:>13}" for cell in followed)).rstrip()
