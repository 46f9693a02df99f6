"""Turns, and what is made of them."""

from __future__ import annotations

import pytest

from avatarify.bench.rounds import Plan, median_ms, take_turns, times_faster
from avatarify.bench.runner import Block


class ScriptedRunner:
    """Notes its turns in a list that all share; its n-th block takes n times `ms`."""

    def __init__(self, name: str, ms: float, turns: list[str]) -> None:
        self._name, self._ms, self._turns = name, ms, turns
        self.count = 0

    def block(self, seconds: float, *, staged: bool = False) -> Block:
        self.count += 1
        self._turns.append(f"{self._name} {seconds} {staged}")
        return Block((self._ms * self.count,), ())


def test_blocks_alternate_with_a_pause_before_each_and_directions_change() -> None:
    turns: list[str] = []
    runners = [ScriptedRunner("a", 10, turns), ScriptedRunner("b", 5, turns)]
    blocks = take_turns(
        runners, Plan(rounds=3, block_s=0.5, pause_s=0.2), sleep=lambda seconds: turns.append(f"pause {seconds}")
    )
    assert turns[::2] == ["pause 0.2"] * 6
    assert [turn[0] for turn in turns[1::2]] == ["a", "b", "b", "a", "a", "b"]
    assert turns[1] == "a 0.5 False"
    assert [len(each) for each in blocks] == [3, 3]


def test_a_machine_that_slows_down_does_not_change_the_ratio() -> None:
    turns: list[str] = []
    slow, fast = take_turns(
        [ScriptedRunner("a", 10, turns), ScriptedRunner("b", 4, turns)], Plan(5, 0.1), sleep=lambda _: None
    )
    assert times_faster(slow, fast) == pytest.approx(2.5)
    assert median_ms(slow) == 30


def test_every_block_is_announced() -> None:
    seen: list[int] = []
    take_turns(
        [ScriptedRunner("a", 1, [])], Plan(4, 0.1), sleep=lambda _: None, on_block=lambda: seen.append(len(seen))
    )
    assert seen == [0, 1, 2, 3]


def test_each_round_counts_once_however_many_frames_it_had() -> None:
    assert median_ms([Block((1.0,) * 99, ()), Block((5.0,), ()), Block((6.0,), ())]) == 5.0
