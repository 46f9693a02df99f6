"""Evaluations with figures of our choice."""

from __future__ import annotations

import dataclasses

from avatarify.embed.heldout import Rounding
from avatarify.evaluate.results import ClipResult, CrossResult, CrossScores, Evaluation, Scores, Transfer
from avatarify.evaluate.rounding import Judgement
from avatarify.evaluate.transfer import Followed

STILL = Transfer(*[Followed(None, 0.0)] * 4)
MOVING = Transfer(
    mouth=Followed(0.83, 0.61), eyes=Followed(0.1, -0.031), yaw=Followed(0.62, 0.5), pitch=Followed(0.5, 0.4)
)
FINE = Rounding("calm", Judgement(58.9, 0.128, 0.014, 2))
ROUGH = Rounding("lively", Judgement(30.1, 0.128, 0.014, 9))


def evaluation(
    *,
    l1: float = 0.06,
    akd: float | None = 5.0,
    akd_mesh: float = 4.5,
    aed: float = 0.25,
    missing: float = 0.0,
    identity: float = 0.15,
) -> Evaluation:
    """Two clips, whose unchanged frames have an L1 of 0.1 and an AKD of 10 pixels, by the mesh of 9, and a portrait that they drive."""
    ours = dataclasses.replace(_scores(l1, akd, aed, missing), akd_mesh=akd_mesh)
    clips = tuple(
        ClipResult(name, 3, ours, _scores(0.08, 8.0), _still(), (), "strips/a.jpg") for name in ("calm", "lively")
    )
    cross = CrossScores(identity, 0.0, MOVING)
    nobody = CrossScores(0.0, None, STILL)
    pairs = tuple(CrossResult("ilse", clip.clip, 3, 0.8, cross, cross, nobody) for clip in clips)
    return Evaluation("lite", "eager on cpu", 256, 48, clips, pairs, complete=True)


def _still() -> Scores:
    return dataclasses.replace(_scores(0.1, 10.0, transfer=STILL), akd_mesh=9.0)


def _scores(
    l1: float, akd: float | None, aed: float | None = 0.2, missing: float = 0.0, transfer: Transfer = MOVING
) -> Scores:
    return Scores(l1, 20.0, 0.7, 0.2, akd, 0.05, 4.5, missing, aed, 0.001, transfer)
