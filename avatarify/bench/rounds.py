"""Taking turns in blocks, so that a machine that slows down slows everybody down alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from avatarify.bench.runner import Block


class RunsBlocks(Protocol):
    """A worker, or what stands in for one."""

    def block(self, seconds: float, *, staged: bool = False) -> Block: ...


class Plan(NamedTuple):
    """rounds: how often each one's turn comes. block_s: seconds of a turn. pause_s: between turns, in which the threads of the
    last one come to rest. staged: take the times of stages too."""

    rounds: int
    block_s: float
    pause_s: float = 0.3
    staged: bool = False


def take_turns(
    runners: Sequence[RunsBlocks],
    plan: Plan,
    *,
    sleep: Callable[[float], None] = time.sleep,
    on_block: Callable[[], None] = lambda: None,
) -> list[tuple[Block, ...]]:
    """The blocks of each runner, one a round. Every second round goes the other way, so that nobody always follows the same one."""
    blocks: list[list[Block]] = [[] for _ in runners]
    for number in range(plan.rounds):
        order = range(len(runners)) if number % 2 == 0 else reversed(range(len(runners)))
        for index in order:
            sleep(plan.pause_s)
            blocks[index].append(runners[index].block(plan.block_s, staged=plan.staged))
            on_block()
    return [tuple(each) for each in blocks]


def median_ms(blocks: Sequence[Block]) -> float:
    """Of the medians of the blocks, so that each round counts once."""
    return statistics.median(statistics.median(block.whole_ms) for block in blocks)


def times_faster(than: Sequence[Block], blocks: Sequence[Block]) -> float:
    """How many times faster `blocks` are `than` the others of the same rounds: the median of each round's own ratio."""
    pairs = zip(than, blocks, strict=True)
    return statistics.median(statistics.median(a.whole_ms) / statistics.median(b.whole_ms) for a, b in pairs)
