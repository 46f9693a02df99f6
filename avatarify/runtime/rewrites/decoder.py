"""The part that may run in fewer bits: from moved features, and what cues add to finer maps, to painted pixels."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from avatarify.model.generator import Generator
from avatarify.runtime.rewrites.blocks import FastRes, FastUp
from avatarify.runtime.rewrites.doubling import FourAtOnce


class FastDecoder(nn.Module):
    """The second half of `Generator.decode`."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.bottleneck = nn.ModuleList(FastRes(block) for block in generator.bottleneck)  # type: ignore[arg-type]
        self.up_blocks = nn.ModuleList(FastUp(block) for block in generator.up_blocks)  # type: ignore[arg-type]
        self.additions = len(generator.cues.sides) - 1 if generator.cues is not None else 0
        self.final = FourAtOnce(generator.final) if generator.up_blocks else generator.final  # needs even sides

    def forward(self, moved: Tensor, *added: Tensor) -> Tensor:
        """moved: [1,C,f,f], warped, occluded, with what cues add to it; added: [1,C_i,s_i,s_i], the same for finer maps, coarse to fine
        -> [1,3 or 4,s,s] in (0,1)."""
        assert len(added) == self.additions
        out = moved
        for block in self.bottleneck:
            out = block(out)
        for index, block in enumerate(self.up_blocks):
            out = block(out)
            out = out + added[index] if index < len(added) else out
        return torch.sigmoid(self.final(out))
