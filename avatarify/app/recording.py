"""Films and stills of what the call sees, in the user's own folders."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Signal

from avatarify.app.call import Call, CallState
from avatarify.errors import AvatarifyError, MediaError, NotReadyError

if TYPE_CHECKING:
    from avatarify.live.live import Live
    from avatarify.virtual_camera.recorder import RecorderStatus


class Recording(QObject):
    """At most one film at a time; one that is going on when the call ends is finished with it.

    saved: a Path, of a film or a still. failed: an AvatarifyError. changed: `on` or `busy` is another.
    """

    saved = Signal(object)
    failed = Signal(object)
    changed = Signal()

    def __init__(
        self, call: Call, *, films: Path | None = None, stills: Path | None = None, parent: QObject | None = None
    ) -> None:
        """films, stills: where to; by default Avatarify in the user's folders for videos and pictures."""
        super().__init__(parent)
        self._call = call
        self._films = films or _folder(QStandardPaths.StandardLocation.MoviesLocation)
        self._stills = stills or _folder(QStandardPaths.StandardLocation.PicturesLocation)
        self._on = False
        self._waiting = False  # for a film's file that is being opened or finished
        self._stills_under_way = 0
        self._filmed: Live | None = None  # what the film is, or was, of
        call.changed.connect(self._follow)

    @property
    def on(self) -> bool:
        """A film is being recorded."""
        return self._on

    @property
    def busy(self) -> tuple[str, ...]:
        """One word for each file that is being opened, finished or written."""
        return (*(("film",) if self._waiting else ()), *("still",) * self._stills_under_way)

    def toggle(self) -> None:
        """Begin a film, or finish it. While one is being opened or finished: nothing."""
        live = self._call.live
        if self._waiting:
            return
        if live is None:
            self.failed.emit(_nothing_yet())
        elif self._on:
            self._finish(live)
        else:
            self._begin(live)

    def take_still(self) -> None:
        """What the virtual camera shows now, as a PNG file."""
        live = self._call.live
        if live is None:
            self.failed.emit(_nothing_yet())
            return
        folder = self._stills

        def write() -> Path:
            from avatarify.media.images import write_image

            path = free_name(_ready(folder), ".png")
            write_image(path, live.still())
            return path

        self._stills_under_way += 1
        self._call.tasks.run(write, done=self._written, failed=self._not_written, lane="stills")
        self.changed.emit()

    def _written(self, path: Path) -> None:
        self._stills_under_way -= 1
        self.changed.emit()
        self.saved.emit(path)

    def _not_written(self, error: AvatarifyError) -> None:
        self._stills_under_way -= 1
        self.changed.emit()
        self.failed.emit(error)

    def _begin(self, live: Live) -> None:
        folder = self._films
        self._waiting = True
        self._call.tasks.run(
            lambda: live.record(free_name(_ready(folder), ".mp4")),
            done=lambda _: self._begun(live),
            failed=self._refused,
        )
        self.changed.emit()

    def _finish(self, live: Live) -> None:
        self._waiting = True
        self._call.tasks.run(live.stop_recording, done=self._stopped, failed=self._refused)
        self.changed.emit()

    def _begun(self, live: Live) -> None:
        self._waiting, self._on, self._filmed = False, True, live
        self.changed.emit()
        self._follow()  # the call may have ended meanwhile

    def _refused(self, error: AvatarifyError) -> None:
        self._waiting = False
        self.changed.emit()
        self.failed.emit(error)

    def _stopped(self, ended: RecorderStatus | None) -> None:
        self._waiting = False
        if ended is None and self._call.live is not self._filmed:
            self._follow()  # the end of the call was quicker, and finishes it
        else:
            self._finished(ended)

    def _finished(self, ended: RecorderStatus | None) -> None:
        self._on = False
        self._filmed = None
        self.changed.emit()
        if ended is None:
            return
        if ended.error is not None:
            self.failed.emit(ended.error)
        else:
            self.saved.emit(ended.path)

    def _follow(self) -> None:
        """The call may have ended, and its film with it; and a full disk ends a film by itself."""
        filmed, call = self._filmed, self._call
        if filmed is None or self._waiting:
            return
        if call.live is not filmed:
            if self._on:
                self._on = False
                self.changed.emit()
            if call.state is not CallState.STOPPING:
                self._finished(filmed.ended_recording)
        elif call.status is not None and call.status.recording is not None and call.status.recording.error is not None:
            self._finish(filmed)


def free_name(folder: Path, suffix: str, now: datetime | None = None) -> Path:
    """A name after the time that no file there has, nor an unfinished one. now: in the user's own time zone."""
    moment = now if now is not None else datetime.now().astimezone()
    stem = f"avatar-{moment:%Y-%m-%d-%H%M%S}"
    number = 1
    while any(folder.glob(f"{stem}.*")):
        number += 1
        stem = f"avatar-{moment:%Y-%m-%d-%H%M%S}-{number}"
    return folder / f"{stem}{suffix}"


def _folder(where: QStandardPaths.StandardLocation) -> Path:
    return Path(QStandardPaths.writableLocation(where) or Path.home()) / "Avatarify"


def _ready(folder: Path) -> Path:
    """The folder, made. Raises MediaError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MediaError(
            f"The folder {folder} cannot be made: {error.strerror}.", "Check the disk and its rights."
        ) from error
    return folder


def _nothing_yet() -> NotReadyError:
    return NotReadyError("There is nothing to record yet.", "Wait until the camera is running.")
