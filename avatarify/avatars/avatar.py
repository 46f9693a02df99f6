"""One picture to choose from, and what it takes to make and to use one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from avatarify.animator import Source
from avatarify.avatars.card import Card
from avatarify.face.calibration import FaceTarget
from avatarify.face.detector import DetectsFaces
from avatarify.face.watcher import FindsMeshes
from avatarify.frame import Image

ReadImage = Callable[[Path], Image]
"""A file to uint8 [H,W,3] RGB. Raises AvatarifyError."""


@dataclass(frozen=True, eq=False)
class Avatar:
    """One picture. name: the file's, without its ending. number: 1..9 for its key, None for the tenth and later ones.

    portrait: uint8 [N,N,3], framed; None where no avatar can be made of the picture. target: the portrait's pose.
    problems: why it cannot be used, or what would make it better; sentences. own: in the user's folder, may be renamed and
    deleted. source: None until it is encoded. card: what was said when it was added; None for pictures that came otherwise.
    """

    name: str
    path: Path
    number: int | None
    portrait: Image | None
    target: FaceTarget
    problems: tuple[str, ...]
    own: bool
    source: Source | None = None
    card: Card | None = None

    @property
    def usable(self) -> bool:
        return self.portrait is not None

    @property
    def megabytes(self) -> float:
        """What it holds in memory, portrait and encoding together."""
        held = self.portrait.nbytes if self.portrait is not None else 0
        if self.source is not None:
            tensors = (*self.source.features, *self.source.keypoints)
            held += sum(tensor.element_size() * tensor.nelement() for tensor in tensors)
        return held / 1e6


class FaceTools(NamedTuple):
    """What portraits are looked at with. One thread at a time may use it."""

    detector: DetectsFaces
    mesher: FindsMeshes


class Encodes(Protocol):
    """What `Avatars.encode_next` asks of an animator."""

    def encode_source(self, image: Image) -> Source: ...
