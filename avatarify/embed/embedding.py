"""From any checkpoint to the model that is shipped: eight-bit ranges, held-out figures, card and catalogue; everything or nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from avatarify.catalog.digest import Digest, digest_file
from avatarify.catalog.entries import CATALOG, find, read_catalog
from avatarify.embed.averaging import mean_of
from avatarify.embed.card import CardFacts, card, remarks
from avatarify.embed.comparison import rough, worse
from avatarify.embed.heldout import HeldOut, Rounding, find_heldout, find_training_clips, measure, rounding
from avatarify.embed.pins import Remarks, pinned
from avatarify.embed.recipe import recipe_of
from avatarify.embed.replacement import NewFile, replace_together
from avatarify.errors import CatalogError, MediaError, WorseModelError
from avatarify.evaluate.results import Evaluation
from avatarify.frame import Image
from avatarify.media.progress import Progress
from avatarify.media.video_reader import VideoReader
from avatarify.model.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from avatarify.paths import PROJECT
from avatarify.runtime.int8_ranges import find_ranges
from avatarify.runtime.quantise import ranges_path

CARD = PROJECT / "docs" / "model-card.md"
_RANGE_FRAMES = 3  # of each clip


@dataclass(frozen=True)
class EmbedRequest:
    """checkpoint: any model file. mean_with: others of its training, the mean of all of which is embedded. heldout: folder of clips and
    portraits that no training saw. clips: folder of framed face clips, to take eight-bit ranges from. report: folder for the evaluations.
    name: of the shipped entry in `catalog`, beside which the weights lie. card: the page to write. frames: measured of each held-out
    clip at most. notes: sentences for the card. anyway: embed weights that are worse; the card then names it.
    """

    checkpoint: Path
    heldout: Path
    clips: Path
    report: Path
    mean_with: tuple[Path, ...] = ()
    name: str = "lite"
    catalog: Path = CATALOG
    card: Path = CARD
    frames: int = 48
    notes: tuple[str, ...] = ()
    anyway: bool = False


@dataclass(frozen=True)
class Embedded:
    """written: the files. against: what spoke against it, as clauses; only with `anyway` is there anything."""

    written: tuple[Path, ...]
    before: Evaluation
    after: Evaluation
    against: tuple[str, ...]


def embed(request: EmbedRequest, *, tell: Callable[[str], None], stream: TextIO | None = None) -> Embedded:
    """Measure the weights beside those that are shipped, and put them in their place with ranges, card and catalogue.

    tell: gets a sentence before each long step. stream: for progress. Raises WorseModelError where held-out figures rose, and
    CheckpointError, CatalogError, MediaError, SettingsError, RuntimeUnavailableError; then nothing has changed.
    """
    entry = find(request.name, read_catalog(request.catalog))
    if not entry.shipped:
        raise CatalogError(f"{entry.name} is not a shipped model.", "Set `shipped = true` in the catalogue first.")
    catalogue = request.catalog.read_text(encoding="utf-8")
    pinned(catalogue, entry.name, Digest(), Remarks("", ""))  # what cannot be written is found before minutes of work
    if not request.card.parent.is_dir():
        raise MediaError(f"The folder {request.card.parent} does not exist.", "Name a card in one that does.")
    heldout = find_heldout(request.heldout)
    clips = find_training_clips(request.clips, heldout)
    checkpoint = mean_of([load_checkpoint(path) for path in (request.checkpoint, *request.mean_with)])
    recipe = recipe_of(request.checkpoint, checkpoint.metadata)
    present = request.catalog.parent / entry.file
    with tempfile.TemporaryDirectory() as folder:
        candidate = Path(folder) / entry.file
        save_checkpoint(candidate, checkpoint)
        tell(f"taking eight-bit ranges from {len(clips)} clips")
        found = find_ranges(candidate, (framed_frames(clip) for clip in clips), frames=_RANGE_FRAMES)
        ranges_path(candidate).write_text(found.to_json(), encoding="utf-8")
        before, after, rounded = _measured(request, heldout, present, candidate, tell, stream)
        against = (*map(str, worse(before, after)), *rough(rounded))
        if against and not request.anyway:
            raise WorseModelError(
                f"{request.checkpoint} is not embedded: {'; '.join(against)}.",
                f"Train further, or give --anyway, which the card then names. The reports are in {request.report}.",
            )
        digest, parameters = digest_file(candidate), _parameters(checkpoint)
        facts = CardFacts(
            name=entry.name,
            file=Path(request.catalog.parent.name) / entry.file,
            size=digest.size,
            sha256=digest.sha256,
            parameters=parameters,
            config=checkpoint.config,
            recipe=recipe,
            before=before,
            after=after,
            rounding=rounded,
            notes=request.notes,
            against=against,
            command=_command(request),
        )
        files = (
            NewFile(present, candidate.read_bytes()),
            NewFile(ranges_path(present), ranges_path(candidate).read_bytes()),
            NewFile(request.catalog, pinned(catalogue, entry.name, digest, remarks(parameters, after)).encode("utf-8")),
            NewFile(request.card, card(facts).encode("utf-8")),
        )
        replace_together(files)
    return Embedded(tuple(file.target for file in files), before, after, against)


def framed_frames(clip: Path) -> list[Image]:
    """All of them, uint8 [N,N,3]. Raises MediaError for a clip that is not square."""
    with VideoReader(clip) as reader:
        frames = [frame.image for frame in reader]
    height, width = frames[0].shape[:2]
    if height != width:
        raise MediaError(
            f"{clip} is {width}x{height}.", "Give square clips with the face framed, as `prepare` makes them."
        )
    return frames


def _measured(
    request: EmbedRequest,
    heldout: HeldOut,
    present: Path,
    candidate: Path,
    tell: Callable[[str], None],
    stream: TextIO | None,
) -> tuple[Evaluation, Evaluation, tuple[Rounding, ...]]:
    """The shipped model, the one that is to take its place, and that one in eight bits."""
    found: list[Evaluation] = []
    for model, folder, what in ((present, "before", "shipped model"), (candidate, "after", "new one")):
        tell(f"measuring the {what} on {len(heldout.clips)} clips and {len(heldout.portraits)} portraits")
        with Progress(None, stream=stream, unit="pictures") as progress:
            report = request.report / folder
            found.append(measure(model, heldout, report, name=request.name, frames=request.frames, progress=progress))
    tell("measuring the new one in eight bits")
    return found[0], found[1], rounding(candidate, heldout)


def _parameters(checkpoint: Checkpoint) -> int:
    return sum(parameter.numel() for parameter in checkpoint.build().parameters())


def _command(request: EmbedRequest) -> str:
    notes = " --note ..." if request.notes else ""
    anyway = " --anyway" if request.anyway else ""
    others = "".join(f" --mean-with {path.name}" for path in request.mean_with)
    return (
        f"python -m avatarify.embed run/{request.checkpoint.name}{others} --heldout HELDOUT --clips FACES"
        f" --frames {request.frames}{notes}{anyway}"
    )
