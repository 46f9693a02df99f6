from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
import torch

from avatarify.catalog.digest import digest_file
from avatarify.catalog.embed import embed, main
from avatarify.catalog.entries import CATALOG, find, read_catalog
from avatarify.errors import CatalogError, CheckpointError
from avatarify.model.checkpoint import load_checkpoint, save_checkpoint
from avatarify.paths import MODELS


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    shutil.copy(CATALOG, tmp_path)
    return tmp_path / CATALOG.name


@pytest.fixture
def better(tmp_path: Path) -> Path:
    """The embedded network with other weights."""
    checkpoint = load_checkpoint(MODELS / "lite.safetensors")
    generator = {key: value + 1 for key, value in checkpoint.generator.items()}
    path = tmp_path / "better.bin"
    save_checkpoint(path, dataclasses.replace(checkpoint, generator=generator))
    return path


def test_replaces_the_weights_and_two_lines_only(catalog: Path, better: Path) -> None:
    before = catalog.read_text(encoding="utf-8").splitlines()
    target = embed(better, catalog=catalog)
    after = catalog.read_text(encoding="utf-8").splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert [old.split(" = ")[0] for old, _ in changed] in (["size", "sha256"], ["sha256"])
    entry, found = find("lite", read_catalog(catalog)), digest_file(target)
    assert target == catalog.parent / "lite.safetensors"
    assert (entry.size, entry.sha256) == (found.size, found.sha256)
    assert entry.sha256 != find("lite", read_catalog()).sha256
    key = "final.weight"
    assert torch.equal(load_checkpoint(target).generator[key], load_checkpoint(better).generator[key])


def test_a_bad_checkpoint_changes_nothing(catalog: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.bin"
    bad.write_bytes(b"<html>")
    before = catalog.read_bytes()
    with pytest.raises(CheckpointError, match="web page"):
        embed(bad, catalog=catalog)
    assert catalog.read_bytes() == before
    assert not (tmp_path / "lite.safetensors").exists()


def test_a_catalogue_that_cannot_be_pinned_keeps_the_old_weights(catalog: Path, better: Path, tmp_path: Path) -> None:
    lines = [line for line in catalog.read_text(encoding="utf-8").splitlines() if not line.startswith("size = ")]
    catalog.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(CatalogError, match="0 lines `size =`"):
        embed(better, catalog=catalog)
    with pytest.raises(CatalogError, match="not a shipped model"):
        embed(better, name="vox", catalog=catalog)
    assert not (tmp_path / "lite.safetensors").exists()


def test_the_command_tells_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.pth")]) == 1
    assert "There is no file" in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 2
