"""The whole evaluation: every clip, every portrait, and a report that is whole on disk after each of them."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from pathlib import Path

from avatarify.animator import Animator
from avatarify.errors import FaceError, MediaError, SettingsError
from avatarify.evaluate.clip import EvaluationClip, chosen, open_clip
from avatarify.evaluate.cross_identity import Portrait, animate_portraits, open_portrait
from avatarify.evaluate.face_reader import FaceReader
from avatarify.evaluate.perceptual import picture_distance
from avatarify.evaluate.reconstruction import reconstruct
from avatarify.evaluate.report import write_report
from avatarify.evaluate.results import PRECISE_LANDMARKS, SHIPPED_LANDMARKS, CrossSheet, Evaluation, Skipped
from avatarify.face.detector import DetectsFaces
from avatarify.face.landmarks import FindsLandmarks
from avatarify.face.search import FaceSearch
from avatarify.media.images import write_image
from avatarify.media.progress import Progress

STRIPS = "strips"
_SMALLEST = 64


@dataclass(frozen=True)
class EvaluationRequest:
    """clips, portraits: files by the name that the report gives them. output: a folder, made if need be. model: as the report
    shall call it. frames: at most so many a clip, 0 for all. size: side of the pictures; None is 256, or the model's own.
    crop: frame faces as in VoxCeleb; else the middle square. perceptual_file: see perceptual.picture_distance.
    """

    clips: dict[str, Path]
    output: Path
    model: str
    portraits: dict[str, Path] = dataclasses.field(default_factory=dict)
    frames: int = 24
    size: int | None = None
    crop: bool = True
    perceptual_file: Path | None = None


def evaluate(
    animator: Animator, request: EvaluationRequest, *, progress: Progress, precise: FindsLandmarks | None = None
) -> Evaluation:
    """Measure and write `report.html`, `report.json` and pictures into `request.output`. progress: told of every picture.
    precise: finds the points of AKD with face-alignment's network, in place of the shipped one.

    A clip or portrait that cannot be used is left out and named in the report. Raises MediaError when no clip can be used or
    nothing can be written, SettingsError for a size that the model has not, and what the runtime raises. A KeyboardInterrupt
    passes through; the report then holds what was done.
    """
    size = picture_size(animator, request.size)
    landmarks = SHIPPED_LANDMARKS if precise is None else PRECISE_LANDMARKS
    found = Evaluation(request.model, str(animator.runtime.description), size, request.frames, landmarks=landmarks)
    distance = picture_distance(request.perceptual_file)
    reader, detector = FaceReader(precise), FaceSearch()
    _make_folder(request.output / STRIPS)
    clips, skipped = _open_clips(request, detector)
    if not clips:
        raise MediaError(
            f"None of {len(request.clips)} clips can be used. {skipped[0].name}: {skipped[0].reason}",
            "Give videos in which a face is seen, or use --no-crop.",
        )
    portraits, unusable = _open_portraits(animator, reader, request, detector, size)
    found = dataclasses.replace(found, skipped=(*skipped, *unusable))
    write_report(request.output, found)  # so that an older report never poses as this one
    steps = sum(len(chosen(clip.frame_count, request.frames)) for clip in clips)
    progress.expect(steps * (1 + len(portraits)))
    for clip in clips:
        name = f"{STRIPS}/{_file_name(clip.name)}.jpg"
        made = reconstruct(
            animator,
            reader,
            clip,
            frames=request.frames,
            size=size,
            strip_name=name,
            on_frame=progress.update,
            distance=distance,
        )
        write_image(request.output / name, made.strip)
        found = dataclasses.replace(found, clips=(*found.clips, made.result))
        write_report(request.output, found)
    for clip in clips if portraits else ():
        name = f"{STRIPS}/{_file_name(clip.name)}-portraits.jpg"
        cross = animate_portraits(
            animator, reader, clip, portraits, frames=request.frames, size=size, on_picture=progress.update
        )
        write_image(request.output / name, cross.sheet)
        found = dataclasses.replace(
            found, cross=(*found.cross, *cross.results), sheets=(*found.sheets, CrossSheet(clip.name, name))
        )
        write_report(request.output, found)
    found = dataclasses.replace(found, complete=True)
    write_report(request.output, found)
    return found


def picture_size(animator: Animator, wanted: int | None) -> int:
    """Side of the pictures that are compared. Raises SettingsError for one that the model cannot make."""
    config = animator.runtime.config
    if wanted is not None and wanted < _SMALLEST:
        raise SettingsError(f"--size is {wanted}.", f"Choose at least {_SMALLEST}.")
    if config.generator.any_size:
        return 256 if wanted is None else wanted
    if wanted not in (None, config.image_size):
        raise SettingsError(
            f"--size is {wanted}, but this model makes pictures of {config.image_size}.", "Leave --size out."
        )
    return config.image_size


def _open_clips(request: EvaluationRequest, detector: DetectsFaces) -> tuple[list[EvaluationClip], list[Skipped]]:
    clips: list[EvaluationClip] = []
    skipped: list[Skipped] = []
    for name, path in request.clips.items():
        try:
            clips.append(open_clip(path, name, detector, crop=request.crop))
        except (MediaError, FaceError) as error:
            skipped.append(Skipped(name, str(error)))
    return clips, skipped


def _open_portraits(
    animator: Animator, reader: FaceReader, request: EvaluationRequest, detector: DetectsFaces, size: int
) -> tuple[list[Portrait], list[Skipped]]:
    portraits: list[Portrait] = []
    skipped: list[Skipped] = []
    for name, path in request.portraits.items():
        try:
            portraits.append(open_portrait(animator, reader, path, name, detector, size=size, crop=request.crop))
        except (MediaError, FaceError) as error:
            skipped.append(Skipped(name, str(error)))
    return portraits, skipped


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MediaError(
            f"The folder {folder} cannot be made ({error.strerror}).", "Choose another --output."
        ) from error


def _file_name(name: str) -> str:
    return re.sub(r"[^\w.-]+", "_", name)
