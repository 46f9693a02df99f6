"""How a model comes into the user's folder: recognised, read as untrusted data, converted once, with a receipt."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from avatarify.catalog.digest import Digest, Pins, digest_file
from avatarify.catalog.download import Limits, Progress, download
from avatarify.catalog.entries import ModelEntry
from avatarify.catalog.part import lock
from avatarify.catalog.receipt import Receipt, write_receipt
from avatarify.catalog.store import COMMAND, ENDINGS, InstalledModel, Store
from avatarify.errors import CheckpointError, DownloadError

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def import_file(path: Path, store: Store, *, name: str = "", detail: bool = False) -> InstalledModel:
    """Convert a checkpoint of any file name, from any folder, into the store. The file itself stays as it is.

    A file that the catalogue knows by its hash gets the catalogue's name, another one is named after its file; `name`
    overrides both. Importing the same file again gives the model that is there. detail: see GeneratorConfig; for models that do not blend.
    Raises CheckpointError: not a model (see load_checkpoint), or the name is taken or not a name.
    """
    if not path.is_file():
        what = f"{path} is not an ordinary file." if path.exists() else f"There is no file {path}."
        raise CheckpointError(what, "Give the path of a model file.")
    try:
        digest = digest_file(path)
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read ({error.strerror}).", "Check the file's permissions.") from error
    known = _known_by_hash(digest, store)
    if known is not None and known.shipped:
        return store.require(known.name)
    chosen = name or (known.name if known is not None else _name_after(path, store))
    if not NAME.fullmatch(chosen) or chosen.endswith(ENDINGS):
        raise CheckpointError(
            f"{chosen!r} cannot be the name of a model.", "Choose one with --name: letters a-z, digits, dots, dashes."
        )
    claimed = store.entry(chosen)
    if claimed is not None and claimed != known and claimed.pins.hashed:
        raise CheckpointError(
            f"{path} is not the published {chosen}: it {claimed.pins.mismatch(digest)}.",
            "Choose another name with --name, or get the right file.",
        )
    with _alone(store.user / f"{chosen}.safetensors"):
        return _convert(path, chosen, digest.pins, store, known=known, url="", detail=detail)


def install(
    entry: ModelEntry,
    store: Store,
    *,
    accept_unverified: bool = False,
    progress: Callable[[Progress], None] | None = None,
    limits: Limits | None = None,
) -> InstalledModel:
    """Download, verify, convert once, delete the original. A model that is there already is returned as it is.

    accept_unverified: install a file whose hash the catalogue does not know. Raises DownloadError, CheckpointError.
    """
    if entry.shipped or store.find(entry.name) is not None:
        return store.require(entry.name)
    by_hand = f"With the file {entry.file} at hand: {COMMAND} import FILE --name {entry.name}"
    if not entry.urls:
        raise DownloadError(f"No address of {entry.file} is known.", by_hand)
    if not entry.pins.hashed and not accept_unverified:
        raise DownloadError(
            f"The hash of {entry.file} is not pinned, so nobody can tell whether what arrives is the right file.",
            f"To fetch it all the same (it is read as plain tensors, no code in it runs): "
            f"{COMMAND} download {entry.name} --accept-unverified",
        )
    original = store.user / "downloads" / entry.file
    with _alone(store.user / f"{entry.name}.safetensors"):
        if store.find(entry.name) is not None:  # another program was quicker
            return store.require(entry.name)
        try:
            fetched = download(
                entry.urls,
                original,
                size=entry.size,
                md5=entry.md5,
                sha256=entry.sha256,
                accept_unverified=accept_unverified,
                progress=progress,
                limits=limits,
            )
        except DownloadError as error:
            raise DownloadError(error.message, f"{error.hint} {by_hand}") from error
        found, known = Pins(fetched.size, fetched.md5, fetched.sha256), entry if fetched.verified else None
        try:
            model = _convert(original, entry.name, found, store, known=known, url=fetched.url)
        except CheckpointError:
            if not fetched.verified:  # not a model, it seems: the next try should fetch it anew
                original.unlink(missing_ok=True)
            raise
        original.unlink(missing_ok=True)
        return model


def _known_by_hash(digest: Digest, store: Store) -> ModelEntry | None:
    return next((entry for entry in store.catalog if entry.pins.hashed and not entry.pins.mismatch(digest)), None)


def _name_after(path: Path, store: Store) -> str:
    """The catalogue's name where the file is called as published and no hash can contradict, else the file's own name."""
    bare = re.sub(r"( ?\(\d+\)| - copy)", "", path.name.lower())  # what browsers and desktops add to a second copy
    for entry in store.catalog:
        if entry.file == bare and not entry.pins.hashed:
            return entry.name
    for ending in ENDINGS:
        if bare.endswith(ending):
            bare = bare.removesuffix(ending)
            break
    return re.sub(r"[^a-z0-9._-]+", "-", bare).strip("-._")[:64]


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Make `target` with nobody else making it. Raises DownloadError where somebody is, CheckpointError for a bad folder."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with lock(target):
            yield
    except OSError as error:
        raise CheckpointError(
            f"{target.parent} cannot be written ({error.strerror or error}).",
            "Free some space or mend its permissions.",
        ) from error


def _convert(
    source: Path, name: str, found: Pins, store: Store, *, known: ModelEntry | None, url: str, detail: bool = False
) -> InstalledModel:
    """found: what the source file is; known: the entry whose hash it matched. Raises CheckpointError, OSError."""
    present = store.find(name)
    if present is None:
        _write(source, store.user / f"{name}.safetensors", found, known=known, url=url, detail=detail)
    elif detail:
        raise CheckpointError(f"A model named {name} is installed already.", "Choose another name with --name.")
    elif present.receipt is None or present.receipt.source_sha256 != found.sha256:
        raise CheckpointError(
            f"A model named {name} is installed already, from another file ({present.path}).",
            "Choose another name with --name, or delete that file first.",
        )
    return store.require(name)


def _write(source: Path, target: Path, found: Pins, *, known: ModelEntry | None, url: str, detail: bool) -> None:
    from avatarify.model.checkpoint import load_checkpoint, save_checkpoint  # torch: a second that lists need not pay

    checkpoint = load_checkpoint(source)
    config = checkpoint.config
    if detail:
        if config.generator.blend:
            raise CheckpointError(
                f"{source} blends with the portrait already, at any size.", "Import it without --detail."
            )
        config = dataclasses.replace(config, generator=dataclasses.replace(config.generator, detail=True))
    origin = {"source_file": source.name, "source_sha256": found.sha256}
    metadata = {**checkpoint.metadata, **origin}
    save_checkpoint(target, dataclasses.replace(checkpoint, config=config, metadata=metadata))
    made = digest_file(target)
    receipt = Receipt(
        name=target.stem,
        size=made.size,
        sha256=made.sha256,
        source_file=source.name,
        source_size=found.size or 0,
        source_md5=found.md5,
        source_sha256=found.sha256,
        url=url,
        verified="" if known is None else "sha256" if known.sha256 else "md5",
        architecture=f"{checkpoint.config.image_size} px, {checkpoint.config.num_keypoints} keypoints",
    )
    try:
        write_receipt(target.with_suffix(".json"), receipt)
    except OSError:
        target.unlink(missing_ok=True)  # a model that can never be verified is not installed
        raise
