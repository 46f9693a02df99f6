"""The yardstick of speed: the same networks and the same mathematics, used as a demonstration program would use them.

Eager float32. For every frame the source is encoded anew, both hulls are computed, grids and Gaussians are laid out in full,
Jacobians go through a general inverse and matrix products, and the anti-aliasing blur runs over every pixel of which
it then keeps one in sixteen. Nothing is kept from frame to frame but the two sets of keypoints that do not change.
"""

from __future__ import annotations

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from avatarify.bench.footage import Footage, resized
from avatarify.bench.loop import FRAME_SIZE, UNTIMED, Step, picture_side
from avatarify.bench.stopwatch import Stopwatch
from avatarify.frame import Image
from avatarify.model.anchors import anchored, anchors_of, finer
from avatarify.model.blocks import AntiAliasDownsample
from avatarify.model.dense_motion import DenseMotion, DenseMotionNetwork
from avatarify.model.motion import Keypoints, hull_area
from avatarify.model.network import FirstOrderModel
from avatarify.runtime.base import RuntimeDescription
from avatarify.runtime.device import choose_device, exact
from avatarify.virtual_camera.composition import Composer


class NaiveLoop:
    """A Loop. device: "auto", "cpu", "cuda". The picture has the model's own size, or `side` where the model blends. compose: see
    RuntimeLoop.

    Takes over `model`, float32 and in evaluation mode. Raises RuntimeUnavailableError, SettingsError.
    """

    def __init__(
        self,
        model: FirstOrderModel,
        footage: Footage,
        *,
        side: int | None,
        device: str = "auto",
        compose: bool = False,
    ) -> None:
        choice = choose_device(device)
        self._device = choice.device
        self._model = model.to(choice.device)
        _blur_in_full(self._model)
        self._side = model.config.image_size
        self._composer = Composer(FRAME_SIZE) if compose else None
        self._portrait = self._upload(resized(footage.portrait, picture_side(model.config, side)))
        self._source = self._detect(self._portrait)
        self._reference = self._detect(self._upload(self._framed(footage.jpegs[0])))
        self._description = RuntimeDescription("naive", str(choice.device), choice.name, "float32", choice.passed_over)

    @property
    def description(self) -> RuntimeDescription:
        """What runs where."""
        return self._description

    @torch.no_grad()
    def step(self, jpeg: bytes, watch: Stopwatch = UNTIMED) -> Step:
        """See Loop. float32 is float32 on a GPU, too, with the kernels that cuDNN takes unasked."""
        with exact(self._device, search=False):
            return self._stepped(jpeg, watch)

    def wait(self) -> None:
        """See Loop."""
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)

    def close(self) -> None:
        """See Loop."""
        self._model = self._model.to("meta")

    def _stepped(self, jpeg: bytes, watch: Stopwatch) -> Step:
        face = self._framed(jpeg)
        watch.lap("crop")
        driving = self._detect(self._upload(face))
        watch.lap("detect")
        moved = relative_motion_in_full(self._source, driving, self._reference)
        watch.lap("transfer")
        generator, config = self._model.generator, self._model.config
        features = self._model.encode(self._portrait)
        motion = dense_motion_in_full(generator.dense_motion_network, features.small, self._source, moved)
        decoded = generator.decode(features, motion)
        picture = generator.compose(features, motion, decoded, config.image_size).image
        image = (np.transpose(picture[0].cpu().numpy(), (1, 2, 0)) * 255).round().clip(0, 255).astype(np.uint8)
        watch.lap("generate")
        if self._composer is not None:
            frame = self._composer.compose(image)
            watch.lap("compose")
            cv2.cvtColor(frame, cv2.COLOR_RGB2YUV_I420)
            watch.lap("copy")
        return Step(driving, image)

    @torch.no_grad()
    def _detect(self, image: Tensor) -> Keypoints:
        with exact(self._device, search=False):
            return self._model.detect(image)

    def _framed(self, jpeg: bytes) -> Image:
        bgr = np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)
        rgb = bgr[..., ::-1]
        height, width = rgb.shape[:2]
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        square = np.ascontiguousarray(rgb[top : top + side, left : left + side])
        return np.asarray(cv2.resize(square, (self._side, self._side)), np.uint8)

    def _upload(self, image: Image) -> Tensor:
        pixels = np.transpose(image.astype(np.float32) / 255, (2, 0, 1))[None]
        return torch.tensor(pixels).to(self._device)


class BlurInFull(nn.Module):
    """What AntiAliasDownsample does, with every pixel blurred before most of them are dropped."""

    def __init__(self, quick: AntiAliasDownsample) -> None:
        super().__init__()
        self.weight = quick.weight
        self.step = quick.step

    def forward(self, x: Tensor) -> Tensor:
        """[B,C,H,W] -> [B,C,H/n,W/n]."""
        blurred = F.conv2d(F.pad(x, (self.weight.shape[-1] // 2,) * 4), self.weight, groups=x.shape[1])
        return blurred[:, :, :: self.step, :: self.step]


def relative_motion_in_full(source: Keypoints, driving: Keypoints, reference: Keypoints) -> Keypoints:
    """See model.motion.relative_motion; with the scale computed from both hulls each time."""
    scale = hull_area(source.value) ** 0.5 / hull_area(reference.value) ** 0.5
    change = torch.matmul(driving.jacobian, torch.inverse(reference.jacobian))
    return Keypoints(source.value + scale * (driving.value - reference.value), torch.matmul(change, source.jacobian))


def dense_motion_in_full(
    network: DenseMotionNetwork, small: Tensor, source: Keypoints, driving: Keypoints
) -> DenseMotion:
    """See DenseMotionNetwork.forward."""
    batch, channels, height, width = small.shape
    count = driving.value.shape[1]
    grid = _grid(height, width, small)  # [h,w,2]
    heat = _gaussians_in_full(driving.value, grid, network.kp_variance)
    heat = heat - _gaussians_in_full(source.value, grid, network.kp_variance)
    heat = torch.cat([torch.zeros(batch, 1, height, width).to(heat), heat], 1)[:, :, None]  # [B,K+1,1,h,w]
    affine = torch.matmul(source.jacobian, torch.inverse(driving.jacobian))  # [B,K,2,2]
    affine = affine[:, :, None, None].repeat(1, 1, height, width, 1, 1)
    offset = grid[None, None] - driving.value[:, :, None, None]
    moved = torch.matmul(affine, offset[..., None])[..., 0] + source.value[:, :, None, None]
    motions = torch.cat([grid.repeat(batch, 1, 1, 1, 1), moved], 1)  # [B,K+1,h,w,2]
    copies = small[:, None].repeat(1, count + 1, 1, 1, 1).view(-1, channels, height, width)
    taken = F.grid_sample(copies, motions.view(-1, height, width, 2), align_corners=network.align_corners)
    stacked = torch.cat([heat, taken.view(batch, count + 1, channels, height, width)], 2)
    features = network.hourglass(stacked.view(batch, -1, height, width))
    mask = F.softmax(network.mask(features), dim=1)
    deformation = (motions.permute(0, 1, 4, 2, 3) * mask[:, :, None]).sum(1).permute(0, 2, 3, 1)
    anchors = anchors_of(source.value, driving.value, network.anchors)
    if network.lids:
        deformation = finer(deformation)
    if network.anchors:
        deformation = anchored(deformation, *anchors, lids=network.lids)
    if network.occlusion is None:
        return DenseMotion(deformation, torch.ones_like(mask[:, :1]), mask, anchors.driving)
    return DenseMotion(deformation, torch.sigmoid(network.occlusion(features)), mask, anchors.driving)


def _grid(height: int, width: int, like: Tensor) -> Tensor:
    x = 2 * (torch.arange(width).to(like) / (width - 1)) - 1
    y = 2 * (torch.arange(height).to(like) / (height - 1)) - 1
    return torch.stack([x[None, :].repeat(height, 1), y[:, None].repeat(1, width)], -1)


def _gaussians_in_full(value: Tensor, grid: Tensor, variance: float) -> Tensor:
    """[B,K,2] -> [B,K,h,w]."""
    distance = grid[None, None] - value[:, :, None, None]
    return torch.exp(-0.5 * (distance**2).sum(-1) / variance)


def _blur_in_full(model: FirstOrderModel) -> None:
    for part in (model.kp_detector, model.generator, model.generator.dense_motion_network):
        if isinstance(part.down, AntiAliasDownsample):
            part.down = BlurInFull(part.down)
