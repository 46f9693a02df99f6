"""Steps that torch itself runs, as they are or compiled."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from avatarify.runtime.device import exact
from avatarify.runtime.static import Plan, Step

PRECISIONS = {"float32": torch.float32, "float16": torch.float16}

Function = Callable[..., object]


class TorchBackend:
    """Runs modules on a torch device. reduced: the type of the steps that may run in fewer bits.
    transform: what is done to each module before it runs, such as compiling it."""

    def __init__(
        self,
        device: torch.device,
        *,
        reduced: torch.dtype = torch.float32,
        transform: Callable[[nn.Module], Function] = lambda module: module,
    ) -> None:
        self.device = device
        self._reduced = reduced
        self._transform = transform

    def step(self, plan: Plan, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...] = ()) -> Step:
        """See Backend."""
        module = plan.make().to(self.device).eval()
        if plan.reduced and self._reduced != torch.float32:
            module = _Reduced(module, self._reduced)
        return _TorchStep(self._transform(module), inputs, outputs)

    def chain(self, *steps: Step) -> Callable[[], None]:
        """One after the other."""

        def run() -> None:
            for step in steps:
                step.run()

        return run

    def close(self) -> None:
        """Modules go with the steps that hold them."""


class _TorchStep:
    """Buffers around a function of tensors. The first run tells the outputs' shapes, and warms up what has to be."""

    def __init__(self, function: Function, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> None:
        self._function, self._inputs = function, inputs
        made = self._call()
        self.outputs = outputs or tuple(torch.empty_like(each) for each in made)

    def run(self) -> None:
        """The copies are small beside the work: a picture at most, or some maps of the decoder."""
        for buffer, made in zip(self.outputs, self._call(), strict=True):
            buffer.copy_(made)

    def _call(self) -> tuple[Tensor, ...]:
        with exact(self._inputs[0].device):
            made = self._function(*self._inputs)
        return (made,) if isinstance(made, Tensor) else tuple(made)  # type: ignore[arg-type]


class _Reduced(nn.Module):
    """A module of maps in, and one out, in half precision, channels last, as tensor cores like it."""

    def __init__(self, module: nn.Module, dtype: torch.dtype) -> None:
        super().__init__()
        self.module = module.to(dtype=dtype).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.dtype = dtype

    def forward(self, *maps: Tensor) -> Tensor:
        """float32 in, float32 out."""
        out: Tensor = self.module(*(x.to(dtype=self.dtype, memory_format=torch.channels_last) for x in maps))
        return out.float().contiguous()
