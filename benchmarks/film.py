"""The performer's demo script as a video file, for benchmarks that want a face in front of a camera."""

from __future__ import annotations

from pathlib import Path

from avatarify.camera.synthetic import SyntheticCamera
from avatarify.media.video_writer import VideoWriter

SIZE, FPS, SECONDS = (640, 480), 30.0, 9


def write_film(path: Path) -> Path:
    """640x480 at 30 fps, one whole performance, so that it loops without a seam."""
    with SyntheticCamera(size=SIZE, fps=FPS) as camera, VideoWriter(path, size=SIZE, fps=FPS) as writer:
        for frame in camera.frames(round(SECONDS * FPS)):
            writer.write(frame.image)
    return path
