"""Recordings keep the times, never hold up the sender, and survive what happens to the program and the disk."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from avatarify.errors import MediaError
from avatarify.frame import Image
from avatarify.media.video_reader import VideoReader
from avatarify.media.video_writer import VideoWriter
from avatarify.virtual_camera import coded_frame
from avatarify.virtual_camera import recorder as recorder_module
from avatarify.virtual_camera.recorder import Recorder

SIZE = (128, 96)


def record(recorder: Recorder, times: list[float]) -> None:
    """One coded picture for each moment; waits for the encoder where it is behind."""
    for number, at in enumerate(times):
        while not recorder.put(coded_frame.encode(number, SIZE), 1000 + at):
            assert recorder.status.recording, recorder.status
            time.sleep(0.001)


def test_pictures_and_times_come_back(tmp_path: Path) -> None:
    file = tmp_path / "call.mp4"
    times = [0.0, 0.033, 0.07, 0.5, 0.51, 0.9]
    recorder = Recorder(file, size=SIZE)
    record(recorder, times)
    status = recorder.stop()
    assert (status.path, status.frames, status.recording, status.error) == (file, 6, False, None)
    assert status.seconds == pytest.approx(0.9)
    assert [path.name for path in tmp_path.iterdir()] == ["call.mp4"]
    with VideoReader(file) as reader:
        frames = list(reader)
    assert [coded_frame.decode(frame.image) for frame in frames] == [0, 1, 2, 3, 4, 5]
    assert [frame.captured_at for frame in frames] == pytest.approx(times, abs=0.001)


def test_sender_is_never_held_up_and_drops_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    write = VideoWriter.write

    def wait_and_write(self: VideoWriter, image: Image, at: float | None = None) -> None:
        assert go_on.wait(10)
        write(self, image, at)

    monkeypatch.setattr(VideoWriter, "write", wait_and_write)
    recorder = Recorder(tmp_path / "call.mp4", size=SIZE, waiting=3)
    image = coded_frame.encode(1, SIZE)
    started = time.monotonic()
    taken = [recorder.put(image, number / 30) for number in range(10)]
    assert time.monotonic() - started < 0.5
    assert taken == [True] * 3 + [False] * 7
    go_on.set()
    status = recorder.stop()
    assert (status.frames, status.dropped) == (3, 7)


def test_stop_keeps_its_limit_and_the_file_comes_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    close = VideoWriter.close

    def wait_and_close(self: VideoWriter) -> None:
        assert go_on.wait(10)
        close(self)

    monkeypatch.setattr(VideoWriter, "close", wait_and_close)
    recorder = Recorder(tmp_path / "call.mp4", size=SIZE)
    record(recorder, [0.0, 0.1])
    status = recorder.stop(within_s=0.05)
    assert status.recording
    assert status.path.name == "call.unfinished.mp4"
    go_on.set()
    status = recorder.stop()
    assert (status.recording, status.path.name) == (False, "call.mp4")


def test_picture_may_be_reused_after_put(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "call.mp4", size=SIZE)
    image = coded_frame.encode(77, SIZE)
    assert recorder.put(image, 0.0)
    image[:] = 0
    recorder.stop()
    with VideoReader(tmp_path / "call.mp4") as reader:
        assert [coded_frame.decode(frame.image) for frame in reader] == [77]


def test_clock_that_stands_still_is_survived(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "call.mp4", size=SIZE)
    record(recorder, [0.5, 0.5, 0.4, 0.6])
    status = recorder.stop()
    assert (status.frames, status.error) == (4, None)


def test_nothing_recorded_leaves_nothing(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "call.mp4", size=SIZE)
    status = recorder.stop()
    assert recorder.put(coded_frame.encode(1, SIZE), 0.0) is False
    assert status.error is not None
    assert "no picture came" in status.error.message
    assert list(tmp_path.iterdir()) == []


def test_folder_that_is_missing_and_an_older_unfinished_one_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="does not exist"):
        Recorder(tmp_path / "none" / "call.mp4", size=SIZE)
    with pytest.raises(MediaError, match=r"\.mp4"):
        Recorder(tmp_path / "call.avi", size=SIZE)
    (tmp_path / "call.unfinished.mp4").touch()
    with pytest.raises(MediaError, match="left over"):
        Recorder(tmp_path / "call.mp4", size=SIZE)


def test_a_disk_that_does_not_answer_is_told_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, made = threading.Event(), VideoWriter.__init__

    def slow(self: VideoWriter, path: Path, *, size: tuple[int, int], fps: float, crf: int, live: bool) -> None:
        assert answers.wait(10)
        made(self, path, size=size, fps=fps, crf=crf, live=live)

    monkeypatch.setattr(VideoWriter, "__init__", slow)
    monkeypatch.setattr(recorder_module, "_START_WITHIN_S", 0.02)
    with pytest.raises(MediaError, match="could not be opened"):
        Recorder(tmp_path / "call.mp4", size=SIZE)
    (thread,) = [each for each in threading.enumerate() if each.name == "recorder"]
    answers.set()
    thread.join(10)
    assert not thread.is_alive()
    assert list(tmp_path.iterdir()) == []


def test_wrong_picture_is_refused(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "call.mp4", size=SIZE)
    with pytest.raises(ValueError, match=r"expected uint8 \[96, 128, 3\]"):
        recorder.put(np.zeros((4, 4, 3), np.uint8), 0.0)
    recorder.stop()


def test_full_disk_ends_the_recording_and_keeps_what_is_there(full_disk: Path) -> None:
    recorder = Recorder(full_disk / "call.mp4", size=(320, 240))
    random = np.random.default_rng(1)
    deadline = time.monotonic() + 20
    number = 0
    while recorder.status.recording and time.monotonic() < deadline:
        if recorder.put(random.integers(0, 256, (240, 320, 3), dtype=np.uint8), number / 30):
            number += 1
        else:
            time.sleep(0.002)
    status = recorder.stop()
    assert status.error is not None
    assert "disk" in str(status.error)
    assert not status.recording
    assert status.path.name == "call.unfinished.mp4"
    assert status.path.stat().st_size > 10_000


KILLED = """
import sys, time
from pathlib import Path
from avatarify.virtual_camera import coded_frame
from avatarify.virtual_camera import recorder as recorder_module
from avatarify.virtual_camera.recorder import Recorder
recorder = Recorder(Path(sys.argv[1]), size=(128, 96))
for number in range(150):
    while not recorder.put(coded_frame.encode(number, (128, 96)), number / 30):
        time.sleep(.001)
while recorder.status.frames < 150:
    time.sleep(.001)
print("recorded", flush=True)
time.sleep(20)
"""


def test_killed_program_leaves_a_recording_that_plays(tmp_path: Path) -> None:
    file = tmp_path / "call.mp4"
    with subprocess.Popen([sys.executable, "-c", KILLED, str(file)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"recorded\n"
        process.send_signal(signal.SIGKILL)
    assert not file.exists()
    with VideoReader(tmp_path / "call.unfinished.mp4") as reader:
        numbers = [coded_frame.decode(frame.image) for frame in reader]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) >= 60, "five seconds were encoded, no more than the last ones may be missing"
