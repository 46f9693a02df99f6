"""What was found out about pictures, kept on disk: judging one takes ten times as long as reading this."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path

import cv2
import numpy as np

from avatarify.avatars.folder import Version, version_of
from avatarify.avatars.portrait import Portrait
from avatarify.face.calibration import FaceTarget
from avatarify.face.mesh import EyeOpening, HeadPose
from avatarify.face.quality import PortraitVerdict
from avatarify.frame import Image
from avatarify.whole_file import write_whole

_JUDGED_AS = 1
"""To be raised when pictures are framed or judged in another way."""

_ENDING = ".portrait"
_log = logging.getLogger(__name__)


class PortraitCache:
    """One file for each picture as it is now and each size of portrait: a line of JSON, then a PNG. Nothing here fails: what
    cannot be read is found out again, what cannot be written is not kept."""

    def __init__(self, folder: Path) -> None:
        """folder: made when it is needed; holds nothing else."""
        self._folder = folder

    def recall(self, version: Version, size: int) -> Portrait | None:
        """None where nothing is kept. size: of the portrait, pixels."""
        path = self._path(version, size)
        try:
            head, _, png = path.read_bytes().partition(b"\n")
            return _read(head, png, size)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, cv2.error) as error:
            _log.info("%s is not used: %s", path, error)
            return None

    def keep(self, version: Version, size: int, portrait: Portrait) -> None:
        """For the next time."""
        try:
            content = (_head(version, portrait), b"\n", _png(portrait.image))
            write_whole(self._path(version, size), *content, lasting=False)
        except OSError as error:
            _log.info("A judgement is not kept in %s: %s", self._folder, error)

    def forget_gone(self) -> None:
        """Nobody's face stays here after its picture has gone or is another."""
        try:
            for path in self._folder.iterdir() if self._folder.is_dir() else ():
                if not _still_true(path):
                    path.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("%s cannot be tidied up: %s", self._folder, error)

    def _path(self, version: Version, size: int) -> Path:
        known = f"{_JUDGED_AS} {size} {version.changed_ns} {version.length} {version.card_ns} {version.path}"
        return self._folder / (hashlib.sha256(known.encode()).hexdigest()[:32] + _ENDING)


def _still_true(path: Path) -> bool:
    """Whether the picture that this is about lies where it lay. False for what is no judgement of ours."""
    try:
        with path.open("rb") as file:
            picture, *numbers = json.loads(file.readline())["of"]
        return version_of(Path(picture)) == Version(Path(picture), *numbers)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _head(version: Version, portrait: Portrait) -> bytes:
    pose, mouth, eyes = portrait.target
    content = {
        "of": [str(version.path), *version[1:]],
        "pose": list(pose),
        "mouth": mouth,
        "eyes": list(eyes),
        "usable": portrait.verdict.usable,
        "problems": list(portrait.verdict.problems),
    }
    return json.dumps(content).encode()


def _png(image: Image) -> bytes:
    fast = [cv2.IMWRITE_PNG_COMPRESSION, 1]
    return cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), fast)[1].tobytes()


def _read(head: bytes, png: bytes, size: int) -> Portrait:
    content = json.loads(head)
    pose, eyes = HeadPose(*map(float, content["pose"])), EyeOpening(*map(float, content["eyes"]))
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None or pixels.shape != (size, size, 3):
        raise ValueError("the picture is damaged")
    return Portrait(
        np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8),
        FaceTarget(pose, float(content["mouth"]), eyes),
        PortraitVerdict(bool(content["usable"]), tuple(str(problem) for problem in content["problems"])),
        None,
    )
