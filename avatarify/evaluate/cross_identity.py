"""Cross-identity animation: portraits driven by clips of other people. Is the identity kept, are pose and expression taken over?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from avatarify.animator import Animator, Source
from avatarify.evaluate.baseline import affine_warp
from avatarify.evaluate.clip import EvaluationClip, chosen
from avatarify.evaluate.face_reader import FaceReader, FaceReading
from avatarify.evaluate.reconstruction import STRIP_FRAMES
from avatarify.evaluate.results import METHODS, CrossResult
from avatarify.evaluate.tally import CrossTally
from avatarify.evaluate.transfer import identity_distance, mean
from avatarify.face.detector import DetectsFaces
from avatarify.face.framing import centre_square, frame_portrait
from avatarify.frame import Image
from avatarify.media.contact_sheet import contact_sheet
from avatarify.media.images import read_image
from avatarify.settings import MotionSettings

_CELL = 112


@dataclass(frozen=True, eq=False)
class Portrait:
    """A picture of somebody, ready to be moved. image: uint8 [N,N,3]. reading: of its face, None where none is sure."""

    name: str
    image: Image
    source: Source
    reading: FaceReading | None


@dataclass(frozen=True, eq=False)
class CrossIdentity:
    """One clip that drives all portraits. sheet: uint8 [H,W,3], the driver above, a row for each portrait."""

    results: tuple[CrossResult, ...]
    sheet: Image


def open_portrait(
    animator: Animator, reader: FaceReader, path: Path, name: str, detector: DetectsFaces, *, size: int, crop: bool
) -> Portrait:
    """Read, frame and encode. Raises MediaError and FaceError."""
    picture = read_image(path)
    square = frame_portrait(picture, detector) if crop else centre_square(picture)
    image = square.apply(picture, size)
    return Portrait(name, image, animator.encode_source(image), reader.read(image))


def animate_portraits(
    animator: Animator,
    reader: FaceReader,
    clip: EvaluationClip,
    portraits: Sequence[Portrait],
    *,
    frames: int,
    size: int,
    on_picture: Callable[[], None],
) -> CrossIdentity:
    """Drive every portrait with one clip: relative motion, calibrated on the clip's first frame. on_picture: called after each.

    Raises MediaError, and what the runtime raises.
    """
    first = clip.source(size)
    reference = animator.calibrate(first)
    tallies = [{method: CrossTally(portrait.reading) for method in METHODS} for portrait in portraits]
    distances: list[list[float]] = [[] for _ in portraits]
    indices = chosen(clip.frame_count, frames)
    shown = indices[:: max(1, -(-len(indices) // STRIP_FRAMES))]
    rows: list[list[Image | None]] = [[first]]
    rows += [[portrait.image] for portrait in portraits]
    measured = 0
    for sample in clip.samples(frames, size):
        measured += 1
        driver = reader.read(sample.image)
        keypoints = animator.detect(sample.image)
        if sample.index in shown:
            rows[0].append(sample.image)
        for place, portrait in enumerate(portraits):
            moved = animator.transfer(portrait.source, reference, keypoints, MotionSettings())
            picture = animator.generate(portrait.source, moved)
            affine = affine_warp(portrait.image, portrait.source.keypoints, moved)
            tallies[place]["model"].add(reader.read(picture), driver)
            tallies[place]["affine"].add(reader.read(affine), driver)
            tallies[place]["unchanged"].add(portrait.reading, driver)
            if driver is not None and portrait.reading is not None:
                distances[place].append(identity_distance(driver.embedding, portrait.reading.embedding))
            if sample.index in shown:
                rows[1 + place].append(picture)
            on_picture()
    results = tuple(
        CrossResult(
            portrait=portrait.name,
            clip=clip.name,
            frames=measured,
            driver_identity=mean(distances[place]),
            model=tallies[place]["model"].scores(),
            affine=tallies[place]["affine"].scores(),
            unchanged=tallies[place]["unchanged"].scores(),
        )
        for place, portrait in enumerate(portraits)
    )
    labels = ["driver", *(portrait.name for portrait in portraits)]
    columns = ["start", *(f"frame {index}" for index in shown)]
    return CrossIdentity(results, contact_sheet(rows, cell=_CELL, row_labels=labels, column_labels=columns))
