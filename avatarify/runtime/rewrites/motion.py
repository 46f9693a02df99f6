"""Dense motion and the warp of the portrait's features: the part that stays float32 in every runtime."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from avatarify.model.anchors import anchored, anchors_of
from avatarify.model.config import ModelConfig
from avatarify.model.cues import CueLayers, motion_cues, spread
from avatarify.model.generator import Generator
from avatarify.model.motion import coordinate_grid, inverse, product
from avatarify.runtime.rewrites.blocks import FastHourglass, FastSame, reordered
from avatarify.runtime.rewrites.doubling import FourAtOnce
from avatarify.runtime.rewrites.folding import joined
from avatarify.runtime.rewrites.resampling import Scale, bilinear_matrix


class FastMotion(nn.Module):
    """`Generator.motion` and the first half of `Generator.decode`, with all that the portrait alone decides given from outside.

    small_side: h. deformation_side: h, or 2h where anchors are lids. feature_side: f. Keypoints' motions are affine, so one matrix
    product with a constant grid makes them all.
    """

    rays: Tensor
    grid: Tensor
    along_x: Tensor
    along_y: Tensor

    def __init__(
        self, generator: Generator, config: ModelConfig, *, small_side: int, deformation_side: int, feature_side: int
    ) -> None:
        super().__init__()
        network = generator.dense_motion_network
        self.count, self.channels, self.side = config.num_keypoints, config.num_channels, small_side
        self.variance, self.anchors, self.lids = network.kp_variance, network.anchors, network.lids
        self.align_corners = config.align_corners
        order = _channel_order(self.count, self.channels)
        self.hourglass = FastHourglass(network.hourglass, order)
        width = network.mask.in_channels - (self.count + 1) * (self.channels + 1)
        heads = joined(network.mask, *([network.occlusion] if network.occlusion is not None else []))
        heads = reordered(heads, torch.cat([torch.arange(width), width + order]))
        # A dozen channels do not fill a vector, either; but four at once of a kernel of 3 are 16 products in place of 9.
        large = network.mask.kernel_size[0] > 3
        self.heads = FourAtOnce(heads) if large and small_side % 2 == 0 else heads
        self.occludes = network.occlusion is not None
        self.to_features = _scaled(small_side, feature_side)
        self.finer = _scaled(small_side, deformation_side, by_corners=True)
        self.flow_to_features = _scaled(deformation_side, feature_side, by_corners=config.flow_by_corners)
        self.flow_to_small = _scaled(deformation_side, small_side, by_corners=config.flow_by_corners)
        self.cues = FastCues(generator.cues) if generator.cues is not None else None
        grid = coordinate_grid(small_side, small_side, torch.zeros(()))  # [h,w,2]
        self.register_buffer("grid", grid)
        self.register_buffer("rays", torch.cat([grid, torch.ones(small_side, small_side, 1)], -1).view(1, -1, 3))
        self.register_buffer("along_x", grid[0, :, 0].clone().view(1, 1, -1))
        self.register_buffer("along_y", grid[:, 0, 1].clone().view(1, 1, -1))

    def forward(
        self,
        features: Tensor,
        small: Tensor,
        background: Tensor,
        source_heat: Tensor,
        source_value: Tensor,
        source_jacobian: Tensor,
        driving_value: Tensor,
        driving_jacobian: Tensor,
    ) -> tuple[Tensor, ...]:
        """The first six as `FastEncoder` and `heat_maps` give them -> deformation [1,h,w,2] xy in [-1,1],
        2h and 2w of them where anchors are lids; occlusion map [1,1,h,w]; and what the decoder takes: moved features [1,C,f,f], already
        occluded and with what cues add to them, and what these add to finer maps."""
        motions = self._motions(source_value, source_jacobian, driving_value, driving_jacobian)  # [K,h*w,2]
        sampled = F.grid_sample(
            small, motions.view(1, self.count * self.side, self.side, 2), align_corners=self.align_corners
        )
        moved = sampled.view(1, self.channels * self.count, self.side, self.side)
        heat = self.heat_maps(driving_value) - source_heat
        maps = self.heads(self.hourglass(torch.cat([heat, moved, background], 1)))
        mask = F.softmax(maps[:, : self.count + 1], dim=1)[0].flatten(1)[..., None]  # [K+1,h*w,1]
        still = mask[0] * self.grid.view(-1, 2)
        deformation = (still + (mask[1:] * motions).sum(0)).view(1, self.side, self.side, 2)
        anchors = anchors_of(source_value, driving_value, self.anchors)
        if self.anchors:
            deformation = self.finer(deformation.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
            deformation = anchored(deformation, *anchors, lids=self.lids)
        field = self.flow_to_features(deformation.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        warped = F.grid_sample(features, field, align_corners=self.align_corners)
        if self.occludes:
            occlusion_map = torch.sigmoid(maps[:, self.count + 1 :])
            warped = warped * self.to_features(occlusion_map)
        else:
            occlusion_map = torch.ones_like(maps[:, :1])
        if self.cues is None:
            return deformation, occlusion_map, warped
        field = self.flow_to_small(deformation.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        moved_small = F.grid_sample(small, field, align_corners=self.align_corners)
        first, *finer = self.cues(motion_cues(moved_small, field, occlusion_map, anchors.driving))
        return deformation, occlusion_map, warped + first, *finer

    def heat_maps(self, value: Tensor) -> Tensor:
        """value [1,K,2] -> Gaussians around the keypoints, [1,K,h,w]."""
        across = torch.exp((self.along_x - value[..., :1]).square() * (-0.5 / self.variance))
        down = torch.exp((self.along_y - value[..., 1:]).square() * (-0.5 / self.variance))
        return down[..., :, None] * across[..., None, :]

    def _motions(
        self, source_value: Tensor, source_jacobian: Tensor, driving_value: Tensor, driving_jacobian: Tensor
    ) -> Tensor:
        """T(z) = A z + (p_S - A p_D) with A = J_S J_D^-1 for every pixel (paper Eq. 4 and 5), [K,h*w,2]."""
        affine = product(source_jacobian, inverse(driving_jacobian))[0]  # [K,2,2]
        shift = source_value[0] - (affine * driving_value[0][:, None, :]).sum(-1)  # [K,2]
        return self.rays @ torch.cat([affine, shift[..., None]], -1).transpose(1, 2)


class FastCues(nn.Module):
    """CueLayers."""

    def __init__(self, layers: CueLayers) -> None:
        super().__init__()
        self.sides, self.first, self.to_maps = layers.sides, FastSame(layers.first), layers.to_maps

    def forward(self, cues: Tensor) -> list[Tensor]:
        """[B,C,h,w] -> [B,C_i,s_i,s_i], coarse to fine."""
        return spread(self.first(cues), self.sides, self.to_maps)


def _scaled(size: int, side: int, *, by_corners: bool = False) -> nn.Module:
    return Scale(bilinear_matrix(size, side, by_corners=by_corners)) if size != side else nn.Identity()


def _channel_order(count: int, channels: int) -> Tensor:
    """Our input: K heat maps, each colour of K moved copies, the background. The original's: heat map and colours, copy by copy,
    the background first; its heat map is always zero and left out here."""
    stride = channels + 1
    heat = [stride * (k + 1) for k in range(count)]
    moved = [stride * (k + 1) + 1 + c for c in range(channels) for k in range(count)]
    return torch.tensor([*heat, *moved, *(1 + c for c in range(channels))])
