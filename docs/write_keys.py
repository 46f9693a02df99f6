"""Write the tables in keys.md from the table of commands; the words around them are written by hand.

usage: python -m docs.write_keys
"""

from __future__ import annotations

from pathlib import Path

from avatarify.app.commands.table import COMMANDS, GROUPS, Command
from avatarify.app.text.text import tr
from avatarify.control.verbs import VERBS

PAGE = Path(__file__).resolve().parent / "keys.md"
KEYS, CONTROL = "keys", "control"
"""Names of the two places, between `<!-- begin NAME -->` and `<!-- end NAME -->`."""


def with_tables(page: str) -> str:
    """The page with both tables as they have to be. Raises ValueError where a place is missing."""
    return _put(_put(page, KEYS, keys_table()), CONTROL, control_table())


def keys_table() -> str:
    """Every command, the nine avatars in one line, and its keys."""
    rows = ["| Command | Classic | Desktop | In every program | Id |", "|---|---|---|---|---|"]
    for group in GROUPS:
        rows.append(f"| **{tr(group.title)}** | | | | |")
        rows += [_row(entry) for entry in COMMANDS if entry.group == group.id and entry.id not in _later_numbers()]
    return "\n".join(rows)


def control_table() -> str:
    """What `control` can say."""
    rows = ["| `run.py control ...` | Does |", "|---|---|"]
    rows += [f"| `{f'{verb.name} {verb.argument}'.rstrip()}` | {verb.does} |" for verb in VERBS]
    return "\n".join(rows)


def _row(entry: Command) -> str:
    if entry.id == "avatar.1":
        keys = (f"{_key(key)} to `9`" for key in (entry.classic, entry.desktop, entry.global_default))
        name, id_ = tr("keys.help_all_avatars"), "`avatar.1` to `avatar.9`"
    else:
        last = "no" if entry.window_only else _key(entry.global_default)
        keys = iter((_key(entry.classic), _key(entry.desktop), last))
        name, id_ = entry.label.removesuffix("…").rstrip(), f"`{entry.id}`"
    return f"| {name} | {' | '.join(keys)} | {id_} |"


def _key(key: str | None) -> str:
    return f"`{key}`" if key is not None else "-"


def _later_numbers() -> tuple[str, ...]:
    return tuple(f"avatar.{number}" for number in range(2, 10))


def _put(page: str, name: str, table: str) -> str:
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"keys.md has no place {begin} ... {end}")
    return f"{before}{begin}\n\n{table}\n\n{end}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
