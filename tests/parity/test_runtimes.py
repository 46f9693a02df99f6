"""Every runtime against eager float32: on the checkpoint of the original's layout, and on the embedded model with real faces."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from avatarify.camera.synthetic import SyntheticCamera
from avatarify.evaluate.rounding import Judgement
from avatarify.frame import Image
from avatarify.model.checkpoint import save_checkpoint
from avatarify.model.motion import Keypoints
from avatarify.paths import EMBEDDED_MODEL
from avatarify.runtime.base import Runtime, Source, load_runtime
from benchmarks import parity
from benchmarks.precision import PRECISIONS, first_frames, judge, runtime_of


class NoisyRuntime:
    """Pictures with noise of eight grey levels on them, never the same."""

    def __init__(self, runtime: Runtime) -> None:
        self.description, self.config, self.close = runtime.description, runtime.config, runtime.close
        self.encode_source, self.detect, self._generate = runtime.encode_source, runtime.detect, runtime.generate
        self._random = np.random.default_rng(0)

    def generate(self, source: Source, driving: Keypoints) -> Image:
        image = self._generate(source, driving)
        noisy = image + self._random.normal(0, 8, image.shape)
        return np.asarray(noisy.clip(0, 255).astype(np.uint8))


def drawn(count: int, side: int) -> list[Image]:
    """The drawn performer, two looks a second."""
    with SyntheticCamera(size=(side, side), fps=2.0) as camera:
        return [frame.image for frame in camera.frames(count)]


def pixels(stored: torch.Tensor) -> Image:
    """[1,3,N,N] in [0,1] -> uint8 [N,N,3]."""
    image: Image = (stored[0].permute(1, 2, 0) * 255).round().to(torch.uint8).numpy()
    return image


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Graphs are kept away from the user's own, and two kinds of threads do not wait for each other."""
    path, threads = tmp_path_factory.mktemp("home"), torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AVATARIFY_HOME", str(path))
        yield path
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The original-layout checkpoint as a file that says its image size."""
    path = tmp_path_factory.mktemp("golden") / "golden.safetensors"
    save_checkpoint(path, parity.tiny_checkpoint())
    return path


@pytest.mark.parametrize("name", ["openvino", pytest.param("cuda-graph", marks=pytest.mark.cuda)])
def test_the_original_layout_runs_alike_everywhere(golden: Path, name: str) -> None:
    stored = parity.golden("fomm-tiny")
    source, driver = (pixels(stored[key][:1]) for key in ("source", "driving"))
    eager = load_runtime("eager", model=golden, device="cpu", precision="float32")
    runtime = load_runtime(name, model=golden, precision="float32", device="auto")
    found, expected = runtime.detect(driver), eager.detect(driver)
    torch.testing.assert_close(found.value.cpu(), expected.value, rtol=0, atol=1e-5)
    torch.testing.assert_close(found.jacobian.cpu(), expected.jacobian, rtol=1e-4, atol=1e-4)
    ours = runtime.generate(runtime.encode_source(source), found)
    theirs = eager.generate(eager.encode_source(source), expected)
    assert np.abs(ours.astype(int) - theirs).max() <= 1
    assert ours.std() > 10, "a picture, not a plane"


@pytest.mark.parametrize("name", ["openvino", pytest.param("cuda-graph", marks=pytest.mark.cuda)])
@pytest.mark.parametrize("side", [256, 512])
def test_the_embedded_model_runs_alike_everywhere(name: str, side: int) -> None:
    portrait, drivers = drawn(1, side)[0], drawn(3, 256)
    eager = load_runtime("eager", model=EMBEDDED_MODEL, device="cpu", precision="float32")
    runtime = load_runtime(name, model=EMBEDDED_MODEL, precision="float32", device="auto")
    sources = runtime.encode_source(portrait), eager.encode_source(portrait)
    for driver in drivers:
        found, expected = runtime.detect(driver), eager.detect(driver)
        torch.testing.assert_close(found.value.cpu(), expected.value, rtol=0, atol=1e-5)
        torch.testing.assert_close(found.jacobian.cpu(), expected.jacobian, rtol=1e-4, atol=1e-4)
        ours, theirs = runtime.generate(sources[0], found), eager.generate(sources[1], expected)
        assert ours.shape == (side, side, 3)
        assert np.abs(ours.astype(int) - theirs).max() <= 1


@pytest.mark.slow
@pytest.mark.reference
def test_fewer_bits_in_the_decoder_stay_within_their_bounds(reference_data: Path) -> None:
    """Clips that the model was not trained on, and that ranges were not taken from."""
    eager = load_runtime("eager", model=EMBEDDED_MODEL, device="cpu", precision="float32")
    runtimes = {precision: runtime_of(precision, EMBEDDED_MODEL) for precision in PRECISIONS}
    assert [runtime.description.precision for runtime in runtimes.values()] == list(PRECISIONS)
    for clip in sorted((reference_data / "faces" / "heldout" / "video").iterdir()):
        for precision, found in judge(eager, runtimes, first_frames(clip, 6)):
            assert found.beyond(precision) == "", (clip.stem, precision, found)


def test_a_judgement_sees_what_it_is_for() -> None:
    """Noise in every picture is flicker, and costs decibels; the bounds above could not fail otherwise."""
    eager = load_runtime("eager", model=EMBEDDED_MODEL, device="cpu", precision="float32")
    images = drawn(6, 256)
    ((_, found),) = judge(eager, {"noisy": NoisyRuntime(eager)}, images)
    ((_, same),) = judge(eager, {"eager": eager}, images)
    assert found.psnr_db < 32
    assert found.flicker > 0.05
    assert "dB, 32 are needed" in found.beyond("int8")
    assert "pictures change by +" in found._replace(psnr_db=40.0, shift_px=0.0).beyond("int8")
    assert same == Judgement(float("inf"), 0.0, 0.0, 0)
