"""One face that may be redistributed: NASA's portrait of Eileen Collins, public domain."""

from __future__ import annotations

import warnings

import pytest

from avatarify.face.detector import FaceDetector
from avatarify.face.mesh import FaceMesh
from avatarify.face.search import FaceSearch
from avatarify.frame import Image


@pytest.fixture(scope="session")
def portrait() -> Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from skimage.data import astronaut
    return astronaut()


@pytest.fixture(scope="session")
def detector() -> FaceDetector:
    return FaceDetector()


@pytest.fixture(scope="session")
def search(detector: FaceDetector) -> FaceSearch:
    return FaceSearch(detector)


@pytest.fixture(scope="session")
def mesher() -> FaceMesh:
    return FaceMesh()
