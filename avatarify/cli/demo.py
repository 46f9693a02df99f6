"""`demo`: our own performer drives the shipped avatars; the result is a video and a contact sheet."""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from avatarify.cli.engine import add_engine_arguments, make_animator
from avatarify.cli.output import say, say_json
from avatarify.errors import MediaError, SettingsError
from avatarify.paths import AVATARS, PROJECT
from avatarify.settings import MotionSettings

if TYPE_CHECKING:
    from avatarify.animator import Animator, Source
    from avatarify.face.detector import DetectsFaces
    from avatarify.frame import Frame, Image
    from avatarify.media.progress import Progress

NAME = "demo"
HELP = "animate the shipped avatars: a video and a contact sheet, no camera needed"
FPS = 25
SHEET_COLUMNS = 6


class Actor(NamedTuple):
    """An avatar on the demo's stage. source: encoded portrait."""

    name: str
    source: Source


class Show(NamedTuple):
    """What the demo made. moments: for the contact sheet, rows of pictures, the performer's first."""

    frames: int
    seconds: float
    moments: tuple[tuple[Image, ...], ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this verb."""
    parser.add_argument(
        "--output", type=Path, default=PROJECT / "output" / "demo", metavar="DIR", help="where to (output/demo)"
    )
    parser.add_argument("--avatars", metavar="A,B,...", default="", help="shipped avatars by name (all)")
    parser.add_argument("--seconds", type=float, default=8.0, metavar="S", help="how long, 1 to 60 (8)")
    parser.add_argument(
        "--size", type=int, default=320, metavar="N", help="side of each picture in pixels, 64 to 512 (320)"
    )
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    add_engine_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Make both files and tell where they are. Raises AvatarifyError."""
    if not 1 <= arguments.seconds <= 60:
        raise SettingsError(f"--seconds is {arguments.seconds:g}.", "Choose a value from 1 to 60.")
    if not 64 <= arguments.size <= 512 or arguments.size % 2:
        raise SettingsError(f"--size is {arguments.size}.", "Choose an even number from 64 to 512.")
    from avatarify.face.search import FaceSearch
    from avatarify.media.contact_sheet import contact_sheet
    from avatarify.media.images import write_image
    from avatarify.media.progress import Progress

    folder: Path = arguments.output
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MediaError(
            f"The folder {folder} cannot be made ({error.strerror}).", "Choose another --output."
        ) from error
    began = time.perf_counter()
    animator = make_animator(arguments)
    description = animator.runtime.description
    if not arguments.json:
        say(f"running {description}")
    actors = cast_actors(animator, FaceSearch(), portraits(arguments.avatars), arguments.size)
    prepared = time.perf_counter() - began
    count = round(arguments.seconds * FPS)
    video, sheet = folder / "demo.mp4", folder / "demo.png"
    with Progress(count, stream=sys.stderr, unit="frames") as progress:
        show = perform(animator, FaceSearch(), actors, video, count=count, size=arguments.size, progress=progress)
    labels = ["performer", *(actor.name for actor in actors)]
    title = f"Avatarify: {len(actors)} avatars, one performance"
    write_image(sheet, contact_sheet(show.moments, cell=192, title=title, row_labels=labels))
    pictures = show.frames * len(actors)
    report = {
        "video": video,
        "contact_sheet": sheet,
        "avatars": [actor.name for actor in actors],
        "frames": show.frames,
        "pictures": pictures,
        "seconds": round(show.seconds, 2),
        "fps": round(pictures / show.seconds, 1),
        "prepared_s": round(prepared, 2),
        "runtime": dataclasses.asdict(description),
    }
    if arguments.json:
        say_json(report)
        return 0
    say(f"video          {video}")
    say(f"contact sheet  {sheet}")
    say(
        f"{len(actors)} avatars x {show.frames} frames in {show.seconds:.1f} s: {report['fps']} pictures a second, all steps counted"
    )
    say(
        f"runtime        {description.name}, {description.precision}; device {description.device} ({description.device_name})"
    )
    for reason in description.passed_over:
        say(f"  not {reason}")
    return 0


def portraits(names: str) -> list[Path]:
    """The shipped pictures but the performer's, or those named. Raises MediaError naming the ones there are."""
    shipped = {path.stem: path for path in sorted(AVATARS.glob("*.png"))}
    if not shipped:
        raise MediaError(f"There are no avatars in {AVATARS}.", "Get the project's files again.")
    driver = performer_name()
    wanted = [name.strip().lower() for name in names.split(",") if name.strip()] or [
        name for name in shipped if name != driver
    ]
    if unknown := [name for name in wanted if name not in shipped]:
        raise MediaError(f"There is no avatar {unknown[0]!r}.", f"Choose from: {', '.join(shipped)}.")
    return [shipped[name] for name in wanted]


def performer_name() -> str:
    """The avatar that is the performer's own portrait: he need not follow himself."""
    from avatarify.character.cast import PERFORMER

    return PERFORMER.name.lower()


def cast_actors(animator: Animator, detector: DetectsFaces, paths: Sequence[Path], size: int) -> list[Actor]:
    """Encode every portrait."""
    from avatarify.media.images import read_image
    from avatarify.render import frame_source

    return [
        Actor(path.stem, animator.encode_source(frame_source(read_image(path), detector, size=size))) for path in paths
    ]


def perform(
    animator: Animator,
    detector: DetectsFaces,
    actors: Sequence[Actor],
    video: Path,
    *,
    count: int,
    size: int,
    progress: Progress,
) -> Show:
    """Film the performer, let every actor follow, write the video: the performer's picture first, then the actors'."""
    from avatarify.camera.synthetic import SyntheticCamera
    from avatarify.media.video_writer import VideoWriter
    from avatarify.render import driving_crop, driving_size

    with SyntheticCamera(fps=FPS) as camera:
        frames: list[Frame] = list(camera.frames(count))
    crop = driving_crop(lambda: iter(frames), detector, count)
    reference = animator.calibrate(crop.apply(frames[0].image, driving_size(animator)))
    columns = -(-(len(actors) + 1) // (2 if len(actors) > 2 else 1))
    rows = -(-(len(actors) + 1) // columns)
    shown = {round((column + 0.5) * count / SHEET_COLUMNS) for column in range(SHEET_COLUMNS)}
    moments: list[list[Image]] = []
    began = time.perf_counter()
    with VideoWriter(video, size=(columns * size, rows * size), fps=FPS) as writer:
        for frame in frames:
            keypoints = animator.detect(crop.apply(frame.image, driving_size(animator)))
            pictures = [crop.apply(frame.image, size)]
            for actor in actors:
                moved = animator.transfer(actor.source, reference, keypoints, MotionSettings())
                pictures.append(animator.generate(actor.source, moved))
            writer.write(tiled(pictures, columns, size))
            if frame.index in shown:
                moments.append(pictures)
            progress.update()
    seconds = time.perf_counter() - began
    return Show(count, seconds, tuple(zip(*moments, strict=True)))


def tiled(pictures: Sequence[Image], columns: int, size: int) -> Image:
    """Pictures [n,n,3] -> rows of `columns`, each scaled to `size`; empty places are dark."""
    import cv2
    import numpy as np

    rows = -(-len(pictures) // columns)
    sheet = np.full((rows * size, columns * size, 3), 24, np.uint8)
    for index, picture in enumerate(pictures):
        top, left = index // columns * size, index % columns * size
        fitted = (
            picture if picture.shape[0] == size else cv2.resize(picture, (size, size), interpolation=cv2.INTER_CUBIC)
        )
        sheet[top : top + size, left : left + size] = fitted
    return sheet
