"""What was written down at an installation comes back, or is not known."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from avatarify.catalog.digest import Pins
from avatarify.catalog.receipt import Receipt, read_receipt, write_receipt

RECEIPT = Receipt("a", 3, "1" * 64, "a.pth.tar", 4, "2" * 32, "3" * 64, "https://a.example", "md5", "256 px")


def test_reads_what_it_wrote_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_receipt(path, RECEIPT)
    assert read_receipt(path) == RECEIPT
    assert RECEIPT.pins == Pins(3, "", "1" * 64)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        json.dumps({**asdict(RECEIPT), "size": "3"}),
        json.dumps({**asdict(RECEIPT), "more": 1}),
        json.dumps({"name": "a"}),
    ],
)
def test_a_damaged_receipt_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    assert read_receipt(path) is None
    path.write_text(text)
    assert read_receipt(path) is None
