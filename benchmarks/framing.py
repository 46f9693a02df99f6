"""Measure how framed portraits and clips sit in their square: the source of the constants in avatarify/face/framing.py.

usage: python -m benchmarks.framing FOLDER [--every N]
FOLDER holds pictures and videos (any depth) that are already framed as the model wants to see them.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np

from avatarify.face.detector import Face, FaceDetector
from avatarify.frame import Image

PICTURES = {".jpg", ".jpeg", ".png"}
VIDEOS = {".mp4", ".mkv", ".webm", ".mov"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=15, help="look at every Nth frame of a video (default 15)")
    options = parser.parse_args()
    detector = FaceDetector()
    files = sorted(path for path in options.folder.rglob("*") if path.suffix.lower() in PICTURES | VIDEOS)
    pictures, clips = [], []
    missed = 0
    for path in files:
        seen = [placed(detector, image) for image in images(path, options.every)]
        found = [place for place in seen if place is not None]
        missed += len(seen) - len(found)
        if found:
            (pictures if path.suffix.lower() in PICTURES else clips).append(np.median(found, axis=0))
    print(f"{len(files)} files, no face in {missed} of the frames that were looked at")
    for name, rows in (("pictures", pictures), ("clips", clips)):
        if rows:
            report(name, np.array(rows))


def images(path: Path, every: int) -> Iterator[Image]:
    """uint8 [H,W,3] RGB: the picture, or every Nth frame of the video."""
    if path.suffix.lower() in PICTURES:
        yield cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
        return
    with av.open(str(path)) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index % every == 0:
                yield frame.to_ndarray(format="rgb24")


def placed(detector: FaceDetector, image: Image) -> tuple[float, float, float] | None:
    """Box side / picture side, and where the box's centre lies from the picture's, in picture sides; best face only."""
    faces: list[Face] = detector.detect(image)
    if not faces:
        return None
    height, width = image.shape[:2]
    offset = (faces[0].centre - (width / 2, height / 2)) / max(height, width)
    return faces[0].side / max(height, width), float(offset[0]), float(offset[1])


def report(name: str, rows: np.ndarray) -> None:
    low, middle, high = np.percentile(rows, [5, 50, 95], axis=0)
    print(f"{name} ({len(rows)})            5 %   median     95 %")
    for index, label in enumerate(("box / side", "offset right", "offset down")):
        print(f"  {label:<16} {low[index]:8.3f} {middle[index]:8.3f} {high[index]:8.3f}")


if __name__ == "__main__":
    main()
