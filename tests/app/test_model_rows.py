"""What the models page knows of each model: the catalogue, the disk and the measurements, put together."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatarify.app.model_rows import ModelRow, part_of, read_rows
from avatarify.bench.results import BenchResult
from avatarify.catalog.entries import ModelEntry
from avatarify.catalog.part import Origin
from avatarify.catalog.receipt import Receipt, write_receipt
from avatarify.catalog.store import Store
from avatarify.runtime.quantise import Ranges, ranges_path

LITE = ModelEntry("lite", "Small", "lite.safetensors", "face", "MIT", 256, shipped=True, size=3, sha256="a" * 64)
BIG = ModelEntry(
    "big", "Big", "big.pth.tar", "face", "", 256, urls=("http://127.0.0.1/big",), about_mb=228, md5="b" * 32
)
DANCE = ModelEntry("dance", "Bodies", "dance.pth.tar", "body", "", 256, urls=("http://127.0.0.1/dance",))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    for name in ("shipped", "user"):
        (tmp_path / name).mkdir()
    (tmp_path / "shipped/lite.safetensors").write_bytes(b"xyz")
    return Store((DANCE, BIG, LITE), tmp_path / "shipped", tmp_path / "user")


def result(model: str, fps: float, runtime: str = "eager") -> BenchResult:
    return BenchResult(runtime, model, 256, fps, 9.0, 12.0, 1.0, 300.0, 0.0, 0.0, "cpu", "a cpu", "float32", (), "2026")


def rows(store: Store, *results: BenchResult) -> dict[str, ModelRow]:
    return {row.name: row for row in read_rows(store, results)}


def test_those_that_can_be_used_come_first(store: Store) -> None:
    (store.user / "mine.safetensors").write_bytes(b"12")
    assert [row.name for row in read_rows(store, ())] == ["lite", "mine", "big", "dance"]


def test_shipped_model(store: Store) -> None:
    lite = rows(store)["lite"]
    assert lite.path == store.shipped / "lite.safetensors"
    assert lite.facts == "0.0 MB · Licence: MIT"
    assert lite.hash_text == f"sha256 {'a' * 64}"
    assert not lite.can_be_fetched


@pytest.mark.parametrize(("refused", "told"), [("", "also in eight bits"), ("rough", "not exact enough in eight bits")])
def test_what_is_noted_of_eight_bits(store: Store, refused: str, told: str) -> None:
    model = store.user / "mine.safetensors"
    model.write_bytes(b"12")
    digest = "c" * 64
    write_receipt(store.user / "mine.json", Receipt("mine", 2, digest, "a.pth", 3, "", "", "", "", "tiny"))
    assert rows(store)["mine"].eight_bits is None
    ranges_path(model).write_text(Ranges(digest, (), refused).to_json())
    assert rows(store)["mine"].eight_bits is (not refused)
    assert rows(store)["mine"].facts.endswith(told)


def test_model_that_is_not_here(store: Store) -> None:
    big = rows(store)["big"]
    assert big.path is None
    assert big.can_be_fetched
    assert big.facts == "about 228 MB · Licence: not known"
    assert big.hash_text == f"md5 {'b' * 32}"
    assert big.pinned
    assert not rows(store)["dance"].pinned
    assert rows(store)["dance"].hash_text == ""


def test_model_of_the_user_s_own(store: Store) -> None:
    (store.user / "mine.safetensors").write_bytes(b"12" * 500_000)
    mine = rows(store)["mine"]
    assert (mine.title, mine.size_text, mine.for_faces) == ("mine", "1.0 MB", True)
    assert "came from a file of yours" in mine.notes


def test_kinds(store: Store) -> None:
    assert rows(store)["big"].for_faces
    assert not rows(store)["dance"].for_faces


def test_download_that_was_begun(store: Store) -> None:
    part = part_of(store, BIG)
    part.path.parent.mkdir()
    part.begin(Origin("http://127.0.0.1/big", "", 10))
    part.path.write_bytes(b"1234")
    assert rows(store)["big"].arrived == 4


def test_fastest_measurement_is_told(store: Store) -> None:
    lite = rows(store, result("lite", 9.0), result("lite", 21.4, "openvino"), result("big", 90.0))["lite"]
    assert lite.speed_text == "Speed here: 21 pictures a second (openvino, 256 px)"
    assert rows(store)["lite"].speed_text == "Speed here: not measured yet"
