"""Short films of the drawn performer, for tests that need a face that moves."""

from __future__ import annotations

from pathlib import Path

from avatarify.camera.synthetic import SyntheticCamera
from avatarify.media.video_writer import VideoWriter

SIZE = (256, 192)


def write_performance(path: Path, *, frames: int = 12, every: int = 15, fps: float = 30.0) -> Path:
    """Every `every`-th frame of the demo script as an mp4 of 256x192 without sound."""
    with SyntheticCamera(size=SIZE, fps=fps / every) as camera, VideoWriter(path, size=SIZE, fps=fps) as writer:
        for frame in camera.frames(frames):
            writer.write(frame.image)
    return path
