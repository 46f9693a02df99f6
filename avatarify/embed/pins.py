"""What the catalogue says of the shipped file: its size, its hash, how large and how good it is."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from avatarify.catalog.digest import Digest
from avatarify.errors import CatalogError


class Remarks(NamedTuple):
    """One sentence or two each."""

    speed: str
    quality: str


def pinned(text: str, name: str, digest: Digest, remarks: Remarks) -> str:
    """The catalogue's text with other pins and remarks in the table of `name`; the rest stays as it is, byte for byte.

    Raises CatalogError where that table does not have each of the lines once.
    """
    tables = re.split(r"(?m)^(?=\[\[model\]\])", text)
    places = [i for i, table in enumerate(tables) if re.search(rf'(?m)^name = "{re.escape(name)}"$', table)]
    if len(places) != 1:
        raise CatalogError(f"The catalogue has {len(places)} tables of {name}.", "It needs one.")
    table = tables[places[0]]
    values: dict[str, int | str] = {"size": digest.size, "sha256": digest.sha256, **remarks._asdict()}
    for key, value in values.items():
        line = f"{key} = {json.dumps(value, ensure_ascii=False)}"  # for these, TOML writes what JSON writes
        table, found = re.subn(rf"(?m)^{key} = .*$", line.replace("\\", r"\\"), table)
        if found != 1:
            raise CatalogError(f"The table of {name} has {found} lines `{key} =`.", "It needs one each.")
    tables[places[0]] = table
    return "".join(tables)
