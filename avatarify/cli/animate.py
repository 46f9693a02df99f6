"""`animate`: a portrait and a driving video become a video."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path

from avatarify.cli.engine import add_engine_arguments, add_motion_arguments, make_animator, motion_settings
from avatarify.cli.output import say, say_json, warn
from avatarify.errors import MediaError, SettingsError
from avatarify.paths import AVATARS

NAME = "animate"
HELP = "move a portrait as a face in a video moves"
SIZES = (64, 1024)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this verb."""
    parser.add_argument(
        "--source", required=True, metavar="P", help="the portrait: a picture, or the name of a shipped avatar"
    )
    parser.add_argument("--driving", required=True, type=Path, metavar="V", help="the video whose face moves it")
    parser.add_argument("--output", required=True, type=Path, metavar="O", help="the mp4 to write")
    parser.add_argument("--side-by-side", action="store_true", help="portrait, driving video and result in one picture")
    parser.add_argument(
        "--size", type=int, default=512, metavar="N", help="side of the result in pixels, 64 to 1024 (512)"
    )
    parser.add_argument("--no-crop", action="store_true", help="take the middle square instead of finding the face")
    parser.add_argument(
        "--find-best-frame", action="store_true", help="calibrate on the frame posed most like the portrait"
    )
    parser.add_argument("--force", action="store_true", help="overwrite an existing file")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    add_motion_arguments(parser)
    add_engine_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Animate and report. Raises AvatarifyError."""
    _check(arguments)
    motion = motion_settings(arguments)
    source = portrait_path(arguments.source)
    from avatarify.face.search import FaceSearch
    from avatarify.media.progress import Progress
    from avatarify.render import RenderRequest, check_input, render

    request = RenderRequest(
        source=source,
        driving=arguments.driving,
        output=arguments.output,
        motion=motion,
        size=arguments.size,
        crop=not arguments.no_crop,
        find_best_frame=arguments.find_best_frame,
        side_by_side=arguments.side_by_side,
    )
    check_input(request.source, request.driving, request.output)  # loading a model takes seconds
    animator = make_animator(arguments)
    description = animator.runtime.description
    if not arguments.json:
        say(f"running {description}")
        for reason in description.passed_over:
            say(f"  not {reason}")
    with Progress(None, stream=None if arguments.quiet else sys.stderr, unit="frames") as progress:
        try:
            report = render(animator, request, detector=FaceSearch(), progress=progress)
        except KeyboardInterrupt:
            if progress.done:
                warn(f"stopped: the first {progress.done} frames are in {request.output}")
            raise
    if arguments.json:
        say_json(
            {**dataclasses.asdict(report), "fps": round(report.fps, 2), "runtime": dataclasses.asdict(description)}
        )
    else:
        shape = f"{report.width}x{report.height}"
        say(
            f"{report.output}: {report.frames} frames of {shape} in {report.seconds:.1f} s, {report.fps:.1f} fps ({report.note})"
        )
        if request.find_best_frame:
            say(f"calibrated on frame {report.reference_index}")
        if report.damaged_frames:
            warn(f"{report.damaged_frames} damaged frames of {request.driving} were left out")
    return 0


def portrait_path(source: str) -> Path:
    """A file, or the shipped avatar of that name. Raises MediaError naming the avatars."""
    path = Path(source)
    if path.exists() or path.suffix or len(path.parts) > 1:
        return path
    shipped = AVATARS / f"{source.lower()}.png"
    if not shipped.is_file():
        names = ", ".join(sorted(avatar.stem for avatar in AVATARS.glob("*.png")))
        raise MediaError(f"There is no portrait {source!r}.", f"Give a picture file or a shipped avatar: {names}.")
    return shipped


def _check(arguments: argparse.Namespace) -> None:
    low, high = SIZES
    if not low <= arguments.size <= high or arguments.size % 2:
        raise SettingsError(f"--size is {arguments.size}.", f"Choose an even number from {low} to {high}.")
    output: Path = arguments.output
    for given in (arguments.driving, Path(arguments.source)):
        if given.exists() and output.exists() and given.samefile(output):
            raise SettingsError(f"--output is {output}, which is an input too.", "Choose another name for the result.")
    if output.is_file() and not arguments.force:
        raise MediaError(f"{output} exists.", "Choose another name, or overwrite it with --force.")
