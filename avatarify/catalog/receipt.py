"""What was written down when a model was installed: which file it came from, and what its own file must be."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from avatarify.catalog.digest import Pins


@dataclass(frozen=True)
class Receipt:
    """size [bytes] and sha256: of the installed safetensors. source_*: of the file it was made from, url: where that was
    fetched ("" for an import). verified: the hash of the catalogue that the source matched ("md5", "sha256"), or "".
    """

    name: str
    size: int
    sha256: str
    source_file: str
    source_size: int
    source_md5: str
    source_sha256: str
    url: str
    verified: str
    architecture: str

    @property
    def pins(self) -> Pins:
        return Pins(self.size, "", self.sha256)


def write_receipt(path: Path, receipt: Receipt) -> None:
    """Whole or not at all; one writer at a time. Raises OSError; the old receipt stays whole then."""
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.write_text(json.dumps(dataclasses.asdict(receipt), indent=2) + "\n", encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_receipt(path: Path) -> Receipt | None:
    """None where there is none that can be read: the model's origin is not known then."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        receipt = Receipt(**values)
    except (OSError, ValueError, TypeError):
        return None
    kinds = {field.name: int if field.type == "int" else str for field in dataclasses.fields(Receipt)}
    return receipt if all(type(getattr(receipt, name)) is kind for name, kind in kinds.items()) else None
