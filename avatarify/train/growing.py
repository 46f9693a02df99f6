"""A model with more keypoints, or with finer maps, made from one that has been trained."""

from __future__ import annotations

import dataclasses
import re

import torch
import torch.nn.functional as F
from torch import Tensor

from avatarify.model.checkpoint import Checkpoint
from avatarify.model.config import HourglassConfig, ModelConfig
from avatarify.model.network import FirstOrderModel

_HEADS = 0.03  # of the usual size of fresh weights: heat maps begin nearly even, keypoints in the middle
_BEHIND = 3.0  # how far the masks of new keypoints begin below the mean of the old ones, before the softmax
_FIRST = "dense_motion_network.hourglass.encoder.down_blocks.0.conv.weight"
_MASK, _MASK_BIAS = "dense_motion_network.mask.weight", "dense_motion_network.mask.bias"
_DOWN = re.compile(r"(\bdown_blocks\.)(\d+)\.")
_OCCLUSION = "dense_motion_network.occlusion.weight"


def grown(checkpoint: Checkpoint, num_keypoints: int) -> Checkpoint:
    """`checkpoint` with new keypoints after its own; num_keypoints: of both together, more than it has.

    What is there keeps its weights and its place. New keypoints begin near the middle of every picture with the identity
    for a Jacobian, so they say "nothing moves". Dense motion does not look at them yet, and the logit of a new mask is the
    mean of the old ones minus 3: by Jensen's inequality n new keypoints beside K old ones and the background get at most
    n / (K + 1) e^-3 of what those keep, 3 % for 7 beside 10.
    """
    extra = num_keypoints - checkpoint.config.num_keypoints
    if extra <= 0:
        raise AssertionError("a model grows by at least one keypoint")
    detector, generator = dict(checkpoint.kp_detector), dict(checkpoint.generator)
    detector["kp.weight"] = torch.cat([detector["kp.weight"], _fresh(detector["kp.weight"], extra)])
    detector["kp.bias"] = _padded(detector["kp.bias"], extra)
    if "jacobian.weight" in detector and not checkpoint.config.keypoint_detector.single_jacobian_map:
        detector["jacobian.weight"] = _padded(detector["jacobian.weight"], 4 * extra)
        identity = detector["jacobian.bias"].new_tensor([1.0, 0.0, 0.0, 1.0])
        detector["jacobian.bias"] = torch.cat([detector["jacobian.bias"], identity.repeat(extra)])

    # Dense motion's input is one group of channels for the background and for each keypoint, in this order: the heat map's
    # difference and the moved source. The same channels lie at the end of what its heads see.
    channels = extra * (1 + checkpoint.config.num_channels)
    for name in (_FIRST, _MASK, _OCCLUSION):
        if name in generator:
            generator[name] = _widened(generator[name], channels)
    masks, biases = generator[_MASK], generator[_MASK_BIAS]
    generator[_MASK] = torch.cat([masks, masks.mean(0, keepdim=True).expand(extra, *masks.shape[1:])])
    generator[_MASK_BIAS] = torch.cat([biases, (biases.mean() - _BEHIND).expand(extra)])
    config = dataclasses.replace(checkpoint.config, num_keypoints=num_keypoints)
    return Checkpoint(config, detector, generator, checkpoint.metadata)


def is_deeper(config: ModelConfig, than: ModelConfig) -> bool:
    """Whether every hourglass, and the generator, has one halving more around those of the other, which is what `deepened` can add.
    Keypoints are not counted: see `grown`."""
    pairs = [
        (getattr(config, part).hourglass, getattr(than, part).hourglass)
        for part in ("keypoint_detector", "dense_motion")
    ]
    mine, its = config.generator, than.generator
    as_hourglass = [
        HourglassConfig(each.block_expansion, each.max_features, each.num_down_blocks) for each in (mine, its)
    ]
    return all(
        fine.num_blocks == coarse.num_blocks + 1
        and all(fine.width(depth + 1) == coarse.width(depth) for depth in range(fine.num_blocks))
        for fine, coarse in [*pairs, (as_hourglass[0], as_hourglass[1])]
    )


def deepened(checkpoint: Checkpoint, fresh: FirstOrderModel) -> Checkpoint:
    """The weights of `fresh`, whose maps are twice as fine, with those of `checkpoint` wherever a layer is the same.

    Everything inside the new outermost halving is. That one, and what reads its maps, is as it was in `fresh`: the whole does
    nothing sensible before it has learned to (imitation.py).
    """
    parts = []
    for module, given in ((fresh.kp_detector, checkpoint.kp_detector), (fresh.generator, checkpoint.generator)):
        own = dict(module.state_dict())
        for name, tensor in given.items():
            inner = _DOWN.sub(lambda found: f"{found[1]}{int(found[2]) + 1}.", name)
            if inner in own and own[inner].shape == tensor.shape and not name.endswith("down.weight"):
                own[inner] = tensor
        parts.append(own)
    return Checkpoint(fresh.config, parts[0], parts[1], checkpoint.metadata)


def _fresh(like: Tensor, count: int) -> Tensor:
    """[count, ...] small weights for more output channels, always the same."""
    shape = (count, *like.shape[1:])
    bound = _HEADS / like[0].numel() ** 0.5
    fresh = torch.empty(shape).uniform_(-bound, bound, generator=torch.Generator().manual_seed(count))
    return fresh.to(like.dtype)


def _padded(tensor: Tensor, count: int) -> Tensor:
    """`count` more outputs of weight 0."""
    return torch.cat([tensor, tensor.new_zeros(count, *tensor.shape[1:])])


def _widened(weight: Tensor, count: int) -> Tensor:
    """`count` more inputs that a convolution [out,in,h,w] does not look at."""
    return F.pad(weight, (0, 0, 0, 0, 0, count))
