"""Reconstruction, as the paper measures it: a clip's first frame is moved to each of its other frames with their own keypoints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from avatarify.animator import Animator
from avatarify.evaluate.baseline import affine_warp
from avatarify.evaluate.clip import EvaluationClip, chosen
from avatarify.evaluate.face_reader import FaceReader
from avatarify.evaluate.perceptual import PictureDistance
from avatarify.evaluate.results import METHODS, ClipResult, Curve, Series
from avatarify.evaluate.tally import Expression, Tally, expression
from avatarify.frame import Image
from avatarify.media.contact_sheet import contact_sheet

STRIP_FRAMES = 7
_CELL = 128
_ERROR_GAIN = 4


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """result: the scores. strip: uint8 [H,W,3], some frames of driver, model and baseline with the model's error."""

    result: ClipResult
    strip: Image


def reconstruct(
    animator: Animator,
    reader: FaceReader,
    clip: EvaluationClip,
    *,
    frames: int,
    size: int,
    strip_name: str,
    on_frame: Callable[[], None],
    distance: PictureDistance | None = None,
) -> Reconstruction:
    """Measure one clip. frames: at most so many, 0 for all. size: side in pixels. on_frame: called after each. distance: of whole
    pictures, where it is at hand.

    Raises MediaError, and what the runtime raises.
    """
    portrait = clip.source(size)
    source = animator.encode_source(portrait)
    still = reader.read(portrait)
    tallies = {method: Tally(reader, distance) for method in METHODS}
    indices: list[int] = []
    drivers: list[Expression] = []
    shown = _spread(chosen(clip.frame_count, frames))
    columns: list[tuple[int, list[Image]]] = []

    def made(image: Image) -> dict[str, Image]:
        keypoints = animator.detect(image)
        return {
            "model": animator.generate(source, keypoints),
            "affine": affine_warp(portrait, source.keypoints, keypoints),
            "unchanged": portrait,
        }

    following: dict[str, Image] | None = None
    for sample in clip.samples(frames, size):
        driver = reader.read(sample.image)
        adjacent = bool(indices) and sample.index == indices[-1] + 1
        pictures = following if following is not None and adjacent else made(sample.image)
        following = made(sample.following) if sample.following is not None else None
        for method, tally in tallies.items():
            picture = pictures[method]
            reading = still if method == "unchanged" else reader.read(picture)
            tally.add(picture, sample.image, reading=reading, driver=driver)
            if following is not None and sample.following is not None:
                tally.add_flicker(picture, following[method], sample.image, sample.following)
        indices.append(sample.index)
        drivers.append(expression(driver))
        if sample.index in shown:
            error = _error(pictures["model"], sample.image)
            columns.append((sample.index, [sample.image, pictures["model"], pictures["affine"], error]))
        on_frame()
    result = ClipResult(
        clip=clip.name,
        frames=len(indices),
        model=tallies["model"].scores(),
        affine=tallies["affine"].scores(),
        unchanged=tallies["unchanged"].scores(),
        curves=_curves(indices, drivers, tallies),
        strip=strip_name,
    )
    return Reconstruction(result, _strip(portrait, columns))


def _curves(indices: list[int], drivers: list[Expression], tallies: dict[str, Tally]) -> tuple[Curve, ...]:
    frames = tuple(indices)
    model = tallies["model"].expressions

    def compared(title: str, field: str) -> Curve:
        return Curve(
            title,
            frames,
            (
                Series("driver", tuple(getattr(face, field) for face in drivers)),
                Series("model", tuple(getattr(face, field) for face in model)),
            ),
        )

    error = Curve("L1", frames, tuple(Series(method, tuple(tallies[method].values)) for method in METHODS))
    return (error, compared("Head yaw, degrees", "yaw"), compared("Mouth opening", "mouth"))


def _spread(indices: list[int]) -> set[int]:
    places = np.linspace(0, len(indices) - 1, min(STRIP_FRAMES, len(indices))).round().astype(int)
    return {indices[place] for place in places}


def _error(output: Image, target: Image) -> Image:
    """The absolute difference, brightened."""
    difference: Image = (np.abs(output.astype(np.int16) - target) * _ERROR_GAIN).clip(0, 255).astype(np.uint8)
    return difference


def _strip(portrait: Image, columns: list[tuple[int, list[Image]]]) -> Image:
    rows: list[list[Image | None]] = [[image] for image in (portrait, None, None, None)]
    for _, pictures in columns:
        for row, picture in zip(rows, pictures, strict=True):
            row.append(picture)
    return contact_sheet(
        rows,
        cell=_CELL,
        row_labels=["driver", "model", "affine warp", f"error x {_ERROR_GAIN}"],
        column_labels=["source", *(f"frame {index}" for index, _ in columns)],
    )
