"""The page of keys says what the tables say."""

from __future__ import annotations

import re
import shlex

import pytest

from avatarify.app.commands.table import COMMANDS
from avatarify.app.hotkeys.portal import APP_ID
from avatarify.cli import front
from avatarify.control.messages import decode_message, decode_reply
from avatarify.control.verbs import VERBS, verb
from docs.write_keys import PAGE, keys_table, with_tables

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_is_up_to_date() -> None:
    assert with_tables(TEXT) == TEXT, "run python -m docs.write_keys"


def test_every_command_has_its_row() -> None:
    table = keys_table()
    for entry in COMMANDS:
        if not re.fullmatch(r"avatar\.[2-8]", entry.id):
            assert f"`{entry.id}`" in table
    assert "| Calibrate now | `X` | `Ctrl+K` | `Ctrl+Alt+X` | `calibration.take` |" in table
    assert {row.count("|") for row in table.splitlines()} == {6}


def test_a_page_without_the_places_is_refused() -> None:
    with pytest.raises(ValueError, match="begin keys"):
        with_tables("# Keys")


@pytest.mark.parametrize("line", sorted(set(re.findall(r"run\.py (?:--no-venv )?(control [a-z][^\n`]*)", TEXT))))
def test_every_command_in_it_is_one(line: str) -> None:
    arguments = front.parser().parse_args(shlex.split(line))
    assert verb(arguments.command) in VERBS


def test_the_messages_in_it_are_valid() -> None:
    message, reply = re.findall(r"^\{.*\}$", TEXT, re.MULTILINE)
    assert decode_message(message.encode()).argument == "3"
    assert decode_reply(reply.encode()).ok


def test_the_desktop_file_has_the_name_that_we_give_the_portal() -> None:
    assert f"{APP_ID}.desktop" in TEXT


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        assert (PAGE.parent / target).exists(), target
