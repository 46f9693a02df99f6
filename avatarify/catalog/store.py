"""Which models are on this machine: the shipped folder and the user's, where each model is one safetensors file and a receipt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from avatarify.catalog.digest import digest_file
from avatarify.catalog.entries import ModelEntry, read_catalog, unknown_model
from avatarify.catalog.receipt import Receipt, read_receipt
from avatarify.errors import AvatarifyError, CheckpointError
from avatarify.paths import MODELS, user_models

COMMAND = "python3 run.py models"
ENDINGS = (".pth.tar", ".safetensors", ".pth", ".pt", ".tar", ".ckpt")


@dataclass(frozen=True)
class InstalledModel:
    """A model that can be used now. size: bytes. entry: what the catalogue says of it, receipt: what its installation noted."""

    name: str
    path: Path
    size: int
    shipped: bool
    entry: ModelEntry | None
    receipt: Receipt | None


@dataclass(frozen=True)
class Verification:
    """Whether an installed file is what it should be. sha256: as found, "" where unreadable; detail: why, after the name."""

    name: str
    path: Path
    sound: bool
    sha256: str
    detail: str


@dataclass(frozen=True)
class Store:
    """The catalogue and the two folders; `user` may not exist yet."""

    catalog: tuple[ModelEntry, ...]
    shipped: Path
    user: Path

    def installed(self) -> tuple[InstalledModel, ...]:
        """Shipped models first, then the user's by name."""
        shipped = [
            self._model(entry.name, self.shipped / entry.file, shipped=True)
            for entry in self.catalog
            if entry.shipped and (self.shipped / entry.file).is_file()
        ]
        reserved = {entry.name for entry in self.catalog if entry.shipped}
        own = [
            self._model(path.stem, path, shipped=False)
            for path in sorted(self.user.glob("*.safetensors"))
            if path.stem not in reserved
        ]
        return (*shipped, *own)

    def find(self, name: str) -> InstalledModel | None:
        return next((model for model in self.installed() if model.name == name), None)

    def entry(self, name: str) -> ModelEntry | None:
        return next((entry for entry in self.catalog if entry.name == name), None)

    def require(self, name: str) -> InstalledModel:
        """Raises CheckpointError with the command that installs it, CatalogError for a name that nobody knows."""
        model, entry = self.find(name), self.entry(name)
        if model is None:
            raise self.unknown(name) if entry is None else _absent(entry, self.shipped)
        return model

    def resolve(self, name_or_path: str) -> Path:
        """The file of an installed model, or the path of any other model file. A name wins over a file of that name.

        Raises what `require` raises, and CheckpointError for a path that is no file.
        """
        if self.find(name_or_path) is not None or self.entry(name_or_path) is not None:
            return self.require(name_or_path).path
        path = Path(name_or_path).expanduser()
        if path.is_file():
            return path
        if path.is_dir():
            raise CheckpointError(f"{path} is a folder, not a model.", "Give the model file in it.")
        if len(path.parts) > 1 or name_or_path.lower().endswith(ENDINGS):
            raise CheckpointError(f"There is no file {path}.", f"Check the path; `{COMMAND} list` shows the models.")
        raise self.unknown(name_or_path)

    def verify(self, name: str) -> Verification:
        """Recompute the sha256 and compare it with the catalogue's (shipped) or the receipt's. Raises what `require` raises."""
        model = self.require(name)
        try:
            digest = digest_file(model.path)
        except OSError as error:
            return Verification(name, model.path, False, "", f"cannot be read ({error.strerror})")
        if model.shipped:
            pins, witness = (model.entry.pins if model.entry else None), "MODELS.toml"
        else:
            pins, witness = (model.receipt.pins if model.receipt else None), "its receipt"
        if pins is None or not pins.hashed:
            return Verification(name, model.path, False, digest.sha256, f"has no sha256 in {witness} to compare with")
        reason = pins.mismatch(digest)
        detail = f"{reason} by {witness}" if reason else f"is what {witness} says"
        return Verification(name, model.path, not reason, digest.sha256, detail)

    def unknown(self, name: str) -> AvatarifyError:
        names = [entry.name for entry in self.catalog]
        return unknown_model(name, [*names, *(model.name for model in self.installed() if model.name not in names)])

    def _model(self, name: str, path: Path, *, shipped: bool) -> InstalledModel:
        receipt = None if shipped else read_receipt(path.with_suffix(".json"))
        return InstalledModel(name, path, path.stat().st_size, shipped, self.entry(name), receipt)


def open_store() -> Store:
    """The project's catalogue and folders."""
    return Store(read_catalog(), MODELS, user_models())


def resolve(name_or_path: str) -> Path:
    """`Store.resolve` of the project's own store."""
    return open_store().resolve(name_or_path)


def _absent(entry: ModelEntry, shipped: Path) -> CheckpointError:
    if entry.shipped:
        return CheckpointError(
            f"{shipped / entry.file} is missing, which comes with Avatarify.", "Get the project's files again."
        )
    by_hand = f"{COMMAND} import FILE --name {entry.name}"
    if not entry.urls:
        return CheckpointError(f"The model {entry.name} is not installed.", f"Find {entry.file}, then: {by_hand}")
    flag = "" if entry.pins.hashed else " --accept-unverified"
    return CheckpointError(
        f"The model {entry.name} is not installed.",
        f"To fetch it: {COMMAND} download {entry.name}{flag} - or, with {entry.file} at hand: {by_hand}",
    )
