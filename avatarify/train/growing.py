"""A model with more keypoints, made from one with fewer, that at first paints almost the same pictures."""

from __future__ import annotations

import dataclasses

import torch
import torch.nn.functional as F
from torch import Tensor

from avatarify.model.checkpoint import Checkpoint

_HEADS = 0.03  # of the usual size of fresh weights: heat maps begin nearly even, keypoints in the middle
_BEHIND = 3.0  # how far the masks of new keypoints begin below the mean of the old ones, before the softmax
_FIRST = "dense_motion_network.hourglass.encoder.down_blocks.0.conv.weight"
_MASK, _MASK_BIAS = "dense_motion_network.mask.weight", "dense_motion_network.mask.bias"
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
