"""`prepare`: any videos become clips to train on."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from avatarify.cli.output import say, say_json, warn

NAME = "prepare"
HELP = "cut videos into clips to train on: one face, one shot, one fixed square each"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this verb."""
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="videos and pictures, at any depth")
    parser.add_argument("--output", required=True, type=Path, metavar="DIR", help="where clips and manifest go")
    parser.add_argument("--size", type=int, default=256, metavar="N", help="side of the clips in pixels (256)")
    parser.add_argument("--min-seconds", type=float, default=1.0, metavar="S", help="shortest clip (1)")
    parser.add_argument("--max-seconds", type=float, default=12.0, metavar="S", help="longest clip (12)")
    parser.add_argument("--min-face", type=float, default=50.0, metavar="PX", help="smallest face in the original (50)")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--json", action="store_true", help="the clips as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Cut and report; 1 if there is no clip at all. Raises AvatarifyError."""
    from avatarify.face.detector import FaceDetector
    from avatarify.media.progress import Progress
    from avatarify.train.prepare import PrepareOptions, prepare
    from avatarify.train.sources import CONTACT_SHEET, find_sources

    options = PrepareOptions(
        size=arguments.size, min_s=arguments.min_seconds, max_s=arguments.max_seconds, min_face=arguments.min_face
    )
    sources = find_sources(arguments.folders)
    with Progress(len(sources), stream=None if arguments.quiet else sys.stderr, unit="files") as progress:
        result = prepare(sources, arguments.output, options, FaceDetector(), progress=progress)
    if arguments.json:
        say_json([clip._asdict() for clip in result.clips])
    for path, reason in result.skipped:
        warn(f"left out {path}: {reason}")
    if not arguments.json:
        known = f"; {result.known} files were in the manifest already" if result.known else ""
        people = len({clip.identity for clip in result.clips})
        say(f"{len(result.clips)} clips of {people} people in {arguments.output}{known}")
        if result.clips:
            say(
                f"look at {arguments.output / CONTACT_SHEET}-*.png, delete what is no good, then: train {arguments.output}"
            )
    return 0 if result.clips or result.known else 1
