"""Another model or runtime during a call: loaded and tried in a thread of its own, handed over between two frames."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, wait
from dataclasses import dataclass

import numpy as np

from avatarify.animator import Animator, Source
from avatarify.avatars import Avatar
from avatarify.errors import AvatarifyError, RuntimeUnavailableError
from avatarify.live.engine import Adoption, LiveEngine, reduced
from avatarify.live.request import EngineRequest
from avatarify.memory import model_mark
from avatarify.runtime.base import Runtime

_LOOK_UP_S = 0.1
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Call:
    """What a change asks of the call that goes on. submit: see Pipeline.submit. avatar: the one that is to be shown.
    shows_avatar: an animated picture goes out just now. changed: told in the animate thread when it is done.
    portrait_size: side in pixels of avatars where nothing is saved."""

    submit: Callable[[Callable[[LiveEngine], Adoption]], Future[Adoption]]
    avatar: Callable[[], Avatar | None]
    shows_avatar: Callable[[], bool]
    changed: Callable[[EngineRequest], None]
    portrait_size: int


class EngineChange:
    """One change, whose `future` can be cancelled until it has happened: loading then ends in the background.

    The present engine goes on until the new one has been loaded, has encoded the avatar, has made a picture of it, and can be
    calibrated: from the picture of the moment that serves as the reference now, or from a good moment of the last seconds,
    since keypoints of one model mean nothing to another. Where no avatar is shown anyway it does not wait for one.
    """

    def __init__(self, request: EngineRequest, load: Callable[[EngineRequest], Runtime], call: Call) -> None:
        self.future: Future[None] = Future()
        self._request = request
        self._mark = ""
        self._load = load
        self._call = call
        self._thread = threading.Thread(target=self._run, name="avatarify engine change", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        runtime: Runtime | None = None
        try:
            self._mark = model_mark(self._request.model)
            runtime = self._load(self._request)
            if self._hand_over(Animator(runtime)):
                runtime = None
                self.future.set_result(None)
        except CancelledError:
            self._fail(AvatarifyError("The engine was not changed: the call has ended.", "Start it again."))
        except Exception as error:  # noqa: BLE001 - belongs to who asked; the call goes on as it was
            self._fail(error)
        finally:
            if runtime is not None:
                runtime.close()

    def _hand_over(self, animator: Animator) -> bool:
        """False: cancelled."""
        avatar: Avatar | None = None
        source: Source | None = None
        waits = threading.Event()
        while not self.future.cancelled():
            wanted = self._call.avatar()
            if wanted is None or wanted.portrait is None:
                raise AvatarifyError("There is no avatar to try the engine with.", "Choose one.")
            if source is None or avatar is not wanted:
                avatar, source = wanted, tried(animator, wanted, self._call.portrait_size)
            adoption = self._adopt(animator, source, wanted)
            if adoption is Adoption.DONE:
                return True
            waits.wait(_LOOK_UP_S)
        return False

    def _adopt(self, animator: Animator, source: Source, avatar: Avatar) -> Adoption:
        mark, patient = self._mark, self._call.shows_avatar()

        def job(engine: LiveEngine) -> Adoption:
            claim = self.future.set_running_or_notify_cancel
            adoption = engine.adopt(animator, source, avatar, mark=mark, patient=patient, claim=claim)
            if adoption is Adoption.DONE:
                self._call.changed(self._request)
            return adoption

        answer = self._call.submit(job)
        while not wait([answer], _LOOK_UP_S).done:
            if self.future.cancelled() and answer.cancel():
                return Adoption.GIVEN_UP
        return answer.result()

    def _fail(self, error: Exception) -> None:
        if self.future.cancelled():
            _log.info("An engine that nobody wants any more: %s", error)
        elif self.future.running() or self.future.set_running_or_notify_cancel():
            self.future.set_exception(error)


def tried(animator: Animator, avatar: Avatar, size: int) -> Source:
    """The avatar, encoded and animated once. Raises RuntimeUnavailableError when no picture comes of it, and what the
    runtime raises."""
    assert avatar.portrait is not None
    portrait = reduced(avatar.portrait, size)
    source = animator.encode_source(portrait)
    picture = animator.generate(source, animator.detect(portrait))
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3 or int(np.ptp(picture)) == 0:
        raise RuntimeUnavailableError(
            f"{animator.runtime.description} made no picture of {avatar.name!r} but one of {picture.dtype} "
            f"{list(picture.shape)} in one colour.",
            "Choose another runtime or precision for this model.",
        )
    return source
