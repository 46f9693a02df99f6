"""Finds the ranges with which a decoder runs in eight bits, from pictures of the kind that the model was made for.

What every convolution reads is counted in a histogram; its range is the one that makes the squared rounding error smallest, so a
few extremes are cut off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from avatarify.frame import Image
from avatarify.model.checkpoint import load_checkpoint
from avatarify.model.motion import Keypoints, gaussians
from avatarify.model.network import FirstOrderModel
from avatarify.runtime.graph_cache import file_digest
from avatarify.runtime.quantise import Ranges
from avatarify.runtime.rewrites.networks import Networks

_BINS = 2048
_CUTS = 64  # ranges that are tried for a layer


def find_ranges(model: Path, clips: Iterable[Sequence[Image]], *, frames: int, doublings: bool = False) -> Ranges:
    """The ranges of exactly these weights. clips: each the pictures of one person, uint8 [N,N,3] RGB with the face framed; the
    first is moved to `frames` of them. doublings: round what the transposed convolutions and the last one read, too, which is rougher.

    Raises CheckpointError, and ValueError where there are no clips.
    """
    checkpoint = load_checkpoint(model)
    network = checkpoint.build()
    inputs = list(decoder_inputs(network, clips, frames))
    if not inputs:
        raise ValueError("there are no clips to take ranges from")
    layers = ranges(Networks(checkpoint.config, lambda: network).decoder(), inputs, doublings=doublings)
    return Ranges(file_digest(model), layers)


@torch.inference_mode()
def decoder_inputs(
    model: FirstOrderModel, clips: Iterable[Sequence[Image]], frames: int
) -> Iterator[tuple[Tensor, ...]]:
    """What the decoder reads when each clip's first frame is moved to some of its others."""
    networks = Networks(model.config, lambda: model)
    motion, encoder, detector = networks.motion(), networks.encoder(), networks.detector()
    side = networks.config.small_side
    for clip in clips:
        images = [torch.from_numpy(image) for image in clip]
        size = images[0].shape[0]
        look, view = networks.look(size), networks.view(size)
        source = Keypoints(*detector(look(images[0])))
        image, small = view(images[0])
        features, background = encoder(image, small)
        heat = gaussians(source.value, side, side, model.config.dense_motion.kp_variance)
        for driver in images[:: max(1, len(images) // frames)][:frames]:
            _, _, *given = motion(features, small, background, heat, *source, *detector(look(driver)))
            yield tuple(given)


@torch.inference_mode()
def ranges(
    decoder: nn.Module, inputs: Sequence[tuple[Tensor, ...]], *, doublings: bool
) -> tuple[tuple[float, float] | None, ...]:
    """The range of each convolution in the order in which they run; without `doublings` None for the transposed ones, and for the last:
    what it gives is seen as it is, and OpenVINO's eight-bit kernel of 8x8 over 16 channels is wrong (31 dB where the same rounding
    in float32 leaves 61)."""
    reaches: dict[nn.Module, Reach] = {}

    def observe(work: Callable[[Reach, Tensor], None], module: nn.Module, read: tuple[Tensor, ...]) -> None:
        work(reaches.setdefault(module, Reach()), read[0])

    convolutions = [module for module in decoder.modules() if isinstance(module, nn.Conv2d | nn.ConvTranspose2d)]
    for work in (Reach.look, Reach.count):
        hooks = [module.register_forward_pre_hook(partial(observe, work)) for module in convolutions]
        for maps in inputs:
            decoder(*maps)
        for hook in hooks:
            hook.remove()
    last = list(reaches)[-1]
    return tuple(
        reach.best() if doublings or (isinstance(module, nn.Conv2d) and module is not last) else None
        for module, reach in reaches.items()
    )


class Reach:
    """What one convolution read: a histogram over [-limit, limit], where limit is what the first pass saw."""

    def __init__(self) -> None:
        self.low, self.high = 0.0, 0.0
        self.counts = torch.zeros(_BINS)

    def look(self, x: Tensor) -> None:
        """The first pass."""
        self.low, self.high = min(self.low, float(x.min())), max(self.high, float(x.max()))

    def count(self, x: Tensor) -> None:
        """The second."""
        limit = max(-self.low, self.high)
        self.counts += torch.histc(x, _BINS, -limit, limit)

    def best(self) -> tuple[float, float]:
        """The range with the smallest squared error."""
        limit = max(-self.low, self.high)
        centres = (torch.arange(_BINS) + 0.5) / _BINS * 2 * limit - limit
        signed = self.low < 0

        def error(reach: float) -> float:
            step = reach / (127 if signed else 255)
            rounded = (centres / step).round().mul(step).clamp(-reach if signed else 0, reach)
            return float((self.counts * (centres - rounded).square()).sum())

        reach = min((limit * (cut + 1) / _CUTS for cut in range(_CUTS // 4, _CUTS)), key=error)
        return (-reach if signed else 0.0), reach
