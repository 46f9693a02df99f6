"""A video written out as it was read."""

from __future__ import annotations

from pathlib import Path

from avatarify.media.video_reader import VideoReader
from avatarify.media.video_writer import VideoWriter

SIZE = (128, 64)
TWO_SECONDS = tuple(n / 25 for n in range(50))
IN_STEP_S = 0.040
"""How far sound and picture may be apart: less is not noticed."""


def copy(source: Path, target: Path) -> VideoWriter:
    """What rendering does, without a model in between."""
    with (
        VideoReader(source) as reader,
        VideoWriter(
            target, size=(reader.info.width, reader.info.height), fps=reader.info.fps, audio_from=source
        ) as writer,
    ):
        for frame in reader:
            writer.write(frame.image, frame.captured_at)
    return writer
