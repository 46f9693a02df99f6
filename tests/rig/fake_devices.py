"""Starts the fake V4L2 server for a test and talks to it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tests.rig.fuse_folder import unmount

PROJECT = Path(__file__).parents[2]
STARTS_WITHIN_S = ANSWERS_WITHIN_S = 20.0


class DeviceState(NamedTuple):
    """A device as its driver sees it. format: fourcc. frames: delivered; writes: frames written into a loopback."""

    name: str
    format: str
    width: int
    height: int
    frames: int
    writes: int
    opened: int


def why_not() -> str | None:
    """Why fake devices cannot run here, or None."""
    if sys.platform != "linux":
        return f"fake cameras need Linux, this is {sys.platform}"
    if os.geteuid() != 0:
        return "fake cameras need root, to mount"
    if not os.access("/dev/fuse", os.W_OK):
        return "fake cameras need /dev/fuse"
    return None


class FakeDevices:
    """Context manager: `with FakeDevices("video0=camera:640x480@30:YUYV", "video10=loopback:Avatar Camera") as rig`.

    The specs are those of fake_v4l2.py. link: also as /dev/DEVICE, for programs that scan. Whatever happens in the body,
    afterwards there is no mount, no process and no file left.
    """

    def __init__(self, *devices: str, link: bool = False) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="fake-v4l2-"))
        self.mount = self._folder / "dev"
        options = ["--link"] if link else []
        command = [sys.executable, "-m", "tests.rig.fake_v4l2", str(self.mount), *options, *devices]
        pipe = subprocess.PIPE
        self._server = subprocess.Popen(command, cwd=PROJECT, stdin=pipe, stdout=pipe, text=True)
        try:
            if self._answer(STARTS_WITHIN_S) != "ready":
                raise RuntimeError(f"the fake devices did not start: {' '.join(command)}")
        except BaseException:
            self.close()
            raise

    @property
    def process_id(self) -> int:
        """Of the server."""
        return self._server.pid

    def path(self, device: str) -> str:
        """The file to open as the device."""
        return str(self.mount / device)

    def unplug(self, device: str) -> None:
        self._command(f"unplug {device}")

    def plug(self, device: str) -> None:
        self._command(f"plug {device}")

    def stall(self, device: str) -> None:
        """It stays, but delivers nothing until `go`."""
        self._command(f"stall {device}")

    def go(self, device: str) -> None:
        self._command(f"go {device}")

    def spoil(self, device: str) -> None:
        """Its next frame arrives damaged, as over a bad cable."""
        self._command(f"spoil {device}")

    def state(self, device: str) -> DeviceState:
        states = [DeviceState(**state) for state in json.loads(self._command("stat"))]
        return next(state for state in states if state.name == device)

    def last_i420(self, device: str, *, width: int, height: int) -> npt.NDArray[np.uint8]:
        """The last frame written, uint8 [height*3/2,width], as cv2.COLOR_YUV2RGB_I420 wants it."""
        file = self._folder / "last"
        self._command(f"save {device} {file}")
        return np.fromfile(file, np.uint8).reshape(height * 3 // 2, width)

    def reset(self) -> bool:
        """All devices as new. False where that is not enough: something is still open, or the server has gone."""
        try:
            unused = all(DeviceState(**state).opened == 0 for state in json.loads(self._command("stat")))
            return unused and self._command("reset") == "ok"
        except (OSError, ValueError):
            return False

    def close(self) -> None:
        """Twice is fine."""
        if self._server.poll() is None:
            with contextlib.suppress(BrokenPipeError):
                self._server.communicate("quit\n", timeout=5)
        self._server.kill()
        self._server.wait()
        for stream in (self._server.stdin, self._server.stdout):
            if stream is not None:
                stream.close()
        unmount(self.mount)  # where the server could not any more
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> FakeDevices:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()

    def _command(self, line: str) -> str:
        assert self._server.stdin is not None
        self._server.stdin.write(line + "\n")
        self._server.stdin.flush()
        return self._answer(ANSWERS_WITHIN_S)

    def _answer(self, within_s: float) -> str:
        assert self._server.stdout is not None
        if not select.select([self._server.stdout], [], [], within_s)[0]:
            raise TimeoutError(f"the fake devices have not answered for {within_s} s")
        return self._server.stdout.readline().strip()
