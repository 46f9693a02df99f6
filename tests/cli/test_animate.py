"""The verb that people use first, and everything that can be wrong with what they give it."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from avatarify.media.images import write_image
from avatarify.media.video_reader import VideoReader
from avatarify.paths import AVATARS
from tests.cli.conftest import Ended, Type
from tests.media.clips import write_tone

Animate = Callable[..., Ended]


@pytest.fixture
def animate(type_: Type, tiny: Path, performance: Path, tmp_path: Path) -> Animate:
    """`animate` with good arguments, of which any can be replaced; extra flags follow."""

    def run(*flags: str, **changes: object) -> Ended:
        given = {
            "source": "ilse",
            "driving": performance,
            "output": tmp_path / "out" / "result.mp4",
            "model": tiny,
            "size": 64,
            "runtime": "eager",
        }
        (tmp_path / "out").mkdir(exist_ok=True)
        options = [part for name, value in {**given, **changes}.items() for part in (f"--{name}", value)]
        return type_("animate", *options, *flags)

    return run


def leftovers(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "out").iterdir())


def test_a_portrait_and_a_video_become_a_video(animate: Animate, tmp_path: Path) -> None:
    ended = animate()
    assert ended.code == 0, ended.err
    assert "running eager on " in ended.out
    assert "8 frames of 64x64" in ended.out
    assert leftovers(tmp_path) == ["result.mp4"]


def test_json_is_for_programs(animate: Animate) -> None:
    ended = animate("--json", "--quiet", "--find-best-frame", "--side-by-side", "--no-adapt-scale")
    report = json.loads(ended.out)
    assert ended.err == ""
    assert report["frames"] == 8
    assert report["fps"] > 0
    assert report["runtime"]["name"] == "eager"
    assert 0 <= report["reference_index"] < 8
    with VideoReader(Path(report["output"])) as reader:
        assert (reader.info.width, reader.info.height) == (report["width"], report["height"])


def test_motion_flags_change_the_picture(animate: Animate, tmp_path: Path) -> None:
    def last_picture(*flags: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        ended = animate("--force", *flags)
        assert ended.code == 0, ended.err
        with VideoReader(tmp_path / "out" / "result.mp4") as reader:
            return [frame.image for frame in reader][-1]

    pictures = [last_picture(*flags) for flags in ([], ["--absolute"], ["--strength", "0"], ["--no-crop"])]
    for index, one in enumerate(pictures):
        for other in pictures[:index]:
            assert np.abs(one.astype(int) - other).mean() > 0.1


def test_an_existing_file_is_not_overwritten_unasked(animate: Animate, tmp_path: Path) -> None:
    assert animate().code == 0
    ended = animate()
    assert ended.code == 1
    assert "exists" in ended.err
    assert animate("--force").code == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"size": 63}, "--size is 63"),
        ({"size": 4096}, "--size is 4096"),
        ({"strength": 3}, "strength is 3.0"),
        ({"size": "big"}, "invalid int value"),
    ],
)
def test_wrong_usage_is_2(animate: Animate, changes: dict[str, object], message: str) -> None:
    ended = animate(**changes)
    assert ended.code == 2
    assert message in ended.err


def test_strength_and_absolute_exclude_each_other(animate: Animate) -> None:
    assert animate("--absolute", strength=0.5).code == 2


def test_the_output_may_not_be_the_input(animate: Animate, performance: Path) -> None:
    before = performance.read_bytes()
    ended = animate("--force", output=performance)
    assert ended.code == 2
    assert performance.read_bytes() == before


def corrupt_image(folder: Path) -> dict[str, object]:
    path = folder / "corrupt.png"
    path.write_bytes((AVATARS / "ilse.png").read_bytes()[:5000])
    return {"source": path}


def no_image(folder: Path) -> dict[str, object]:
    path = folder / "notes.png"
    path.write_text("these are notes")
    return {"source": path}


def video_as_image(folder: Path) -> dict[str, object]:
    path = folder / "clip.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(200))
    return {"source": path}


def endless_name(folder: Path) -> dict[str, object]:
    return {"source": "x" * 300}


def missing_image(folder: Path) -> dict[str, object]:
    return {"source": folder / "absent.jpg"}


def unknown_avatar(folder: Path) -> dict[str, object]:
    return {"source": "nobody"}


def faceless_image(folder: Path) -> dict[str, object]:
    path = folder / "wall.png"
    write_image(path, np.full((200, 200, 3), 180, np.uint8))
    return {"source": path}


def empty_video(folder: Path) -> dict[str, object]:
    path = folder / "empty.mp4"
    path.touch()
    return {"driving": path}


def truncated_video(folder: Path) -> dict[str, object]:
    path = folder / "truncated.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(300))
    return {"driving": path}


def sound_only(folder: Path) -> dict[str, object]:
    return {"driving": write_tone(folder / "song.mp3", "libmp3lame")}


def folder_as_video(folder: Path) -> dict[str, object]:
    return {"driving": folder}


def truncated_model(folder: Path) -> dict[str, object]:
    path = folder / "vox-adv-cpk.pth.tar"
    path.write_bytes(b"PK\x03\x04" + bytes(4000))
    return {"model": path}


class Malice:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("this must not run",)


def malicious_model(folder: Path) -> dict[str, object]:
    path = folder / "evil.pth.tar"
    path.write_bytes(pickle.dumps(Malice(), protocol=2))
    return {"model": path}


def web_page_as_model(folder: Path) -> dict[str, object]:
    path = folder / "vox.pth.tar"
    path.write_text("<html>Too many users have viewed this file</html>")
    return {"model": path}


def model_not_installed(folder: Path) -> dict[str, object]:
    return {"model": "vox-adv"}


def unknown_model(folder: Path) -> dict[str, object]:
    return {"model": "voks-adv"}


def unknown_runtime(folder: Path) -> dict[str, object]:
    return {"runtime": "warp"}


def impossible_device(folder: Path) -> dict[str, object]:
    return {"device": "cuda:97"}


def output_in_no_folder(folder: Path) -> dict[str, object]:
    return {"output": folder / "absent" / "result.mp4"}


def output_of_another_kind(folder: Path) -> dict[str, object]:
    return {"output": folder / "out" / "result.avi"}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (corrupt_image, "corrupt.png"),
        (no_image, "notes.png"),
        (video_as_image, "clip.mp4"),
        (missing_image, "absent.jpg"),
        (endless_name, "too long"),
        (unknown_avatar, "no portrait 'nobody'"),
        (faceless_image, "No face was found"),
        (empty_video, "empty"),
        (truncated_video, "truncated.mp4"),
        (sound_only, "song.mp3"),
        (folder_as_video, "folder"),
        (truncated_model, "damaged or incomplete"),
        (malicious_model, "would run code"),
        (web_page_as_model, "is a web page"),
        (model_not_installed, "models download vox-adv"),
        (unknown_model, "no model 'voks-adv'"),
        (unknown_runtime, "no runtime 'warp'"),
        (impossible_device, "'cuda:97' cannot be used"),
        (output_in_no_folder, "absent"),
        (output_of_another_kind, "mp4"),
    ],
)
def test_bad_input_is_a_sentence_and_1(
    animate: Animate, tmp_path: Path, make: Callable[[Path], dict[str, object]], message: str
) -> None:
    ended = animate(**make(tmp_path))
    assert ended.code == 1
    assert message in ended.err
    assert "Traceback" not in ended.err
    assert "defect" not in ended.err
    assert "this must not run" not in ended.out
    assert len(ended.err.strip().splitlines()) <= 3, "a sentence and its remedy"
    assert leftovers(tmp_path) == []


def test_files_are_looked_at_before_a_model_is_loaded(animate: Animate, tmp_path: Path) -> None:
    ended = animate(**missing_image(tmp_path), model="voks-adv")
    assert "absent.jpg" in ended.err


@pytest.mark.rights
def test_a_folder_that_may_not_be_written(animate: Animate, locked_folder: Path) -> None:
    ended = animate(output=locked_folder / "result.mp4")
    assert ended.code == 1
    assert str(locked_folder) in ended.err
    assert not list(locked_folder.iterdir())


def test_a_full_disk(animate: Animate, full_disk: Path) -> None:
    ended = animate("--side-by-side", output=full_disk / "result.mp4", size=1024)
    assert ended.code == 1
    assert "full" in ended.err
    assert not list(full_disk.iterdir())
