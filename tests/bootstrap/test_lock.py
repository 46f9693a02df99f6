"""Two set-ups at once: the second waits."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from bootstrap import lock
from bootstrap.lock import exclusive


def test_the_second_waits_for_the_first_and_says_so_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "POLL_SECONDS", 0.001)
    events: list[str] = []
    waiting = threading.Event()

    def second() -> None:
        with exclusive(tmp_path / "lock", on_wait=lambda: (events.append("waits"), waiting.set())):  # type: ignore[func-returns-value]
            events.append("second")

    with exclusive(tmp_path / "lock", on_wait=lambda: events.append("first waits")):
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(5)
        time.sleep(0.02)  # ten more attempts
        events.append("first")
    thread.join(5)
    assert events == ["waits", "first", "second"]


def test_an_error_inside_gives_the_lock_back(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), exclusive(tmp_path / "lock", on_wait=lambda: None):
        raise ZeroDivisionError
    with exclusive(tmp_path / "lock", on_wait=lambda: pytest.fail("the lock is still held")):
        pass
