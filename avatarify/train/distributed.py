"""Several processes, on one machine or many, as torch's launcher starts them: who am I, and one batch norm over all."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from avatarify.errors import SettingsError

_PATIENCE = timedelta(days=1)  # the leading process decodes everything while the others wait for it


@dataclass(frozen=True)
class World:
    """This process among all. rank 0 is the one that writes and speaks. device: its own."""

    rank: int
    size: int
    device: torch.device

    @classmethod
    def alone(cls, device: str = "cpu") -> World:
        """One process that trains on the device of this name."""
        return cls(0, 1, torch.device(device))

    def wait(self) -> None:
        """Until all processes have come here."""
        if self.size > 1:
            dist.barrier()

    @property
    def leads(self) -> bool:
        """Whether this is the process that writes files."""
        return self.rank == 0

    def mean(self, values: Tensor) -> Tensor:
        """The average over all processes, on each of them."""
        if self.size == 1:
            return values
        total = values.clone()
        dist.all_reduce(total)
        return total / self.size

    def any(self, flag: bool) -> bool:
        """Whether it holds on any process; all get the same answer."""
        if self.size == 1:
            return flag
        votes = torch.tensor(float(flag), device=self.device)
        dist.all_reduce(votes)
        return bool(votes.item() > 0)


@contextmanager
def joined_world(device: torch.device) -> Iterator[World]:
    """Joins the group that `torchrun` has announced in the environment; alone without it. device: where a process trains;
    `cuda` becomes the one of its local rank.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield World.alone(str(device))
        return
    rank, local = int(os.environ["RANK"]), int(os.environ.get("LOCAL_RANK", "0"))
    if device.type == "cuda":
        device = torch.device("cuda", local)
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=_PATIENCE)
    try:
        yield World(rank, size, device)
    finally:
        dist.destroy_process_group()


def check_share(batch: int, world: int) -> None:
    """Raises SettingsError where a batch cannot be dealt out evenly: then means of means would be wrong."""
    if batch % world:
        raise SettingsError(
            f"A batch of {batch} pairs cannot be shared by {world} processes.", f"Choose a multiple of {world}."
        )


def data_parallel(module: nn.Module, world: World) -> nn.Module:
    """`module`, whose gradients are averaged over all processes during backward; itself where there is one process.

    Buffers are not sent: statistics and spectral norms move alike everywhere.
    """
    if world.size == 1:
        return module
    newer = "forward_sync_buffers" in inspect.signature(DistributedDataParallel.__init__).parameters
    if newer:
        return DistributedDataParallel(module, forward_sync_buffers=False)
    return DistributedDataParallel(module, broadcast_buffers=False)  # before torch renamed it


def share_batch_norm(module: nn.Module, world: World) -> None:
    """Let every batch norm in `module` use the statistics of the whole batch, in place. State dicts stay the same, and so do
    parameters, which optimisers hold already."""
    if world.size == 1:
        return
    for part in list(module.modules()):
        for name, child in list(part.named_children()):
            if type(child) is nn.BatchNorm2d:
                setattr(part, name, _shared(child, world))


def _shared(norm: nn.BatchNorm2d, world: World) -> nn.Module:
    if world.device.type == "cuda":
        converted: nn.Module = nn.SyncBatchNorm.convert_sync_batchnorm(norm)  # type: ignore[no-untyped-call]
        return converted
    shared = SharedBatchNorm(norm.num_features, norm.eps, norm.momentum or 0.1, world_size=world.size)
    shared.load_state_dict(norm.state_dict())
    shared.weight, shared.bias = norm.weight, norm.bias
    return shared.train(norm.training)


class SharedBatchNorm(nn.BatchNorm2d):
    """Batch norm over the batches of all processes, for devices that torch's own does not serve (CPU)."""

    def __init__(self, num_features: int, eps: float, momentum: float, *, world_size: int) -> None:
        super().__init__(num_features, eps, momentum)
        self.world_size = world_size

    def forward(self, x: Tensor) -> Tensor:
        """[B,C,H,W] -> the same; every process must call it equally often with equally large batches."""
        if not self.training:
            return super().forward(x)
        precise = x.float()
        mean = _total(precise.mean((0, 2, 3))) / self.world_size
        centred = precise - mean[:, None, None]
        variance = _total(centred.square().mean((0, 2, 3))) / self.world_size
        with torch.no_grad():
            self._keep(mean, variance, self.world_size * x.numel() // x.shape[1])
        scale = self.weight * torch.rsqrt(variance + self.eps)
        return (centred * scale[:, None, None] + self.bias[:, None, None]).to(x.dtype)

    def _keep(self, mean: Tensor, variance: Tensor, count: int) -> None:
        if self.running_mean is None or self.running_var is None or self.num_batches_tracked is None:
            raise AssertionError("batch norms of this project keep running statistics")
        share = self.momentum if self.momentum is not None else 0.1
        self.running_mean.lerp_(mean, share)
        self.running_var.lerp_(variance * count / max(count - 1, 1), share)
        self.num_batches_tracked.add_(1)


class _TotalOverProcesses(torch.autograd.Function):
    """Sum over all processes. A gradient that any of them has for the sum is one for each addend."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:  # noqa: ANN401 - torch's context has no public type
        del ctx
        total = x.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:  # noqa: ANN401
        del ctx
        total = gradients[0].clone()
        dist.all_reduce(total)
        return total


def _total(x: Tensor) -> Tensor:
    total: Tensor = _TotalOverProcesses.apply(x)  # type: ignore[no-untyped-call]
    return total
