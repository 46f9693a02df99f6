"""Landmarks: the mesh at once; face-alignment through a stand-in that has its surface, and its real constructor offline."""

from __future__ import annotations

import enum
import hashlib
import os
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from avatarify.errors import FaceError
from avatarify.face.detector import FaceDetector
from avatarify.face.landmarks import FanLandmarks, MeshLandmarks
from avatarify.frame import Image
from tests.face.face_pictures import face_at

WEIGHTS = b"weights of a network"
PREFIX = hashlib.sha256(WEIGHTS).hexdigest()[:10]
PICTURE: Image = np.zeros((100, 100, 3), np.uint8)


class Kinds15(enum.Enum):
    TWO_D = 1


class Kinds13(enum.Enum):
    _2D = 1


class FakeLibrary(ModuleType):
    """The surface of face-alignment that we use. Notes what it was asked for; reads its network as the package does."""

    def __init__(self, version: str, kinds: type, *, finds: bool = True, file_name: str = "2DFAN4-abc.pth.tar") -> None:
        super().__init__("face_alignment")
        self.__version__ = version
        self.LandmarksType = kinds
        self.api = ModuleType("api")
        self.api.models_urls = {"2DFAN-4": f"https://example.org/{file_name}"}  # type: ignore[attr-defined]
        self.file_name = file_name
        self.finds = finds
        self.kind: object = None
        self.options: dict[str, Any] = {}
        self.boxes: list[list[float]] = []
        self.weights = b""

    def FaceAlignment(self, kind: object, **options: object) -> FakeLibrary:  # noqa: N802 - the package's name
        self.kind, self.options = kind, options
        self.weights = (Path(os.environ["TORCH_HOME"]) / "hub" / "checkpoints" / self.file_name).read_bytes()
        if self.weights != WEIGHTS:
            raise RuntimeError("not a network\nand more lines")
        return self

    def get_landmarks_from_image(self, image: Image, detected_faces: list[list[float]]) -> list[np.ndarray] | None:
        self.boxes = detected_faces
        return [np.tile(np.arange(2, dtype=np.float32), (68, 1))] if self.finds else None


@pytest.fixture
def network(tmp_path: Path) -> Path:
    path = tmp_path / "fan.bin"
    path.write_bytes(WEIGHTS)
    return path


@pytest.mark.parametrize(("version", "kinds"), [("1.5.0", Kinds15), ("1.4.1", Kinds15), ("1.3.5", Kinds13)])
def test_every_version_is_asked_in_its_own_words(
    network: Path, version: str, kinds: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", "/elsewhere")
    library = FakeLibrary(version, kinds)
    landmarks = FanLandmarks(network, sha256=PREFIX, package=library)
    assert isinstance(library.kind, kinds)
    assert library.options["face_detector"] == "folder"
    assert library.options["flip_input"] is False
    assert ("compile" in library.options) is (version == "1.5.0")
    assert library.weights == WEIGHTS
    assert os.environ["TORCH_HOME"] == "/elsewhere"
    points = landmarks.find(PICTURE, face_at(50, 40, 20))
    assert points.shape == (68, 2)
    ((left, top, right, bottom, score),) = library.boxes
    assert left < 41 < 59 < right
    assert top < 30 < 49 < bottom
    assert score == 0.9


def test_points_that_are_not_found_are_told(network: Path) -> None:
    landmarks = FanLandmarks(network, sha256=PREFIX, package=FakeLibrary("1.5.0", Kinds15, finds=False))
    with pytest.raises(FaceError, match="found no points"):
        landmarks.find(PICTURE, face_at(50, 40, 20))


def test_a_file_that_is_missing_or_another_is_never_loaded(network: Path, tmp_path: Path) -> None:
    library = FakeLibrary("1.5.0", Kinds15)
    with pytest.raises(FaceError, match=r"gone\.bin cannot be read"):
        FanLandmarks(tmp_path / "gone.bin", sha256=PREFIX, package=library)
    with pytest.raises(FaceError, match="is not the landmark network"):
        FanLandmarks(network, sha256="0123456789", package=library)
    with pytest.raises(ValueError, match="proves nothing"):
        FanLandmarks(network, sha256="", package=library)
    assert library.weights == b""


def test_a_version_that_wants_another_network_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TORCH_HOME", raising=False)
    other = tmp_path / "other"
    other.write_bytes(b"another")
    prefix = hashlib.sha256(b"another").hexdigest()[:8]
    with pytest.raises(FaceError, match=r"1\.5\.0 cannot use the landmark network: not a network\."):
        FanLandmarks(other, sha256=prefix, package=FakeLibrary("1.5.0", Kinds15))
    assert "TORCH_HOME" not in os.environ


def test_a_library_of_the_future_is_told(network: Path) -> None:
    with pytest.raises(FaceError, match="names no 2D points"):
        FanLandmarks(network, sha256=PREFIX, package=FakeLibrary("9.0", enum.Enum("Kinds", "FLAT")))


def test_the_real_package_does_not_fetch_and_does_not_unpickle(network: Path) -> None:
    with pytest.raises(FaceError, match="cannot use the landmark network"):
        FanLandmarks(network, sha256=PREFIX)


def test_the_mesh_gives_68_points_on_the_face(portrait: Image, detector: FaceDetector) -> None:
    face = detector.detect(portrait)[0]
    points = MeshLandmarks().find(portrait, face)
    assert points.shape == (68, 2)
    assert (np.abs(points - face.centre) < 0.8 * face.side).all()
