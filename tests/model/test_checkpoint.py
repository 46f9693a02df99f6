"""Model files: ours, the published ones, and those that are none."""

from __future__ import annotations

import dataclasses
import io
import os
import pickle
import tarfile
import zipfile
from pathlib import Path

import pytest
import torch

from avatarify.errors import CheckpointError
from avatarify.model.checkpoint import Checkpoint, load_checkpoint, read_header, save_checkpoint
from avatarify.model.config import VOX_256, DenseMotionConfig, HourglassConfig, KeypointDetectorConfig, ModelConfig
from avatarify.model.network import FirstOrderModel
from avatarify.model.recognition import recognise_model

TINY_FILE = Path(__file__).parents[1] / "parity" / "data" / "fomm-tiny.pth.tar"
HOURGLASS = HourglassConfig(4, 16, 2)
TINY = dataclasses.replace(
    VOX_256,
    keypoint_detector=KeypointDetectorConfig(HOURGLASS),
    dense_motion=DenseMotionConfig(HOURGLASS),
    generator=dataclasses.replace(VOX_256.generator, block_expansion=4, max_features=16, num_bottleneck_blocks=1),
)


def checkpoint_of(config: ModelConfig) -> Checkpoint:
    model = FirstOrderModel(config)
    return Checkpoint(config, model.kp_detector.state_dict(), model.generator.state_dict(), {"title": "a test"})


def test_reads_the_original_layout_by_file_alone(tmp_path: Path) -> None:
    anywhere = tmp_path / "some name.bin"
    anywhere.write_bytes(TINY_FILE.read_bytes())
    checkpoint = load_checkpoint(anywhere)
    assert checkpoint.config.generator == dataclasses.replace(
        VOX_256.generator, block_expansion=8, max_features=32, num_bottleneck_blocks=2
    )
    assert checkpoint.config.align_corners
    assert not checkpoint.build().training


@pytest.mark.parametrize(
    "config",
    [
        VOX_256,
        TINY,
        dataclasses.replace(TINY, num_keypoints=5),
        dataclasses.replace(
            TINY, keypoint_detector=dataclasses.replace(TINY.keypoint_detector, estimate_jacobian=False)
        ),
        dataclasses.replace(
            TINY, keypoint_detector=dataclasses.replace(TINY.keypoint_detector, single_jacobian_map=True)
        ),
        dataclasses.replace(TINY, dense_motion=dataclasses.replace(TINY.dense_motion, estimate_occlusion_map=False)),
        dataclasses.replace(TINY, dense_motion=dataclasses.replace(TINY.dense_motion, scale_factor=0.5)),
        dataclasses.replace(TINY, keypoint_detector=dataclasses.replace(TINY.keypoint_detector, scale_factor=0.125)),
        dataclasses.replace(TINY, keypoint_detector=dataclasses.replace(TINY.keypoint_detector, scale_factor=1.0)),
        dataclasses.replace(TINY, keypoint_detector=KeypointDetectorConfig(HourglassConfig(8, 32, 4))),
    ],
    ids=lambda config: f"{config.num_keypoints}",
)
def test_architecture_is_recognised_from_tensor_shapes(config: ModelConfig) -> None:
    with torch.device("meta"):
        model = FirstOrderModel(config)
    assert recognise_model(model.kp_detector.state_dict(), model.generator.state_dict()) == config


@pytest.mark.parametrize("new_format", [True, False], ids=["zip", "as torch 1.0 wrote it"])
def test_reads_what_torch_wrote_then_and_now(tmp_path: Path, new_format: bool) -> None:
    checkpoint = checkpoint_of(TINY)
    state = {part: dict(getattr(checkpoint, part)) for part in ("kp_detector", "generator")}
    for part in state.values():  # torch 0.4 kept no counters; a parallel save has a prefix
        for key in [key for key in part if key.endswith("num_batches_tracked")]:
            del part[key]
    state["generator"] = {f"module.{key}": tensor for key, tensor in state["generator"].items()}
    path = tmp_path / "vox.pth.tar"
    torch.save(
        {**state, "epoch": 3, "optimizer_generator": {"state": {}}}, path, _use_new_zipfile_serialization=new_format
    )
    assert load_checkpoint(path).config == TINY


def test_our_own_format_round_trip(tmp_path: Path) -> None:
    saved = checkpoint_of(dataclasses.replace(TINY, align_corners=False, image_size=192))
    path = tmp_path / "mine.safetensors"
    save_checkpoint(path, saved)
    loaded = load_checkpoint(path)
    assert loaded.config == saved.config
    assert loaded.metadata == {"title": "a test"}
    assert read_header(path)["title"] == "a test"
    for part in ("kp_detector", "generator"):
        for key, tensor in getattr(saved, part).items():
            assert torch.equal(tensor, getattr(loaded, part)[key]), key
    assert [file.name for file in tmp_path.iterdir()] == ["mine.safetensors"]


def test_saving_where_one_may_not_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="cannot be written"):
        save_checkpoint(tmp_path / "absent" / "mine.safetensors", checkpoint_of(TINY))
    assert not list(tmp_path.iterdir())


class Malice:
    def __init__(self, proof: Path) -> None:
        self.proof = proof

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.proof),)


def write_malice(path: Path, proof: Path) -> None:
    torch.save({"kp_detector": Malice(proof), "generator": {}}, path)


def write_plain_malice(path: Path, proof: Path) -> None:
    path.write_bytes(pickle.dumps(Malice(proof)))


@pytest.mark.parametrize("write", [write_malice, write_plain_malice])
def test_a_pickle_with_code_is_refused_and_does_not_run(tmp_path: Path, write: object) -> None:
    path, proof = tmp_path / "evil.pth.tar", tmp_path / "proof"
    write(path, proof)  # type: ignore[operator]
    with pytest.raises(CheckpointError, match=r"would run code \((posix\.mkdir|nt\.mkdir|instruction \d+)\)"):
        load_checkpoint(path)
    assert not proof.exists()


def truncated(path: Path) -> None:
    path.write_bytes(TINY_FILE.read_bytes()[:300_000])


def truncated_old(path: Path) -> None:
    torch.save({"generator": torch.zeros(999)}, path, _use_new_zipfile_serialization=False)
    path.write_bytes(path.read_bytes()[:-500])


def truncated_safetensors(path: Path) -> None:
    save_checkpoint(path, checkpoint_of(TINY))
    path.write_bytes(path.read_bytes()[:-100])


def damaged_old(path: Path) -> None:
    """A storage has another name in the list at the end than in the pickle: one of torch's assertions fails."""
    tensor = torch.zeros(9)
    torch.save({"generator": tensor}, path, _use_new_zipfile_serialization=False)
    key = str(tensor.untyped_storage()._cdata).encode()
    data = path.read_bytes()
    assert data.count(key) == 2
    path.write_bytes(data.replace(key, b"x" + key[1:], 1))


def damaged_old_instruction(path: Path) -> None:
    """A byte that is no instruction of torch's, as a bad disk leaves it: not code."""
    torch.save({"generator": torch.zeros(9)}, path, _use_new_zipfile_serialization=False)
    data = path.read_bytes()
    assert data.count(b"X\x09\x00\x00\x00generator") == 1
    path.write_bytes(data.replace(b"X\x09\x00\x00\x00generator", b"D\x09\x00\x00\x00generator"))


def torch_script(path: Path) -> None:
    """As torch.jit.save lays it out."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("model/data.pkl", "model/constants.pkl", "model/code/__torch__.py"):
            archive.writestr(name, b"\x80\x02N.")


def tar_that_begins_as_a_pickle(path: Path) -> None:
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as archive:
        member = tarfile.TarInfo("PK-storages")
        member.size = 4
        archive.addfile(member, io.BytesIO(b"data"))


def web_page(path: Path) -> None:
    path.write_text("\n<!DOCTYPE html><html>Quota exceeded</html>")


def empty(path: Path) -> None:
    path.touch()


def picture(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))


def other_model(path: Path) -> None:
    torch.save({"state_dict": {"conv.weight": torch.zeros(1)}, "epoch": 1}, path)


def other_layers(path: Path) -> None:
    checkpoint = checkpoint_of(TINY)
    generator = {**checkpoint.generator, "attention.weight": torch.zeros(3)}
    torch.save({"kp_detector": dict(checkpoint.kp_detector), "generator": generator}, path)


def missing_layer(path: Path) -> None:
    checkpoint = checkpoint_of(TINY)
    generator = {key: value for key, value in checkpoint.generator.items() if key != "final.bias"}
    torch.save({"kp_detector": dict(checkpoint.kp_detector), "generator": generator}, path)


def no_layers(path: Path) -> None:
    torch.save({"kp_detector": {}, "generator": {}}, path)


def bare_tensor(path: Path) -> None:
    torch.save(torch.zeros(3), path)


def foreign_safetensors(path: Path) -> None:
    from safetensors.torch import save_file

    save_file({"a": torch.zeros(2)}, path)


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (truncated, "damaged or incomplete"),
        (truncated_old, "damaged or incomplete"),
        (damaged_old, "damaged or incomplete"),
        (damaged_old_instruction, "damaged or incomplete"),
        (torch_script, "is a TorchScript program"),
        (tar_that_begins_as_a_pickle, "is a tar archive"),
        (truncated_safetensors, "not a whole safetensors file"),
        (web_page, "is a web page, not a model"),
        (empty, "is empty"),
        (picture, "is not a model file"),
        (other_model, "another model: it has no 'kp_detector'"),
        (other_layers, "unexpected attention.weight"),
        (missing_layer, "missing final.bias"),
        (no_layers, "not the weights of a First Order Motion Model"),
        (bare_tensor, "holds a Tensor"),
        (foreign_safetensors, "without Avatarify's configuration"),
    ],
)
def test_a_bad_file_is_told_with_a_remedy(tmp_path: Path, write: object, message: str) -> None:
    path = tmp_path / "model.pth.tar"
    write(path)  # type: ignore[operator]
    with pytest.raises(CheckpointError, match=message) as caught:
        load_checkpoint(path)
    assert str(path) in caught.value.message or "These are not" in caught.value.message
    assert caught.value.hint


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="There is no file"):
        load_checkpoint(tmp_path / "absent.pth")
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_checkpoint(tmp_path)
