"""Files of a data set, and whose faces they show."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from avatarify.errors import MediaError
from avatarify.media.frame_folder import frame_files
from avatarify.media.images import write_image
from avatarify.train.sources import SourceFile, find_sources, licence_classes

PIXELS = np.zeros((8, 8, 3), np.uint8)


def test_kinds(tmp_path: Path) -> None:
    for name in ("ann_0.mp4", "loop.gif", "notes.txt"):
        (tmp_path / name).touch()
    write_image(tmp_path / "face.png", PIXELS)
    (tmp_path / "walk").mkdir()
    for number in (0, 1, 10, 2):
        write_image(tmp_path / "walk" / f"{number}.png", PIXELS)
    found = find_sources([tmp_path])
    assert {(source.path.name, source.moving) for source in found} == {
        ("ann_0.mp4", True),
        ("loop.gif", True),
        ("face.png", False),
        ("walk", True),
    }
    assert [path.stem for path in frame_files(tmp_path / "walk")] == ["0", "1", "2", "10"]


@pytest.mark.parametrize(
    ("name", "identity"), [("id10283#x#12.mp4", "id10283"), ("ann_12.mp4", "ann"), ("ann-b.mp4", "ann-b")]
)
def test_identity_from_the_name(tmp_path: Path, name: str, identity: str) -> None:
    (tmp_path / name).touch()
    assert [source.identity for source in find_sources([tmp_path])] == [identity]


def test_every_picture_is_its_own_person(tmp_path: Path) -> None:
    for name in ("a_1.png", "a_2.png"):
        write_image(tmp_path / name, PIXELS)
    assert len({source.identity for source in find_sources([tmp_path])}) == 2


def test_a_manifest_knows_better(tmp_path: Path) -> None:
    folder = tmp_path / "train" / "video"
    folder.mkdir(parents=True)
    (folder / "a_0.mp4").touch()
    (folder / "b_0.mp4").touch()
    (tmp_path / "MANIFEST.tsv").write_text("identity\tfile\nann\ttrain/video/a_0.mp4\n")
    assert find_sources([folder]) == [
        SourceFile(folder / "a_0.mp4", "ann", True),
        SourceFile(folder / "b_0.mp4", "b", True),
    ]


def test_a_manifest_states_licence_classes(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        (tmp_path / name).touch()
    (tmp_path / "MANIFEST.tsv").write_text("file\tidentity\tlicence_class\na.mp4\tann\topen\nb.mp4\tbob\tcleared\n")
    sources = find_sources([tmp_path])
    assert [source.licence for source in sources] == ["open", "cleared", ""]
    assert licence_classes(sources) == ("cleared", "open", "not stated")
    assert licence_classes(sources[:1]) == ("open",)
    assert licence_classes([]) == ()


def test_a_manifest_of_another_kind_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    (tmp_path / "MANIFEST.tsv").write_text("name\nann\n")
    with pytest.raises(MediaError, match="lacks the columns"):
        find_sources([tmp_path])


def test_nothing_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="holds no video"):
        find_sources([tmp_path])
    with pytest.raises(MediaError, match="There is no folder"):
        find_sources([tmp_path / "elsewhere"])
