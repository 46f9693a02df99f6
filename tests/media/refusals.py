"""What is told about files that are no videos."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatarify.errors import MediaError
from avatarify.media.video_reader import VideoReader


def told(path: Path) -> MediaError:
    """Names the file and a remedy."""
    with pytest.raises(MediaError) as caught:
        VideoReader(path)
    assert str(path) in caught.value.message
    assert caught.value.hint
    return caught.value
