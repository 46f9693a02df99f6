from __future__ import annotations

from pathlib import Path

import pytest

from avatarify.catalog.digest import Digest
from avatarify.catalog.entries import CATALOG, find, read_catalog
from avatarify.embed.pins import Remarks, pinned
from avatarify.errors import CatalogError

TEXT = CATALOG.read_text(encoding="utf-8")
REMARKS = Remarks('As quick as "before" \\ after.', "Head turns 53 %.")


def digest() -> Digest:
    found = Digest()
    found.update(b"new weights")
    return found


def test_four_lines_change_and_no_other(tmp_path: Path) -> None:
    after = pinned(TEXT, "lite", digest(), REMARKS)
    pairs = zip(TEXT.splitlines(), after.splitlines(), strict=True)
    assert [new.split(" = ")[0] for old, new in pairs if old != new] == ["size", "sha256", "speed", "quality"]
    (tmp_path / "MODELS.toml").write_text(after, encoding="utf-8")
    entry = find("lite", read_catalog(tmp_path / "MODELS.toml"))
    assert (entry.size, entry.sha256) == (11, digest().sha256)
    assert (entry.speed, entry.quality) == REMARKS


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (TEXT.replace("size = ", "bytes = "), "has 0 lines `size =`"),
        (TEXT.replace("sha256 = ", 'quality = "Good."\nsha256 = ', 1), "has 2 lines `quality =`"),
        (TEXT.replace('name = "lite"', 'name = "heavy"'), "0 tables of lite"),
        (TEXT + TEXT, "2 tables of lite"),
    ],
)
def test_a_catalogue_without_its_lines_is_refused(text: str, told: str) -> None:
    with pytest.raises(CatalogError, match=told):
        pinned(text, "lite", digest(), REMARKS)
