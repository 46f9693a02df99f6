"""The model card: what the shipped model is, saw, can and cannot. Filled in from figures, so that it never tells of other weights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from string import Template

from avatarify.embed.heldout import Rounding
from avatarify.embed.pins import Remarks
from avatarify.embed.recipe import Recipe
from avatarify.evaluate.results import ClipResult, CrossScores, Evaluation, Scores
from avatarify.evaluate.transfer import Followed
from avatarify.model.config import ModelConfig

TEMPLATE = Path(__file__).with_name("template.md")
_FOLLOWS, _ROUGHLY = 0.8, 0.5  # Pearson's correlation from which we say so


@dataclass(frozen=True)
class CardFacts:
    """name: of the entry. file: of the weights, inside the project. size: bytes. parameters: how many. before, after: the held-out
    figures of the former weights and of these, complete and with portraits. rounding: in eight bits. notes: sentences of whoever
    embeds it. against: what speaks against embedding it, as clauses; () where nothing does. command: that embeds it again.
    """

    name: str
    file: Path
    size: int
    sha256: str
    parameters: int
    config: ModelConfig
    recipe: Recipe
    before: Evaluation
    after: Evaluation
    rounding: tuple[Rounding, ...]
    notes: tuple[str, ...]
    against: tuple[str, ...]
    command: str


def card(facts: CardFacts) -> str:
    """The whole page as Markdown."""
    after, cross = facts.after, _cross(facts.after)
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        name=facts.name,
        file=facts.file.as_posix(),
        against=_against(facts.against),
        parameters=_millions(facts.parameters),
        megabytes=f"{facts.size / 1e6:.1f}",
        sha256=facts.sha256,
        side=facts.config.image_size,
        keypoints=facts.config.num_keypoints,
        makes=_makes(facts.config),
        amount=facts.recipe.amount,
        licences=facts.recipe.licences,
        notes="".join(f"\n{note}\n" for note in facts.notes),
        losses=facts.recipe.losses,
        clips=len(after.clips),
        frames=f"at most {after.frames} frames a clip" if after.frames else "every frame",
        size=after.size,
        rows="\n".join(_rows(facts.before, after)),
        still="; ".join(_still(clip) for clip in after.clips),
        mesh_akd=_told(after.mesh_akd_ratio(), 2),
        pairs=len(after.cross),
        identity=_told(cross.identity, 3),
        former_identity=_told(_cross(facts.before).identity, 3),
        cross_yaw=_followed(cross.transfer.yaw),
        cross_mouth=_followed(cross.transfer.mouth),
        cross_lids=_followed(cross.transfer.eyes),
        rounding=_rounded(facts.rounding),
        limits="\n".join(_limits(_mean(after))),
        train=facts.recipe.command,
        embed=facts.command,
    )


def remarks(parameters: int, after: Evaluation) -> Remarks:
    """What the catalogue says of it: one line each."""
    moves = _mean(after).transfer
    return Remarks(
        speed=f"{_millions(parameters)} parameters: made for a plain CPU.",
        quality="Sharp, because it warps the portrait itself. On clips that it never saw the head turns"
        f" {_extent(moves.yaw)} as far as the driver's, the mouth opens {_extent(moves.mouth)}, the lids {_extent(moves.eyes)}.",
    )


def _mean(found: Evaluation) -> Scores:
    mean = found.scores("model")
    assert mean is not None, "held-out files have clips"
    return mean


def _cross(found: Evaluation) -> CrossScores:
    mean = found.cross_scores("model")
    assert mean is not None, "held-out files have portraits"
    return mean


def _makes(config: ModelConfig) -> str:
    if config.generator.blend:
        return "whose generator paints a picture and an alpha, and blends with the warped full-size portrait"
    return "whose generator paints the whole picture"


def _against(reasons: tuple[str, ...]) -> str:
    if not reasons:
        return ""
    listed = "\n".join(f"- {reason}" for reason in reasons)
    return f"\n**Embedded although its held-out figures speak against it** (`--anyway`):\n\n{listed}\n"


def _rows(before: Evaluation, after: Evaluation) -> list[str]:
    rows = [_row(clip.clip, clip.model, clip.ratio(), clip.akd_ratio()) for clip in after.clips]
    for name, found in (("**mean**", after), ("mean of the former weights", before)):
        rows.append(_row(name, _mean(found), found.ratio(), found.akd_ratio()))
    return rows


def _row(name: str, scores: Scores, ratio: float | None, akd_ratio: float | None) -> str:
    moves = scores.transfer
    cells = (
        *(name, _told(scores.l1, 4), _told(ratio, 2), _told(scores.akd, 2), _told(akd_ratio, 2), _told(scores.aed, 3)),
        *(_followed(moves.yaw), _followed(moves.mouth), _followed(moves.eyes)),
    )
    return f"| {' | '.join(cells)} |"


def _still(clip: ClipResult) -> str:
    still = clip.unchanged
    return f"{clip.clip} {_told(still.l1, 4)}, {_told(still.akd, 2)} and {_told(still.aed, 3)}"


def _rounded(rounding: tuple[Rounding, ...]) -> str:
    worst = min(rounding, key=lambda one: one.found.psnr_db)
    flicker = max(rounding, key=lambda one: abs(one.found.flicker))
    return (
        f"{worst.found.psnr_db:.1f} dB in the worst picture ({worst.clip}), {worst.found.max_error} grey levels at most there,"
        f" flicker {round(flicker.found.flicker, 3) or 0:+.1%} ({flicker.clip})"
    )


def _limits(mean: Scores) -> list[str]:
    moves = mean.transfer
    parts = (("The head's turn", moves.yaw), ("The mouth", moves.mouth), ("The eyelids", moves.eyes))
    verbs = ("follows", "follows", "follow")
    return [
        f"- {part} {_how(moved, verb)}: {_followed(moved)}." for (part, moved), verb in zip(parts, verbs, strict=True)
    ]


def _how(followed: Followed, verb: str) -> str:
    if followed.correlation is None or followed.correlation < _ROUGHLY:
        return f"hardly {verb}"
    return verb if followed.correlation >= _FOLLOWS else f"{verb} roughly"


def _followed(followed: Followed) -> str:
    """Correlation and slope: "0.96, 53 %"."""
    return f"{_told(followed.correlation, 2)}, {_share(followed)}"


def _share(followed: Followed) -> str:
    return "-" if followed.gain is None else f"{round(100 * followed.gain)} %"


def _extent(followed: Followed) -> str:
    """The share for people who want no signs: what moves the wrong way does not follow."""
    return f"{max(0, round(100 * (followed.gain or 0.0)))} %"


def _told(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _millions(count: int) -> str:
    return f"{count / 1e6:.1f} million"
