"""What models/MODELS.toml says: which models exist, where their files are, and how to know the right file."""

from __future__ import annotations

import dataclasses
import difflib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avatarify.catalog.digest import Pins
from avatarify.errors import CatalogError
from avatarify.paths import MODELS

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CATALOG = MODELS / "MODELS.toml"


@dataclass(frozen=True)
class ModelEntry:
    """One published model. Text is "" and a number None where nothing reliable is known.

    file: the name it was published under; size [bytes], md5, sha256 (lower-case hexadecimal) describe that file.
    about_mb: size in round megabytes, where the exact one is not known. kind: what it animates.
    shipped: the file comes with Avatarify. image_size: side in pixels of the pictures it was made for.
    licence, unclear: what is stated, and what is not. urls: mirrors of the same file, best first.
    """

    name: str
    title: str
    file: str
    kind: str
    licence: str
    image_size: int
    urls: tuple[str, ...] = ()
    shipped: bool = False
    size: int | None = None
    about_mb: int | None = None
    md5: str = ""
    sha256: str = ""
    unclear: str = ""
    speed: str = ""
    quality: str = ""

    @property
    def pins(self) -> Pins:
        return Pins(self.size, self.md5, self.sha256)


_KINDS: dict[str, type] = {"image_size": int, "size": int, "about_mb": int, "shipped": bool, "urls": list}


def read_catalog(path: Path = CATALOG) -> tuple[ModelEntry, ...]:
    """All entries in the order of the file. Raises CatalogError: unreadable, an unknown, missing or mistyped key, a name twice."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogError(f"{path} cannot be read ({error}).", "Restore the file from the project.") from error
    if content.keys() != {"model"} or not isinstance(content["model"], list):
        other = ", ".join(sorted(content.keys() - {"model"})) or "no [[model]] table"
        raise CatalogError(f"{path} holds {other}; it should hold [[model]] tables only.", "Mend the file.")
    entries = tuple(_entry(table, path) for table in content["model"])
    names = [entry.name for entry in entries]
    if twice := [name for name in names if names.count(name) > 1]:
        raise CatalogError(f"{path} describes the model {twice[0]} twice.", "Mend the file.")
    return entries


def find(name: str, entries: Sequence[ModelEntry]) -> ModelEntry:
    """Raises CatalogError that lists the known names, the likeliest first."""
    for entry in entries:
        if entry.name == name:
            return entry
    raise unknown_model(name, [entry.name for entry in entries])


def unknown_model(name: str, known: Sequence[str]) -> CatalogError:
    """What to tell someone who asked for a model that is not there."""
    close = difflib.get_close_matches(name.lower(), known, n=1)
    guess = f"Did you mean {close[0]}? " if close else ""
    return CatalogError(f"There is no model {name!r}.", f"{guess}Known are: {', '.join(known)}.")


def _entry(table: Any, path: Path) -> ModelEntry:  # noqa: ANN401 - anything that TOML can hold
    if not isinstance(table, dict):
        raise CatalogError(f"{path}: {table!r} is not a [[model]] table.", "Mend the file.")
    place = f"{path}, model {table.get('name', '?')!r}"
    fields = {field.name: field for field in dataclasses.fields(ModelEntry)}
    for key, value in table.items():
        if key not in fields:
            close = difflib.get_close_matches(key, fields, n=1)
            guess = f" (did you mean {close[0]!r}?)" if close else ""
            raise CatalogError(f"{place} has the unknown key {key!r}{guess}.", f"Known are: {', '.join(fields)}.")
        kind = _KINDS.get(key, str)
        if type(value) is not kind or (isinstance(value, list) and not all(type(item) is str for item in value)):
            raise CatalogError(f"{place}: {key} is {value!r}.", f"It must be of the kind {kind.__name__}.")
    required = {name for name, field in fields.items() if field.default is dataclasses.MISSING}
    if missing := sorted(required - table.keys()):
        raise CatalogError(f"{place} lacks the key {missing[0]!r}.", "Mend the file.")
    for key, digits in (("md5", 32), ("sha256", 64)):
        value = table.get(key, "")
        if value and (len(value) != digits or set(value) - set("0123456789abcdef")):
            raise CatalogError(f"{place}: {key} is {value!r}.", f"It must be {digits} digits 0-9a-f, or empty.")
    return ModelEntry(**{**table, "urls": tuple(table.get("urls", ()))})
