"""Replaces the embedded weights: `python -m avatarify.catalog.embed CHECKPOINT` writes the shipped file and its two pins."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from avatarify.catalog.digest import Digest, digest_file
from avatarify.catalog.entries import CATALOG, find, read_catalog
from avatarify.errors import AvatarifyError, CatalogError


def embed(checkpoint: Path, *, name: str = "lite", catalog: Path = CATALOG) -> Path:
    """Convert any checkpoint to the file that the shipped entry `name` names, beside `catalog`, and pin its size and sha256.

    The rest of the catalogue stays as it is, byte for byte. Raises CheckpointError, CatalogError.
    """
    from avatarify.model.checkpoint import load_checkpoint, save_checkpoint

    entry = find(name, read_catalog(catalog))
    if not entry.shipped:
        raise CatalogError(f"{name} is not a shipped model.", "Set `shipped = true` in the catalogue first.")
    target = catalog.parent / entry.file
    weights = load_checkpoint(checkpoint)
    text = catalog.read_text(encoding="utf-8")
    _pinned(text, name, Digest())  # a catalogue that cannot be pinned is found before the weights are replaced
    save_checkpoint(target, weights)
    temporary = catalog.with_name(f".{catalog.name}.new")
    try:
        temporary.write_text(_pinned(text, name, digest_file(target)), encoding="utf-8")
        temporary.replace(catalog)
    finally:
        temporary.unlink(missing_ok=True)
    return target


def _pinned(text: str, name: str, digest: Digest) -> str:
    """The catalogue's text with another size and sha256 in the table of `name`."""
    tables = re.split(r"(?m)^(?=\[\[model\]\])", text)
    places = [i for i, table in enumerate(tables) if re.search(rf'(?m)^name = "{re.escape(name)}"$', table)]
    table = tables[places[0]] if len(places) == 1 else ""
    table, sizes = re.subn(r"(?m)^size = .*$", f"size = {digest.size}", table)
    table, hashes = re.subn(r"(?m)^sha256 = .*$", f'sha256 = "{digest.sha256}"', table)
    if (sizes, hashes) != (1, 1):
        raise CatalogError(
            f"The table of {name} has {sizes} lines `size =` and {hashes} `sha256 =`.", "It needs one each."
        )
    tables[places[0]] = table
    return "".join(tables)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m avatarify.catalog.embed", description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="any checkpoint that `models import` would take")
    try:
        target = embed(parser.parse_args(arguments).checkpoint)
    except AvatarifyError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{target} written ({target.stat().st_size:,} bytes); MODELS.toml has its size and sha256.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
