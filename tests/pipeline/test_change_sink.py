"""Another virtual camera while the loop runs: beside the old one, and never with a person in the picture that is left."""

from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest

from avatarify.errors import AvatarifyError, VirtualCameraError
from avatarify.pipeline.gate import Showing
from avatarify.pipeline.options import PipelineOptions
from avatarify.pipeline.pipeline import Pipeline
from avatarify.pipeline.status import StageState
from tests.fakes.live import (
    AVATAR,
    CAMERA,
    STANDBY,
    FilmingCamera,
    GreenEngine,
    MemorySink,
    Port,
    UnreadSink,
    VanishingSink,
    picture,
    until,
)
from tests.pipeline.live_loop import LiveLoop, live_loop

QUICK = PipelineOptions(retry_s=0.005, stall_s=0.1, replace_s=0.2, open_s=0.2, grace_s=0.01, stop_s=0.3)


def carried_out(loop: LiveLoop, future: Future[None]) -> None:
    """The output thread looks once for each moment."""
    loop.moments(2)
    assert future.done()


def test_the_old_one_is_shown_the_standby_picture_and_closed() -> None:
    other = MemorySink()
    with live_loop() as loop:
        loop.animate()
        assert loop.moments(1) == [AVATAR]
        future = loop.pipeline.change_sink(lambda: other)
        carried_out(loop, future)
        assert future.exception() is None
        assert loop.sink.sent[-1] == STANDBY
        assert loop.sink.closed == 1
        assert AVATAR in other.sent
        assert other.threads == {"avatarify output"}
        sent = len(loop.sink.sent)
        loop.moments(5)
        assert len(loop.sink.sent) == sent


def test_passthrough_is_off_at_once_and_stays_off() -> None:
    other = MemorySink()
    with live_loop() as loop:
        loop.pipeline.passthrough.switch_on()
        future = loop.pipeline.change_sink(lambda: other)
        assert not loop.pipeline.status().passthrough
        loop.pipeline.passthrough.switch_on()  # while the other one is being opened
        loop.feed()
        carried_out(loop, future)
        assert not loop.pipeline.status().passthrough
        assert CAMERA not in other.colours


def test_one_that_cannot_be_opened_leaves_the_old_one_and_is_told() -> None:
    def missing() -> MemorySink:
        raise VirtualCameraError("There is none.", "Load the driver.")

    with live_loop() as loop:
        loop.moments(1)
        future = loop.pipeline.change_sink(missing)
        carried_out(loop, future)
        with pytest.raises(VirtualCameraError, match="There is none"):
            future.result(0)
        loop.animate()
        assert loop.moments(1) == [AVATAR]
        output = loop.pipeline.status().output
        assert (output.state, output.error) == (StageState.TROUBLE, "There is none. Load the driver.")
        assert loop.sink.closed == 0
        carried_out(loop, loop.pipeline.change_sink(MemorySink))
        loop.moments(1)
        assert loop.pipeline.status().output.state is StageState.RUNNING


def test_the_one_that_is_there_may_be_given_again() -> None:
    with live_loop() as loop:
        loop.moments(1)
        carried_out(loop, loop.pipeline.change_sink(lambda: loop.sink))
        assert loop.sink.closed == 0
        loop.animate()
        assert loop.moments(1) == [AVATAR]


def test_the_new_one_is_opened_again_when_it_is_lost() -> None:
    opened: list[MemorySink] = []

    def other() -> MemorySink:
        opened.append(MemorySink() if opened else VanishingSink(pictures=2))
        return opened[-1]

    with live_loop() as loop:
        loop.moments(1)
        carried_out(loop, loop.pipeline.change_sink(other))
        loop.moments(6)
        assert len(opened) == 2
        assert loop.sinks_opened == 1


def test_the_rate_is_the_new_ones() -> None:
    other = MemorySink(fps=15)
    with live_loop() as loop:
        loop.moments(1)
        loop.pipeline.change_sink(lambda: other)
        loop.moments(2)
        before = len(other.sent)
        loop.moments(30)
        assert len(other.sent) - before in (14, 15, 16)


def test_opening_that_hangs_is_told_and_the_old_kind_is_opened_again() -> None:
    go_on, late = threading.Event(), MemorySink()
    sinks: list[MemorySink] = []

    def hanging() -> MemorySink:
        go_on.wait(20)
        return late

    def good() -> MemorySink:
        sinks.append(MemorySink(fps=200))
        return sinks[-1]

    with Pipeline(Port(FilmingCamera()), GreenEngine, good, standby=picture(STANDBY), options=QUICK) as pipeline:
        until(lambda: pipeline.status().showing is Showing.ANIMATED)
        future = pipeline.change_sink(hanging)
        with pytest.raises(AvatarifyError, match="was not changed: opening it"):
            future.result(10)
        until(lambda: len(sinks) == 2 and AVATAR in sinks[1].sent)
        go_on.set()
        until(lambda: late.closed and sinks[0].closed)
        assert late.sent == []


def test_a_wish_of_before_the_start_is_carried_out_then() -> None:
    loop = LiveLoop()
    other = MemorySink()
    future = loop.pipeline.change_sink(lambda: other)
    loop.pipeline.start()
    try:
        loop.moments(2)
        assert future.exception(5) is None
        assert other.sent
        assert loop.sinks_opened == 0
    finally:
        loop.clock.release()
        loop.camera.unplug()
        loop.pipeline.stop()


def test_nobody_rests_while_the_preview_is_watched() -> None:
    sink = UnreadSink()
    options = PipelineOptions(retry_s=0.01, align=False, rest_unread=True)
    with live_loop(sink=sink, options=options) as loop:
        loop.moments(1)
        assert loop.pipeline.resting
        loop.pipeline.watched = True
        assert not loop.pipeline.resting, "at once"
        loop.animate()
        loop.moments(20)
        assert not loop.pipeline.resting
        loop.pipeline.watched = False
        loop.moments(9)
        assert loop.pipeline.resting
        loop.pipeline.rest_unread = False
        assert not loop.pipeline.resting
        loop.moments(9)
        assert not loop.pipeline.resting


def test_the_cap_of_the_engine_can_be_changed() -> None:
    with live_loop() as loop:
        for most, expected in ((None, 30), (10.0, 10), (5.0, 5), (None, 30)):
            loop.pipeline.engine_fps = most
            assert loop.pipeline.engine_fps == (None if most is None else pytest.approx(most))
            before = loop.pipeline.submit(lambda engine: engine.steps).result(5)
            for _ in range(30):
                loop.feed()
                loop.moments(1)
                loop.pipeline.submit(lambda engine: None).result(5)  # the frame has been taken, or laid aside
            assert loop.pipeline.submit(lambda engine: engine.steps).result(5) - before == pytest.approx(
                expected, abs=1
            )


def test_closing_that_hangs_does_not_keep_the_new_one_from_the_call() -> None:
    go_on = threading.Event()

    class StickySink(MemorySink):
        def close(self) -> None:
            go_on.wait(20)
            super().close()

    sticky, others = StickySink(fps=200), list[MemorySink]()

    def other() -> MemorySink:
        others.append(MemorySink(fps=200))
        return others[-1]

    with Pipeline(
        Port(FilmingCamera()), GreenEngine, lambda: sticky, standby=picture(STANDBY), options=QUICK
    ) as pipeline:
        until(lambda: AVATAR in sticky.sent)
        future = pipeline.change_sink(other)
        with pytest.raises(AvatarifyError, match="closing the other one, hangs"):
            future.result(10)
        until(lambda: len(others) == 2 and AVATAR in others[1].sent, "for a thread that opens the new one again")
        assert sticky.sent[-1] == STANDBY
        go_on.set()
        until(lambda: sticky.closed and others[0].closed)
