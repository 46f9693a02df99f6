"""A clip made again from its own first frame, and the figures of that."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from avatarify.animator import Animator, load_runtime
from avatarify.evaluate.clip import EvaluationClip, open_clip
from avatarify.evaluate.face_reader import FaceReader
from avatarify.evaluate.reconstruction import Reconstruction, reconstruct
from avatarify.evaluate.transfer import Followed
from avatarify.face.detector import FaceDetector
from avatarify.frame import Image
from avatarify.paths import MODELS
from tests.evaluate.conftest import FacelessRuntime, PerfectRuntime, tiny_runtime

SIZE = 128
Measure = Callable[..., Reconstruction]


@pytest.fixture
def measure(reader: FaceReader, clip: EvaluationClip) -> Measure:
    def run(runtime: object, *, frames: int = 4, of: EvaluationClip = clip, size: int = SIZE) -> Reconstruction:
        done: list[None] = []
        made = reconstruct(
            Animator(runtime),  # type: ignore[arg-type]
            reader,
            of,
            frames=frames,
            size=size,
            strip_name="strips/p.jpg",
            on_frame=lambda: done.append(None),
        )
        assert len(done) == made.result.frames
        return made

    return run


def test_a_perfect_model_has_no_error(measure: Measure) -> None:
    scores = measure(PerfectRuntime()).result.model
    assert (scores.l1, scores.ssim, scores.mkr, scores.flicker) == (0, pytest.approx(1), 0, 0)
    assert (scores.akd, scores.akd_relative, scores.akd_mesh, scores.aed, scores.perceptual) == (0, 0, 0, 0, 0)
    assert scores.psnr == math.inf
    assert scores.transfer.yaw == pytest.approx(Followed(1.0, 1.0))
    assert scores.transfer.mouth == pytest.approx(Followed(1.0, 1.0))


def test_a_model_that_paints_no_face_misses_all(measure: Measure) -> None:
    result = measure(FacelessRuntime(), frames=2).result
    assert result.model.mkr == 1
    assert (result.model.akd, result.model.aed) == (None, None)
    assert result.model.perceptual is not None
    assert result.model.perceptual > 0.3, "it is measured where the face should be"
    assert result.unchanged.mkr == 0


def test_figures_agree_with_a_computation_of_their_own(
    measure: Measure, clip: EvaluationClip, reader: FaceReader
) -> None:
    result = measure(tiny_runtime(), frames=2).result
    runtime = tiny_runtime()
    portrait = clip.source(SIZE)
    source = runtime.encode_source(portrait)
    differences, distances, identities = [], [], []
    for sample in clip.samples(2, SIZE):
        output = runtime.generate(source, runtime.detect(sample.image))
        differences.append(np.abs(output / 255 - sample.image / 255).sum() / (SIZE * SIZE * 3))
        made, wanted = reader.read(output), reader.read(sample.image)
        assert made is not None, "the fixed random weights leave the face"
        assert wanted is not None
        dx, dy = (made.landmarks - wanted.landmarks).T
        distances.append(sum(math.hypot(x, y) for x, y in zip(dx, dy, strict=True)) / 68 * 256 / SIZE)
        identities.append(math.sqrt(sum((a - b) ** 2 for a, b in zip(made.embedding, wanted.embedding, strict=True))))
    assert result.model.l1 == pytest.approx(np.mean(differences))
    assert result.model.akd == pytest.approx(np.mean(distances))
    assert result.model.aed == pytest.approx(np.mean(identities))
    assert result.model.aed > 0.01
    still = [np.abs(portrait / 255 - sample.image / 255).mean() for sample in clip.samples(2, SIZE)]
    assert result.unchanged.l1 == pytest.approx(np.mean(still))
    assert result.ratio() == pytest.approx(np.mean(differences) / np.mean(still))


def test_a_still_portrait_neither_flickers_nor_follows(measure: Measure) -> None:
    result = measure(tiny_runtime(), frames=4).result
    assert result.unchanged.flicker == 0
    assert result.unchanged.transfer.yaw == Followed(None, 0.0)
    assert result.model.flicker is not None
    assert result.model.flicker > 0


def test_adjacent_frames_are_made_once(measure: Measure) -> None:
    class CountingRuntime(PerfectRuntime):
        made = 0

        def generate(self, source: object, driving: object) -> Image:
            self.made += 1
            return super().generate(source, driving)

    runtime = CountingRuntime()
    assert measure(runtime, frames=0).result.frames == 5
    assert runtime.made == 5


def test_curves_and_strip_show_the_frames(measure: Measure) -> None:
    made = measure(PerfectRuntime(), frames=3)
    error, yaw, mouth = made.result.curves
    assert error.frames == yaw.frames == mouth.frames == (1, 3, 5)
    assert [series.kind for series in error.series] == ["model", "affine", "unchanged"]
    assert yaw.series[0].values == yaw.series[1].values
    assert made.strip.shape[1] > 4 * 128


@pytest.mark.reference
def test_the_shipped_model_is_as_good_as_its_card_says(measure: Measure, reference_data: Path) -> None:
    path = reference_data / "faces" / "heldout" / "video" / "tpsmm__driving_0.mp4"
    clip = open_clip(path, "tpsmm", FaceDetector(), crop=True)
    runtime = load_runtime(model=MODELS / "lite.safetensors", device="cpu")
    result = measure(runtime, frames=12, of=clip, size=256).result
    ratio = result.ratio()
    assert ratio is not None
    assert ratio < 0.8
    assert result.model.mkr == 0
    assert result.unchanged.akd is not None
    assert result.model.akd is not None
    assert result.model.akd < 0.6 * result.unchanged.akd
    assert result.model.transfer.yaw.correlation is not None
    assert result.model.transfer.yaw.correlation > 0.6
