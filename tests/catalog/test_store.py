"""Which models are here."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from avatarify.catalog.digest import digest_file
from avatarify.catalog.entries import ModelEntry
from avatarify.catalog.receipt import Receipt, write_receipt
from avatarify.catalog.store import Store, open_store, resolve
from avatarify.errors import CatalogError, CheckpointError

SHIPPED = ModelEntry("small", "Shipped", "small.safetensors", "face", "MIT", 256, shipped=True)
KNOWN = ModelEntry("big", "Known", "big.pth.tar", "face", "MIT", 256, ("https://a.example/big.pth.tar",), md5="0" * 32)
UNPINNED = dataclasses.replace(KNOWN, name="loose", file="loose.pth.tar", md5="")
NOWHERE = dataclasses.replace(KNOWN, name="lost", file="lost.pth.tar", urls=())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """One shipped model and one of the user's own; the store does not look inside them."""
    shipped, user = tmp_path / "shipped", tmp_path / "user"
    for folder in (shipped, user):
        folder.mkdir()
    (shipped / "small.safetensors").write_bytes(b"small weights")
    found = digest_file(shipped / "small.safetensors")
    entry = dataclasses.replace(SHIPPED, size=found.size, sha256=found.sha256)
    own = user / "own.v2.safetensors"
    own.write_bytes(b"own weights")
    made = digest_file(own)
    write_receipt(
        user / "own.v2.json",
        Receipt("own.v2", made.size, made.sha256, "own.pth", 1, "1" * 32, "2" * 64, "", "", "256 px"),
    )
    return Store((entry, KNOWN, UNPINNED, NOWHERE), shipped, user)


def test_lists_shipped_models_first(store: Store) -> None:
    small, own = store.installed()
    assert (small.name, small.shipped, small.size, small.receipt) == ("small", True, 13, None)
    assert (own.name, own.shipped, own.entry) == ("own.v2", False, None)
    assert own.receipt is not None
    assert own.receipt.source_file == "own.pth"


def test_a_user_folder_that_does_not_exist_holds_nothing(store: Store, tmp_path: Path) -> None:
    bare = dataclasses.replace(store, user=tmp_path / "never made")
    assert [model.name for model in bare.installed()] == ["small"]


def test_a_user_s_file_does_not_shadow_a_shipped_model(store: Store) -> None:
    (store.user / "small.safetensors").write_bytes(b"another")
    assert store.resolve("small") == store.shipped / "small.safetensors"
    (store.shipped / "small.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"small\.safetensors is missing, which comes with Avatarify"):
        store.resolve("small")


def test_resolves_names_before_files_and_files_anywhere(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("small", "weights", "big"):
        (tmp_path / name).write_bytes(b"")
    assert store.resolve("small") == store.shipped / "small.safetensors"
    assert store.resolve("own.v2") == store.user / "own.v2.safetensors"
    assert store.resolve("weights") == Path("weights")
    assert store.resolve("./small") == Path("small")
    with pytest.raises(CheckpointError, match="big is not installed"):
        store.resolve("big")


@pytest.mark.parametrize(
    ("asked", "kind", "message", "remedy"),
    [
        ("big", CheckpointError, "big is not installed", "models download big - or"),
        ("big", CheckpointError, "big is not installed", "models import FILE --name big"),
        ("loose", CheckpointError, "loose is not installed", "models download loose --accept-unverified"),
        ("lost", CheckpointError, "lost is not installed", "Find lost.pth.tar, then: python3 run.py models import"),
        ("smal", CatalogError, "no model 'smal'", "Did you mean small? Known are: small, big, loose, lost, own.v2."),
        ("no/such/file", CheckpointError, "no file no/such/file", "models list"),
        ("file.pth", CheckpointError, r"no file file\.pth", "models list"),
        (".", CheckpointError, "is a folder", "Give the model file"),
    ],
)
def test_what_cannot_be_resolved_is_told_with_the_remedy(
    store: Store, asked: str, kind: type[Exception], message: str, remedy: str
) -> None:
    with pytest.raises(kind, match=message) as caught:
        store.resolve(asked)
    assert remedy in str(caught.value)


def test_verification_notices_one_changed_byte(store: Store) -> None:
    for name, file in (("small", store.shipped / "small.safetensors"), ("own.v2", store.user / "own.v2.safetensors")):
        assert store.verify(name).sound
        content = file.read_bytes()
        file.write_bytes(content[:-1] + b"X")
        found = store.verify(name)
        assert (found.sound, found.sha256) == (False, digest_file(file).sha256)
        assert "has sha256" in found.detail
        file.write_bytes(content[:-1])
        assert "bytes, expected" in store.verify(name).detail


def test_without_a_record_nothing_is_called_sound(store: Store) -> None:
    (store.user / "own.v2.json").unlink()
    found = store.verify("own.v2")
    assert not found.sound
    assert "no sha256 in its receipt" in found.detail


def test_only_installed_models_can_be_verified(store: Store) -> None:
    with pytest.raises(CheckpointError, match="not installed"):
        store.verify("big")
    with pytest.raises(CatalogError, match="no model"):
        store.verify("nothing")


def test_the_project_s_own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVATARIFY_MODELS", str(tmp_path))
    store = open_store()
    assert store.user == tmp_path
    assert [model.name for model in store.installed()] == ["lite"]
    assert store.verify("lite").sound
    assert resolve("lite").name == "lite.safetensors"
