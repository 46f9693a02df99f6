"""The order of avatars: the user's first, the rest by name; a damaged file is put aside."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatarify.avatars.order import ORDER_FILE, Order, read_order, write_order
from avatarify.errors import SettingsError


def test_named_ones_come_first_and_hidden_ones_not_at_all() -> None:
    order = Order(("c", "gone", "a"), ("d",))
    assert order.sorted(["a", "B", "c", "d", "b2"]) == ["c", "a", "B", "b2"]


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    assert read_order(tmp_path / "none") == Order()
    order = Order(("Zoë", "a b"), ("x",))
    write_order(tmp_path / "new", order)
    assert read_order(tmp_path / "new") == order


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 1}', '{"version": 1, "order": [1], "hidden": []}'])
def test_what_cannot_be_read_is_put_aside(tmp_path: Path, text: str) -> None:
    (tmp_path / ORDER_FILE).write_text(text)
    assert read_order(tmp_path) == Order()
    assert (tmp_path / "order.json.broken").read_text() == text
    assert not (tmp_path / ORDER_FILE).exists()


def test_the_order_of_a_newer_program_is_kept_for_it(tmp_path: Path) -> None:
    (tmp_path / ORDER_FILE).write_text('{"version": 2}')
    assert read_order(tmp_path) == Order()
    assert (tmp_path / "order.json.newer").exists()


def test_an_order_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="places of avatars cannot be saved"):
        write_order(tmp_path / "file", Order())
