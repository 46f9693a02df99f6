"""The catalogue of models is sound and says only what is known."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from avatarify.catalog.digest import Pins
from avatarify.catalog.entries import CATALOG, find, read_catalog
from avatarify.errors import CatalogError

TABLE = """
[[model]]
name = "a"
title = "A model"
file = "a.pth.tar"
kind = "face"
licence = "MIT"
image_size = 256
"""


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    return tmp_path / "MODELS.toml"


def test_the_project_s_catalogue_is_sound() -> None:
    entries = read_catalog()
    assert [entry.name for entry in entries[:3]] == ["lite", "vox-adv", "vox"]
    for entry in entries:
        assert entry.licence
        assert entry.unclear
        assert entry.image_size == 256
        assert all(urlsplit(url).scheme == "https" and url.endswith(f"/{entry.file}") for url in entry.urls)
        assert len(set(entry.urls)) == len(entry.urls)
        assert entry.shipped != bool(entry.urls)
    assert find("vox-adv", entries).pins == Pins(None, "8a45a24037871c045fbb8a6a8aa95ebc", "")
    assert all(entry.size and entry.sha256 for entry in entries if entry.shipped)


def test_every_entry_is_described_beside_it() -> None:
    page = (CATALOG.parent / "README.md").read_text(encoding="utf-8")
    assert [entry.name for entry in read_catalog() if f"`{entry.name}`" not in page] == []


def test_what_is_not_said_is_not_made_up(catalog: Path) -> None:
    catalog.write_text(TABLE)
    (entry,) = read_catalog(catalog)
    assert (entry.size, entry.about_mb, entry.md5, entry.sha256, entry.urls, entry.shipped) == (
        None,
        None,
        "",
        "",
        (),
        False,
    )
    assert not entry.pins.hashed


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (TABLE + 'licenze = "MIT"', r"model 'a' has the unknown key 'licenze' \(did you mean 'licence'\?\)"),
        (TABLE.replace('title = "A model"', ""), "lacks the key 'title'"),
        (TABLE + 'size = "3"', "size is '3'"),
        (TABLE + "size = true", "size is True"),
        (TABLE + "urls = [3]", r"urls is \[3\]"),
        (TABLE + 'urls = "https://a"', "urls is 'https://a'"),
        (TABLE + 'md5 = "12"', "md5 is '12'"),
        (TABLE + f'sha256 = "{"A" * 64}"', "sha256 is 'A"),
        (TABLE + TABLE, "describes the model a twice"),
        ("model = 3", "no \\[\\[model\\]\\]"),
        ("model = [3]", "3 is not a"),
        (TABLE.replace("[[model]]", "[[modle]]"), "holds modle"),
        ("", "no \\[\\[model\\]\\]"),
        ("[[model", "cannot be read"),
    ],
)
def test_a_damaged_catalogue_is_told_with_its_place(catalog: Path, text: str, complaint: str) -> None:
    catalog.write_text(text)
    with pytest.raises(CatalogError, match=complaint) as caught:
        read_catalog(catalog)
    assert str(catalog) in caught.value.message
    assert caught.value.hint


def test_a_missing_catalogue_is_told(catalog: Path) -> None:
    with pytest.raises(CatalogError, match=r"MODELS\.toml cannot be read"):
        read_catalog(catalog)


def test_an_unknown_name_gets_the_likeliest_and_all() -> None:
    entries = read_catalog()
    assert find("mgif", entries).file == "mgif-cpk.pth.tar"
    with pytest.raises(CatalogError, match="no model 'Vox_Adv'") as caught:
        find("Vox_Adv", entries)
    assert caught.value.hint.startswith("Did you mean vox-adv? Known are: lite, vox-adv,")
    with pytest.raises(CatalogError) as caught:
        find("zzzz", entries)
    assert caught.value.hint.startswith("Known are:")
