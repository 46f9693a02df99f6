"""From a model file to the note beside it: the ranges of its decoder in eight bits, or why it must not run in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from avatarify.errors import MediaError
from avatarify.evaluate.rounding import Judgement, compare, moved
from avatarify.frame import Image
from avatarify.quantisation.material import Material, make_material, portraits_here
from avatarify.runtime.base import Runtime, RuntimeRequest, load_runtime
from avatarify.runtime.graph_cache import file_digest
from avatarify.runtime.int8_ranges import find_ranges
from avatarify.runtime.openvino import OpenVinoRuntime
from avatarify.runtime.quantise import Ranges, noted_ranges, ranges_path
from avatarify.whole_file import write_whole


class Found(NamedTuple):
    """ranges: as noted beside the model. judged: what eight bits cost on each film, by its name; empty where it was known before."""

    ranges: Ranges
    judged: dict[str, Judgement]

    @property
    def admitted(self) -> bool:
        """Whether "auto" takes the eight bits from now on."""
        return not self.ranges.refused


def quantise_model(
    model: Path,
    *,
    tell: Callable[[str], None],
    material: Callable[[int], Material] | None = None,
    beyond: Callable[[Judgement], str] = lambda found: found.beyond("int8"),
    again: bool = False,
) -> Found:
    """Find the ranges of a face model, judge them beside float32, and note the outcome beside the model. Some seconds for a small model, a
    minute or two for the paper's.

    First with everything in eight bits; where that is out of bounds, with the transposed ones and the last in float32. tell: gets a
    sentence before each long step. material: for a side in pixels, instead of the portraits here. beyond: what is out of bounds in a
    judgement, "" for nothing. again: also where the outcome is known.

    Raises CheckpointError, RuntimeUnavailableError where OpenVINO is missing, FaceError for too few portraits, MediaError where
    the note cannot be written.
    """
    digest = file_digest(model)
    known = noted_ranges(model, digest)
    if known is not None and not again:
        return Found(known, {})
    with _runtime(lambda: load_runtime("eager", model=model, device="cpu", precision="float32")) as yardstick:
        side = yardstick.config.image_size
        tell("moving portraits")
        pictures = material(side) if material is not None else make_material(portraits_here(side), side)
        expected = {name: moved(yardstick, film) for name, film in pictures.films.items()}
        found = _judged(model, yardstick, pictures, expected, tell, doublings=True)
        if _worst(found.judged, beyond):
            found = _judged(model, yardstick, pictures, expected, tell, doublings=False)
    reason = _worst(found.judged, beyond)
    if reason:
        found = Found(Ranges(digest, (), reason), found.judged)
    _note(model, found.ranges)
    return found


def _judged(
    model: Path,
    yardstick: Runtime,
    pictures: Material,
    expected: dict[str, list[Image]],
    tell: Callable[[str], None],
    *,
    doublings: bool,
) -> Found:
    tell(f"taking ranges from {len(pictures.clips)} portraits" + ("" if doublings else ", doublings in float32"))
    frames = max(len(clip) for clip in pictures.clips)
    ranges = find_ranges(model, pictures.clips, frames=frames, doublings=doublings)
    tell(f"judging by {len(pictures.films)} others")
    request = RuntimeRequest("cpu", "int8")
    with _runtime(lambda: OpenVinoRuntime.load(model, request, ranges=ranges)) as rounded:
        return Found(
            ranges,
            {name: compare(yardstick, moved(rounded, film), expected[name]) for name, film in pictures.films.items()},
        )


@contextmanager
def _runtime(load: Callable[[], Runtime]) -> Iterator[Runtime]:
    with closing(load()) as runtime:
        yield runtime


def _worst(judged: dict[str, Judgement], beyond: Callable[[Judgement], str]) -> str:
    """Why eight bits are out of bounds, a clause; "" where they are not."""
    reasons: Sequence[str] = [f"{why} (on {name})" for name, found in judged.items() if (why := beyond(found))]
    return reasons[0] if reasons else ""


def _note(model: Path, ranges: Ranges) -> None:
    target = ranges_path(model)
    try:
        write_whole(target, ranges.to_json().encode())
    except OSError as error:
        raise MediaError(
            f"{target} cannot be written ({error.strerror}).", "Make room, or move the model to a folder of yours."
        ) from error
