"""The devices of a live call: a drawn performer in front of a camera with a plug, and a virtual camera in memory."""

from __future__ import annotations

from avatarify.camera.synthetic import SyntheticCamera
from avatarify.errors import CameraError, VirtualCameraError
from avatarify.frame import Frame, Image
from avatarify.virtual_camera.memory_camera import MemoryVirtualCamera

SIZE = (640, 480)


class Devices:
    """plugged: the camera is there. driver_works: so is the virtual camera. free_output: the first free one. outputs, cameras: every
    one that was opened."""

    def __init__(self) -> None:
        self.plugged = self.driver_works = True
        self.free_output = "memory"
        self.outputs: list[MemoryVirtualCamera] = []
        self.cameras: list[PluggedCamera] = []

    def film(self) -> SyntheticCamera:
        """Opens the camera."""
        self.cameras.append(PluggedCamera(self))
        return self.cameras[-1]

    def output(self, standby: Image, device: str | None) -> MemoryVirtualCamera:
        """Opens the virtual camera that is asked for, else the first free one."""
        if not self.driver_works:
            raise VirtualCameraError("There is no virtual camera.", "Load v4l2loopback.")
        self.outputs.append(MemoryVirtualCamera(device or self.free_output, size=SIZE, fps=30))
        return self.outputs[-1]

    @property
    def let_go(self) -> bool:
        """Something was opened, and all of it is closed again."""
        opened = (*self.cameras, *self.outputs)
        return bool(opened) and all(device.closed for device in opened)


class PluggedCamera(SyntheticCamera):
    """A film of the performer, until somebody pulls the plug."""

    def __init__(self, devices: Devices) -> None:
        super().__init__(size=(160, 120), fps=15)
        self._devices = devices
        self.closed = False

    def read(self) -> Frame:
        if not self._devices.plugged:
            raise CameraError("The camera was unplugged.", "Plug it in.")
        return super().read()

    def close(self) -> None:
        super().close()
        self.closed = True
