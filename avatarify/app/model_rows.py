"""What is known of each model, as the models page shows it: the catalogue, the disk and this machine's measurements. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from avatarify.app.model_words import model_words
from avatarify.app.text.text import tr
from avatarify.bench.results import BenchResult
from avatarify.catalog.entries import ModelEntry
from avatarify.catalog.part import PartFile
from avatarify.catalog.store import InstalledModel, Store
from avatarify.quantisation.noted import admitted

FACES = "face"
"""The kind of model that animates portraits; others are for other things."""


@dataclass(frozen=True)
class ModelRow:
    """One model. entry, installed: None where the catalogue, the disk has none. arrived: bytes of a download that was begun.
    measured: the fastest figure on this machine, None where it was never measured. eight_bits: whether it may run in eight bits, None
    where nobody has tried.
    """

    name: str
    entry: ModelEntry | None
    installed: InstalledModel | None
    arrived: int = 0
    measured: BenchResult | None = None
    eight_bits: bool | None = None

    @property
    def title(self) -> str:
        """What it is called for people."""
        return model_words(self.entry.title) if self.entry is not None else self.name

    @property
    def for_faces(self) -> bool:
        """Made for portraits, as far as is known."""
        return self.entry is None or self.entry.kind == FACES

    @property
    def path(self) -> Path | None:
        """The file, where it is installed."""
        return self.installed.path if self.installed is not None else None

    @property
    def can_be_fetched(self) -> bool:
        """Not here, but there is an address."""
        return self.installed is None and self.entry is not None and bool(self.entry.urls)

    @property
    def pinned(self) -> bool:
        """Somebody has published the hash of the file that would be fetched."""
        return self.entry is not None and self.entry.pins.hashed

    @property
    def size_text(self) -> str:
        """Of the installed file, else of the published one."""
        if self.installed is not None:
            return megabytes(self.installed.size)
        if self.entry is not None and self.entry.size is not None:
            return megabytes(self.entry.size)
        if self.entry is not None and self.entry.about_mb is not None:
            return tr("models.about_mb", self.entry.about_mb)
        return tr("models.size_unknown")

    @property
    def facts(self) -> str:
        """Size, licence and origin in one line."""
        licence = self.entry.licence if self.entry is not None else ""
        licence = model_words(licence) if licence else tr("models.licence_unknown")
        parts = [self.size_text, tr("models.licence", licence)]
        receipt = self.installed.receipt if self.installed is not None else None
        if receipt is not None:
            parts.append(tr("models.from_file", receipt.source_file))
        if self.eight_bits is not None:
            parts.append(tr("models.eight_bits") if self.eight_bits else tr("models.no_eight_bits"))
        return " · ".join(parts)

    @property
    def speed_text(self) -> str:
        """How fast it is here."""
        if self.measured is None:
            return tr("models.not_measured")
        return tr("models.measured", f"{self.measured.fps:.0f}", self.measured.runtime, self.measured.size)

    @property
    def notes(self) -> str:
        """What its makers say of its speed and quality, and what is unclear about its licence."""
        if self.entry is None:
            return tr("models.unknown_origin")
        texts = (self.entry.quality, self.entry.speed, self.entry.unclear)
        return " ".join(model_words(text) for text in texts if text)

    @property
    def hash_text(self) -> str:
        """The sha256 of the installed file, else a published hash; "" where none is known."""
        if self.installed is not None and self.installed.receipt is not None:
            return f"sha256 {self.installed.receipt.sha256}"
        if self.entry is not None and self.entry.sha256:
            return f"sha256 {self.entry.sha256}"
        if self.installed is None and self.entry is not None and self.entry.md5:
            return f"md5 {self.entry.md5}"
        return ""


def read_rows(store: Store, results: Sequence[BenchResult]) -> tuple[ModelRow, ...]:
    """Every model that is known or here, those that can be used first. Looks at the disk."""
    installed = {model.name: model for model in store.installed()}
    entries = {entry.name: entry for entry in store.catalog}
    names = [*entries, *(name for name in installed if name not in entries)]
    rows = [
        ModelRow(
            name,
            entries.get(name),
            installed.get(name),
            _arrived(store, entries.get(name)) if name not in installed else 0,
            _fastest(name, results),
            _eight_bits(installed.get(name)),
        )
        for name in names
    ]
    return tuple(sorted(rows, key=lambda row: (row.installed is None, not row.for_faces)))


def part_of(store: Store, entry: ModelEntry) -> PartFile:
    """Where a download of this model leaves what has arrived."""
    return PartFile(store.user / "downloads" / entry.file)


def megabytes(size: float) -> str:
    """Bytes as people read them."""
    return tr("models.mb", f"{size / 1e6:.0f}" if size >= 9.95e6 else f"{size / 1e6:.1f}")


def _eight_bits(model: InstalledModel | None) -> bool | None:
    """As noted for these weights, whose hash the receipt knows."""
    if model is None or model.receipt is None:
        return None
    return admitted(model.path, model.receipt.sha256)


def _arrived(store: Store, entry: ModelEntry | None) -> int:
    return part_of(store, entry).length if entry is not None else 0


def _fastest(name: str, results: Sequence[BenchResult]) -> BenchResult | None:
    own = [result for result in results if result.model == name]
    return max(own, key=lambda result: result.fps, default=None)
