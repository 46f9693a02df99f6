"""A model file with random weights: as fast as a trained one, for networks whose weights are not at hand."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from avatarify.model.checkpoint import Checkpoint, save_checkpoint
from avatarify.model.config import ModelConfig
from avatarify.model.network import FirstOrderModel


def write_random_model(path: Path, config: ModelConfig, *, seed: int = 0) -> Path:
    """The same weights for the same seed. Batch norms get statistics of their own, so that folding them changes something.

    Raises CheckpointError where the file cannot be written.
    """
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        model = FirstOrderModel(config).eval()
        for part in model.modules():
            if isinstance(part, nn.BatchNorm2d) and part.running_mean is not None and part.running_var is not None:
                part.running_mean.normal_(0, 0.1)
                part.running_var.uniform_(0.5, 1.5)
                part.weight.uniform_(0.7, 1.3)
                part.bias.normal_(0, 0.1)
        model.kp_detector.kp.weight.mul_(4)  # random logits are flat, and all keypoints in the middle
    notes = {"note": "random weights, for measurements of speed"}
    save_checkpoint(path, Checkpoint(config, model.kp_detector.state_dict(), model.generator.state_dict(), notes))
    return path
