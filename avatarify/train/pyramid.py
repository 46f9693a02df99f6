"""A picture at several scales, blurred before it is thinned out, as the multi-scale losses see it."""

from __future__ import annotations

from torch import Tensor, nn

from avatarify.model.blocks import downsample


class Pyramid(nn.Module):
    """Scales a picture down by each of `scales`. Has no parameters; its blur kernels follow `to(device)`."""

    def __init__(self, scales: tuple[float, ...], num_channels: int = 3) -> None:
        super().__init__()
        self.scales = scales
        self.downs = nn.ModuleList(downsample(num_channels, scale) for scale in scales)

    def forward(self, image: Tensor) -> dict[float, Tensor]:
        """image: [B,C,H,W] -> by scale, [B,C,H*scale,W*scale]."""
        return {scale: down(image) for scale, down in zip(self.scales, self.downs, strict=True)}
