"""Whether a model is fit to take the place of another: figures of both on the same held-out files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from avatarify.embed.heldout import Rounding
from avatarify.evaluate.results import Evaluation, Scores


class Figure(NamedTuple):
    """Less is better. allowed: by how much it may rise. digits: behind the point."""

    name: str
    of: Callable[[Evaluation], float | None]
    allowed: float
    digits: int


class Worse(NamedTuple):
    """A figure that rose too far; after: None where it cannot be measured any more."""

    figure: Figure
    before: float
    after: float | None

    def __str__(self) -> str:
        name, digits = self.figure.name, self.figure.digits
        if self.after is None:
            return f"{name} was {self.before:.{digits}f} and cannot be measured any more"
        rose = self.after - self.before
        return (
            f"{name} rose from {self.before:.{digits}f} to {self.after:.{digits}f}"
            f" (by {rose:.{digits}f}; {self.figure.allowed:g} is allowed)"
        )


def _scores(pick: Callable[[Scores], float | None]) -> Callable[[Evaluation], float | None]:
    def of(found: Evaluation) -> float | None:
        mean = found.scores("model")
        return None if mean is None else pick(mean)

    return of


def _identity(found: Evaluation) -> float | None:
    mean = found.cross_scores("model")
    return None if mean is None else mean.identity


# What the ratios may rise by is rounding. Likeness may fall a little: a portrait that moves more looks less like itself, a still has
# a distance of 0, and another person begins at 0.6.
FIGURES: Final = (
    Figure("L1 over unchanged", lambda found: found.ratio(), 0.001, 3),
    Figure("AKD over unchanged", lambda found: found.akd_ratio(), 0.001, 3),
    Figure("AKD by the face mesh over unchanged", lambda found: found.mesh_akd_ratio(), 0.001, 3),
    Figure("AED", _scores(lambda mean: mean.aed), 0.02, 3),
    Figure("share of missing faces", _scores(lambda mean: mean.mkr), 0.02, 3),
    Figure("identity", _identity, 0.05, 3),
)
"""Means over the held-out files. identity: distance from the portrait's when others drive it."""


def worse(before: Evaluation, after: Evaluation) -> tuple[Worse, ...]:
    """The figures of `after` that rose beyond what is allowed. Both on the same files; one that `before` lacks is not compared."""
    found = []
    for figure in FIGURES:
        old, new = figure.of(before), figure.of(after)
        if old is not None and (new is None or not new <= old + figure.allowed):
            found.append(Worse(figure, old, new))
    return tuple(found)


def rough(roundings: Sequence[Rounding]) -> tuple[str, ...]:
    """The clips on which eight bits are beyond their bounds, as clauses."""
    return tuple(f"in eight bits, on {clip}: {why}" for clip, found in roundings if (why := found.beyond("int8")))
