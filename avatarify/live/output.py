"""What others see of a live call: the virtual camera or none, how the picture lies in it, and its recording."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from avatarify.errors import MediaError, NotReadyError, VirtualCameraError
from avatarify.frame import Image
from avatarify.live.request import LiveRequest
from avatarify.pipeline.output import Shown
from avatarify.pipeline.slot import LatestSlot
from avatarify.virtual_camera.composition import Composer, Look
from avatarify.virtual_camera.framed_camera import FramedCamera
from avatarify.virtual_camera.memory_camera import MemoryVirtualCamera
from avatarify.virtual_camera.standby import PAUSE_PICTURE, Standby, load_standby
from avatarify.virtual_camera.virtual_camera import PyVirtualCamera, VirtualCamera

if TYPE_CHECKING:  # what writes films takes a while to import, and nobody films at once
    from avatarify.virtual_camera.recorder import Recorder, RecorderStatus

OpenCamera = Callable[[Image, str | None], VirtualCamera]
"""Opens a virtual camera. Gets the stand-by picture, and the device that it must be; None: any."""


class Unseen(FramedCamera):
    """No virtual camera: the call is previewed at most. hidden: asked whether surely nobody looks at that either."""

    def __init__(self, size: tuple[int, int], fps: float, look: Look, hidden: Callable[[], bool]) -> None:
        super().__init__(MemoryVirtualCamera(size=size, fps=fps, keep=1), look)
        self._hidden = hidden

    @property
    def has_reader(self) -> bool | None:
        """None where nobody has said whether he looks."""
        return False if self._hidden() else None


class Output:
    """Any thread may call; `open` and `open_none` are for the output thread, which opens, sends and closes."""

    def __init__(self, request: LiveRequest, open_camera: OpenCamera | None = None) -> None:
        """open_camera: by default the real virtual camera of the request."""
        self._request = request
        self._open_camera = open_camera if open_camera is not None else self._real_camera
        self.standby: Standby = load_standby(request.size)
        self.pause: Standby = load_standby(request.size, PAUSE_PICTURE)
        self.hidden = False
        """Surely nobody looks at the preview."""
        self._look = request.look
        self._device: str | None = None  # the one that others see the call on, until the user closes it
        self._lock = threading.Lock()
        self._sinks: tuple[FramedCamera, ...] = ()  # more than one while a thread that was left behind has one, too
        self._recorder: Recorder | None = None
        self._beginning: object | None = None  # a recorder that is being started

    def open(self) -> FramedCamera:
        """The virtual camera, the same while it is open; one that was lost is opened again on its device and on no other, until
        `open_none`: the call must not turn up where nobody has let it. Raises VirtualCameraError."""
        sink = self._sink
        if sink is not None and self.virtual_camera is not None:
            return sink
        camera = self._open_camera(self.standby.image, self._device)
        self._device = camera.device
        return self._use(FramedCamera(camera, self._look))

    def open_none(self) -> FramedCamera:
        """None; recording goes on. The next virtual camera may be another one."""
        self._device = None
        return self._use(Unseen(self._request.size, self._request.fps, self._look, lambda: self.hidden))

    @property
    def virtual_camera(self) -> str | None:
        """Its name; None while there is none."""
        sink = self._sink
        return None if sink is None or sink.closed or isinstance(sink, Unseen) else sink.camera.name

    @property
    def in_use(self) -> bool | None:
        """Some program has the virtual camera open; None where there is none, or nobody can tell."""
        sink = self._sink
        return sink.has_reader if sink is not None and self.virtual_camera is not None else None

    @property
    def reader(self) -> str | None:
        """The name of such a program; None where none is known."""
        sink = self._sink
        return sink.reader if sink is not None and self.virtual_camera is not None else None

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the user."""
        sink = self._sink
        own = tuple(note for note in (self.standby.note, self.pause.note) if note)
        return own if sink is None else (*own, *sink.camera.notes)

    @property
    def recording(self) -> RecorderStatus | None:
        """None while nothing is recorded."""
        recorder = self._recorder
        return recorder.status if recorder is not None else None

    @property
    def look(self) -> Look:
        """How the picture lies in the frame. Setting it counts from the next picture on, and for the next virtual camera."""
        return self._look

    @look.setter
    def look(self, look: Look) -> None:
        with self._lock:
            self._look = look
            for sink in self._sinks:
                sink.look = look

    def record(self, path: Path) -> None:
        """See Live.record."""
        from avatarify.virtual_camera.recorder import Recorder

        beginning = object()
        with self._lock:
            if self._sink is None:
                raise NotReadyError("There is nothing to record yet.", "Wait until the virtual camera is open.")
            if self._recorder is not None or self._beginning is not None:
                raise MediaError("A recording is going on.", "Stop it first.")
            self._beginning = beginning
        recorder: Recorder | None = None
        try:
            recorder = Recorder(path, size=self._request.size, fps=self._request.fps)  # takes seconds on a slow disk
        finally:
            given_up = not self._begun(beginning, recorder)
        if given_up:
            recorder.stop()
            raise MediaError("The recording was ended before it had begun.", "Begin it again.")

    def stop_recording(self) -> RecorderStatus | None:
        """See Live.stop_recording."""
        recorder = self.end_recording()
        return recorder.stop() if recorder is not None else None

    def end_recording(self) -> Recorder | None:
        """Nothing more is recorded. The file is still to be finished, with the recorder's `stop`, which may take seconds."""
        with self._lock:
            recorder, self._recorder = self._recorder, None
            self._beginning = None
            for sink in self._sinks:
                sink.tap = None
        return recorder

    def _begun(self, beginning: object, recorder: Recorder | None) -> bool:
        """recorder: None where it could not be started. False: it was ended meanwhile."""
        with self._lock:
            if self._beginning is not beginning:
                return False
            self._beginning, self._recorder = None, recorder
            sink = self._sink
            if sink is not None and recorder is not None:
                sink.tap = recorder.put
            return True

    def composed(self, image: Image) -> Image:
        """A picture as others get it: uint8 [H,W,3] RGB of the virtual camera's size; nobody else's array."""
        width, height = self._request.size
        if image.shape[:2] == (height, width):
            return image.copy()
        return Composer(self._request.size, self._look).compose(image)

    @property
    def _sink(self) -> FramedCamera | None:
        """The newest that is open: one for which nobody waited any more is closed as soon as it comes. Else the last one."""
        sinks = self._sinks
        return next((sink for sink in reversed(sinks) if not sink.closed), sinks[-1] if sinks else None)

    def _use(self, sink: FramedCamera) -> FramedCamera:
        with self._lock:
            self._sinks = (*(other for other in self._sinks if not other.closed), sink)
            sink.look = self._look
            if self._recorder is not None:
                sink.tap = self._recorder.put
        return sink

    def _real_camera(self, standby: Image, device: str | None) -> VirtualCamera:
        wanted = self._request
        try:
            return PyVirtualCamera(device or wanted.device, size=wanted.size, fps=wanted.fps, standby=standby)
        except VirtualCameraError as error:
            if device is None or wanted.device is not None:
                raise
            other = "To take another virtual camera, close this one and open it again."
            raise VirtualCameraError(error.message, f"{error.hint} {other}".lstrip()) from error


class Newest:
    """The last picture that was shown, however long ago. Any thread may call."""

    def __init__(self, slot: LatestSlot[Shown], first: Image) -> None:
        """slot: subscribed for this alone. first: before anything was shown."""
        self._slot = slot
        self._image = first

    @property
    def image(self) -> Image:
        """uint8 [H,W,3] RGB, before it is composed."""
        shown = self._slot.take(0.0)
        if shown is not None:
            self._image = shown.image
        return self._image
