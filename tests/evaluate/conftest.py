"""What the tests of this room share: the readers of faces, a short performance, and runtimes that do one thing."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
import torch

from avatarify.evaluate.clip import EvaluationClip, open_clip
from avatarify.evaluate.face_reader import FaceReader
from avatarify.face.detector import FaceDetector
from avatarify.frame import Image
from avatarify.runtime.device import DeviceChoice
from avatarify.runtime.eager import EagerRuntime
from tests.fakes.models import tiny_model
from tests.performances import write_performance


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """Small pictures are measured faster by one thread than by several that wait for each other."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def reader() -> FaceReader:
    return FaceReader()


@pytest.fixture(scope="session")
def astronaut() -> Image:
    """NASA's portrait of Eileen Collins, public domain: [240,240,3] around the face."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from skimage.data import astronaut as picture
    return picture()[0:240, 105:345].copy()


@pytest.fixture(scope="session")
def performance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_performance(tmp_path_factory.mktemp("performance") / "performance.mp4", frames=6)


@pytest.fixture(scope="session")
def clip(performance: Path) -> EvaluationClip:
    return open_clip(performance, "performance", FaceDetector(), crop=True)


def tiny_runtime() -> EagerRuntime:
    return EagerRuntime(tiny_model(), DeviceChoice(torch.device("cpu"), "a test"))


class PerfectRuntime:
    """Knows the answer: its picture is the driving frame that it saw last, at every other frame's keypoints too."""

    def __init__(self) -> None:
        self._runtime = tiny_runtime()
        self._seen: dict[int, Image] = {}
        self.description, self.config = self._runtime.description, self._runtime.config
        self.encode_source, self.close = self._runtime.encode_source, self._runtime.close

    def detect(self, image: Image) -> object:
        keypoints = self._runtime.detect(image)
        self._seen[id(keypoints)] = image
        self._kept = [*getattr(self, "_kept", []), keypoints]  # an id is only unique while its object lives
        return keypoints

    def generate(self, source: object, driving: object) -> Image:
        return self._seen[id(driving)]


class FacelessRuntime(PerfectRuntime):
    """Paints grey, whatever is asked."""

    def generate(self, source: object, driving: object) -> Image:
        return self._seen[id(driving)] * 0 + 128
