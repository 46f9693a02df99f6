"""The switch for the real camera picture."""

from __future__ import annotations

from avatarify.frame import Frame
from avatarify.pipeline.passthrough import Passthrough
from tests.fakes.live import CAMERA, picture


def frame(index: int) -> Frame:
    return Frame(picture(CAMERA), index, float(index))


def test_off_when_made_and_holds_nothing_while_off() -> None:
    switch = Passthrough()
    switch.offer(frame(0), 1.0)
    assert not switch.on
    assert switch.current() is None
    switch.switch_on()
    assert switch.current() is None  # what came before is not shown afterwards


def test_on_gives_the_newest() -> None:
    switch = Passthrough()
    switch.switch_on()
    first, second = frame(0), frame(1)
    switch.offer(first, 1.0)
    switch.offer(second, 2.0)
    newest = switch.current()
    assert newest is not None
    assert newest.image is second.image
    assert newest.arrived_at == 2.0


def test_off_forgets() -> None:
    switch = Passthrough()
    switch.switch_on()
    switch.offer(frame(0), 1.0)
    switch.switch_off()
    assert switch.current() is None
    switch.switch_on()
    assert switch.current() is None
