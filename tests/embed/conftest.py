"""A project in a folder: a catalogue whose shipped model is a tiny one, a card, clips and portraits of drawn people."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from avatarify.camera.synthetic import SyntheticCamera
from avatarify.catalog.entries import CATALOG
from avatarify.character.cast import CAST
from avatarify.embed.embedding import EmbedRequest
from avatarify.media.video_writer import VideoWriter
from avatarify.paths import AVATARS
from tests.fakes.models import write_tiny_model
from tests.performances import write_performance


class Faces(NamedTuple):
    """Folders."""

    heldout: Path
    clips: Path


class Project(NamedTuple):
    """folder: holds models/ and docs/."""

    folder: Path
    request: EmbedRequest

    def contents(self) -> dict[str, bytes]:
        """Of every file that the command may touch."""
        files = [path for name in ("models", "docs") for path in (self.folder / name).iterdir()]
        return {path.name: path.read_bytes() for path in files}


@pytest.fixture(scope="session")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Faces:
    """The performer and a photograph are held out; ranges come from another drawn person."""
    found = Faces(tmp_path_factory.mktemp("heldout"), tmp_path_factory.mktemp("clips"))
    write_performance(found.heldout / "miro.mp4", frames=3, every=45)  # calm, turned, nodding
    shutil.copy(AVATARS / "astronaut.png", found.heldout)
    size, fps = (128, 128), 2.0
    with (
        SyntheticCamera(size=size, fps=fps, character=CAST[4]) as camera,
        VideoWriter(found.clips / "ravi.mp4", size=size, fps=fps) as writer,
    ):
        for frame in camera.frames(4):
            writer.write(frame.image)
    return found


@pytest.fixture
def project(tmp_path: Path, faces: Faces, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("AVATARIFY_HOME", str(tmp_path / "home"))
    for name in ("models", "docs"):
        (tmp_path / name).mkdir()
    catalog, card = tmp_path / "models" / CATALOG.name, tmp_path / "docs" / "model-card.md"
    shutil.copy(CATALOG, catalog)
    present = write_tiny_model(catalog.with_name("lite.safetensors"))
    card.write_text("the old card\n", encoding="utf-8")
    checkpoint = tmp_path / "trained.safetensors"
    shutil.copy(present, checkpoint)
    request = EmbedRequest(
        checkpoint, faces.heldout, faces.clips, tmp_path / "report", catalog=catalog, card=card, frames=1
    )
    return Project(tmp_path, request)
