"""Which moment of the user's face is a good reference: a score for every look, the best recent one, and when to take it."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from avatarify.face.crop import Crop
from avatarify.face.mesh import EyeOpening, HeadPose, Mesh, eye_opening, head_pose, mouth_opening
from avatarify.face.watcher import FaceReading
from avatarify.settings import CalibrationSettings

T = TypeVar("T")

# Degrees and openings that make no difference, and those beyond it at which a moment is worth 61 % (one deviation).
_POSE_FREE, _POSE_DEVIATION = 6.0, 12.0
_MOUTH_FREE, _MOUTH_DEVIATION = 0.04, 0.10
_EYES_FREE, _EYES_DEVIATION = 0.06, 0.07
_LEAST_CALM = 0.05  # so that a cost stays finite

_GOOD, _PASSABLE = 0.6, 0.2  # fitness
_BETTER = 0.99  # a new reference must cost at most so much of the present one
_PAUSE_S = 0.7  # between two that are taken by themselves; the glide from one to the other lasts nearly as long
_PATIENCE = 2.0  # first_s times this, and a passable moment will do
_AHEAD = 0.75  # of first_s, that the face may have been looked at before the model could
_BASELINE_S = 8.0  # how slowly the usual pose follows: a look at the keyboard is not a moved camera
_DRIFT = 14.0  # degrees between the usual pose and the reference's


class FaceTarget(NamedTuple):
    """The avatar's own pose, that a good reference is like. Units as in face/mesh.py."""

    pose: HeadPose = HeadPose(0.0, 0.0, 0.0)
    mouth: float = 0.03
    eyes: EyeOpening = EyeOpening(0.30, 0.30)


class Remembered(NamedTuple):
    """A calibration as plain numbers: value K x (x, y), jacobian K x (a, b, c, d) row by row, both in units of the square
    `crop`; and how that was framed: see FramingSettings."""

    value: tuple[tuple[float, float], ...]
    jacobian: tuple[tuple[float, float, float, float], ...]
    crop: Crop
    automatic: bool = True
    zoom: float = 1.0
    shift_x: float = 0.0
    shift_y: float = 0.0


@dataclass(frozen=True, eq=False)
class Moment(Generic[T]):
    """A frame that may become the reference. cost: lower is better, for one avatar and one model; see `cost`.

    fitness: 0..1 how neutral the face is. payload: what the caller needs to take it.
    """

    at: float
    cost: float
    fitness: float
    pose: HeadPose
    payload: T


def target_of(mesh: Mesh) -> FaceTarget:
    """The pose of a portrait."""
    return FaceTarget(head_pose(mesh), mouth_opening(mesh), eye_opening(mesh))


def fitness(face: FaceReading, target: FaceTarget) -> float:
    """0..1 how much a face is posed like the avatar: direction, mouth, lids. Small differences cost nothing.

    Eyes that are wider open than the avatar's are fine: shut ones make an avatar that cannot open its own.
    """
    turned = sum(
        _excess(mine - theirs, _POSE_FREE, _POSE_DEVIATION) ** 2
        for mine, theirs in zip(face.pose, target.pose, strict=True)
    )
    return math.exp(-0.5 * turned) * _calm(face, target)


def cost(face: FaceReading | None, target: FaceTarget, distance: float) -> float:
    """One number to rank moments by, lower is better. distance: of the keypoints' shapes (Animator.pose_distance): the model's
    own view of the pose. Mouth and lids, which it hardly sees, make it count for more; without a reading they do not."""
    return max(distance, 1e-9) / (max(_calm(face, target), _LEAST_CALM) if face is not None else 1.0)


class Calibrator(Generic[T]):
    """Keeps the best recent moments and says when one is to be taken. One thread. Times in seconds, rising."""

    def __init__(self) -> None:
        self._recent: deque[Moment[T]] = deque()  # rising in time and in cost: the first is the best one
        self._since: float | None = None
        self._usual: HeadPose | None = None
        self._last: float | None = None
        self._taken: Moment[T] | None = None
        self._taken_at = -math.inf
        self._ahead_s = 0.0

    @property
    def best(self) -> Moment[T] | None:
        """The best moment of the last seconds."""
        return self._recent[0] if self._recent else None

    @property
    def passable(self) -> Moment[T] | None:
        """The same, if it would do as a reference at all."""
        best = self.best
        return best if best is not None and best.fitness >= _PASSABLE else None

    @property
    def offer(self) -> Moment[T] | None:
        """The best recent moment, if it would make a clearly better reference than the one in use."""
        best = self.best
        if best is None or best.fitness < self._least:
            return None
        return best if self._taken is None or best.cost <= _BETTER * self._taken.cost else None

    def looked_before(self, seconds: float) -> None:
        """So long the face has been in sight already, without a model that could tell moments apart: the first calibration
        need not look around for all of its time. 0 for another user."""
        self._ahead_s = seconds

    def observe(self, moment: Moment[T], window_s: float) -> None:
        """One look."""
        if self._last is not None and moment.at < self._last:
            self.restart(self._taken)
        self._since = moment.at if self._since is None else self._since
        while self._recent and self._recent[-1].cost >= moment.cost:
            self._recent.pop()
        self._recent.append(moment)
        while self._recent[0].at < moment.at - window_s:
            self._recent.popleft()
        self._follow(moment)
        self._last = moment.at

    def due(self, settings: CalibrationSettings, *, keep: bool = False) -> Moment[T] | None:
        """The moment to take now by itself, or None. keep: what is in use was chosen by hand, and only a moved camera is a
        reason to replace it."""
        best, now = self.best, self._last
        if not settings.automatic or best is None or now is None or self._since is None:
            return None
        watched = now - self._since
        if self._taken is None:
            enough = _GOOD if watched < settings.first_s * _PATIENCE else _PASSABLE
            looked = watched + min(self._ahead_s, _AHEAD * settings.first_s)
            return best if looked >= settings.first_s and best.fitness >= enough else None
        if now - self._taken_at < _PAUSE_S:
            return None
        if self._drifted_towards(best, now) and best.fitness >= _PASSABLE:
            return best
        return None if keep else self.offer

    def take(self, moment: Moment[T]) -> None:
        """Count from this one on; also one by hand, or an old one again."""
        self._taken = moment
        self._taken_at = self._last if self._last is not None else moment.at

    def restart(self, taken: Moment[T] | None = None) -> None:
        """Another avatar, camera or place: earlier looks do not count. taken: what is in use, with its cost as it is now."""
        self._recent.clear()
        self._since = self._last = self._usual = None
        self._taken, self._taken_at = taken, -math.inf

    @property
    def _least(self) -> float:
        """How fit a moment must be: to replace another it is enough to be passable, the rest is in its cost."""
        return min(_PASSABLE, self._taken.fitness) if self._taken is not None else _GOOD

    def _drifted_towards(self, moment: Moment[T], now: float) -> bool:
        """The usual pose is far from the reference's, and nearer to the moment's: the camera has moved, or the chair."""
        if self._usual is None or self._taken is None or now - max(self._taken_at, self._since or now) < _BASELINE_S:
            return False
        away = _farthest(self._usual, self._taken.pose)
        return away > _DRIFT and _farthest(self._usual, moment.pose) < 0.5 * away

    def _follow(self, moment: Moment[T]) -> None:
        if self._usual is None or self._last is None or self._since is None:
            self._usual = moment.pose
            return
        # At first a plain mean, so that a beginning with a turned head does not count for long.
        watched = moment.at - self._since
        gap = moment.at - self._last
        share = 1 - math.exp(-gap / min(_BASELINE_S, max(watched, 0.1)))
        self._usual = HeadPose(*(old + share * (new - old) for old, new in zip(self._usual, moment.pose, strict=True)))


def _farthest(one: HeadPose, other: HeadPose) -> float:
    """Degrees on the axis on which two poses differ most."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def _calm(face: FaceReading, target: FaceTarget) -> float:
    """0..1: mouth and lids as the avatar has them, or the lids wider open."""
    off = _excess(face.mouth - target.mouth, _MOUTH_FREE, _MOUTH_DEVIATION) ** 2 + sum(
        _excess(min(0.0, mine - theirs), _EYES_FREE, _EYES_DEVIATION) ** 2
        for mine, theirs in zip(face.eyes, target.eyes, strict=True)
    )
    return math.exp(-0.5 * off)


def _excess(difference: float, free: float, deviation: float) -> float:
    return max(abs(difference) - free, 0.0) / deviation
