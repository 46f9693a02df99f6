"""Reads a model's shape off its tensors, so that no configuration file has to travel with public weights."""

from __future__ import annotations

import re
from collections.abc import Mapping

from torch import Tensor

from avatarify.errors import CheckpointError
from avatarify.model.blocks import AntiAliasDownsample
from avatarify.model.config import (
    DenseMotionConfig,
    DiscriminatorConfig,
    GeneratorConfig,
    HourglassConfig,
    KeypointDetectorConfig,
    ModelConfig,
)

StateDict = Mapping[str, Tensor]

# The public weights were trained on 256 px; blend generators exist at 128 px only. Neither leaves a trace in the tensors.
_IMAGE_SIZE = {False: 256, True: 128}
_SCALE_OF_KERNEL = {AntiAliasDownsample.kernel_size(1 / step): 1 / step for step in (2, 3, 4, 8)}


def recognise_model(kp_detector: StateDict, generator: StateDict) -> ModelConfig:
    """The configuration whose networks these are. Raises CheckpointError, naming the first tensor that does not fit.

    Widths are given as far as they are used: a `max_features` that the network never reaches cannot be known.
    """
    heads = _tensor(kp_detector, "kp.weight")
    num_keypoints, num_channels = heads.shape[0], _tensor(generator, "first.conv.weight").shape[1]
    jacobian = kp_detector.get("jacobian.weight")
    final = _tensor(generator, "final.weight").shape[0]
    if final - num_channels not in (0, 1):
        raise _misfit("final.weight", f"{final} output channels for images of {num_channels}")
    blend = final == num_channels + 1
    return ModelConfig(
        keypoint_detector=KeypointDetectorConfig(
            hourglass=_hourglass(kp_detector, "predictor."),
            scale_factor=_scale(kp_detector, "down.weight"),
            estimate_jacobian=jacobian is not None,
            single_jacobian_map=jacobian is not None and jacobian.shape[0] == 4 and num_keypoints > 1,
        ),
        dense_motion=DenseMotionConfig(
            hourglass=_hourglass(generator, "dense_motion_network.hourglass."),
            scale_factor=_scale(generator, "dense_motion_network.down.weight"),
            estimate_occlusion_map="dense_motion_network.occlusion.weight" in generator,
        ),
        generator=GeneratorConfig(
            block_expansion=_tensor(generator, "first.conv.weight").shape[0],
            max_features=_widest(generator, "down_blocks.", _tensor(generator, "first.conv.weight").shape[0]),
            num_down_blocks=_count(generator, "down_blocks."),
            num_bottleneck_blocks=_count(generator, "bottleneck.r"),
            scale_factor=_scale(generator, "down.weight"),
            blend=blend,
            extend_border=blend,
        ),
        image_size=_IMAGE_SIZE[blend],
        num_keypoints=num_keypoints,
        num_channels=num_channels,
    )


def recognise_discriminator(discriminator: StateDict, num_channels: int = 3) -> DiscriminatorConfig:
    """The configuration whose multi-scale discriminator this is. Raises CheckpointError."""
    scales = sorted({key.split(".")[1] for key in discriminator if key.startswith("discs.")})
    if not scales:
        raise _misfit("discs.*", "missing")
    prefix = f"discs.{scales[0]}."
    spectral_norm = f"{prefix}conv.weight_orig" in discriminator
    weight = "conv.weight_orig" if spectral_norm else "conv.weight"
    count = _count(discriminator, f"{prefix}down_blocks.")
    first = _tensor(discriminator, f"{prefix}down_blocks.0.{weight}")
    widths = [_tensor(discriminator, f"{prefix}down_blocks.{index}.{weight}").shape[0] for index in range(count)]
    return DiscriminatorConfig(
        block_expansion=widths[0] // 2,
        max_features=max(widths),
        num_blocks=count,
        scales=tuple(sorted((float(scale.replace("-", ".")) for scale in scales), reverse=True)),
        spectral_norm=spectral_norm,
        num_keypoints=first.shape[1] - num_channels,
        num_channels=num_channels,
    )


def _hourglass(state: StateDict, prefix: str) -> HourglassConfig:
    blocks = _count(state, f"{prefix}encoder.down_blocks.")
    block_expansion = _tensor(state, f"{prefix}decoder.up_blocks.{blocks - 1}.conv.weight").shape[0]
    return HourglassConfig(block_expansion, _widest(state, f"{prefix}encoder.down_blocks.", block_expansion), blocks)


def _count(state: StateDict, prefix: str) -> int:
    """How many numbered blocks there are below a prefix."""
    numbers = {match[1] for key in state if (match := re.match(re.escape(prefix) + r"(\d+)\.", key))}
    if not numbers:
        raise _misfit(f"{prefix}0", "missing")
    return len(numbers)


def _widest(state: StateDict, prefix: str, least: int) -> int:
    widths = [
        tensor.shape[0] for key, tensor in state.items() if key.startswith(prefix) and key.endswith("conv.weight")
    ]
    return max([least, *widths])


def _scale(state: StateDict, key: str) -> float:
    if key not in state:
        return 1.0
    kernel = state[key].shape[-1]
    if kernel not in _SCALE_OF_KERNEL:
        raise _misfit(key, f"a blur of {kernel} pixels, known are {sorted(_SCALE_OF_KERNEL)}")
    return _SCALE_OF_KERNEL[kernel]


def _tensor(state: StateDict, key: str) -> Tensor:
    if key not in state:
        raise _misfit(key, "missing")
    return state[key]


def _misfit(key: str, what: str) -> CheckpointError:
    return CheckpointError(
        f"These are not the weights of a First Order Motion Model ({key}: {what}).",
        "Choose a file such as vox-adv-cpk.pth.tar; `models list` shows what is known.",
    )
