"""`models`: what models there are, what is installed here, and how more of them come in."""

from __future__ import annotations

import argparse
import dataclasses
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING

from avatarify.cli import output
from avatarify.errors import SettingsError

if TYPE_CHECKING:
    from avatarify.catalog.download import Progress
    from avatarify.catalog.entries import ModelEntry
    from avatarify.catalog.store import InstalledModel, Store

NAME = "models"
HELP = "list, show, verify, import, download and quantise models"
WIDTH = 100
ACTIONS = {
    "list": "all known and installed models",
    "show": "everything that is known about one model",
    "verify": "recompute the hashes of installed models",
    "import": "install a model file that you have",
    "download": "fetch, verify and install a known model",
    "quantise": "make a face model quicker on this processor: a decoder in eight bits, if it is exact enough",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    verbs = {name: actions.add_parser(name, help=text, description=f"{text}.") for name, text in ACTIONS.items()}
    verbs["show"].add_argument("name", metavar="NAME", help="as `models list` shows it")
    verbs["verify"].add_argument("name", metavar="NAME", nargs="?", default="", help="one model; all of them without")
    verbs["import"].add_argument("file", metavar="FILE", type=Path, help="a checkpoint, under any file name")
    verbs["import"].add_argument("--name", default="", help="the name to keep it under (default: recognised)")
    verbs["import"].add_argument(
        "--detail",
        action="store_true",
        help="pictures at the portrait's size instead of the model's, with fine detail of the portrait (slower)",
    )
    verbs["download"].add_argument("name", metavar="NAME", help="as `models list` shows it")
    verbs["download"].add_argument(
        "--accept-unverified", action="store_true", help="fetch it although nobody has published its hash"
    )
    verbs["quantise"].add_argument("name", metavar="NAME", help="an installed model")
    verbs["quantise"].add_argument("--again", action="store_true", help="also where the outcome is known")
    for verb in verbs.values():
        verb.add_argument("--json", action="store_true", help="print the result for programs")


def run(arguments: argparse.Namespace) -> int:
    """Returns 0, or 1 when `verify` finds a model that is not what it should be, or `quantise` one that must not run in eight bits.
    Raises AvatarifyErrors."""
    from avatarify.catalog.store import open_store

    store = open_store()
    as_json: bool = arguments.json
    match arguments.action:
        case "list":
            _list(store, as_json=as_json)
        case "show":
            _show(store, arguments.name, as_json=as_json)
        case "verify":
            return _verify(store, arguments.name, as_json=as_json)
        case "import":
            _import(store, arguments.file, arguments.name, detail=arguments.detail, as_json=as_json)
        case "download":
            _download(store, arguments.name, accept_unverified=arguments.accept_unverified, as_json=as_json)
        case "quantise":
            return _quantise(store, arguments.name, again=arguments.again, as_json=as_json)
    return 0


def _list(store: Store, *, as_json: bool) -> None:
    installed = {model.name: model for model in store.installed()}
    names = [entry.name for entry in store.catalog]
    names += [name for name in installed if name not in names]
    if as_json:
        output.say_json([_facts(store.entry(name), installed.get(name), name) for name in names])
        return
    width = max(4, *map(len, names))
    output.say(f"{'NAME':{width}}  {'HERE':9}  {'SIZE':>8}  {'HASH':6}  {'KIND':6}  WHAT")
    for name in names:
        entry, model = store.entry(name), installed.get(name)
        here = "-" if model is None else "shipped" if model.shipped else "installed"
        title = entry.title if entry is not None else _origin(model)
        kind = entry.kind if entry is not None else "?"
        line = f"{name:{width}}  {here:9}  {_size(entry, model):>8}  {_pinned(entry) or '-':6}  {kind:6}  {title}"
        output.say(line if len(line) <= WIDTH else f"{line[: WIDTH - 3].rstrip()}...")


def _show(store: Store, name: str, *, as_json: bool) -> None:
    entry = store.entry(name)
    model = store.require(name) if entry is None else store.find(name)
    if as_json:
        output.say_json(_facts(entry, model, name))
        return
    rows = [("name", name)]
    if entry is not None:
        rows += [
            ("what", f"{entry.title} ({entry.kind}, made for pictures of {entry.image_size} px)"),
            ("file", f"{entry.file} ({_size(entry, None)})"),
            *((kind, value) for kind, value in (("md5", entry.md5), ("sha256", entry.sha256)) if value),
            *([] if entry.pins.hashed else [("hash", "not known: `download` needs --accept-unverified")]),
            ("licence", f"{entry.licence}. {entry.unclear}".strip()),
            ("speed", entry.speed or "not measured"),
            ("quality", entry.quality or "not measured"),
        ]
        rows += [("address", url) for url in entry.urls]
    rows.append(("installed", "no" if model is None else str(model.path)))
    if model is not None and not model.shipped:
        rows += _receipt_rows(model)
    for label, text in rows:
        wide = text.startswith(("http", "/")) or " " not in text
        lines = [text] if wide else textwrap.wrap(text, WIDTH - 12, break_long_words=False)
        for index, line in enumerate(lines):
            output.say(f"{label if index == 0 else '':10}  {line}")


def _verify(store: Store, name: str, *, as_json: bool) -> int:
    found = [store.verify(each) for each in ([name] if name else [model.name for model in store.installed()])]
    if as_json:
        output.say_json([dataclasses.asdict(each) for each in found])
    else:
        width = max((len(each.name) for each in found), default=0)
        for each in found:
            output.say(f"{each.name:{width}}  {'ok ' if each.sound else 'BAD'}  {each.detail}")
            if not each.sound:
                shipped = each.path.parent == store.shipped
                remedy = "get the project's files again" if shipped else f"delete {each.path} and install it again"
                output.warn(f"{each.name}: {remedy}.")
    return 0 if all(each.sound for each in found) else 1


def _import(store: Store, file: Path, name: str, *, detail: bool, as_json: bool) -> None:
    from avatarify.catalog.intake import import_file
    from avatarify.catalog.landmark_file import SHA256_BEGINS, import_landmarks, is_landmark_file

    if is_landmark_file(file):
        place = import_landmarks(file)
        if as_json:
            output.say_json({"name": place.name, "path": place, "sha256_begins": SHA256_BEGINS})
        else:
            output.say(f"{place.name} is installed: {place}")
            output.say(f"{'verified':10}  only that its sha256 begins with {SHA256_BEGINS}: more is not published")
        return
    model = import_file(file, store, name=name, detail=detail)
    _say_installed(model, as_json=as_json)


def _download(store: Store, name: str, *, accept_unverified: bool, as_json: bool) -> None:
    from avatarify.catalog.entries import find
    from avatarify.catalog.intake import install

    progress = ProgressLine()
    try:
        model = install(find(name, store.catalog), store, accept_unverified=accept_unverified, progress=progress.show)
    finally:
        progress.end()
    _say_installed(model, as_json=as_json)


def _quantise(store: Store, name: str, *, again: bool, as_json: bool) -> int:
    from avatarify.quantisation.own_model import quantise_model

    entry = store.entry(name)
    if entry is not None and entry.kind != "face":
        raise SettingsError(f"{name} is for {entry.title}.", "Ranges come from faces: choose a model made for them.")
    model = store.require(name)
    if model.shipped and again:
        raise SettingsError(f"{name} comes with its ranges.", "`python -m avatarify.embed` makes them anew.")
    found = quantise_model(model.path, tell=output.warn, again=again)
    refused = found.ranges.refused
    if as_json:
        judged = {film: each._asdict() for film, each in found.judged.items()}
        output.say_json({"name": name, "admitted": found.admitted, "refused": refused or None, "judged": judged})
    else:
        for film, each in found.judged.items():
            output.say(
                f"{film:10}  worst picture {each.psnr_db:.1f} dB, keypoints within {each.shift_px:.2f} px,"
                f" flicker {each.flicker:+.1%}"
            )
        stays = f"{name} must not run in eight bits: {refused}"
        output.say(f"{name} may run in eight bits: `auto` takes them" if found.admitted else stays)
    return 0 if found.admitted else 1


class ProgressLine:
    """A line on standard error that rewrites itself on a terminal; elsewhere a line for every tenth of the file."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._began = time.monotonic()
        self._first: int | None = None
        self._told = ""

    def show(self, progress: Progress) -> None:
        """Called for every piece that arrives."""
        if self._first is None:
            self._first, self._began = progress.received, time.monotonic()
        text = self._text(progress)
        share = text.split("%")[0] if progress.total else f"{progress.received // 50_000_000}"
        mark = text if self._live else share[:-1]
        if mark == self._told:
            return
        self._told = mark
        sys.stderr.write(f"\r{text:<{WIDTH - 1}}" if self._live else f"{text}\n")
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the line, so that what follows starts on its own. Without progress: nothing."""
        if self._live and self._told:
            sys.stderr.write("\n")

    def _text(self, progress: Progress) -> str:
        rate = (progress.received - (self._first or 0)) / max(time.monotonic() - self._began, 0.2)
        host = progress.url.split("/")[2]
        if not progress.total:
            return f"{progress.received / 1e6:.1f} MB, {rate / 1e6:.1f} MB/s from {host}"
        left = f", {(progress.total - progress.received) / rate:.0f} s left" if rate else ""
        share = f"{100 * progress.received // progress.total:3d}%"
        return f"{share} of {progress.total / 1e6:.1f} MB, {rate / 1e6:.1f} MB/s{left} from {host}"


def _say_installed(model: InstalledModel, *, as_json: bool) -> None:
    if as_json:
        output.say_json(_facts(model.entry, model, model.name))
        return
    output.say(f"{model.name} is installed: {model.path} ({model.size / 1e6:.1f} MB)")
    if model.receipt is None:
        return
    output.say(f"{'from':10}  {model.receipt.source_file} ({model.receipt.architecture})")
    output.say(f"{'sha256':10}  {model.receipt.source_sha256}")
    if model.receipt.verified:
        output.say(f"{'verified':10}  its {model.receipt.verified} is the published one")
    else:
        output.say(f"{'verified':10}  no: no published hash is known for this file, so it is yours to trust")


def _receipt_rows(model: InstalledModel) -> list[tuple[str, str]]:
    if model.receipt is None:
        return [("origin", "not known: it was not installed by `models import` or `models download`")]
    verified = f"its {model.receipt.verified} is the published one" if model.receipt.verified else "no published hash"
    return [
        ("origin", f"{_origin(model)} ({model.receipt.architecture}; {verified})"),
        ("source", f"{model.receipt.source_size:,} bytes, sha256 {model.receipt.source_sha256}"),
    ]


def _origin(model: InstalledModel | None) -> str:
    if model is None or model.receipt is None:
        return "of unknown origin"
    return f"imported from {model.receipt.source_file}" if not model.receipt.url else model.receipt.url


def _pinned(entry: ModelEntry | None) -> str:
    """Which published hash the catalogue knows."""
    return "" if entry is None else "sha256" if entry.sha256 else "md5" if entry.md5 else ""


def _size(entry: ModelEntry | None, model: InstalledModel | None) -> str:
    """Of the installed file, else of the published one."""
    size = model.size if model is not None else entry.size if entry is not None else None
    if size is not None:
        return f"{size / 1e6:.1f} MB"
    return f"~{entry.about_mb} MB" if entry is not None and entry.about_mb else "?"


def _facts(entry: ModelEntry | None, model: InstalledModel | None, name: str) -> dict[str, object]:
    """For --json: the same keys for every model, null where something is not known."""
    known = None if entry is None else {key: value or None for key, value in dataclasses.asdict(entry).items()}
    receipt = None if model is None or model.receipt is None else dataclasses.asdict(model.receipt)
    return {
        "name": name,
        "installed": model is not None,
        "shipped": entry is not None and entry.shipped,
        "path": None if model is None else str(model.path),
        "size": None if model is None else model.size,
        "pinned": _pinned(entry) or None,
        "published": known,
        "receipt": receipt,
    }
