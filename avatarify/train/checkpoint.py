"""All that a run needs to go on as if it had never stopped, in one file; and the model alone, for use."""

from __future__ import annotations

import logging
import pickle
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import nn

from avatarify.errors import CheckpointError
from avatarify.media.part_file import PartFile
from avatarify.model.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from avatarify.model.config import ModelConfig
from avatarify.model.discriminator import MultiScaleDiscriminator
from avatarify.model.network import FirstOrderModel
from avatarify.train.config import TrainConfig
from avatarify.train.ema import averaged_copy
from avatarify.train.growing import deepened, grown, is_deeper
from avatarify.train.means import broken
from avatarify.train.stages import set_size

STATE: Final = "state.pt"
MODEL: Final = "model.safetensors"

logger = logging.getLogger(__name__)


@dataclass
class TrainState:
    """What changes while training. average: the slowly following copy, None without. step: how many are done.

    Learning rate and data order have no state: both follow from the step.
    """

    model: FirstOrderModel
    average: FirstOrderModel | None
    discriminator: MultiScaleDiscriminator | None
    optimizer: torch.optim.Optimizer
    discriminator_optimizer: torch.optim.Optimizer | None
    scaler: Any  # torch.amp.GradScaler, which moved between modules among the versions of torch that we allow
    step: int = 0

    @property
    def best(self) -> FirstOrderModel:
        """The model to look at and to export."""
        return self.model if self.average is None else self.average


def new_state(config: TrainConfig, device: torch.device, *, init: Path | None = None) -> TrainState:
    """Fresh networks from the configuration's seed, or with the weights of a model file.

    init: any checkpoint that model.checkpoint reads, of the same shape, or without cues, with fewer keypoints or with a halving
    less (see growing.py). Raises CheckpointError.
    """
    torch.manual_seed(config.seed)
    model = FirstOrderModel(config.model)
    if init is not None:
        _start_from(model, load_checkpoint(init), init)
    model.kp_detector.requires_grad_(config.detector_learns)
    model.to(device)
    discriminator = MultiScaleDiscriminator(config.discriminator).to(device) if config.adversarial else None
    return TrainState(
        model,
        averaged_copy(model) if config.ema_decay else None,
        discriminator,
        _adam(model, config),
        None if discriminator is None else _adam(discriminator, config),
        grad_scaler(device, enabled=config.precision == "float16"),
    )


def save_state(path: Path, state: TrainState, config: TrainConfig, steps: int) -> None:
    """Whole, or not at all. steps: of the whole run, which the schedules follow.

    Raises CheckpointError, MediaError, and AvatarifyError where a weight is no number any more: the last good state stays.
    """
    for name, network in _networks(state).items():
        for key, value in network.state_dict().items():
            if value.is_floating_point() and not torch.isfinite(value).all():
                raise broken(f"weights are no numbers any more ({name}.{key})", state.step)
    content = {
        "config": config.to_json(),
        "steps": steps,
        "step": state.step,
        "size": state.model.config.image_size,
        "networks": {name: part.state_dict() for name, part in _networks(state).items()},
        "optimizers": {name: part.state_dict() for name, part in _optimizers(state).items()},
        "scaler": state.scaler.state_dict(),
        "random": _random_state(),
    }
    with PartFile(path) as part:
        torch.save(content, part.path)


def load_state(path: Path, state: TrainState, config: TrainConfig, steps: int) -> None:
    """Put what `save_state` wrote into a fresh `state`, and the random generators where they were.

    Raises CheckpointError: missing, damaged, or of a run with another configuration or length.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise CheckpointError(f"There is no {path} to resume from.", "Start without --resume.") from error
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError) as error:
        raise CheckpointError(f"{path} is damaged ({error}).", "Start again without --resume.") from error
    if TrainConfig.from_json(content["config"]) != config or content["steps"] != steps:
        raise CheckpointError(
            f"{path} is of another run: configuration {TrainConfig.from_json(content['config']).name!r}, "
            f"{content['steps']} steps.",
            "Resume with the same options, or begin another run with --init and another --output.",
        )
    for network in (state.model, state.average):
        if network is not None:
            set_size(network, config.model, content["size"])
    for name, network_part in _networks(state).items():
        network_part.load_state_dict(content["networks"][name], strict=True)
    for name, optimizer in _optimizers(state).items():
        optimizer.load_state_dict(content["optimizers"][name])
    if content["scaler"]:
        state.scaler.load_state_dict(content["scaler"])
    state.step = content["step"]
    _set_random_state(content["random"])


def export(path: Path, model: FirstOrderModel, full: ModelConfig, metadata: Mapping[str, str]) -> None:
    """Write `model` as a model file at its full size, whatever size it is being trained at. Raises CheckpointError."""
    copy = averaged_copy(model).cpu()
    set_size(copy, full, full.image_size)
    parts = [
        {key: tensor.float() if tensor.is_floating_point() else tensor for key, tensor in part.state_dict().items()}
        for part in (copy.kp_detector, copy.generator)
    ]
    save_checkpoint(path, Checkpoint(full, parts[0], parts[1], dict(metadata)))


def grad_scaler(device: torch.device, *, enabled: bool) -> Any:  # noqa: ANN401 - see TrainState
    """Keeps gradients of float16 from vanishing; does nothing for other precisions."""
    if hasattr(torch.amp, "GradScaler"):
        return torch.amp.GradScaler(device.type, enabled=enabled)
    return torch.cuda.amp.GradScaler(enabled=enabled)  # torch 2.2


def teacher_of(config: TrainConfig, init: Path) -> FirstOrderModel | None:
    """The given model with the keypoints that it lacks, to be imitated; None where it lacks no halving. Raises CheckpointError."""
    given = load_checkpoint(init)
    if not is_deeper(config.model, given.config):
        return None
    wants = config.model.num_keypoints
    return (grown(given, wants) if given.config.num_keypoints < wants else given).build()


def _start_from(model: FirstOrderModel, checkpoint: Checkpoint, path: Path) -> None:
    """Parameters and statistics; the blur kernels belong to the size that is trained at. Missing keypoints, missing cues
    and a missing halving are added."""
    has, wants = checkpoint.config.num_keypoints, model.config.num_keypoints
    if has < wants:
        logger.info("%s has %s keypoints: %s more are added", path, has, wants - has)
        checkpoint = grown(checkpoint, wants)
    if is_deeper(model.config, checkpoint.config):
        logger.info("%s has a halving less: one is added, which has everything to learn", path)
        checkpoint = deepened(checkpoint, model)
    if model.config.generator.cue_width and not checkpoint.config.generator.cue_width:
        logger.info("%s has no cues: some are added, which say nothing yet", path)
    for module, weights in ((model.kp_detector, checkpoint.kp_detector), (model.generator, checkpoint.generator)):
        own = module.state_dict()
        given = {key: tensor for key, tensor in weights.items() if not key.endswith("down.weight")}
        if not checkpoint.config.generator.cue_width:  # those of a new model say nothing yet
            given |= {key: tensor for key, tensor in own.items() if key.startswith("cues.")}
        wanted = {key for key in own if not key.endswith("down.weight")}
        wrong = sorted(wanted ^ given.keys()) or sorted(key for key in wanted if own[key].shape != given[key].shape)
        if wrong:
            raise CheckpointError(
                f"{path} has another shape than the configuration ({wrong[0]}).",
                "Choose the --config it was trained with.",
            )
        module.load_state_dict({**own, **given}, strict=True)


def _adam(module: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    learning = [parameter for parameter in module.parameters() if parameter.requires_grad]
    return torch.optim.Adam(learning, lr=config.learning_rate, betas=config.betas)


def _networks(state: TrainState) -> dict[str, nn.Module]:
    named = {"model": state.model, "average": state.average, "discriminator": state.discriminator}
    return {name: part for name, part in named.items() if part is not None}


def _optimizers(state: TrainState) -> dict[str, torch.optim.Optimizer]:
    named = {"model": state.optimizer, "discriminator": state.discriminator_optimizer}
    return {name: part for name, part in named.items() if part is not None}


def _random_state() -> dict[str, object]:
    """Of every global generator. Nothing here draws from them today; a resumed run must not depend on that."""
    return {
        "python": random.getstate(),
        "numpy": _plain(np.random.get_state(legacy=False)),
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def _plain(state: Any) -> Any:  # noqa: ANN401 - nested values of numpy's making
    """The same with lists for arrays: a state file holds tensors and plain values only."""
    if isinstance(state, dict):
        return {key: _plain(value) for key, value in state.items()}
    return state.tolist() if isinstance(state, np.ndarray) else state


def _set_random_state(values: dict[str, Any]) -> None:
    version, inner, gauss = values["python"]
    random.setstate((version, tuple(inner), gauss))
    numpy_state = values["numpy"]
    numpy_state["state"]["key"] = np.array(numpy_state["state"]["key"], np.uint32)
    np.random.set_state(numpy_state)
    torch.set_rng_state(values["torch"])
    if torch.cuda.is_available() and values["cuda"]:
        torch.cuda.set_rng_state_all(values["cuda"])
