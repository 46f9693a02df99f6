"""/dev/videoN made in user space: no kernel module, no CUSE, no LD_PRELOAD. Needs root and /dev/fuse.

The kernel forwards V4L2 ioctls on the plain files of a FUSE folder; frames go into the pages that a client has mapped, and
its select() is woken. That is enough for OpenCV, ffmpeg, pyvirtualcam and Chromium.

usage: python -m tests.rig.fake_v4l2 FOLDER [--link] DEVICE=SPEC ...
  SPEC    camera:WxH@FPS[/DELIVERED]:FOURCC[@FPS][,FOURCC[@FPS]][:video file]
          loopback[:label]    loopback12[:label]  (v4l2loopback 0.12.x: opens only once)
  --link  also as /dev/DEVICE, for programs that scan /dev
Prints `ready`, then takes one command a line and answers each with a line:
  unplug DEVICE | plug DEVICE | stall DEVICE | go DEVICE | spoil DEVICE (its next frame) | save DEVICE FILE (the last written)
  stat (JSON) | reset (all devices as new) | quit
At the end of its input it unmounts and leaves nothing behind, so it does not outlive the process that started it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from tests.rig.fake_loopback import Loopback
from tests.rig.fake_webcam import Webcam
from tests.rig.fuse_folder import FuseFolder, unmount
from tests.rig.v4l2_device import Device, FormatRate, Handle, Park

_POLLIN, _POLLOUT, _POLLERR, _POLLHUP, _POLLRDNORM = 1, 4, 8, 16, 0x40


class VideoDevices(FuseFolder):
    """The devices as files. One thread serves the kernel, one more for each camera makes its pictures."""

    def __init__(self, folder: Path, devices: Sequence[Device]) -> None:
        super().__init__(folder, [device.name for device in devices])
        self._devices = {device.name: device for device in devices}
        self._handles: dict[int, Handle] = {}
        self._parked: dict[int, Handle] = {}
        self._next_number = 1

    def is_there(self, name: str) -> bool:
        return not self._devices[name].gone

    def on_open(self, name: str, flags: int) -> int:
        device = self._devices[name]
        if device.gone:
            raise OSError(errno.ENODEV, name)
        number, self._next_number = self._next_number, self._next_number + 1
        self._handles[number] = handle = Handle(device, flags)
        device.handles.add(handle)
        return number

    def on_release(self, number: int) -> None:
        handle = self._handles.pop(number)
        handle.device.handles.discard(handle)
        handle.device.released(handle)

    def on_read(self, name: str, offset: int, size: int) -> bytes:
        for handle in self._devices[name].handles:
            for buffer in handle.buffers:
                if buffer.offset <= offset < buffer.offset + buffer.size and buffer.data is not None:
                    start = offset - buffer.offset
                    return buffer.data[start : start + size].ljust(size, b"\0")
        return bytes(size)

    def on_write(self, number: int, data: bytes) -> None:
        handle = self._handles[number]
        device = handle.device
        if device.gone:
            raise OSError(errno.ENODEV, device.name)
        if not isinstance(device, Loopback):
            raise OSError(errno.EINVAL, "a camera cannot be written")
        frame = device.write(handle, data)
        if frame is not None:
            self._deliver(device, frame)

    def on_ioctl(self, unique: int, number: int, command: int, argument: bytearray) -> bool:
        handle = self._handles[number]
        try:
            handle.device.ioctl(handle, command, argument)
        except Park:
            handle.parked = (unique, bytes(argument))
            self._parked[unique] = handle
            return False
        return True

    def on_poll(self, number: int, waiter: int | None) -> int:
        handle = self._handles[number]
        if waiter is not None:
            handle.poll_handle = waiter
        if handle.device.gone:
            return _POLLERR | _POLLHUP
        if handle.done:
            return _POLLIN | _POLLRDNORM
        return _POLLOUT if isinstance(handle.device, Loopback) and not handle.streaming else 0

    def on_interrupt(self, unique: int) -> None:
        handle = self._parked.pop(unique, None)
        if handle is not None:
            handle.parked = None
            self.finish_ioctl(unique, b"", error=errno.EINTR)

    def command(self, verb: str, *words: str) -> str:
        """Do one line of input and return the answer."""
        if verb == "stat":
            return json.dumps([_state(device) for device in self._devices.values()])
        if verb == "reset":
            with self.lock:
                for each in self._devices.values():
                    each.reset()
            return "ok"
        device = self._devices[words[0]]
        with self.lock:
            if verb == "unplug":
                self._unplug(device)
            elif verb == "plug":
                device.gone = False
            elif verb in ("stall", "go"):
                device.stalled = verb == "stall"
            elif verb == "spoil":
                device.spoilt = True
            elif verb == "save":
                Path(words[1]).write_bytes(device.frame or b"")
            else:
                return f"unknown command {verb}"
        return "ok"

    def run_camera(self, camera: Webcam) -> None:
        """Feed a camera at its own rate while somebody streams from it."""
        from tests.rig.camera_pictures import Pictures

        pictures, due = Pictures(camera.clip), time.monotonic()
        while not self.stopping:
            due = max(due + 1 / camera.delivered_fps, time.monotonic() - 1)
            time.sleep(max(0, due - time.monotonic()))
            if camera.gone or camera.stalled or not any(handle.streaming for handle in tuple(camera.handles)):
                continue
            width, height, fourcc = camera.width, camera.height, camera.format.fourcc
            frame = pictures.following(width=width, height=height, fourcc=fourcc)
            if camera.spoilt:
                camera.spoilt, frame = False, bytes(len(frame))
            with self.lock:
                if (width, height, fourcc) == (camera.width, camera.height, camera.format.fourcc):
                    self._deliver(camera, frame)

    def _deliver(self, device: Device, frame: bytes) -> None:
        """Put a new picture into the next queued buffer of every streaming reader."""
        device.sequence += 1
        for handle in tuple(device.handles):
            if not (handle.streaming and handle.queued):
                continue
            index = handle.queued.popleft()
            buffer = handle.buffers[index]
            buffer.data, buffer.used, buffer.sequence, buffer.queued = frame, len(frame), device.sequence, False
            buffer.timestamp = time.monotonic()
            self.store(device.name, buffer.offset, frame)
            handle.done.append(index)
            if handle.parked is not None:
                (unique, saved), handle.parked = handle.parked, None
                self._parked.pop(unique, None)
                argument = bytearray(saved)
                device.pack_buffer(handle, argument, handle.done.popleft())
                self.finish_ioctl(unique, bytes(argument))
            self._wake(handle)

    def _unplug(self, device: Device) -> None:
        device.gone = True
        for handle in tuple(device.handles):
            if handle.parked is not None:
                (unique, _), handle.parked = handle.parked, None
                self._parked.pop(unique, None)
                self.finish_ioctl(unique, b"", error=errno.ENODEV)
            self._wake(handle)

    def _wake(self, handle: Handle) -> None:
        if handle.poll_handle is not None:
            waiter, handle.poll_handle = handle.poll_handle, None
            self.wake(waiter)


def parse_device(argument: str) -> Device:
    """DEVICE=SPEC of the usage above. Raises SystemExit for an unknown kind."""
    name, spec = argument.split("=", 1)
    kind, *rest = spec.split(":", 3)
    if kind in ("loopback", "loopback12"):
        return Loopback(name, label=rest[0] if rest else "Avatar Camera", old=kind == "loopback12")
    if kind != "camera":
        raise SystemExit(f"unknown kind of device {kind!r} in {argument!r}: camera, loopback or loopback12")
    size, rate = rest[0].split("@")
    width, height = map(int, size.split("x"))
    claimed, _, delivered = rate.partition("/")
    formats = [
        FormatRate(fourcc, float(own or claimed))
        for fourcc, _, own in (each.partition("@") for each in rest[1].split(","))
    ]
    return Webcam(
        name,
        size=(width, height),
        formats=formats,
        delivered_fps=float(delivered) if delivered else None,
        clip=Path(rest[2]) if len(rest) > 2 else None,
    )


def _state(device: Device) -> dict[str, object]:
    """The fields of fake_devices.DeviceState."""
    return {
        "name": device.name,
        "format": device.format.fourcc,
        "width": device.width,
        "height": device.height,
        "frames": device.sequence,
        "writes": device.writes,
        "opened": len(device.handles),
    }


def main(arguments: Sequence[str]) -> None:
    folder = Path(arguments[0])
    devices = [parse_device(argument) for argument in arguments[1:] if "=" in argument]
    cameras = [device for device in devices if isinstance(device, Webcam)]
    links = [Path("/dev") / device.name for device in devices] if "--link" in arguments else []
    for link in links:
        if link.exists() and not link.is_symlink():
            raise SystemExit(f"{link} is a real device: choose another name")
    if cameras:
        import tests.rig.camera_pictures  # noqa: F401 - OpenCV is the slow part: late, the first frames would be late
    folder.mkdir(parents=True, exist_ok=True)
    server = VideoDevices(folder, devices)
    try:
        threading.Thread(target=server.serve, daemon=True).start()
        for camera in cameras:
            threading.Thread(target=server.run_camera, args=(camera,), daemon=True).start()
        for link in links:
            link.unlink(missing_ok=True)
            link.symlink_to(folder / link.name)
        _answer("ready")
        for line in sys.stdin:
            words = line.split()
            if words[:1] == ["quit"]:
                break
            if words:
                _answer(server.command(*words))
    finally:
        server.stopping = True
        for link in links:
            link.unlink(missing_ok=True)
        unmount(folder)
        with contextlib.suppress(OSError):
            folder.rmdir()
        os._exit(0)  # a thread may sit in a read of /dev/fuse


def _answer(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
