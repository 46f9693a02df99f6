"""One person moves another, and may not become him."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatarify.animator import Animator
from avatarify.errors import FaceError
from avatarify.evaluate.clip import EvaluationClip
from avatarify.evaluate.cross_identity import animate_portraits, open_portrait
from avatarify.evaluate.face_reader import FaceReader
from avatarify.evaluate.identity_net import SAME_PERSON
from avatarify.evaluate.transfer import Followed
from avatarify.face.detector import FaceDetector
from avatarify.frame import Image
from avatarify.media.images import write_image
from tests.evaluate.conftest import PerfectRuntime, tiny_runtime

SIZE = 128


class PossessedRuntime(PerfectRuntime):
    """Shows the driver instead of the portrait: what a model must not do. Relative motion makes keypoints of its own."""

    def generate(self, source: object, driving: object) -> Image:
        return self._seen[id(self._kept[-1])]


@pytest.fixture
def portrait_file(tmp_path: Path, astronaut: Image) -> Path:
    write_image(tmp_path / "eileen.png", astronaut)
    return tmp_path / "eileen.png"


def test_an_output_that_becomes_the_driver_is_caught(
    reader: FaceReader, clip: EvaluationClip, portrait_file: Path
) -> None:
    animator = Animator(PossessedRuntime())  # type: ignore[arg-type]
    portrait = open_portrait(animator, reader, portrait_file, "eileen", FaceDetector(), size=SIZE, crop=True)
    (result,) = animate_portraits(
        animator, reader, clip, [portrait], frames=4, size=SIZE, on_picture=lambda: None
    ).results
    assert result.model.transfer.yaw == pytest.approx(Followed(1.0, 1.0)), "it does follow"
    assert result.driver_identity is not None
    assert result.driver_identity > SAME_PERSON
    assert result.model.identity == pytest.approx(result.driver_identity)
    assert result.unchanged.identity == 0
    assert result.unchanged.transfer.yaw == Followed(None, 0.0)


def test_every_portrait_has_its_row_and_its_result(
    reader: FaceReader, clip: EvaluationClip, portrait_file: Path
) -> None:
    animator = Animator(tiny_runtime())
    portraits = [
        open_portrait(animator, reader, portrait_file, name, FaceDetector(), size=SIZE, crop=True) for name in "ab"
    ]
    done: list[None] = []
    made = animate_portraits(
        animator, reader, clip, portraits, frames=2, size=SIZE, on_picture=lambda: done.append(None)
    )
    assert [(result.portrait, result.frames) for result in made.results] == [("a", 2), ("b", 2)]
    assert made.results[0].model == made.results[1].model, "the same portrait has the same figures"
    assert len(done) == 4
    assert made.sheet.shape[0] > 3 * 112


def test_a_portrait_without_a_face_is_told(reader: FaceReader, tmp_path: Path, astronaut: Image) -> None:
    write_image(tmp_path / "grey.png", astronaut * 0 + 90)
    with pytest.raises(FaceError, match="No face"):
        open_portrait(
            Animator(tiny_runtime()), reader, tmp_path / "grey.png", "grey", FaceDetector(), size=SIZE, crop=True
        )
