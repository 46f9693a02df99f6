"""What an evaluation finds, as values: scores of each method on each clip, and their means."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from avatarify.evaluate.transfer import Followed, mean

METHODS = ("model", "affine", "unchanged")
"""model: what is evaluated. affine: the portrait warped by the keypoints' own affine motion. unchanged: the portrait as it is."""

SHIPPED_LANDMARKS, PRECISE_LANDMARKS = "the shipped landmark net", "face-alignment's 2DFAN-4"


@dataclass(frozen=True)
class Transfer:
    """How the driver's face is followed: openings of mouth and eyes, direction of the head."""

    mouth: Followed
    eyes: Followed
    yaw: Followed
    pitch: Followed


@dataclass(frozen=True)
class Scores:
    """One method on one clip: means over its frames, less is better but for psnr and ssim. None: no face to measure.

    l1: 0..1. psnr: dB, of the mean square error over all frames. ssim: -1..1. perceptual: 0..4 (perceptual.BACKBONE), of faces.
    picture: 0..4 (perceptual.PICTURE_BACKBONE), of whole pictures; None too where its weights were not at hand.
    akd: mean distance of 68 landmarks in pixels of a 256-pixel picture; akd_relative: over the driver's distance of the outer
    eye corners; akd_mesh: as akd, but read from the face mesh. mkr: 0..1, the share of the driver's faces that are missing.
    aed: distance of the identity embeddings. flicker: 0..1 (pixels.flicker).
    """

    l1: float
    psnr: float
    ssim: float
    perceptual: float | None
    akd: float | None
    akd_relative: float | None
    akd_mesh: float | None
    mkr: float | None
    aed: float | None
    flicker: float | None
    transfer: Transfer
    picture: float | None = None


@dataclass(frozen=True)
class Series:
    """One line of a plot. kind: "driver" or one of METHODS. None where there was no face."""

    kind: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Curve:
    """A plot over the measured frames."""

    title: str
    frames: tuple[int, ...]
    series: tuple[Series, ...]


@dataclass(frozen=True)
class ClipResult:
    """Reconstruction of one clip. frames: how many were measured. strip: the picture's path inside the report's folder."""

    clip: str
    frames: int
    model: Scores
    affine: Scores
    unchanged: Scores
    curves: tuple[Curve, ...]
    strip: str

    def ratio(self, method: str = "model") -> float | None:
        """L1 of a method over that of the unchanged source: below 1 it is of use."""
        return scores_of(self, method).l1 / self.unchanged.l1 if self.unchanged.l1 > 0 else None

    def akd_ratio(self, method: str = "model") -> float | None:
        """The same of the landmarks' distance. None, too, where no face was found in the output or the target."""
        return _share(scores_of(self, method).akd, self.unchanged.akd)

    def mesh_akd_ratio(self, method: str = "model") -> float | None:
        """The same of the distance read from the face mesh."""
        return _share(scores_of(self, method).akd_mesh, self.unchanged.akd_mesh)


@dataclass(frozen=True)
class CrossScores:
    """One method, one portrait, one clip. identity: mean embedding distance to the portrait, less is better (0 for an
    unchanged one). missing: share of the driver's faces that have none in the output.
    """

    identity: float | None
    missing: float | None
    transfer: Transfer


@dataclass(frozen=True)
class CrossResult:
    """A portrait driven by a clip of somebody else, relative to its first frame. driver_identity: mean embedding distance of
    portrait and driver; an output that becomes the driver would have that as its `identity`. None: a face was not found.
    """

    portrait: str
    clip: str
    frames: int
    driver_identity: float | None
    model: CrossScores
    affine: CrossScores
    unchanged: CrossScores


@dataclass(frozen=True)
class CrossSheet:
    """The picture of one clip driving all portraits, by its path inside the report's folder."""

    clip: str
    picture: str


@dataclass(frozen=True)
class Skipped:
    """A file that could not be used, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Evaluation:
    """Everything that was found. model, runtime: in words. size: side of the pictures in pixels. frames: at most so many a
    clip, 0 for all. complete: False while it runs and when it was stopped. landmarks: which network found the points of AKD:
    distances of another one are another measure.
    """

    model: str
    runtime: str
    size: int
    frames: int
    clips: tuple[ClipResult, ...] = ()
    cross: tuple[CrossResult, ...] = ()
    sheets: tuple[CrossSheet, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    complete: bool = False
    landmarks: str = SHIPPED_LANDMARKS

    def scores(self, method: str) -> Scores | None:
        """The mean of a method over the clips, each counted once. None without clips."""
        return mean_scores([scores_of(clip, method) for clip in self.clips])

    def cross_scores(self, method: str) -> CrossScores | None:
        """The mean of a method over all pairs of portrait and clip."""
        every = [cross_of(result, method) for result in self.cross]
        if not every:
            return None
        return CrossScores(
            mean([scores.identity for scores in every]),
            mean([scores.missing for scores in every]),
            mean_transfer([scores.transfer for scores in every]),
        )

    def ratio(self, method: str = "model") -> float | None:
        """Mean over the clips of L1 over unchanged."""
        return mean([clip.ratio(method) for clip in self.clips])

    def akd_ratio(self, method: str = "model") -> float | None:
        """Mean over the clips of AKD over unchanged."""
        return mean([clip.akd_ratio(method) for clip in self.clips])

    def mesh_akd_ratio(self, method: str = "model") -> float | None:
        """The same of AKD read from the face mesh."""
        return mean([clip.mesh_akd_ratio(method) for clip in self.clips])


def _share(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


def scores_of(clip: ClipResult, method: str) -> Scores:
    """The scores of one of METHODS."""
    return {"model": clip.model, "affine": clip.affine, "unchanged": clip.unchanged}[method]


def cross_of(result: CrossResult, method: str) -> CrossScores:
    """The scores of one of METHODS."""
    return {"model": result.model, "affine": result.affine, "unchanged": result.unchanged}[method]


def mean_scores(every: Sequence[Scores]) -> Scores | None:
    """Field by field over those that have a value."""
    if not every:
        return None
    fields = [field.name for field in dataclasses.fields(Scores) if field.name != "transfer"]
    means = {name: mean([getattr(scores, name) for scores in every]) for name in fields}
    return Scores(transfer=mean_transfer([scores.transfer for scores in every]), **means)  # type: ignore[arg-type]


def mean_transfer(every: Sequence[Transfer]) -> Transfer:
    """The same of correlations and gains."""

    def of(pairs: Sequence[Followed]) -> Followed:
        return Followed(mean([pair.correlation for pair in pairs]), mean([pair.gain for pair in pairs]))

    return Transfer(
        of([one.mouth for one in every]),
        of([one.eyes for one in every]),
        of([one.yaw for one in every]),
        of([one.pitch for one in every]),
    )
