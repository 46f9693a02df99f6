"""Who takes part in a measurement: small frozen values that travel to a process of their own and open their engine there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from avatarify.bench.footage import Footage
from avatarify.bench.loop import Loop, RuntimeLoop
from avatarify.runtime.base import load_runtime


class Contender(Protocol):
    """Picklable."""

    @property
    def name(self) -> str:
        """For the user's eyes."""
        ...

    def open(self, footage: Footage) -> Loop:
        """In its own process. Raises RuntimeUnavailableError where it cannot run here, other AvatarifyErrors."""
        ...


@dataclass(frozen=True)
class RuntimeContender:
    """A runtime of the table. side, compose: see RuntimeLoop."""

    runtime: str
    model: Path
    device: str = "auto"
    precision: str = "auto"
    side: int | None = None
    compose: bool = True

    @property
    def name(self) -> str:
        return self.runtime if self.precision == "auto" else f"{self.runtime} {self.precision}"

    def open(self, footage: Footage) -> Loop:
        """See Contender."""
        runtime = load_runtime(self.runtime, model=self.model, device=self.device, precision=self.precision)
        try:
            return RuntimeLoop(runtime, footage, side=self.side, compose=self.compose)
        except BaseException:
            runtime.close()
            raise


@dataclass(frozen=True)
class NaiveContender:
    """The naive use of the same networks: see naive.py. side, compose: see RuntimeLoop."""

    model: Path
    device: str = "auto"
    side: int | None = None
    compose: bool = False

    @property
    def name(self) -> str:
        return "naive"

    def open(self, footage: Footage) -> Loop:
        """See Contender."""
        from avatarify.bench.naive import NaiveLoop
        from avatarify.model.checkpoint import load_checkpoint

        model = load_checkpoint(self.model).build()
        return NaiveLoop(model, footage, side=self.side, device=self.device, compose=self.compose)
