"""Portraits and drivers as one sheet: every portrait moved by clear expressions of every driver, relative to the driver's calm face.

usage: python -m benchmarks.portrait_matrix [--output FILE] [--model FILE] [--frames N] [--drivers FOLDER] [--no-guard]
Portraits are the shipped avatars, drivers are drawn performers, who also play the demo's script: printed is how the output follows, read
from its face as from the driver's (correlation, and how far it moves). Motion is held back where a portrait cannot follow, as in a call;
--no-guard lets it go as far as it does. FOLDER holds clips of people, for looking only: they take the place of the performers, and
nothing of them is written below docs/. Whether somebody smiles cannot be read from a face, so their columns lack it.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from PIL import Image as Pillow

from avatarify.animator import Animator, Reference, Source, load_runtime
from avatarify.character.cast import CAST, PERFORMER
from avatarify.character.character import Character
from avatarify.character.draw import draw
from avatarify.character.expression import NEUTRAL, Expression
from avatarify.character.performance import DEMO, perform
from avatarify.errors import MediaError, SettingsError
from avatarify.evaluate.clip import find_clips, open_clip
from avatarify.evaluate.face_reader import FaceReader, FaceReading
from avatarify.evaluate.results import Transfer, mean_transfer
from avatarify.evaluate.tally import CrossTally
from avatarify.evaluate.transfer import Followed
from avatarify.face.detector import DetectsFaces
from avatarify.face.framing import frame_portrait
from avatarify.face.search import FaceSearch
from avatarify.frame import Image
from avatarify.media.contact_sheet import contact_sheet
from avatarify.media.images import read_image
from avatarify.media.part_file import PartFile
from avatarify.model.guard import guard
from avatarify.model.motion import Keypoints
from avatarify.paths import AVATARS, EMBEDDED_MODEL, PROJECT
from avatarify.render import frame_source
from avatarify.settings import MotionSettings

SIDE = 256
"""Pixels of portraits and drivers."""
MOST_BYTES = 400_000
PERFORMERS = (PERFORMER, next(character for character in CAST if character.name == "Zola"))
DOCS = PROJECT / "docs"
_CELL = 104
_LOOKS = 60  # frames of a clip among which expressions are searched

EXPRESSIONS = {
    "mouth open": Expression(mouth_open=0.8),
    "eyes shut": Expression(blink_left=1.0, blink_right=1.0),
    "turned left": Expression(yaw=-25.0),
    "turned right": Expression(yaw=25.0),
    "tilted": Expression(roll=13.0),
    "smiling": Expression(smile=0.9, brow=0.25),
}
"""Left and right are those of the picture."""


class GuardedAnimator(Animator):
    """Never moves a portrait further than a call does."""

    def transfer(self, source: Source, reference: Reference, driving: Keypoints, motion: MotionSettings) -> Keypoints:
        """See Animator."""
        return guard(source.keypoints, super().transfer(source, reference, driving, motion))


class Look(NamedTuple):
    """A frame of a driver. image: uint8 [SIDE,SIDE,3] RGB."""

    label: str
    image: Image


class Driver(NamedTuple):
    """calm: what motion is relative to."""

    name: str
    calm: Image
    looks: tuple[Look, ...]


class Portrait(NamedTuple):
    """reading: of its face, None where none is sure."""

    name: str
    source: Source
    reading: FaceReading | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, help="a JPEG (docs/images/portrait-matrix.jpg)")
    parser.add_argument("--model", type=Path, default=EMBEDDED_MODEL)
    parser.add_argument("--frames", type=int, default=45, help="of the script, for the figures; 0 leaves them out (45)")
    parser.add_argument("--drivers", type=Path, help="a folder of clips; then --output is needed")
    parser.add_argument("--no-guard", action="store_true", help="let motion go as far as it does")
    options = parser.parse_args()
    try:
        output = output_of(options.output, clips=options.drivers is not None)
    except SettingsError as error:
        parser.error(str(error))
    torch.set_num_threads(1)
    runtime = load_runtime("eager", model=options.model, device="cpu", precision="float32")
    animator = Animator(runtime) if options.no_guard else GuardedAnimator(runtime)
    reader = FaceReader()
    portraits = open_portraits(animator, reader, sorted(AVATARS.glob("*.png")))
    performers = [Performer(character, FaceSearch()) for character in PERFORMERS]
    drivers = [performer.driver() for performer in performers]
    if options.drivers:
        drivers = list(clip_drivers(options.drivers, reader))
    write_jpeg(output, sheet(animator, portraits, drivers))
    print(f"{output} ({output.stat().st_size / 1000:.0f} kB)")
    if not options.drivers and options.frames:
        print("\n| driver | portrait | yaw | pitch | mouth | lids |\n|---|---|---|---|---|---|")
        for performer in performers:
            for row in rows(performer.name, portraits, follow(animator, reader, portraits, performer, options.frames)):
                print(row, flush=True)


def output_of(given: Path | None, *, clips: bool) -> Path:
    """Where the sheet goes. Raises SettingsError where people's pictures would end up in the project's documents."""
    if given is None and not clips:
        return DOCS / "images" / "portrait-matrix.jpg"
    if given is None:
        raise SettingsError("--drivers has no --output.", "Name a JPEG outside of docs/.")
    if clips and given.resolve().is_relative_to(DOCS.resolve()):
        raise SettingsError(f"--output is {given}, and --drivers are people.", "Name a JPEG outside of docs/.")
    return given


def open_portraits(animator: Animator, reader: FaceReader, paths: Iterable[Path]) -> list[Portrait]:
    """Framed as in the demo."""
    detector, found = FaceSearch(), []
    for path in paths:
        image = frame_source(read_image(path), detector, size=SIDE)
        found.append(Portrait(path.stem, animator.encode_source(image), reader.read(image)))
    return found


class Performer:
    """A drawn person before a camera that stays where it is: framed once, by the calm face."""

    def __init__(self, character: Character, detector: DetectsFaces) -> None:
        self.name = character.name
        self._character = character
        self._square = frame_portrait(draw(character, NEUTRAL, 2 * SIDE), detector)

    def film(self, expression: Expression) -> Image:
        """uint8 [SIDE,SIDE,3]."""
        return self._square.apply(draw(self._character, expression, 2 * SIDE), SIDE)

    def driver(self) -> Driver:
        """With all expressions."""
        looks = tuple(Look(label, self.film(expression)) for label, expression in EXPRESSIONS.items())
        return Driver(self.name, self.film(NEUTRAL), looks)


def clip_drivers(folder: Path, reader: FaceReader) -> Iterator[Driver]:
    """One for each clip in which a face was read."""
    detector = FaceSearch()
    for name, path in find_clips(folder).items():
        samples = open_clip(path, name, detector, crop=True).samples(_LOOKS, SIDE)
        read = [(reading, sample.image) for sample in samples if (reading := reader.read(sample.image)) is not None]
        if not read:
            raise MediaError(f"No face is read in {path}.", "Take the clip out.")
        yield chosen_looks(name, read)


def chosen_looks(name: str, read: Sequence[tuple[FaceReading, Image]]) -> Driver:
    """The frames in which each expression is clearest; calm is the one nearest to looking straight ahead with the mouth shut."""

    def least(value: Callable[[FaceReading], float]) -> Image:
        return min(read, key=lambda pair: value(pair[0]))[1]

    return Driver(
        name,
        calm=least(lambda face: (abs(face.yaw) + abs(face.pitch) + abs(face.roll)) / 10 + 10 * face.mouth),
        looks=(
            Look("mouth open", least(lambda face: -face.mouth)),
            Look("eyes shut", least(lambda face: face.eyes)),
            Look("turned left", least(lambda face: face.yaw)),
            Look("turned right", least(lambda face: -face.yaw)),
            Look("tilted", least(lambda face: -abs(face.roll))),
        ),
    )


def sheet(animator: Animator, portraits: Sequence[Portrait], drivers: Sequence[Driver]) -> Image:
    """uint8 [H,W,3]: the drivers' looks above, a row for each portrait, which comes first as it is."""
    labels = ["portrait"]
    above: list[Image | None] = [None]
    table: list[list[Image | None]] = [[portrait.source.image] for portrait in portraits]
    for driver in drivers:
        reference = animator.calibrate(driver.calm)
        for look in driver.looks:
            labels.append(look.label)
            above.append(look.image)
            keypoints = animator.detect(look.image)
            for row, portrait in zip(table, portraits, strict=True):
                moved = animator.transfer(portrait.source, reference, keypoints, MotionSettings())
                row.append(animator.generate(portrait.source, moved))
    names = ["driver", *(portrait.name for portrait in portraits)]
    return contact_sheet([above, *table], cell=_CELL, row_labels=names, column_labels=labels)


def follow(
    animator: Animator, reader: FaceReader, portraits: Sequence[Portrait], performer: Performer, frames: int
) -> list[Transfer]:
    """How each portrait follows the demo's script, whose `frames` are evenly spread over it."""
    tallies = [CrossTally(portrait.reading) for portrait in portraits]
    reference = animator.calibrate(performer.film(NEUTRAL))
    for index in range(frames):
        image = performer.film(perform(DEMO, (index + 0.5) * DEMO.seconds / frames))
        driver, keypoints = reader.read(image), animator.detect(image)
        for tally, portrait in zip(tallies, portraits, strict=True):
            moved = animator.transfer(portrait.source, reference, keypoints, MotionSettings())
            tally.add(reader.read(animator.generate(portrait.source, moved)), driver)
    return [tally.scores().transfer for tally in tallies]


def rows(driver: str, portraits: Sequence[Portrait], found: Sequence[Transfer]) -> Iterator[str]:
    """Of the table: one a portrait, and the mean."""
    named = [(portrait.name, transfer) for portrait, transfer in zip(portraits, found, strict=True)]
    for name, transfer in (*named, ("**mean**", mean_transfer(found))):
        cells = (transfer.yaw, transfer.pitch, transfer.mouth, transfer.eyes)
        yield f"| {driver} | {name} | {' | '.join(map(_told, cells))} |"


def write_jpeg(path: Path, image: Image) -> None:
    """As good as fits into MOST_BYTES. Raises MediaError."""
    for quality in range(92, 40, -4):
        content = io.BytesIO()
        Pillow.fromarray(image).save(content, "JPEG", quality=quality, optimize=True, progressive=True)
        if len(content.getvalue()) <= MOST_BYTES:
            with PartFile(path) as part:
                part.path.write_bytes(content.getvalue())
            return
    raise MediaError(f"{path} would be larger than {MOST_BYTES / 1000:.0f} kB.", "Take fewer drivers.")


def _told(followed: Followed) -> str:
    correlation = "-" if followed.correlation is None else f"{followed.correlation:.2f}"
    return f"{correlation}, " + ("-" if followed.gain is None else f"{round(100 * followed.gain)} %")


if __name__ == "__main__":
    main()
