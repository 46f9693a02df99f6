from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from avatarify.embed.heldout import adjacent_frames, find_heldout, find_training_clips, measure
from avatarify.errors import MediaError, SettingsError
from avatarify.media.images import write_image
from avatarify.media.progress import Progress
from tests.embed.conftest import Faces
from tests.fakes.models import write_tiny_model

GREY = np.full((64, 64, 3), 128, np.uint8)


def test_clips_and_portraits_of_a_folder(faces: Faces) -> None:
    heldout = find_heldout(faces.heldout)
    assert list(heldout.clips) == ["miro"]
    assert list(heldout.portraits) == ["astronaut"]


def test_frames_of_a_clip_are_no_portraits(tmp_path: Path) -> None:
    (tmp_path / "clip").mkdir()
    for number in range(3):
        write_image(tmp_path / "clip" / f"{number:04}.png", GREY)
    with pytest.raises(MediaError, match="no portrait"):
        find_heldout(tmp_path)
    write_image(tmp_path / "somebody.png", GREY)
    assert list(find_heldout(tmp_path).portraits) == ["somebody"]


def test_ranges_are_not_taken_from_what_is_held_out(faces: Faces, tmp_path: Path) -> None:
    heldout = find_heldout(faces.heldout)
    assert [path.name for path in find_training_clips(faces.clips, heldout)] == ["ravi.mp4"]
    shutil.copy(heldout.clips["miro"], tmp_path / "renamed.mp4")
    with pytest.raises(SettingsError, match=r"renamed\.mp4 is the held-out clip miro\.mp4"):
        find_training_clips(tmp_path, heldout)


def test_a_file_that_cannot_be_used_is_no_figure_left_out(faces: Faces, tmp_path: Path) -> None:
    shutil.copytree(faces.heldout, tmp_path / "heldout")
    write_image(tmp_path / "heldout" / "nobody.png", GREY)
    model = write_tiny_model(tmp_path / "tiny.safetensors")
    with Progress(None, stream=None) as progress, pytest.raises(MediaError, match="held-out nobody cannot be used"):
        measure(
            model,
            find_heldout(tmp_path / "heldout"),
            tmp_path / "report",
            name="lite",
            frames=1,
            progress=progress,
        )


def test_adjacent_frames_begin_with_the_first(faces: Faces) -> None:
    frames = adjacent_frames(faces.heldout / "miro.mp4", "miro", 64)
    assert [frame.shape for frame in frames] == [(64, 64, 3)] * 3
    assert all(np.abs(frame.astype(int) - frames[0]).mean() > 1 for frame in frames[1:]), "he moves"
