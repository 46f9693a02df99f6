"""Adds up what is measured frame by frame, for one method on one clip."""

from __future__ import annotations

from typing import NamedTuple

from avatarify.evaluate.face_reader import FaceReader, FaceReading
from avatarify.evaluate.perceptual import PictureDistance, feature_distance
from avatarify.evaluate.pixels import flicker, l1, mean_square, psnr, ssim
from avatarify.evaluate.results import CrossScores, Scores, Transfer
from avatarify.evaluate.transfer import followed, identity_distance, interocular, keypoint_distance, mean, missing_rate
from avatarify.frame import Image

PAPER_SIZE = 256
"""Landmark distances are told in pixels of a picture of this side, whatever its size."""


class Expression(NamedTuple):
    """What of a face is compared over time; None where there was none."""

    mouth: float | None
    eyes: float | None
    yaw: float | None
    pitch: float | None


NO_FACE = Expression(None, None, None, None)


def expression(reading: FaceReading | None) -> Expression:
    return NO_FACE if reading is None else Expression(reading.mouth, reading.eyes, reading.yaw, reading.pitch)


class Tally:
    """`add` once a frame; `scores` at the end. values: the L1 of each frame, for plots; expressions: of the output."""

    def __init__(self, reader: FaceReader, distance: PictureDistance | None = None) -> None:
        """distance: of whole pictures, where it is wanted and at hand."""
        self._reader = reader
        self._distance = distance
        self._picture: list[float] = []
        self._squares: list[float] = []
        self._ssim: list[float] = []
        self._flicker: list[float] = []
        self._perceptual: list[float] = []
        self._akd: list[float] = []
        self._akd_relative: list[float] = []
        self._akd_mesh: list[float] = []
        self._aed: list[float] = []
        self._driver_found: list[bool] = []
        self._found: list[bool] = []
        self._drivers: list[Expression] = []
        self.values: list[float] = []
        self.expressions: list[Expression] = []

    def add(self, output: Image, target: Image, *, reading: FaceReading | None, driver: FaceReading | None) -> None:
        """output, target: uint8 [N,N,3] RGB. reading: of the face in the output; driver: in the target."""
        self.values.append(l1(output, target))
        self._squares.append(mean_square(output, target))
        self._ssim.append(ssim(output, target))
        if self._distance is not None:
            self._picture.append(self._distance.between(output, target))
        self._driver_found.append(driver is not None)
        self._found.append(reading is not None)
        self._drivers.append(expression(driver))
        self.expressions.append(expression(reading))
        if driver is None:
            return
        features = self._reader.identity(output, driver.alignment)
        self._perceptual.append(feature_distance(features.stages, driver.stages))
        if reading is None:
            return
        distance, scale = keypoint_distance(reading.landmarks, driver.landmarks), PAPER_SIZE / output.shape[0]
        self._akd.append(distance * scale)
        self._akd_relative.append(distance / interocular(driver.landmarks))
        self._akd_mesh.append(keypoint_distance(reading.mesh_landmarks, driver.mesh_landmarks) * scale)
        self._aed.append(identity_distance(reading.embedding, driver.embedding))

    def add_flicker(self, before: Image, after: Image, target_before: Image, target_after: Image) -> None:
        """Two adjacent frames of output and target."""
        self._flicker.append(flicker(before, after, target_before, target_after))

    def scores(self) -> Scores:
        """Raises ValueError when nothing was added."""
        if not self.values:
            raise ValueError("no frame was measured")
        return Scores(
            l1=sum(self.values) / len(self.values),
            psnr=psnr(sum(self._squares) / len(self._squares)),
            ssim=sum(self._ssim) / len(self._ssim),
            perceptual=mean(self._perceptual),
            akd=mean(self._akd),
            akd_relative=mean(self._akd_relative),
            akd_mesh=mean(self._akd_mesh),
            mkr=missing_rate(self._driver_found, self._found),
            aed=mean(self._aed),
            flicker=mean(self._flicker),
            transfer=transfer_of(self._drivers, self.expressions),
            picture=mean(self._picture),
        )


class CrossTally:
    """The same for a portrait that somebody else drives: there is no target picture, only the portrait and the driver."""

    def __init__(self, portrait: FaceReading | None) -> None:
        self._portrait = portrait
        self._identity: list[float] = []
        self._driver_found: list[bool] = []
        self._found: list[bool] = []
        self._drivers: list[Expression] = []
        self._expressions: list[Expression] = []

    def add(self, reading: FaceReading | None, driver: FaceReading | None) -> None:
        """reading: of the face in the output; driver: in the driving frame."""
        self._driver_found.append(driver is not None)
        self._found.append(reading is not None)
        self._drivers.append(expression(driver))
        self._expressions.append(expression(reading))
        if reading is not None and self._portrait is not None:
            self._identity.append(identity_distance(reading.embedding, self._portrait.embedding))

    def scores(self) -> CrossScores:
        return CrossScores(
            mean(self._identity),
            missing_rate(self._driver_found, self._found),
            transfer_of(self._drivers, self._expressions),
        )


def transfer_of(drivers: list[Expression], outputs: list[Expression]) -> Transfer:
    """How each measure of the outputs follows the drivers', frame by frame."""
    return Transfer(
        followed([face.mouth for face in drivers], [face.mouth for face in outputs]),
        followed([face.eyes for face in drivers], [face.eyes for face in outputs]),
        followed([face.yaw for face in drivers], [face.yaw for face in outputs]),
        followed([face.pitch for face in drivers], [face.pitch for face in outputs]),
    )
