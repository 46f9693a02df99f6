"""A portrait in motion before anybody else sees it: moved by the user's face beside a running call, or by a drawn person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle
from typing import TYPE_CHECKING, Protocol

from avatarify.animator import Animator, Reference, Runtime, Source, load_runtime
from avatarify.camera.synthetic import SyntheticCamera
from avatarify.errors import NotReadyError
from avatarify.face.crop import Crop
from avatarify.face.framing import frame_portrait
from avatarify.face.search import FaceSearch
from avatarify.frame import Frame, Image
from avatarify.paths import EMBEDDED_MODEL
from avatarify.settings import MotionSettings

if TYPE_CHECKING:
    from avatarify.live.engine import LiveEngine
    from avatarify.live.live import Live

_PATIENCE_S = 20.0  # an engine that is being replaced or warmed up may take that long
_FPS = 10.0
_SECONDS = 9.0  # the demo script; then it begins again
_FILM = (320, 240)


class Rehearses(Protocol):
    """Made, used and closed by one thread, not Qt's."""

    def take(self, portrait: Image) -> None:
        """Show this one from now on. portrait: uint8 [N,N,3] RGB."""
        ...

    def step(self) -> Image:
        """The portrait as it looks now, uint8 [N,N,3] RGB. Raises NotReadyError or FaceError while there is nobody to move
        it, and what the runtime raises."""
        ...

    def close(self) -> None:
        """Let go of everything. Twice is fine."""
        ...


class OwnRehearsal:
    """Moved by the user's face with the engine of a running call, which goes on showing its own avatar."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._seen = live.pipeline.camera.subscribe()
        self._portrait: Image | None = None
        self._encoded: tuple[Animator, Source] | None = None  # and by whom

    def take(self, portrait: Image) -> None:
        """See Rehearses."""
        self._portrait, self._encoded = portrait, None
        self._live.pipeline.submit(lambda engine: self._source(engine, portrait)).result(_PATIENCE_S)

    def step(self) -> Image:
        """See Rehearses. Raises NotReadyError before the call is calibrated."""
        portrait, frame = self._portrait, self._seen.take(1.0)
        if portrait is None or frame is None:
            raise NotReadyError("There is no camera picture yet.", "Wait for the camera.")
        moved = self._live.pipeline.submit(lambda engine: _tried(engine, self._source(engine, portrait), frame))
        return moved.result(_PATIENCE_S)

    def close(self) -> None:
        """See Rehearses."""
        self._seen.close()
        self._portrait = self._encoded = None

    def _source(self, engine: LiveEngine, portrait: Image) -> Source:
        """In the animate thread. The call's engine may be another one by now, and one model's encoding means nothing to another."""
        if self._encoded is None or self._encoded[0] is not engine.animator:
            self._encoded = engine.animator, engine.animator.encode_source(portrait)
        return self._encoded[1]


class DrawnRehearsal:
    """Moved by the drawn performer, with a model of its own."""

    def __init__(
        self,
        load: Callable[[], Runtime] = lambda: load_runtime("auto", model=EMBEDDED_MODEL),
        film: Callable[[], Iterator[Frame]] = lambda: _performance(),
    ) -> None:
        """film: begins with a face that looks straight ahead. Raises FaceError where none is found in it, and what loading
        raises."""
        self._animator = Animator(load())
        frames = film()
        first = next(frames)
        self._square = frame_portrait(first.image, FaceSearch())
        self._film = frames
        self._played: list[Reference] = [self._found(first.image)]  # detected once; the film is the same each time
        self._again: Iterator[Reference] | None = None
        self._source: Source | None = None

    def take(self, portrait: Image) -> None:
        """See Rehearses."""
        self._source = self._animator.encode_source(portrait)

    def step(self) -> Image:
        """See Rehearses."""
        if self._source is None:
            raise NotReadyError("There is no portrait to move.", "Choose one.")
        driving = self._next().keypoints
        moved = self._animator.transfer(self._source, self._played[0], driving, MotionSettings())
        return self._animator.generate(self._source, moved)

    def close(self) -> None:
        """See Rehearses."""
        self._animator.runtime.close()

    def _next(self) -> Reference:
        if self._again is None:
            frame = next(self._film, None)
            if frame is not None:
                self._played.append(self._found(frame.image))
                return self._played[-1]
            self._again = cycle(self._played)
        return next(self._again)

    def _found(self, image: Image) -> Reference:
        return self._animator.calibrate(self._square.apply(image, 2 * self._animator.runtime.config.image_size))


def _tried(engine: LiveEngine, source: Source, frame: Frame) -> Image:
    """In the animate thread. The square is that of the last step, near enough for a look."""
    scene, square = engine.session.scene, engine.session.status().crop
    if scene.reference is None or square is None:
        raise NotReadyError("Not calibrated yet.", "Look straight into the camera.")
    size = 2 * engine.animator.runtime.config.image_size
    driving = engine.animator.detect(_whole(square).apply(frame.image, size))
    return engine.animator.generate(source, engine.animator.transfer(source, scene.reference, driving, scene.motion))


def _whole(crop: Crop) -> Crop:
    return Crop(round(crop.left), round(crop.top), max(1, round(crop.size)))


def _performance() -> Iterator[Frame]:
    return SyntheticCamera(size=_FILM, fps=_FPS).frames(round(_SECONDS * _FPS))
