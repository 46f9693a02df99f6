"""Where on its way from the driver's face to the picture an expression is lost.

usage: python -m benchmarks.expression_path CLIPS [--model FILE] [--frames N]

CLIPS is a folder of framed face clips. Each clip's first frame is moved to the others' keypoints, 256 px, absolute. Printed is how far the
opening of mouth and eyes, as the face mesh reads it (evaluate.face_reader), correlates with the driver's: in the driver's own picture
with no more than 128, 64 or 32 pixels a side left of it; between the keypoints that are led to the lips, over the distance of those
of the lids; in the bare warp of the portrait; in the result; and in the result if those keypoints, of portrait and driver, were where the
face mesh is ("told"). In brackets the slope: 1 is as far as the driver's.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from avatarify.evaluate.clip import EvaluationClip, find_clips, open_clip
from avatarify.evaluate.face_reader import FaceReader
from avatarify.evaluate.transfer import Followed, followed
from avatarify.face.mesh import FaceMesh
from avatarify.face.search import FaceSearch
from avatarify.frame import Image
from avatarify.model.checkpoint import load_checkpoint
from avatarify.model.motion import Keypoints
from avatarify.model.network import FirstOrderModel, fit
from avatarify.paths import EMBEDDED_MODEL
from avatarify.train.face_points import FACE
from benchmarks.detail import as_image, pixels

_SIDE = 256
_SIDES = (128, 64, 32)
_UPPER, _LOWER, _RIGHT_LID, _LEFT_LID = (
    [point.name for point in FACE.points].index(name)
    for name in ("middle of the upper lip", "middle of the lower lip", "right upper lid", "left upper lid")
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path)
    parser.add_argument("--model", type=Path, default=EMBEDDED_MODEL)
    parser.add_argument("--frames", type=int, default=48)
    options = parser.parse_args()
    model, reader = load_checkpoint(options.model).build(), FaceReader()
    columns = [*(f"{side} px" for side in _SIDES), "keypoints", "warp", "result", "told"]
    print(f"| clip | of | {' | '.join(columns)} |\n|---|---|{'---|' * len(columns)}")
    for name, path in find_clips(options.clips).items():
        mouth, eyes = follow(model, reader, open_clip(path, name, FaceSearch(), crop=True), options.frames)
        print(row(name, "mouth", mouth, columns))
        print(row(name, "eyes", eyes, columns), flush=True)


@torch.inference_mode()
def follow(
    model: FirstOrderModel, reader: FaceReader, clip: EvaluationClip, frames: int
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Openings of mouth and eyes by place on the way, a number for each frame in which all faces are found; "driver" is the first."""
    portrait = pixels(clip.source(_SIDE))
    source, features, mesher = model.detect(portrait), model.encode(portrait), Mesher()
    told_source = mesher.tell(clip.source(_SIDE), source)
    mouths: dict[str, list[float]] = {}
    eyes: dict[str, list[float]] = {}
    for sample in clip.samples(frames, _SIDE):
        driving = model.detect(fit(pixels(sample.image), model.config.image_size))
        made = model(features, source, driving)
        pictures = {"driver": sample.image, **{f"{side} px": with_no_more(sample.image, side) for side in _SIDES}}
        pictures |= {"warp": as_image(made.warped), "result": as_image(made.image)}
        told_driving = mesher.tell(sample.image, driving)
        if told_source is None or told_driving is None:
            continue
        pictures["told"] = as_image(model(features, told_source, told_driving).image)
        read = {place: reader.read(picture) for place, picture in pictures.items()}
        known = {place: reading for place, reading in read.items() if reading is not None}
        if len(known) < len(read):
            continue
        for place, reading in known.items():
            mouths.setdefault(place, []).append(reading.mouth)
            eyes.setdefault(place, []).append(reading.eyes)
        mouths.setdefault("keypoints", []).append(lips_apart(driving.value[0]))
    return mouths, eyes


class Mesher:
    """Puts guided keypoints where the face mesh is."""

    def __init__(self) -> None:
        self._faces, self._mesh = FaceSearch(), FaceMesh()

    def tell(self, image: Image, keypoints: Keypoints) -> Keypoints | None:
        """image: uint8 [N,N,3]. keypoints: of it, in absolute places. None: there is no face in it."""
        faces = self._faces.detect(image)
        if not faces:
            return None
        mesh = self._mesh.find(image, faces[0]).points
        places = np.stack([mesh[list(point.mesh)].mean(0) for point in FACE.points]) / image.shape[0] * 2 - 1
        value = keypoints.value.clone()
        value[0, -len(FACE.points) :] = torch.from_numpy(places.astype(np.float32))
        return Keypoints(value, keypoints.jacobian)


def lips_apart(keypoints: Tensor) -> float:
    """Of the guided ones, which are the last: between the lips, over the distance of the lids."""
    guided = keypoints[-len(FACE.points) :]
    return float((guided[_UPPER] - guided[_LOWER]).norm() / (guided[_RIGHT_LID] - guided[_LEFT_LID]).norm())


def with_no_more(image: Image, side: int) -> Image:
    """The picture shrunk to so many pixels a side, and back."""
    small = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, image.shape[:2], interpolation=cv2.INTER_CUBIC), np.uint8)


def row(clip: str, what: str, found: dict[str, list[float]], columns: Sequence[str]) -> str:
    """Of the table."""
    cells = []
    for column in columns:
        how = followed(found["driver"], found[column]) if column in found else Followed(None, None)
        known = how.correlation is not None and how.gain is not None
        cells.append(f"{how.correlation:.2f} ({how.gain:.2f})" if known else "")
    return f"| {clip} | {what} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
