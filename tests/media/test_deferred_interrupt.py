"""Ctrl-C waits for the end of a block."""

from __future__ import annotations

import signal
import threading

import pytest

from avatarify.media.deferred_interrupt import DeferredInterrupt


def test_an_interrupt_waits_for_the_end_of_the_block() -> None:
    reached = []

    def work() -> None:
        with DeferredInterrupt():
            signal.raise_signal(signal.SIGINT)
            reached.append("end of the block")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert reached == ["end of the block"]


def test_the_handler_of_before_is_back_and_is_the_one_that_is_called() -> None:
    calls: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: calls.append(number))
    try:
        ours = signal.getsignal(signal.SIGINT)
        with DeferredInterrupt():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            assert calls == []
        assert calls == [signal.SIGINT]
        assert signal.getsignal(signal.SIGINT) is ours
    finally:
        signal.signal(signal.SIGINT, before)


def test_without_an_interrupt_nothing_happens() -> None:
    before = signal.getsignal(signal.SIGINT)
    with DeferredInterrupt():
        pass
    assert signal.getsignal(signal.SIGINT) is before


def test_an_ignored_interrupt_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with DeferredInterrupt():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_another_thread_may_use_it_too() -> None:
    reached = threading.Event()

    def work() -> None:
        with DeferredInterrupt():
            reached.set()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(timeout=5)
    assert reached.is_set()
