"""Another camera during a call: opened in a thread of its own beside the present one, and taken over or closed again."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future

from avatarify.errors import CameraError
from avatarify.pipeline.opener import Change
from avatarify.pipeline.protocols import FrameSource

_log = logging.getLogger(__name__)


class CameraChange:
    """One change that is under way. Its Future can be cancelled until the camera is taken over: one that opens after that, or
    after `give_up`, is closed by the thread that has opened it.

    The capture thread calls `start`, `wait` and `take`, any thread the others.
    """

    def __init__(self, change: Change[FrameSource], *, after: CameraChange | None = None, grace_s: float) -> None:
        """after: another one that was given up, which may still hold the same device: it has `grace_s` seconds to let it go."""
        self.change = change
        self._after = after
        self._grace_s = grace_s
        self._lock = threading.Lock()
        self._source: FrameSource | None = None
        self._given_up = False
        self._news = threading.Event()  # open, failed or given up
        self._decided = threading.Event()  # taken or given up
        self._thread = threading.Thread(target=self._run, name="avatarify camera change", daemon=True)

    @property
    def ended(self) -> bool:
        """Answered or cancelled."""
        return self.change.future.done()

    def start(self) -> None:
        """Begin to open."""
        self.change.future.add_done_callback(self._let_go_if_cancelled)
        self._thread.start()

    def wait(self, timeout_s: float) -> None:
        """Until there is something to take, or it has failed; at most so long."""
        self._news.wait(timeout_s)

    def take(self) -> FrameSource | None:
        """The camera, once, and from now on the change cannot be cancelled. None while it is not open, and for good if it has
        failed or was given up."""
        with self._lock:
            if self._source is None or self._given_up or not self.change.claim():
                return None
            source, self._source = self._source, None
        self._decided.set()
        return source

    def give_up(self, why: str) -> None:
        """Answer that the camera was not changed, if nothing has been answered yet."""
        self.change.answer(CameraError(f"The camera was not changed: {why}.", "Try it again."))
        self._let_go()

    def cancel(self) -> None:
        """Nobody wants it any more."""
        self.change.future.cancel()

    def _let_go_if_cancelled(self, ended: Future[None]) -> None:
        if ended.cancelled():
            self._let_go()

    def _let_go(self) -> None:
        with self._lock:
            self._given_up = True
        self._news.set()
        self._decided.set()

    def _run(self) -> None:
        if self._after is not None:
            self._after._thread.join(self._grace_s)  # noqa: SLF001 - one of ours
            self._after = None
        if self._given_up:
            return
        try:
            source = self.change.open_device()
        except Exception as error:  # noqa: BLE001 - belongs to who asked; the present camera goes on
            self.change.answer(error)
            self._news.set()
            return
        except BaseException as error:  # noqa: BLE001 - SystemExit, too, must not leave somebody waiting
            _log.error("A change of camera has ended.", exc_info=error)
            self.give_up("its thread ended")
            return
        with self._lock:
            self._source = source
        self._news.set()
        self._decided.wait()
        with self._lock:
            late, self._source = self._source, None
        if late is not None:
            self._close(late)

    def _close(self, source: FrameSource) -> None:
        try:
            source.close()
        except Exception as error:  # noqa: BLE001 - nobody wants it any more
            _log.warning("A camera that came too late was not closed: %r", error)
