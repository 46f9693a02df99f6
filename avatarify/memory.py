"""Calibrations: what is kept of a moment to calibrate from, and those of earlier days, one for each avatar, camera and model, in a
small JSON file in the user's data folder."""

from __future__ import annotations

import math
import threading
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import torch

from avatarify.animator import Animator, Reference
from avatarify.errors import NotReadyError
from avatarify.face.auto_framing import between
from avatarify.face.calibration import Remembered
from avatarify.face.crop import Crop
from avatarify.face.watcher import FaceReading
from avatarify.frame import Image
from avatarify.json_file import JsonFile
from avatarify.model.motion import Keypoints, carried

_VERSION = 1
_MOST = 200  # entries; the oldest go


class CalibratedBy(Enum):
    """How a reference came to be."""

    HAND = "hand"
    ITSELF = "itself"
    MEMORY = "memory"


class View(NamedTuple):
    """What the model saw of a moment. image: uint8 [N,N,3] RGB of the square `crop`; nobody writes to it."""

    image: Image
    crop: Crop

    def reduced(self, size: int) -> View:
        """At most `size` pixels a side."""
        side = self.image.shape[0]
        return self if side <= size else View(Crop(0.0, 0.0, float(side)).apply(self.image, size), self.crop)


class Seen(NamedTuple):
    """A frame as a reference, in the coordinates of `base`. face: None where nobody watched. view: None where nothing is
    kept of it but numbers."""

    keypoints: Keypoints
    base: Crop
    face: FaceReading | None
    view: View | None = None

    def again(self, animator: Animator) -> Seen | None:
        """The same moment as another model sees it; None without a view."""
        if self.view is None:
            return None
        keypoints = carried(animator.detect(self.view.image), *between(self.view.crop, self.base))
        return self._replace(keypoints=keypoints)


class Taken(NamedTuple):
    """A reference in use, or one that can be gone back to."""

    seen: Seen
    reference: Reference
    by: CalibratedBy


class Occasion(NamedTuple):
    """What a calibration is for. model: its mark (model_mark); keypoints of one model mean nothing to another."""

    avatar: str
    camera: str
    model: str


def model_mark(path: Path) -> str:
    """Tells a model file from another of the same name, as after an update: name, size and time. The name alone where there
    is no such file any more."""
    try:
        found = path.stat()
    except OSError:
        return path.name
    return f"{path.name} {found.st_size} {found.st_mtime_ns}"


class CalibrationMemory:
    """Reads its file once; keeps at once and in memory, so that the animate thread may; `write` writes the file whole or not
    at all. Any thread.

    A file that cannot be read is put aside, and told in `trouble`; the memory then begins empty.
    """

    def __init__(self, path: Path) -> None:
        self._file = JsonFile(
            path, what="remembered calibrations", version=_VERSION, instead="Calibrations are remembered anew."
        )
        self.trouble = ""
        self._lock = threading.Lock()  # of the entries: never held while a disk is waited for
        self._writing = threading.Lock()
        self._changed = False
        self._entries: dict[Occasion, Remembered] = self._read()

    def recall(self, occasion: Occasion) -> Remembered | None:
        """None where nothing is remembered."""
        with self._lock:
            return self._entries.get(occasion)

    def latest(self, camera: str, model: str) -> Remembered | None:
        """The newest for any avatar; None where there is none. The pose is the user's own, in front of that camera: another
        avatar can begin with it."""
        with self._lock:
            entries = reversed(self._entries.items())
            return next((entry for made, entry in entries if (made.camera, made.model) == (camera, model)), None)

    def keep(self, occasion: Occasion, remembered: Remembered) -> None:
        """Remember, on disk with the next `write`."""
        with self._lock:
            self._entries.pop(occasion, None)
            self._entries[occasion] = remembered
            while len(self._entries) > _MOST:
                self._entries.pop(next(iter(self._entries)))
            self._changed = True

    def write(self) -> None:
        """Save what was kept since the last time. Raises SettingsError when the file cannot be written; it is remembered until
        the end of the program nevertheless."""
        with self._writing:
            with self._lock:
                entries, changed = tuple(self._entries.items()), self._changed
                self._changed = False
            if changed:
                self._file.write({"calibrations": [_encoded(occasion, entry) for occasion, entry in entries]})

    def _read(self) -> dict[Occasion, Remembered]:
        content = self._file.read()
        entries: dict[Occasion, Remembered] = {}
        try:
            if content.values is not None:
                entries = {Occasion(*entry["for"]): _decoded(entry) for entry in content.values["calibrations"]}
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            content = self._file.put_aside(f"{type(error).__name__}: {error}")
        self.trouble = " ".join(content.notes)
        return entries


def numbers_of(keypoints: Keypoints, crop: Crop) -> Remembered:
    """Keypoints [1,K,..] in the coordinates of `crop` as plain numbers, framed with the defaults."""
    values, jacobians = keypoints.value[0].tolist(), keypoints.jacobian[0].tolist()
    return Remembered(tuple((x, y) for x, y in values), tuple((a, b, c, d) for (a, b), (c, d) in jacobians), crop)


def keypoints_of(remembered: Remembered, animator: Animator) -> Keypoints:
    """The keypoints again, on the animator's device. Raises NotReadyError when they are another model's."""
    expected = animator.runtime.config.num_keypoints
    if len(remembered.value) != expected:
        raise NotReadyError(
            f"The remembered calibration has {len(remembered.value)} keypoints, this model has {expected}.",
            "Calibrate again.",
        )
    device = torch.device(animator.runtime.description.device)
    return Keypoints(
        torch.tensor([remembered.value], dtype=torch.float32, device=device),
        torch.tensor([remembered.jacobian], dtype=torch.float32, device=device).reshape(1, expected, 2, 2),
    )


def _encoded(occasion: Occasion, remembered: Remembered) -> dict[str, Any]:
    crop = remembered.crop
    return {
        "for": list(occasion),
        "value": [list(point) for point in remembered.value],
        "jacobian": [list(row) for row in remembered.jacobian],
        "crop": [crop.left, crop.top, crop.size],
        "automatic": remembered.automatic,
        "framing": [remembered.zoom, remembered.shift_x, remembered.shift_y],
    }


def _decoded(entry: dict[str, Any]) -> Remembered:
    """Raises ValueError, KeyError or TypeError for anything that `_encoded` does not write."""
    value = tuple((_number(x), _number(y)) for x, y in entry["value"])
    jacobian = tuple((_number(a), _number(b), _number(c), _number(d)) for a, b, c, d in entry["jacobian"])
    left, top, size = (_number(x) for x in entry["crop"])
    zoom, shift_x, shift_y = (_number(x) for x in entry["framing"])
    if not value or len(value) != len(jacobian) or size <= 0 or not isinstance(entry["automatic"], bool):
        raise ValueError("a calibration in it is incomplete")
    return Remembered(value, jacobian, Crop(left, top, size), entry["automatic"], zoom, shift_x, shift_y)


def _number(x: object) -> float:
    if isinstance(x, bool) or not isinstance(x, int | float) or not math.isfinite(x):
        raise ValueError(f"{x!r} is not a number")
    return float(x)
