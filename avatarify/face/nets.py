"""The face networks that ship with the project, read only when their bytes are the ones we know."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from avatarify.errors import AvatarifyError
from avatarify.frame import Image
from avatarify.paths import MODELS


class NetFile(NamedTuple):
    """A TFLite file in models/face and the sha256 of its bytes."""

    name: str
    sha256: str


SHORT_RANGE = NetFile(
    "face_detection_short_range.tflite", "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633"
)
LANDMARKS = NetFile("face_landmark.tflite", "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493")
SHIPPED = (SHORT_RANGE, LANDMARKS)


def read_net(file: NetFile, folder: Path = MODELS / "face") -> cv2.dnn.Net:
    """A fresh network for one thread to use. Raises AvatarifyError if the file is missing, altered or unreadable."""
    path = verified(file, folder)
    try:
        # OpenCV 5's new engine keeps one of several outputs (and reading from memory always takes that engine); 4.x has
        # one engine and no such argument.
        if hasattr(cv2.dnn, "ENGINE_CLASSIC"):
            return cv2.dnn.readNetFromTFLite(str(path), engine=cv2.dnn.ENGINE_CLASSIC)
        return cv2.dnn.readNetFromTFLite(str(path))
    except cv2.error as error:
        raise AvatarifyError(
            f"OpenCV {cv2.__version__} cannot read {path}: {error.err}.",
            "Install the opencv-python that requirements.txt asks for, in a folder with a plain name.",
        ) from error


def net_input(image: Image, *, scale: float, shift: float) -> npt.NDArray[np.float32]:
    """uint8 [H,W,3] -> float32 [1,3,H,W], image * scale + shift."""
    planes = np.ascontiguousarray(image.transpose(2, 0, 1)[None], dtype=np.float32)
    planes *= scale
    planes += shift
    return planes


def sigmoid(logits: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Logits to 0..1, without overflow."""
    return 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -80, 80)))


@functools.cache
def verified(file: NetFile, folder: Path = MODELS / "face") -> Path:
    """Where its bytes are, which are the ones we know. Raises AvatarifyError if it is missing or altered."""
    path = folder / file.name
    remedy = "Restore the folder models/face, for instance with `git checkout -- models/face`."
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AvatarifyError(f"The face network {path} cannot be read: {error.strerror}.", remedy) from error
    found = hashlib.sha256(data).hexdigest()
    if found != file.sha256:
        raise AvatarifyError(f"{path} is not the file we ship: sha256 {found[:12]}, not {file.sha256[:12]}.", remedy)
    return path
