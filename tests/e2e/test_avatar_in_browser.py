"""The whole product: a webcam on the rig, the real `Live` with the shipped model, the real pyvirtualcam, and a page in a real browser
that sees the avatar move, and never the camera's picture."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import torch

from avatarify.camera.synthetic import SyntheticCamera
from avatarify.frame import Image
from avatarify.live.live import Live
from avatarify.live.request import LiveRequest
from avatarify.media.video_writer import VideoWriter
from avatarify.paths import AVATARS, EMBEDDED_MODEL
from avatarify.settings import CalibrationSettings, Settings
from avatarify.virtual_camera import coded_frame
from avatarify.virtual_camera.composition import Composer
from avatarify.virtual_camera.standby import load_standby
from tests.fakes.live import until
from tests.rig.browser import Seen, look
from tests.rig.fake_devices import FakeDevices
from tests.virtual_camera.test_in_browser import browser

__all__ = ["browser"]
pytest.importorskip("pyvirtualcam")
pytestmark = [pytest.mark.rig, pytest.mark.browser, pytest.mark.slow]

SIZE = (640, 480)
CAMERA_SIZE = (320, 240)
DEVICE = "/dev/video59"  # a page only sees cameras in /dev
_TRIES = 3  # a call that is wrong fails each time; on a machine that is busy the page may look while too little moves
Floats = npt.NDArray[np.float64]


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Beside a browser, threads that wait for each other only take longer."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_a_page_sees_the_avatar_move_and_never_the_camera(
    browser: None, one_thread: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AVATARIFY_HOME", str(tmp_path / "home"))
    shutil.copy(AVATARS / "ilse.png", tmp_path)
    film = tmp_path / "performer.mp4"
    camera_pictures = write_film(film)
    name = Path(DEVICE).name
    request = LiveRequest(
        EMBEDDED_MODEL,
        avatar="ilse",
        folders=(tmp_path,),
        device=DEVICE,
        size=SIZE,
        portrait_size=256,
        runtime="eager",  # compiles nothing, so the first picture is soon there
        settings=Settings(calibration=CalibrationSettings(automatic=False)),
    )
    width, height = CAMERA_SIZE
    # The webcam is not in /dev: a page that asks for permission opens the first camera there, and this one is taken.
    with (
        FakeDevices(f"video0=camera:{width}x{height}@30:YUYV:{film}") as webcam,
        FakeDevices(f"{name}=loopback:Avatarify", link=True),
        Live(dataclasses.replace(request, camera=webcam.path("video0"))) as live,
    ):
        until(lambda: live.status().runtime is not None, "for the model")
        until(lambda: live.calibrate().exception() is None, "for a frame to calibrate on")
        portrait = live.avatars.find("ilse").portrait
        assert portrait is not None
        seen = look("Avatarify", size=SIZE, seconds=8.0)
        for _ in range(_TRIES - 1):
            if len(moments(seen)) >= 5:
                break
            seen = look("Avatarify", size=SIZE, seconds=8.0)
    (tmp_path / "seen.png").write_bytes(seen.png)
    avatar, standby = framed(portrait), load_standby(SIZE).image
    cameras = [framed(picture) for picture in camera_pictures]
    last = cv2.cvtColor(cv2.imdecode(np.frombuffer(seen.png, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    others = [distance(last, other) for other in (standby, *cameras)]
    assert distance(last, avatar) < 0.75 * min(others), "it is the portrait, though moved"
    assert len(moments(seen)) >= 5, "it moves"
    allowed = np.array([cells(avatar), cells(standby)])
    forbidden = np.array([cells(camera) for camera in cameras])
    for frame in seen.frames:
        levels = np.array(frame.levels, np.float64)
        assert nearest(levels, allowed) < nearest(levels, forbidden), "no picture is the camera's"


def write_film(path: Path) -> list[Image]:
    """Four seconds of the drawn performer, some of whose pictures are returned."""
    with SyntheticCamera(size=CAMERA_SIZE, fps=30) as camera, VideoWriter(path, size=CAMERA_SIZE, fps=30) as writer:
        pictures = [frame.image for frame in camera.frames(120)]
        for picture in pictures:
            writer.write(picture)
    return pictures[::6]


def framed(picture: Image) -> Image:
    """As the virtual camera would show it."""
    return Composer(SIZE).compose(picture).copy()


def moments(seen: Seen) -> set[tuple[int, ...]]:
    """Pictures of the page's second half that differ from each other."""
    return {tuple(frame.levels) for frame in seen.frames[len(seen.frames) // 2 :]}


def cells(image: Image) -> Floats:
    """The brightness that the page tells of each cell of its picture, [36]."""
    cell, left, top = coded_frame._place(SIZE)
    quarter = cell // 4
    found = []
    for row in range(6):
        for column in range(6):
            x, y = left + column * cell, top + row * cell
            found.append(image[y + quarter : y + cell - quarter, x + quarter : x + cell - quarter].mean())
    return np.array(found)


def distance(one: Image, other: Image) -> float:
    """Mean difference in grey levels of the middle, where the picture is."""
    middle = slice(SIZE[0] // 2 - SIZE[1] // 2, SIZE[0] // 2 + SIZE[1] // 2)
    return float(np.abs(one[:, middle].astype(float) - other[:, middle]).mean())


def nearest(levels: Floats, pictures: Floats) -> float:
    """levels: [36]. pictures: [N,36]."""
    return float(np.abs(pictures - levels).mean(axis=1).min())
