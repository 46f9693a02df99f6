"""What a model is judged by before it is shipped: clips and portraits that no training saw, measured in float32 and in eight bits."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from avatarify.animator import Animator
from avatarify.catalog.digest import digest_file
from avatarify.errors import MediaError, SettingsError
from avatarify.evaluate.clip import PICTURES, VIDEOS, find_clips, find_files, open_clip
from avatarify.evaluate.evaluation import EvaluationRequest, evaluate, picture_size
from avatarify.evaluate.results import Evaluation
from avatarify.evaluate.rounding import Judgement, judge
from avatarify.face.search import FaceSearch
from avatarify.frame import Image
from avatarify.media.progress import Progress
from avatarify.runtime.base import load_runtime

_ADJACENT = 24  # frames of a clip by which fewer bits are judged


@dataclass(frozen=True)
class HeldOut:
    """Files by the name that the report gives them; at least one of each kind."""

    clips: dict[str, Path]
    portraits: dict[str, Path]


class Rounding(NamedTuple):
    """How far the decoder in eight bits is from float32 on one clip."""

    clip: str
    found: Judgement


def find_heldout(folder: Path) -> HeldOut:
    """All clips and portraits in a folder and those below it. Raises MediaError where one kind is missing."""
    clips = find_clips(folder)
    frames = set(clips.values())  # a clip may be a folder of pictures, which are no portraits
    pictures = find_files(folder, PICTURES, what="portrait")
    portraits = {name: path for name, path in pictures.items() if path.parent not in frames}
    if not portraits:
        raise MediaError(f"There is no portrait in {folder}.", "Identity is judged by portraits that others drive.")
    return HeldOut(clips, portraits)


def find_training_clips(folder: Path, heldout: HeldOut) -> list[Path]:
    """The videos of a folder, to take ranges from. Raises MediaError where there are none, SettingsError where one of them is held out."""
    clips = sorted(find_files(folder, VIDEOS, what="video").values())
    judged_by = {digest_file(path).sha256: path for path in heldout.clips.values() if path.is_file()}
    for clip in clips:
        if (same := judged_by.get(digest_file(clip).sha256)) is not None:
            raise SettingsError(
                f"{clip} is the held-out clip {same.name}.", "Take ranges from clips that nothing is judged by."
            )
    return clips


def measure(model: Path, heldout: HeldOut, report: Path, *, name: str, frames: int, progress: Progress) -> Evaluation:
    """Eager float32 on the CPU, with a report in the folder `report`. name: as it shall call the model. frames: of each clip at most.

    Raises MediaError where a file cannot be used, and what evaluation and the runtime raise.
    """
    runtime = load_runtime("eager", model=model, device="cpu", precision="float32")
    try:
        request = EvaluationRequest(
            clips=heldout.clips, portraits=heldout.portraits, output=report, model=name, frames=frames
        )
        found = evaluate(Animator(runtime), request, progress=progress)
    finally:
        runtime.close()
    if found.skipped:
        left_out = found.skipped[0]
        raise MediaError(
            f"The held-out {left_out.name} cannot be used ({left_out.reason})", "Mend the file, or take it out."
        )
    return found


def rounding(model: Path, heldout: HeldOut) -> tuple[Rounding, ...]:
    """The decoder in eight bits beside float32, on the first frames of every clip.

    Raises RuntimeUnavailableError where OpenVINO is missing or the model has no ranges beside it.
    """
    yardstick = load_runtime("eager", model=model, device="cpu", precision="float32")
    try:
        rounded = load_runtime("openvino", model=model, device="cpu", precision="int8")
        try:
            size = picture_size(Animator(yardstick), None)
            return tuple(
                Rounding(name, judge(yardstick, rounded, adjacent_frames(path, name, size)))
                for name, path in heldout.clips.items()
            )
        finally:
            rounded.close()
    finally:
        yardstick.close()


def adjacent_frames(path: Path, name: str, size: int) -> list[Image]:
    """The first frames of a clip, framed, uint8 [size,size,3]. Raises MediaError and FaceError."""
    clip = open_clip(path, name, FaceSearch(), crop=True)
    return [clip.source(size), *(sample.image for sample in islice(clip.samples(0, size), _ADJACENT - 1))]
