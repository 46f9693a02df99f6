"""A portrait and a driving video become a video."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from avatarify.animator import Animator
from avatarify.errors import FaceError, MediaError
from avatarify.face.detector import Face
from avatarify.face.search import FaceSearch
from avatarify.frame import Frame, Image
from avatarify.media.images import write_image
from avatarify.media.progress import Progress
from avatarify.media.video_reader import VideoReader
from avatarify.model.config import ModelConfig
from avatarify.paths import AVATARS
from avatarify.render import RenderReport, RenderRequest, choose_reference, first_square, render
from avatarify.runtime.device import DeviceChoice
from avatarify.runtime.eager import EagerRuntime
from tests.fakes.models import TINY_BLEND, TINY_PLAIN, tiny_model
from tests.media.clips import Clip, play, write_clip
from tests.performances import write_performance

PORTRAIT = AVATARS / "ilse.png"


class BlindDetector:
    """Never sees a face."""

    def detect(self, image: Image, threshold: float = 0.5) -> list[Face]:
        return []


class BrokenAfter:
    """A runtime that fails at the n-th picture, as a device does that runs out of memory."""

    def __init__(self, good: int, error: BaseException) -> None:
        self._runtime = EagerRuntime(tiny_model(), CPU)
        self._good, self._error = good, error
        self.description, self.config, self.close = self._runtime.description, self._runtime.config, self._runtime.close
        self.encode_source, self.detect = self._runtime.encode_source, self._runtime.detect

    def generate(self, source: object, driving: object) -> Image:
        if self._good == 0:
            raise self._error
        self._good -= 1
        return self._runtime.generate(source, driving)  # type: ignore[arg-type]


CPU = DeviceChoice(torch.device("cpu"), "a test")
Render = Callable[..., RenderReport]


def animator_of(config: ModelConfig = TINY_BLEND) -> Animator:
    return Animator(EagerRuntime(tiny_model(config), CPU))


@pytest.fixture(scope="module")
def driving(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_performance(tmp_path_factory.mktemp("driving") / "performance.mp4")


@pytest.fixture
def request_for(tmp_path: Path, driving: Path) -> Callable[..., RenderRequest]:
    def make(**changes: object) -> RenderRequest:
        wanted = {"source": PORTRAIT, "driving": driving, "output": tmp_path / "out.mp4", "size": 96, **changes}
        return RenderRequest(**wanted)  # type: ignore[arg-type]

    return make


def made(animator: Animator, request: RenderRequest) -> RenderReport:
    with Progress(None, stream=None) as progress:
        report = render(animator, request, detector=FaceSearch(), progress=progress)
        assert progress.done == report.frames
    return report


def read(path: Path) -> list[Frame]:
    with VideoReader(path) as reader:
        return list(reader)


def test_every_driving_frame_becomes_one_of_the_portraits_size(
    request_for: Callable[..., RenderRequest], driving: Path
) -> None:
    request = request_for()
    report = made(animator_of(), request)
    frames = read(request.output)
    assert (report.frames, report.width, report.height) == (12, 96, 96)
    assert len(frames) == 12
    assert frames[0].image.shape == (96, 96, 3)
    assert [frame.captured_at for frame in frames] == pytest.approx(
        [frame.captured_at for frame in read(driving)], abs=1e-3
    )
    assert np.abs(frames[0].image.astype(int) - frames[5].image).mean() > 0.2, "the portrait moves"


def test_a_model_without_blend_has_its_own_size(request_for: Callable[..., RenderRequest]) -> None:
    report = made(animator_of(TINY_PLAIN), request_for(size=128))
    assert (report.width, report.height) == (64, 64)


def test_side_by_side_shows_portrait_driver_and_result(request_for: Callable[..., RenderRequest]) -> None:
    request = request_for(side_by_side=True)
    report = made(animator_of(), request)
    image = read(request.output)[6].image
    assert image.shape == (report.height, report.width, 3)
    assert report.width > 3 * 96
    alone = request_for(output=request.output.with_name("alone.mp4"))
    made(animator_of(), alone)
    right = image[:, -96:].astype(int)
    assert np.abs(right - read(alone.output)[6].image).mean() < 6


def test_sound_and_variable_frame_times_are_kept(tmp_path: Path, request_for: Callable[..., RenderRequest]) -> None:
    times = (0.0, 0.04, 0.2, 0.24, 0.5, 0.54, 0.9)
    clip = Clip(times=times, sound="aac", beep_at=0.5, flash_at=0.5)
    source = write_clip(tmp_path / "variable.mp4", clip)
    request = request_for(driving=source, crop=False)
    made(animator_of(), request)
    frames = read(request.output)
    assert [frame.captured_at for frame in frames] == pytest.approx(times, abs=0.002)
    assert play(request.output).beep_at == pytest.approx(play(source).beep_at, abs=0.04)


def test_the_best_frame_is_the_one_posed_like_the_portrait(driving: Path) -> None:
    animator = animator_of()
    frames = read(driving)

    def clip() -> Iterator[Frame]:
        return iter(frames)

    crop = first_square(clip)
    portrait = crop.apply(frames[7].image, 2 * animator.runtime.config.image_size)
    index, reference = choose_reference(animator, animator.encode_source(portrait), clip, crop, best=True)
    assert index == 7
    torch.testing.assert_close(reference.keypoints.value, animator.detect(portrait).value)
    assert choose_reference(animator, animator.encode_source(portrait), clip, crop, best=False)[0] == 0


def test_without_a_face_nothing_is_written(request_for: Callable[..., RenderRequest]) -> None:
    request = request_for()
    with Progress(None, stream=None) as progress, pytest.raises(FaceError):
        render(animator_of(), request, detector=BlindDetector(), progress=progress)
    assert not request.output.exists()


def test_uncropped_material_needs_no_face(tmp_path: Path, request_for: Callable[..., RenderRequest]) -> None:
    still = tmp_path / "grey.png"
    write_image(still, np.full((50, 80, 3), 99, np.uint8))
    request = request_for(source=still, crop=False)
    with Progress(None, stream=None) as progress:
        render(animator_of(), request, detector=BlindDetector(), progress=progress)
    assert read(request.output)


def test_a_failing_device_leaves_no_file_and_an_older_one_alone(request_for: Callable[..., RenderRequest]) -> None:
    request = request_for()
    request.output.write_text("older")
    with pytest.raises(MemoryError):
        made(Animator(BrokenAfter(3, MemoryError())), request)  # type: ignore[arg-type]
    assert request.output.read_text() == "older"
    assert [path.name for path in request.output.parent.iterdir()] == ["out.mp4"]


def test_after_ctrl_c_the_frames_so_far_are_a_playable_file(request_for: Callable[..., RenderRequest]) -> None:
    request = request_for()
    with pytest.raises(KeyboardInterrupt):
        made(Animator(BrokenAfter(5, KeyboardInterrupt())), request)  # type: ignore[arg-type]
    assert len(read(request.output)) == 5


def test_progress_is_told_how_many_frames_to_expect(request_for: Callable[..., RenderRequest]) -> None:
    shown = io.StringIO()
    with Progress(None, stream=shown) as progress:
        render(animator_of(), request_for(), detector=FaceSearch(), progress=progress)
    assert "12/12 frames" in shown.getvalue()


@pytest.mark.parametrize(("name", "message"), [("out.avi", "MP4"), ("absent/out.mp4", "absent")])
def test_an_impossible_output_is_told_before_faces_are_searched(
    tmp_path: Path, request_for: Callable[..., RenderRequest], name: str, message: str
) -> None:
    with Progress(None, stream=None) as progress, pytest.raises(MediaError, match=message):
        render(animator_of(), request_for(output=tmp_path / name), detector=BlindDetector(), progress=progress)


def test_a_driving_video_that_is_none_is_told(tmp_path: Path, request_for: Callable[..., RenderRequest]) -> None:
    nothing = tmp_path / "nothing.mp4"
    nothing.touch()
    with pytest.raises(MediaError, match="empty"):
        made(animator_of(), request_for(driving=nothing))
