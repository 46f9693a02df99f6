"""The whole way, with a tiny model: real networks, real faces, nothing in place of anything."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

from avatarify.catalog.entries import find, read_catalog
from avatarify.embed.embedding import embed, framed_frames
from avatarify.errors import CatalogError, CheckpointError, MediaError, WorseModelError
from avatarify.model.checkpoint import load_checkpoint, save_checkpoint
from avatarify.runtime.graph_cache import file_digest
from avatarify.runtime.quantise import ranges_of
from tests.embed.conftest import Faces, Project
from tests.fakes.models import TINY_BLEND, write_tiny_model


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def quiet(line: str) -> None:
    """Nobody listens."""


def whitewash(path: Path) -> None:
    """Make a model paint everything white."""
    checkpoint = load_checkpoint(path)
    generator = dict(checkpoint.generator)
    generator["final.bias"] = torch.tensor([20.0, 20.0, 20.0, -20.0])
    save_checkpoint(path, dataclasses.replace(checkpoint, generator=generator))


def test_the_same_weights_are_not_worse_and_everything_is_written(project: Project) -> None:
    told: list[str] = []
    metadata = {"trained_steps": "12", "trained_pairs": "144", "data_licence_classes": "drawn here"}
    checkpoint = load_checkpoint(project.request.checkpoint)
    save_checkpoint(project.request.checkpoint, dataclasses.replace(checkpoint, metadata=metadata))
    request = dataclasses.replace(project.request, notes=("Nobody looked at it.",))
    embedded = embed(request, tell=told.append)
    assert embedded.against == ()
    assert embedded.after.ratio() == pytest.approx(embedded.before.ratio())
    weights = request.catalog.with_name("lite.safetensors")
    assert set(project.contents()) == {"lite.safetensors", "lite-decoder-int8.json", "MODELS.toml", "model-card.md"}
    entry = find("lite", read_catalog(request.catalog))
    assert (entry.size, entry.sha256) == (weights.stat().st_size, file_digest(weights))
    assert load_checkpoint(weights).metadata["trained_steps"] == "12"
    found = ranges_of(weights, file_digest(weights))
    assert found is not None
    assert [pair is None for pair in found.layers] == [False, False, True, True, True, True]
    page = request.card.read_text(encoding="utf-8")
    assert entry.sha256 in page
    assert "144 pairs of pictures in 12 steps." in page
    assert "Nobody looked at it." in page
    assert "`models/lite.safetensors`" in page
    assert len(told) == 4
    assert (request.report / "before" / "report.html").is_file()
    assert (request.report / "after" / "report.json").is_file()


def test_worse_ones_change_nothing_and_say_why(project: Project) -> None:
    """They have more keypoints, too, which is no obstacle."""
    whitewash(write_tiny_model(project.request.checkpoint, dataclasses.replace(TINY_BLEND, num_keypoints=17)))
    before = project.contents()
    with pytest.raises(WorseModelError, match=r"L1 over unchanged rose from \d\.\d+ to \d+\.\d+ \(by .*--anyway"):
        embed(project.request, tell=quiet)
    assert project.contents() == before
    embedded = embed(dataclasses.replace(project.request, anyway=True), tell=quiet)
    assert embedded.against[0].startswith("L1 over unchanged rose from")
    page = project.request.card.read_text(encoding="utf-8")
    assert f"(`--anyway`):\n\n- {embedded.against[0]}" in page
    assert " --anyway\n" in page
    assert "with 17 keypoints" in page


def test_what_cannot_be_done_changes_nothing(project: Project, tmp_path: Path) -> None:
    before, request = project.contents(), project.request
    (tmp_path / "page.bin").write_bytes(b"<html>")
    for wrong, error, told in (
        (dataclasses.replace(request, checkpoint=tmp_path / "page.bin"), CheckpointError, "web page"),
        (dataclasses.replace(request, heldout=tmp_path / "nowhere"), MediaError, "no folder"),
        (dataclasses.replace(request, clips=tmp_path / "docs"), MediaError, "no video"),
        (dataclasses.replace(request, name="vox"), CatalogError, "not a shipped model"),
        (dataclasses.replace(request, card=tmp_path / "nowhere" / "card.md"), MediaError, "does not exist"),
    ):
        with pytest.raises(error, match=told):
            embed(wrong, tell=quiet)
        assert project.contents() == before


def test_a_catalogue_that_cannot_be_pinned_is_found_first(project: Project) -> None:
    text = project.request.catalog.read_text(encoding="utf-8")
    project.request.catalog.write_text(text.replace("size = ", "bytes = ", 1), encoding="utf-8")
    with pytest.raises(CatalogError, match="bytes"):
        embed(project.request, tell=quiet)


def test_clips_for_ranges_are_square(faces: Faces) -> None:
    assert {frame.shape for frame in framed_frames(faces.clips / "ravi.mp4")} == {(128, 128, 3)}
    with pytest.raises(MediaError, match="256x192"):
        framed_frames(faces.heldout / "miro.mp4")
