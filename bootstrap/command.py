"""Runs another program line by line: every line goes to the log, and the caller is asked in between what to do."""

from __future__ import annotations

import os
import queue
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, NamedTuple

TICK_SECONDS = 0.3
PATIENCE_SECONDS = 5.0


class Outcome(NamedTuple):
    code: int  # negative: the signal that killed it
    lines: list[str]  # stdout and stderr, as they came


def run(
    command: Sequence[str | Path],
    log: Path,
    *,
    on_line: Callable[[str], None] = lambda line: None,
    on_tick: Callable[[], None] = lambda: None,
    keep_open: Sequence[int] = (),
    temporary: Path | None = None,
) -> Outcome:
    """Appends to `log`. `on_tick` is called several times a second. The program inherits the descriptors `keep_open`
    (not on Windows) and puts its scratch files into `temporary`. It never outlives an exception that passes through here."""
    environment = dict(os.environ)
    if temporary is not None:
        environment.update(dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary)))
    child = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=environment,
        pass_fds=() if os.name == "nt" else tuple(keep_open),
    )
    assert child.stdout is not None
    arrivals: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_pass_on, args=(child.stdout, arrivals), daemon=True).start()
    lines: list[str] = []
    try:
        with log.open("a", encoding="utf-8") as record:
            record.write(f"$ {' '.join(str(part) for part in command)}\n")
            while True:
                try:
                    line = arrivals.get(timeout=TICK_SECONDS)
                except queue.Empty:
                    on_tick()
                    continue
                if line is None:
                    break
                record.write(line)
                record.flush()
                lines.append(line.rstrip("\n"))
                on_line(lines[-1])
        return Outcome(child.wait(), lines)
    finally:
        _end(child)


def _pass_on(stream: IO[str], arrivals: queue.Queue[str | None]) -> None:
    with stream:
        for line in stream:
            arrivals.put(line)
    arrivals.put(None)


def _end(child: subprocess.Popen[str]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
