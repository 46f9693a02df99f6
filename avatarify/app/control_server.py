"""The running app's end of the control socket: takes messages, runs the commands' handlers, answers when they are done."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from avatarify.app.call import Call
from avatarify.app.recording import Recording
from avatarify.control.address import make_private_folder, server_name
from avatarify.control.messages import MESSAGE_LIMIT, ControlStatus, Message, Reply, decode_message, encode_reply
from avatarify.errors import AvatarifyError, ControlError, NotReadyError

MESSAGE_WITHIN_MS = 2000
"""How long a connection may stay without having sent its line."""
DONE_WITHIN_MS = 15000
"""How long a command may take before "under way" is the answer."""
MOST_CONNECTIONS = 16
_ANSWER_WITHIN_MS = 300
_HANDLERS = {
    "next": "avatar.next",
    "previous": "avatar.previous",
    "calibrate": "calibration.take",
    "toggle-output": "output.toggle",
    "record": "recording.toggle",
    "still": "still.take",
}


class ControlServer(QObject):
    """raised: somebody wants to see the window. All belongs to the Qt thread."""

    raised = Signal()

    def __init__(
        self,
        call: Call,
        handlers: Mapping[str, Callable[[], None]],
        *,
        recording: Recording | None = None,
        name: str | None = None,
        parent: QObject | None = None,
    ) -> None:
        """handlers: command id -> what does it. recording: what two of them use. name: a path (on Windows a pipe's name)
        other than this user's own."""
        super().__init__(parent)
        self._call = call
        self._recording = recording
        self._handlers = handlers
        self._name = name if name is not None else server_name()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.setMaxPendingConnections(MOST_CONNECTIONS)
        self._server.newConnection.connect(self._connected)
        self._talks: list[_Talk] = []
        call.failed.connect(self.take_failure)
        call.changed.connect(self._look)
        if recording is not None:
            recording.failed.connect(self.take_failure)
            recording.changed.connect(self._look)

    def listen(self) -> None:
        """Raises ControlError: another app of this user runs, or there is no place for the socket."""
        path = Path(self._name)
        if sys.platform != "win32":
            make_private_folder(path.parent)
        if _somebody_listens(self._name):
            raise ControlError("Avatarify is running already.", "Use the window that is there.")
        QLocalServer.removeServer(self._name)  # left behind by a program that was killed
        if not self._server.listen(self._name):
            raise ControlError(
                f"`run.py control` cannot reach this window ({self._server.errorString()}).", f"Check {path.parent}."
            )
        if sys.platform != "win32":
            try:
                path.chmod(0o600)
            except OSError as error:
                self._server.close()
                raise ControlError(
                    f"{path} cannot be kept to yourself: {error.strerror}.", f"Check {path.parent}."
                ) from error

    def close(self) -> None:
        """The socket goes away, and who waits for an answer is told. Twice is fine."""
        self._server.close()
        for talk in tuple(self._talks):
            talk.answer(Reply(ok=False, error="Avatarify is ending.", hint="Start it again."))

    def take_failure(self, error: AvatarifyError) -> None:
        """What was told to do something has failed. Connect the `failed` of everything that handlers use to it."""
        for talk in tuple(self._talks):
            if talk.acting:
                talk.answer(Reply(ok=False, error=error.message, hint=error.hint))

    def status(self) -> ControlStatus:
        """How the app is doing now."""
        call = self._call
        avatars = (
            tuple(avatar.name for avatar in call.live.avatars.all if avatar.usable) if call.live is not None else ()
        )
        if call.status is None:
            return ControlStatus(state=call.state.value, avatars=avatars)
        status, pipeline = call.status, call.status.pipeline
        latency = pipeline.measured.latency
        return ControlStatus(
            state=call.state.value,
            avatar=status.avatar,
            avatars=avatars,
            virtual_camera=status.virtual_camera,
            showing=pipeline.showing.value if pipeline.showing is not None else None,
            paused=pipeline.paused,
            passthrough=pipeline.passthrough,
            recording=status.recording is not None and status.recording.recording,
            fps=round(pipeline.measured.output_fps, 1),
            engine_fps=round(pipeline.measured.engine_fps, 1),
            latency_p50_ms=latency.p50_ms if latency is not None else None,
            latency_p95_ms=latency.p95_ms if latency is not None else None,
            runtime=str(status.runtime) if status.runtime is not None else None,
        )

    @property
    def _busy(self) -> Counter[str]:
        """What is under way, and how many times."""
        return Counter((*self._call.busy, *(self._recording.busy if self._recording is not None else ())))

    def _connected(self) -> None:
        socket = self._server.nextPendingConnection()
        while socket is not None:
            if len(self._talks) < MOST_CONNECTIONS:
                talk = _Talk(socket, self._act, self._ended)
                self._talks.append(talk)
                talk.begin()  # what has come already may be answered, and the talk be over, within this call
            else:
                socket.abort()
                socket.deleteLater()
            socket = self._server.nextPendingConnection()

    def _ended(self, talk: _Talk) -> None:
        if talk in self._talks:
            self._talks.remove(talk)

    def _act(self, talk: _Talk, line: bytes) -> None:
        before = self._busy
        talk.acting = True
        try:
            reply = self._obey(decode_message(line))
        except AvatarifyError as error:
            reply = Reply(ok=False, error=error.message, hint=error.hint)
        if reply is not None:
            talk.answer(reply)
            return
        talk.waits_for = self._busy - before
        talk.act(DONE_WITHIN_MS)
        if not talk.waits_for:
            talk.end_soon()

    def _obey(self, message: Message) -> Reply | None:
        """None: the answer follows when it is done. Raises AvatarifyError."""
        if message.command == "status":
            return Reply(ok=True, status=self.status())
        if message.command == "raise":
            self.raised.emit()
            return Reply(ok=True)
        if message.command in ("pause", "resume"):
            return self._pause(message.command == "pause")
        if message.command == "avatar":
            argument = message.argument.strip()
            self._call.show_avatar(int(argument) if argument.isascii() and argument.isdecimal() else argument)
        else:
            self._handlers[_HANDLERS[message.command]]()
        return None

    def _pause(self, wanted: bool) -> Reply | None:
        if self._call.status is None:
            raise NotReadyError("The camera is not running yet.", "Wait a moment, or start it in the window.")
        if self._call.status.pipeline.paused is wanted:
            return Reply(ok=True, text="It is paused already." if wanted else "It is not paused.")
        self._handlers["call.pause"]()
        return None

    def _look(self) -> None:
        """Something has ended or begun. A failure is told right after, so the good news waits a turn."""
        busy = self._busy
        for talk in self._talks:
            if talk.waits_for and not (talk.waits_for & busy):
                talk.waits_for = Counter()
                talk.end_soon()


class _Talk:
    """One connection: a line in, a line out, the end."""

    def __init__(
        self,
        socket: QLocalSocket,
        heard: Callable[[_Talk, bytes], None],
        ended: Callable[[_Talk], None],
    ) -> None:
        self.acting = False
        self.waits_for: Counter[str] = Counter()
        self._socket = socket
        self._heard = heard
        self._ended = ended
        self._line = b""
        self._answered = False
        self._patience, self._turn = QTimer(socket), QTimer(socket)
        for timer, expired in ((self._patience, self._too_late), (self._turn, self._done)):
            timer.setSingleShot(True)
            timer.timeout.connect(expired)
        socket.setReadBufferSize(4 * MESSAGE_LIMIT)  # a line that is too long is read, so that the answer arrives
        socket.readyRead.connect(self._read)
        socket.disconnected.connect(self._gone)

    def begin(self) -> None:
        """Listen, but not for ever."""
        self._patience.start(MESSAGE_WITHIN_MS)
        self._read()

    def act(self, limit_ms: int) -> None:
        """What was asked for is under way, which is the answer after `limit_ms`."""
        self._patience.start(limit_ms)

    def end_soon(self) -> None:
        """It is done, unless a failure is told in this turn."""
        self._turn.start(0)

    def answer(self, reply: Reply) -> None:
        """Once; what comes later is not sent."""
        if self._answered:
            return
        self._answered = True
        self.acting = False
        self._socket.write(encode_reply(reply))
        self._socket.flush()
        self._socket.disconnectFromServer()  # after what was written has gone

    def _read(self) -> None:
        if self._answered or self.acting:
            self._socket.readAll()
            return
        self._line += self._socket.readAll().data()
        if b"\n" in self._line:
            self._heard(self, self._line[: self._line.index(b"\n") + 1])
        elif len(self._line) >= MESSAGE_LIMIT:
            self.answer(Reply(ok=False, error=f"More than {MESSAGE_LIMIT} bytes in a line.", hint="Send less."))

    def _done(self) -> None:
        self.answer(Reply(ok=True))

    def _too_late(self) -> None:
        if self.acting:
            self.answer(Reply(ok=True, text="Under way."))
        else:
            self.answer(
                Reply(ok=False, error=f"No line within {MESSAGE_WITHIN_MS} ms.", hint="Send the message at once.")
            )

    def _gone(self) -> None:
        self._answered = True
        self._patience.stop()
        self._turn.stop()
        self._ended(self)
        self._socket.deleteLater()


def _somebody_listens(name: str) -> bool:
    socket = QLocalSocket()
    socket.connectToServer(name)
    there = socket.waitForConnected(_ANSWER_WITHIN_MS)
    socket.abort()
    return there
