"""What a line of pip's output tells about its progress. Pure functions."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple
from urllib.parse import unquote


class Kind(Enum):
    COLLECTING = "collecting"  # pip looks for a package
    FETCHING = "fetching"  # a package file is being downloaded, or read from a cache or folder
    SATISFIED = "satisfied"  # an earlier run installed it
    RETRYING = "retrying"  # the index does not answer
    INSTALLING = "installing"  # the list is complete and gets unpacked


class Event(NamedTuple):
    kind: Kind
    names: tuple[str, ...]  # one package; all of them for INSTALLING; none for RETRYING
    detail: str = ""  # FETCHING: version and size


_COLLECTING = re.compile(r"Collecting ([A-Za-z0-9._-]+)")
_FETCHING = re.compile(
    r"(?:Downloading|Using cached|Processing) (\S+\.(?:whl|tar\.gz|zip))(?:#\S+)?(?: \(from .*\))?(?: \(([\d.]+ \w?B)\))?$"
)
_SATISFIED = re.compile(r"Requirement already satisfied: ([A-Za-z0-9._-]+)")
_INSTALLING = re.compile(r"Installing collected packages: (.+)")
_RETRYING = re.compile(r"WARNING: Retrying \(")


def read(line: str) -> Event | None:
    """None for a line that says nothing about progress."""
    text = line.strip()
    if found := _COLLECTING.match(text):
        return Event(Kind.COLLECTING, (found[1],))
    if found := _FETCHING.match(text):
        name, version = _name_and_version(found[1])
        return Event(Kind.FETCHING, (name,), ", ".join(part for part in (version, found[2]) if part))
    if found := _SATISFIED.match(text):
        return Event(Kind.SATISFIED, (found[1],))
    if found := _INSTALLING.match(text):
        return Event(Kind.INSTALLING, tuple(name.strip() for name in found[1].split(",")))
    if _RETRYING.match(text):
        return Event(Kind.RETRYING, ())
    return None


def canonical(name: str) -> str:
    """One spelling for PySide6_Essentials, pyside6-essentials and PySide6.Essentials."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _name_and_version(address: str) -> tuple[str, str]:
    file = unquote(re.split(r"[/\\]", address)[-1])
    stem = re.sub(r"\.(whl|tar\.gz|zip)$", "", file)
    if file.endswith(".whl"):
        name, version = [*stem.split("-"), ""][:2]
    else:
        name, _, version = stem.rpartition("-")
    return name or stem, version
