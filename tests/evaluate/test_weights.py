"""Networks that measure are verified before they are used."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from avatarify.errors import CheckpointError
from avatarify.evaluate.identity_net import IdentityNet
from avatarify.evaluate.landmark_net import LandmarkNet
from avatarify.evaluate.weights import IDENTITY, LANDMARKS, WeightsFile, fill
from avatarify.paths import MODELS

FOLDER = MODELS / "evaluation"


@pytest.mark.parametrize(("file", "net"), [(IDENTITY, IdentityNet), (LANDMARKS, LandmarkNet)])
def test_an_altered_network_is_refused(file: WeightsFile, net: type[torch.nn.Module], tmp_path: Path) -> None:
    data = bytearray((FOLDER / file.name).read_bytes())
    data[-1] ^= 1
    (tmp_path / file.name).write_bytes(data)
    with pytest.raises(CheckpointError, match=r"is not the file we ship.*git checkout"):
        fill(net(), file, tmp_path)


def test_a_missing_network_is_told(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"identity.safetensors cannot be read: No such file"):
        fill(IdentityNet(), IDENTITY, tmp_path)


def test_bytes_become_values_by_their_range(tmp_path: Path) -> None:
    import hashlib

    path = tmp_path / "linear.safetensors"
    weight = torch.tensor([[0, 100, 255]], dtype=torch.uint8)
    save_file({"weight": weight, "weight.range": torch.tensor([0.01, -1.0]), "bias": torch.tensor([7.0])}, path)
    net = torch.nn.Linear(3, 1)
    fill(net, WeightsFile(path.name, hashlib.sha256(path.read_bytes()).hexdigest()), tmp_path)
    torch.testing.assert_close(net.weight, torch.tensor([[-1.0, 0.0, 1.55]]), check_stride=False, rtol=0, atol=1e-6)
    assert net.bias.item() == 7
    assert not net.training
    assert not net.weight.requires_grad


def test_the_folder_says_which_files_it_holds() -> None:
    page = (FOLDER / "README.md").read_text()
    for file in (IDENTITY, LANDMARKS):
        assert file.sha256 in page
        assert f"{(FOLDER / file.name).stat().st_size:,}".replace(",", " ") in page
    assert (FOLDER / "LICENSE").is_file()
