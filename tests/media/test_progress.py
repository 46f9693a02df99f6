"""Progress on terminals of every kind."""

from __future__ import annotations

import io
import re

import pytest

from avatarify.media.progress import Progress


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class OldTerminal(Terminal):
    encoding = "ascii"


class HangUp(Terminal):
    """A terminal whose reader goes away after the first line."""

    def write(self, text: str) -> int:
        if self.getvalue():
            raise BrokenPipeError
        return super().write(text)


def run(progress: Progress, clock: Clock, *, count: int, seconds_each: float) -> None:
    for _ in range(count):
        clock.now += seconds_each
        progress.update()


def test_a_terminal_gets_one_line_with_bar_rate_and_time_left() -> None:
    clock, terminal = Clock(), Terminal()
    progress = Progress(200, stream=terminal, clock=clock)
    run(progress, clock, count=100, seconds_each=0.0501)
    shown = terminal.getvalue().split("\r")[-1]
    assert "100/200 frames" in shown
    assert "20.0 frames/s" in shown
    assert "0:05 left" in shown
    assert " 50%" in shown
    assert shown.count("\u2588") == shown.count("\u2591") > 0
    assert "\n" not in terminal.getvalue()
    run(progress, clock, count=100, seconds_each=0.0501)
    progress.close()
    progress.close()
    assert terminal.getvalue().count("\n") == 1
    assert "200/200 frames in 0:10, 20.0 frames/s" in terminal.getvalue().split("\r")[-1]


def test_a_terminal_without_block_characters_gets_ascii() -> None:
    clock, terminal = Clock(), OldTerminal()
    run(Progress(10, stream=terminal, clock=clock), clock, count=5, seconds_each=1)
    assert terminal.getvalue().isascii()
    assert "###" in terminal.getvalue()


def test_the_bar_is_not_drawn_more_than_ten_times_a_second() -> None:
    clock, terminal = Clock(), Terminal()
    run(Progress(10_000, stream=terminal, clock=clock), clock, count=1000, seconds_each=0.001)
    assert 9 <= terminal.getvalue().count("\r") <= 10


def test_a_log_gets_a_line_every_few_seconds() -> None:
    clock, log = Clock(), io.StringIO()
    with Progress(600, stream=log, clock=clock) as progress:
        run(progress, clock, count=600, seconds_each=0.04)
    lines = log.getvalue().splitlines()
    assert len(lines) == 24 // 5 + 1
    assert "\r" not in log.getvalue()
    assert re.fullmatch(r" 21%  125/600 frames  25\.0 frames/s  0:19 left", lines[0])
    assert lines[-1] == "600/600 frames in 0:24, 25.0 frames/s"


def test_one_slow_frame_does_not_make_the_time_left_jump() -> None:
    clock, terminal = Clock(), Terminal()
    progress = Progress(1000, stream=terminal, clock=clock)
    run(progress, clock, count=200, seconds_each=0.1)
    before = left(terminal)
    run(progress, clock, count=1, seconds_each=2.0)
    after = left(terminal)
    assert before == 80
    assert abs(after - before) < 15  # the mean of the last ten seconds alone would say more than 95


def test_a_lasting_change_of_pace_is_followed() -> None:
    clock, terminal = Clock(), Terminal()
    progress = Progress(1000, stream=terminal, clock=clock)
    run(progress, clock, count=200, seconds_each=0.1)
    run(progress, clock, count=100, seconds_each=0.4)
    assert left(terminal) == pytest.approx(700 * 0.4, rel=0.05)


def left(terminal: Terminal) -> int:
    minutes, seconds = re.findall(r"(\d+):(\d\d) left", terminal.getvalue())[-1]
    return 60 * int(minutes) + int(seconds)


def test_without_a_total_there_is_count_and_rate_but_no_time_left() -> None:
    clock, terminal = Clock(), Terminal()
    progress = Progress(None, stream=terminal, clock=clock, unit="pictures")
    run(progress, clock, count=40, seconds_each=0.25)
    shown = terminal.getvalue().split("\r")[-1]
    assert "40 pictures  4.0 pictures/s  0:10" in shown
    assert "left" not in shown


def test_an_estimate_that_was_too_low_is_dropped() -> None:
    clock, terminal = Clock(), Terminal()
    with Progress(10, stream=terminal, clock=clock) as progress:
        run(progress, clock, count=12, seconds_each=1)
    lines = [line.rstrip() for line in terminal.getvalue().split("\r")]
    assert lines[10].endswith("10/10 frames  1.0 frames/s  0:00 left")
    assert lines[11] == "11 frames  1.0 frames/s  0:11"
    assert lines[-1] == "12 frames in 0:12, 1.0 frames/s"


def test_a_shorter_line_covers_the_longer_one_before() -> None:
    clock, terminal = Clock(), Terminal()
    progress = Progress(10, stream=terminal, clock=clock)
    run(progress, clock, count=10, seconds_each=1)
    longest = max(len(line.rstrip()) for line in terminal.getvalue().split("\r"))
    progress.close()
    assert len(terminal.getvalue().split("\r")[-1].rstrip("\n")) >= longest


def test_disabled_it_counts_and_says_nothing() -> None:
    clock = Clock()
    with Progress(10, stream=None, clock=clock) as progress:
        run(progress, clock, count=10, seconds_each=0.5)
    assert progress.done == 10
    assert progress.rate == pytest.approx(2.0)


def test_a_closed_stream_does_not_stop_the_job() -> None:
    clock, terminal = Clock(), Terminal()
    progress = Progress(10, stream=terminal, clock=clock)
    terminal.close()
    run(progress, clock, count=10, seconds_each=1)
    progress.close()
    assert progress.done == 10
    Progress(10, stream=terminal, clock=clock).close()


def test_a_reader_that_hangs_up_does_not_stop_the_job() -> None:
    clock, pipe = Clock(), HangUp()
    progress = Progress(10, stream=pipe, clock=clock)
    run(progress, clock, count=10, seconds_each=1)
    progress.close()
    assert progress.done == 10
    assert pipe.getvalue().count("\r") == 1


def test_an_exception_ends_the_line() -> None:
    clock, terminal = Clock(), Terminal()
    progress = Progress(10, stream=terminal, clock=clock)
    run(progress, clock, count=1, seconds_each=0.5)
    with pytest.raises(KeyError), progress:
        raise KeyError
    assert terminal.getvalue().endswith("\n")


def test_what_fails_before_it_has_begun_shows_no_line() -> None:
    terminal = Terminal()
    with pytest.raises(KeyError), Progress(10, stream=terminal, clock=Clock()):
        raise KeyError
    assert terminal.getvalue() == ""


def test_preparation_is_not_counted() -> None:
    clock, terminal = Clock(), Terminal()
    progress = Progress(None, stream=terminal, clock=clock)
    clock.now += 60.0
    progress.expect(100)
    run(progress, clock, count=10, seconds_each=0.5)
    assert terminal.getvalue().endswith(" 10%  10/100 frames  2.0 frames/s  0:45 left")
    progress.close()
    assert "10/100 frames in 0:05, 2.0 frames/s" in terminal.getvalue()
