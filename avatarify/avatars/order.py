"""Which avatar comes first, and which ones the user does not want to see: a small JSON file in the user's avatar folder."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from avatarify.avatars.folder import write_text

ORDER_FILE = "order.json"
_VERSION = 1
_log = logging.getLogger(__name__)


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
    """The order kept in `folder`; none where there is no file. A file that cannot be read is put aside as order.json.broken."""
    path = folder / ORDER_FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["version"] != _VERSION:
            raise ValueError(f"its version is {content['version']!r}, not {_VERSION}")
        return Order(_names(content["order"]), _names(content["hidden"]))
    except FileNotFoundError:
        return Order()
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        _log.warning("%s cannot be read and is put aside; avatars are sorted by name: %s", path, error)
        try:
            path.replace(path.with_name(ORDER_FILE + ".broken"))
        except OSError as again:
            _log.warning("%s could not be put aside: %s", path, again)
        return Order()


def write_order(folder: Path, order: Order) -> None:
    """Whole or not at all. Raises MediaError."""
    content = {"version": _VERSION, "order": list(order.names), "hidden": list(order.hidden)}
    write_text(folder / ORDER_FILE, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _names(value: object) -> tuple[str, ...]:
    if not (isinstance(value, list) and all(isinstance(name, str) for name in value)):
        raise ValueError(f"names expected, got {value!r}")
    return tuple(dict.fromkeys(value))
