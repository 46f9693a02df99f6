"""Which avatar comes first, and which ones the user does not want to see: a small JSON file in the user's avatar folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from avatarify.json_file import JsonFile

ORDER_FILE = "order.json"
_VERSION = 1


@dataclass(frozen=True)
class Order:
    """names: first to last; those that are not named follow by name. hidden: of pictures that came with the program."""

    names: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    def sorted(self, names: Iterable[str]) -> list[str]:
        """`names` without the hidden ones, in this order."""
        place = {name: index for index, name in enumerate(self.names)}
        shown = [name for name in names if name not in self.hidden]
        return sorted(shown, key=lambda name: (place.get(name, len(place)), name.casefold(), name))


def read_order(folder: Path) -> Order:
    """The order kept in `folder`; none where there is no file, or where it cannot be read: it is then put aside, and told
    in the log."""
    file = _file(folder)
    values = file.read().values
    if values is None:
        return Order()
    try:
        return Order(_names(values["order"]), _names(values["hidden"]))
    except (ValueError, KeyError) as error:
        file.put_aside(f"{type(error).__name__}: {error}")
        return Order()


def write_order(folder: Path, order: Order) -> None:
    """Whole or not at all. Raises SettingsError."""
    _file(folder).write({"order": list(order.names), "hidden": list(order.hidden)})


def _file(folder: Path) -> JsonFile:
    return JsonFile(
        folder / ORDER_FILE, what="places of avatars", version=_VERSION, instead="Avatars are sorted by name."
    )


def _names(value: object) -> tuple[str, ...]:
    if not (isinstance(value, list) and all(isinstance(name, str) for name in value)):
        raise ValueError(f"names expected, got {value!r}")
    return tuple(dict.fromkeys(value))
