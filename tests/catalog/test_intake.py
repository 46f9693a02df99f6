"""From a file of any origin to an installed model."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import pickle
import threading
from pathlib import Path

import pytest
import torch

from avatarify.catalog.entries import ModelEntry
from avatarify.catalog.intake import import_file, install
from avatarify.catalog.part import lock
from avatarify.catalog.store import Store
from avatarify.errors import CheckpointError, DownloadError
from avatarify.model.checkpoint import load_checkpoint, read_header
from tests.catalog.loopback import QUICK, LoopbackServer, claims, drops_after, fails, no_ranges, page, whole
from tests.fakes.models import write_tiny_model

PUBLISHED = Path(__file__).parents[1] / "parity" / "data" / "fomm-tiny.pth.tar"
CONTENT = PUBLISHED.read_bytes()
SHA256, MD5 = hashlib.sha256(CONTENT).hexdigest(), hashlib.md5(CONTENT).hexdigest()
TINY = ModelEntry("tiny", "Pinned", "tiny-cpk.pth.tar", "face", "MIT", 256, md5=MD5)
LOOSE = ModelEntry("loose", "Without a hash", "loose-cpk.pth.tar", "face", "MIT", 256)
LITE = ModelEntry("lite", "Shipped", "lite.safetensors", "face", "MIT", 256, shipped=True, sha256="1" * 64)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Knows the tiny file by its md5; nothing is installed."""
    return Store((LITE, TINY, LOOSE), tmp_path / "shipped", tmp_path / "user")


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    """The same networks with other weights: a file that nobody knows by hash."""
    content = torch.load(PUBLISHED, weights_only=True)
    content["generator"]["final.bias"] += 1
    path = tmp_path / "My Model (1).pth.tar"
    torch.save(content, path)
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_known_file_is_recognised_under_any_name(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "IMG_2041.jpg"
    file.write_bytes(CONTENT)
    model = import_file(file, store)
    assert (model.name, model.entry) == ("tiny", TINY)
    assert model.receipt is not None
    assert (model.receipt.verified, model.receipt.source_sha256, model.receipt.source_md5) == ("md5", SHA256, MD5)
    assert model.receipt.architecture == "256 px, 10 keypoints"
    assert file.read_bytes() == CONTENT
    assert names(store.user) == ["tiny.json", "tiny.safetensors"]
    assert read_header(model.path)["source_sha256"] == SHA256
    assert store.verify("tiny").sound


def test_the_converted_model_is_the_original(store: Store) -> None:
    original, converted = load_checkpoint(PUBLISHED), load_checkpoint(import_file(PUBLISHED, store).path)
    assert converted.config == original.config
    for before, after in ((original.kp_detector, converted.kp_detector), (original.generator, converted.generator)):
        assert before.keys() == after.keys()
        assert all(torch.equal(before[key], after[key]) for key in before)


def test_importing_twice_is_importing_once(store: Store) -> None:
    first = import_file(PUBLISHED, store)
    written = first.path.stat().st_mtime_ns
    assert import_file(PUBLISHED, store) == first
    assert first.path.stat().st_mtime_ns == written


def test_an_unknown_file_is_named_after_itself_and_not_called_verified(store: Store, stranger: Path) -> None:
    model = import_file(stranger, store)
    assert model.name == "my-model"
    assert model.receipt is not None
    assert model.receipt.verified == ""
    assert import_file(stranger, store, name="mine").name == "mine"


def test_our_own_format_comes_in_too(store: Store, stranger: Path, tmp_path: Path) -> None:
    converted = import_file(stranger, store).path
    elsewhere = dataclasses.replace(store, user=tmp_path / "another machine")
    model = import_file(converted, elsewhere)
    assert model.name == "my-model"
    assert load_checkpoint(model.path).config == load_checkpoint(stranger).config


def test_the_published_file_name_counts_where_no_hash_can_contradict(
    store: Store, stranger: Path, tmp_path: Path
) -> None:
    loose, tiny = tmp_path / "Loose-cpk (2).pth.tar", tmp_path / "tiny-cpk.pth.tar"
    for path in (loose, tiny):
        path.write_bytes(stranger.read_bytes())
    assert import_file(loose, store).name == "loose"
    assert import_file(tiny, store).name == "tiny-cpk"  # called like the published file, but it is not


def test_a_taken_name_is_told(store: Store, stranger: Path) -> None:
    import_file(PUBLISHED, store, name="mine")
    with pytest.raises(CheckpointError, match="named mine is installed already, from another file"):
        import_file(stranger, store, name="mine")
    assert store.verify("mine").sound


@pytest.mark.parametrize("name", ["../evil", "a/b", "A", "", ".hidden", "x" * 65, "mine.safetensors", "a\nb"])
def test_a_name_never_leaves_the_folder(store: Store, stranger: Path, name: str) -> None:
    if name:
        with pytest.raises(CheckpointError, match="cannot be the name of a model"):
            import_file(stranger, store, name=name)
        assert names(store.user) == []
    else:
        assert import_file(stranger, store, name=name).name == "my-model"


def test_a_stranger_does_not_get_a_published_name(store: Store, stranger: Path) -> None:
    with pytest.raises(CheckpointError, match=f"not the published tiny: it has md5 .*expected {MD5}"):
        import_file(stranger, store, name="tiny")
    with pytest.raises(CheckpointError, match="not the published lite"):
        import_file(stranger, store, name="lite")
    assert import_file(stranger, store, name="loose").name == "loose"


class Payload:
    """Unpickling this creates a file: what a malicious checkpoint would do."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.place),)


def test_code_in_a_file_does_not_run(store: Store, tmp_path: Path) -> None:
    proof = tmp_path / "it ran"
    attack = {"generator": Payload(proof), "kp_detector": {}}
    plain, zipped = tmp_path / "plain.pth.tar", tmp_path / "zipped.pth.tar"
    plain.write_bytes(pickle.dumps(attack))
    torch.save(attack, zipped)
    for file in (plain, zipped):
        with pytest.raises(CheckpointError, match="would run code"):
            import_file(file, store)
        assert not proof.exists()
    pickle.loads(plain.read_bytes())  # the attack is a real one
    assert proof.exists()
    assert names(store.user) == []


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (CONTENT[:-1000], "damaged or incomplete"),
        (CONTENT[: len(CONTENT) // 2], "damaged or incomplete"),
        (b"", "is empty"),
        (b"<!DOCTYPE html><html>Quota exceeded</html>", "web page"),
        (b"not a model at all", "not a model"),
    ],
)
def test_what_is_no_model_is_told_and_nothing_is_installed(
    store: Store, tmp_path: Path, content: bytes, complaint: str
) -> None:
    file = tmp_path / "tiny-cpk.pth.tar"
    file.write_bytes(content)
    with pytest.raises(CheckpointError, match=complaint):
        import_file(file, store)
    assert names(store.user) == []
    assert file.read_bytes() == content


def test_a_missing_file_or_folder_is_told(store: Store, tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(CheckpointError, match=r"no file|not an ordinary file"):
            import_file(path, store)


def test_a_folder_that_cannot_be_written_is_told(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CheckpointError, match="cannot be written"):
        import_file(PUBLISHED, dataclasses.replace(store, user=tmp_path / "file" / "models"))


def test_a_model_without_receipt_is_not_left_behind(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(path: Path, receipt: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("avatarify.catalog.intake.write_receipt", full_disk)
    with pytest.raises(CheckpointError, match="No space left"):
        import_file(PUBLISHED, store)
    assert names(store.user) == []


def test_one_conversion_at_a_time(store: Store) -> None:
    store.user.mkdir()
    with lock(store.user / "tiny.safetensors"), pytest.raises(DownloadError, match="by another program"):
        import_file(PUBLISHED, store)


def test_install_downloads_verifies_converts_and_tidies_up(server: LoopbackServer, store: Store) -> None:
    entry = dataclasses.replace(TINY, urls=(server.play(drops_after(500_000, CONTENT), whole(CONTENT)),))
    told: list[int] = []
    model = install(entry, store, progress=lambda step: told.append(step.received), limits=QUICK)
    assert told[-1] == len(CONTENT)
    assert model.receipt is not None
    assert (model.receipt.url, model.receipt.verified) == (entry.urls[0], "md5")
    assert names(store.user / "downloads") == []
    assert store.verify("tiny").sound
    asked = len(server.seen)
    assert install(entry, store, limits=QUICK) == model
    assert len(server.seen) == asked


def test_install_without_hash_wants_to_be_told_so(server: LoopbackServer, store: Store) -> None:
    entry = dataclasses.replace(LOOSE, urls=(server.play(no_ranges(CONTENT)),))
    with pytest.raises(DownloadError, match="not pinned") as caught:
        install(entry, store, limits=QUICK)
    assert "models download loose --accept-unverified" in caught.value.hint
    assert server.seen == []
    model = install(entry, store, accept_unverified=True, limits=QUICK)
    assert model.receipt is not None
    assert (model.receipt.verified, model.receipt.source_sha256) == ("", SHA256)


@pytest.mark.parametrize("answer", [page, fails(404), claims(9, b"x" * 9), whole(CONTENT[:-1])])
def test_install_keeps_nothing_of_a_wrong_file_and_says_how_to_go_on(
    server: LoopbackServer, store: Store, answer: object
) -> None:
    entry = dataclasses.replace(TINY, urls=(server.play(answer),))  # type: ignore[arg-type]
    with pytest.raises(DownloadError, match=r"tiny-cpk\.pth\.tar could not be downloaded") as caught:
        install(entry, store, limits=QUICK)
    assert "models import FILE --name tiny" in caught.value.hint
    assert store.installed() == ()
    assert names(store.user / "downloads") == []


def test_an_unverified_file_that_is_no_model_is_fetched_anew_next_time(server: LoopbackServer, store: Store) -> None:
    entry = dataclasses.replace(LOOSE, urls=(server.play(no_ranges(b"not a model at all"), no_ranges(CONTENT)),))
    with pytest.raises(CheckpointError, match="not a model"):
        install(entry, store, accept_unverified=True, limits=QUICK)
    assert names(store.user / "downloads") == []
    assert install(entry, store, accept_unverified=True, limits=QUICK).name == "loose"


def test_what_cannot_be_downloaded_is_told(store: Store) -> None:
    with pytest.raises(DownloadError, match="No address") as caught:
        install(TINY, store, limits=QUICK)
    assert "models import FILE" in caught.value.hint
    with pytest.raises(CheckpointError, match="comes with Avatarify"):
        install(LITE, store, limits=QUICK)


def test_two_installations_at_once_end_with_one_sound_model(server: LoopbackServer, store: Store) -> None:
    entry = dataclasses.replace(TINY, urls=(server.play(whole(CONTENT)),))
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def attempt() -> None:
        start.wait(5)
        try:
            outcomes.append(install(entry, store, limits=QUICK).name)
        except DownloadError as error:
            outcomes.append(error.message)

    threads = [threading.Thread(target=attempt) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert "tiny" in outcomes
    assert all(outcome == "tiny" or "another program" in outcome for outcome in outcomes), outcomes
    assert store.verify("tiny").sound


def test_a_plain_model_may_be_kept_with_detail_under_another_name(store: Store) -> None:
    plain = import_file(PUBLISHED, store)
    with pytest.raises(CheckpointError, match="tiny is installed already"):
        import_file(PUBLISHED, store, detail=True)
    detailed = import_file(PUBLISHED, store, name="tiny-detail", detail=True)
    before, after = load_checkpoint(plain.path).config, load_checkpoint(detailed.path).config
    assert (before.generator.any_size, after.generator.any_size) == (False, True)
    assert dataclasses.replace(after, generator=before.generator) == before


def test_a_model_that_blends_needs_no_detail(store: Store, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="blends with the portrait already"):
        import_file(write_tiny_model(tmp_path / "blend.safetensors"), store, detail=True)
    assert names(store.user) == []
