"""Replaces the embedded weights: measures them on held-out clips, refuses worse ones, writes weights, ranges, catalogue and card."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from avatarify.catalog.entries import CATALOG
from avatarify.embed.comparison import FIGURES
from avatarify.embed.embedding import CARD, Embedded, EmbedRequest, embed
from avatarify.errors import AvatarifyError, SettingsError
from avatarify.paths import PROJECT

_FEWEST = 12  # frames of a clip; how it is followed needs some
_TOLD_ELSEWHERE = """These tell of the former weights until they are made again:
  docs/images/portrait-matrix.jpg   python -m benchmarks.portrait_matrix
  docs/images/demo.jpg, README.md   python3 run.py demo
  docs/exactness.md                 python -m benchmarks.precision CLIPS --frames 24
  docs/performance.md               python -m benchmarks.speed
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Embed, and tell how it went. 1 where it was refused or failed, 130 where it was stopped: then nothing has changed."""
    try:
        embedded = embed(_request(_parser().parse_args(arguments)), tell=_say, stream=sys.stderr)
    except AvatarifyError as error:
        sys.stderr.write(f"{error}\nNothing was written.\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Nothing was written.\n")
        return 130
    _tell(embedded)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m avatarify.embed", description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="any checkpoint that `models import` would take")
    parser.add_argument(
        "--mean-with",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="another checkpoint of the same training: the mean of the weights is embedded; may be repeated",
    )
    parser.add_argument(
        "--heldout",
        type=Path,
        metavar="FOLDER",
        help="clips and portraits that no training saw: the figures are of these",
    )
    parser.add_argument(
        "--clips",
        type=Path,
        metavar="FOLDER",
        help="square face clips, not held out: eight-bit ranges are taken from these",
    )
    parser.add_argument(
        "--frames", type=int, default=48, metavar="N", help="measured of each clip at most; 0 takes all (48)"
    )
    parser.add_argument(
        "--note", action="append", default=[], metavar="TEXT", help="a sentence for the card; may be repeated"
    )
    parser.add_argument("--anyway", action="store_true", help="embed weights that are worse; the card names it")
    parser.add_argument(
        "--report", type=Path, default=PROJECT / "output" / "embedding", metavar="DIR", help="output/embedding"
    )
    parser.add_argument("--catalog", type=Path, default=CATALOG, metavar="FILE", help="the weights lie beside it")
    parser.add_argument("--card", type=Path, default=CARD, metavar="FILE", help="docs/model-card.md")
    return parser


def _request(options: argparse.Namespace) -> EmbedRequest:
    if options.heldout is None:
        raise SettingsError(
            "Held-out clips and portraits are missing, so nobody can tell whether the model became worse.",
            "Give --heldout FOLDER. They are not part of this repository.",
        )
    if options.clips is None:
        raise SettingsError(
            "Face clips are missing that eight-bit ranges are taken from.",
            "Give --clips FOLDER, those of the training.",
        )
    if options.frames != 0 and options.frames < _FEWEST:
        raise SettingsError(
            f"--frames is {options.frames}, too few to judge by.", f"Give at least {_FEWEST}, or 0 for all."
        )
    return EmbedRequest(
        checkpoint=options.checkpoint,
        mean_with=tuple(options.mean_with),
        heldout=options.heldout,
        clips=options.clips,
        report=options.report,
        catalog=options.catalog,
        card=options.card,
        frames=options.frames,
        notes=tuple(options.note),
        anyway=options.anyway,
    )


def _tell(embedded: Embedded) -> None:
    for figure in FIGURES:
        old, new = (_told(figure.of(found), figure.digits) for found in (embedded.before, embedded.after))
        _say(f"{figure.name:<24} {old} -> {new}")
    for reason in embedded.against:
        _say(f"embedded anyway: {reason}")
    for path in embedded.written:
        _say(f"written  {path}")
    sys.stdout.write(_TOLD_ELSEWHERE)


def _told(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
