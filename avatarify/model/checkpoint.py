"""Model files: any public checkpoint in, our own safetensors in and out. Files are untrusted input."""

from __future__ import annotations

import json
import os
import pickle
import re
import struct
import tarfile
import tempfile
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from avatarify.errors import CheckpointError
from avatarify.model.config import ModelConfig
from avatarify.model.network import FirstOrderModel
from avatarify.model.recognition import recognise_model

GET_AGAIN = "Download it again, or choose another file."
CHOOSE = "Choose a First Order Motion Model checkpoint, such as vox-adv-cpk.pth.tar."

# What torch's reader raises on damaged bytes, found by flipping and cutting bytes of both of its layouts.
_DAMAGE = (
    *(EOFError, RuntimeError, OSError, ValueError, TypeError, LookupError, AttributeError, AssertionError),
    *(ArithmeticError, struct.error),
)
_OLD_LAYOUT = pickle.dumps(0x1950A86A20F9469CFC6C, 2)  # how torch began a file before its zip archives
_CALLS = frozenset(b"io\x81\x82\x83\x84\x92\x93")  # instructions of a pickle that find or call things


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Weights that fit their configuration. Keys are those of FirstOrderModel's two parts. metadata: free text, kept in the file."""

    config: ModelConfig
    kp_detector: Mapping[str, Tensor]
    generator: Mapping[str, Tensor]
    metadata: Mapping[str, str] = field(default_factory=dict)

    def build(self) -> FirstOrderModel:
        """The networks with these weights, float32 on the CPU, in evaluation mode, without gradients."""
        model = FirstOrderModel(self.config)
        model.kp_detector.load_state_dict(dict(self.kp_detector), strict=True)
        model.generator.load_state_dict(dict(self.generator), strict=True)
        return model.float().eval().requires_grad_(False)


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a model file of any name: ours (safetensors), or the original's layout as torch saves it, old or new.

    Raises CheckpointError: missing, empty, truncated, a web page, a pickle that would run code, or not these networks.
    """
    head = _head(path)
    if not head:
        raise CheckpointError(f"{path} is empty.", GET_AGAIN)
    if head.lstrip()[:1] == b"<":
        raise CheckpointError(
            f"{path} is a web page, not a model.", "The link led to a page: download the file itself."
        )
    if _is_safetensors(head):
        checkpoint = _load_safetensors(path)
    elif head.startswith((b"PK", b"\x80")):  # torch's zip archives; pickles, as torch wrote before 1.6
        checkpoint = _load_pickle(path, head)
    else:
        begins = json.dumps(head[:8].decode("latin-1"))
        raise CheckpointError(f"{path} is not a model file (it begins with {begins}).", GET_AGAIN)
    with torch.device("meta"):
        model = FirstOrderModel(checkpoint.config)
    _check_fit(path, model.kp_detector, checkpoint.kp_detector)
    _check_fit(path, model.generator, checkpoint.generator)
    return checkpoint


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write safetensors with the configuration in the header: whole, or not at all. Raises CheckpointError."""
    parts = {"kp_detector": checkpoint.kp_detector, "generator": checkpoint.generator}
    tensors = {f"{part}.{key}": tensor.contiguous() for part, state in parts.items() for key, tensor in state.items()}
    header = {**checkpoint.metadata, "format": "avatarify-1", "config": checkpoint.config.to_json()}
    temporary = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        save_file(tensors, temporary, metadata=header)
        temporary.chmod(0o644)
        temporary.replace(path)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(
            f"{path} cannot be written ({error}).", "Check the folder's rights and free space."
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def read_header(path: Path) -> dict[str, str]:
    """The metadata of one of our files, without its tensors. Raises CheckpointError."""
    try:
        with safe_open(path, "pt") as file:
            return dict(file.metadata() or {})
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path} is not a whole safetensors file ({error}).", GET_AGAIN) from error


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(512)
    except FileNotFoundError as error:
        raise CheckpointError(
            f"There is no file {path}.", "Check the path; `models list` shows installed models."
        ) from error
    except OSError as error:
        raise CheckpointError(
            f"{path} cannot be read ({error.strerror}).", "Give the path of a readable model file."
        ) from error


def _is_safetensors(head: bytes) -> bool:
    """Eight bytes of header length, then a JSON object."""
    return len(head) > 9 and head[8:9] == b"{" and 0 < struct.unpack("<Q", head[:8])[0] < 100_000_000


def _load_safetensors(path: Path) -> Checkpoint:
    metadata = read_header(path)
    if "config" not in metadata:
        raise CheckpointError(
            f"{path} is a safetensors file without Avatarify's configuration.", "It holds another program's model."
        )
    config = ModelConfig.from_json(metadata.pop("config"))
    metadata.pop("format", None)
    parts: dict[str, dict[str, Tensor]] = {"kp_detector": {}, "generator": {}}
    with safe_open(path, "pt") as file:
        for key in file.keys():  # noqa: SIM118 - not a dict
            part, _, name = key.partition(".")
            if part not in parts:
                raise CheckpointError(f"{path} holds the unknown tensor {key}.", "It holds another program's model.")
            parts[part][name] = file.get_tensor(key)
    return Checkpoint(config, parts["kp_detector"], parts["generator"], metadata)


def _load_pickle(path: Path, head: bytes) -> Checkpoint:
    _refuse_unguarded(path, head)
    try:
        with warnings.catch_warnings():  # the warning speaks of pickle protocols; the error that follows says enough
            warnings.simplefilter("ignore", UserWarning)
            content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise _unpickling_error(path, head, error) from error
    except _DAMAGE as error:
        raise _damaged(path) from error
    if not isinstance(content, Mapping):
        raise CheckpointError(f"{path} holds a {type(content).__name__}, not a checkpoint.", GET_AGAIN)
    for part in ("kp_detector", "generator"):
        if not isinstance(content.get(part), Mapping):
            found = ", ".join(sorted(str(key) for key in content)[:6]) or "nothing"
            raise CheckpointError(
                f"{path} holds another model: it has no {part!r} (found: {found}).",
                CHOOSE,
            )
    kp_detector, generator = _state_dict(content["kp_detector"]), _state_dict(content["generator"])
    return Checkpoint(recognise_model(kp_detector, generator), kp_detector, generator)


def _refuse_unguarded(path: Path, head: bytes) -> None:
    """Two layouts that torch before 2.6 reads in spite of weights_only without its guard: TorchScript and its first tars."""
    if tarfile.is_tarfile(path):
        raise CheckpointError(f"{path} is a tar archive, not a model file.", "Unpack it and give the model inside.")
    if not head.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _damaged(path) from error
    if any(name.rpartition("/")[2] == "constants.pkl" for name in names):
        raise CheckpointError(f"{path} is a TorchScript program, not weights; it was not loaded.", CHOOSE)


def _state_dict(state: Mapping[object, object]) -> dict[str, Tensor]:
    """Tensors only, without the `module.` of a data-parallel save; counters that torch 0.4 did not keep are added as 0."""
    tensors = {str(key).removeprefix("module."): value for key, value in state.items() if isinstance(value, Tensor)}
    for key in [key for key in tensors if key.endswith("running_mean")]:
        tensors.setdefault(key.replace("running_mean", "num_batches_tracked"), torch.tensor(0))
    return tensors


def _check_fit(path: Path, module: nn.Module, state: Mapping[str, Tensor]) -> None:
    wanted = {key: tuple(tensor.shape) for key, tensor in module.state_dict().items()}
    found = {key: tuple(tensor.shape) for key, tensor in state.items()}
    complaints = [f"missing {key}" for key in wanted.keys() - found.keys()]
    complaints += [f"unexpected {key}" for key in found.keys() - wanted.keys()]
    complaints += [
        f"{key} is {found[key]}, not {wanted[key]}" for key in wanted.keys() & found.keys() if wanted[key] != found[key]
    ]
    if complaints:
        more = f" and {len(complaints) - 3} more" if len(complaints) > 3 else ""
        raise CheckpointError(
            f"{path} holds another model's weights ({'; '.join(sorted(complaints)[:3])}{more}).",
            "Choose a First Order Motion Model checkpoint; `models list` shows what is known.",
        )


def _unpickling_error(path: Path, head: bytes, error: pickle.UnpicklingError) -> CheckpointError:
    """torch's reader knows tensors and plain containers. What else it met tells code from damage."""
    text = str(error)
    name = ""
    if forbidden := re.search(r"GLOBAL ([\w.]+)|Unsupported class ([\w.]+)", text):
        name = forbidden[1] or forbidden[2]
    elif unknown := re.search(r"Unsupported operand (\d+)", text):
        by_torch = head.startswith((_OLD_LAYOUT, b"PK"))
        name = "" if by_torch and int(unknown[1]) not in _CALLS else f"instruction {unknown[1]}"
    if not name:
        return _damaged(path)
    return CheckpointError(
        f"{path} is a pickle that would run code ({name}); it was not loaded.",
        "Do not use this file. Weights from a trusted source hold only tensors.",
    )


def _damaged(path: Path) -> CheckpointError:
    size = f"{path.stat().st_size:,} bytes"
    return CheckpointError(
        f"{path} is damaged or incomplete ({size}).", "The download stopped early: download it again."
    )
