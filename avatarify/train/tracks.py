"""People in a film: which face of one look is the same person as in the look before, and the square that holds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from avatarify.face.crop import Crop
from avatarify.face.detector import Face
from avatarify.face.framing import frame_clip
from avatarify.frame import Image

_FORGOTTEN = 3  # looks without the face, after which its track is over
_GROWN = 1.7  # a face does not change its size more from one look to the next
_SMALLEST_SHARE = 0.33  # of the face's box in the square; less, and the head wanders too far for one square


class Look(NamedTuple):
    """A face at a frame, in pixels of the frame."""

    frame: int
    face: Face


@dataclass
class Track:
    """One person in one shot. person: 0 for the first who was there, 1 for one who came while others were seen."""

    person: int
    looks: list[Look] = field(default_factory=list)
    missed: int = 0

    @property
    def first(self) -> int:
        """Frame of the first look."""
        return self.looks[0].frame

    @property
    def last(self) -> int:
        """Frame of the last look."""
        return self.looks[-1].frame

    @property
    def side(self) -> float:
        """Of the median face, in pixels."""
        return float(np.median([look.face.side for look in self.looks]))

    @property
    def motion(self) -> float:
        """How far the face moves and grows: standard deviation of its centre and side, in face sides."""
        centres = np.array([look.face.centre for look in self.looks])
        sides = np.array([look.face.side for look in self.looks])
        return float(np.hypot(np.linalg.norm(centres.std(0)), sides.std()) / self.side)


class Tracker:
    """Follows every face through the looks of a shot."""

    def __init__(self) -> None:
        self._open: list[Track] = []
        self._closed: list[Track] = []

    def look(self, frame: int, faces: Sequence[Face]) -> None:
        """Faces of the next look, best first."""
        free = list(self._open)
        for face in faces:
            near = [track for track in free if _continues(track.looks[-1].face, face)]
            if near:
                track = min(near, key=lambda track: _distance(track.looks[-1].face, face))
                free.remove(track)
            else:
                taken = {track.person for track in self._open}
                track = Track(min(set(range(len(taken) + 1)) - taken))
                self._open.append(track)
            track.looks.append(Look(frame, face))
            track.missed = 0
        for track in free:
            track.missed += 1
        self._closed += [track for track in self._open if track.missed > _FORGOTTEN]
        self._open = [track for track in self._open if track.missed <= _FORGOTTEN]

    def cut(self) -> list[Track]:
        """The shot is over: its tracks, in the order of their beginning. The next shot begins with none."""
        found = sorted([*self._closed, *self._open], key=lambda track: track.first)
        self._open, self._closed = [], []
        return found


def pieces(track: Track, *, least: int, most: int) -> Iterator[Track]:
    """The track in parts of `least` to `most` frames, in each of which the head stays within one square of usable size."""
    length = track.last - track.first + 1
    if length < least or len(track.looks) < 2:
        return
    if length > most or (length >= 2 * least and _wanders(track)):
        middle = track.first + length // 2
        for part in (
            [look for look in track.looks if look.frame < middle],
            [look for look in track.looks if look.frame >= middle],
        ):
            if part:
                yield from pieces(Track(track.person, part), least=least, most=most)
    elif not _wanders(track):
        yield track


def square_of(track: Track, width: int, height: int) -> Crop:
    """The one square that the live framing would choose for these looks in frames of width x height pixels."""
    blank: Image = np.broadcast_to(np.zeros(1, np.uint8), (height, width, 3))
    return frame_clip([blank] * len(track.looks), _Remembered([look.face for look in track.looks]))


def _wanders(track: Track) -> bool:
    reach = np.ptp([look.face.centre for look in track.looks], axis=0).max() + 1.45 * track.side
    return track.side < _SMALLEST_SHARE * max(float(reach), 2 * track.side)


def _continues(before: Face, now: Face) -> bool:
    larger, smaller = max(before.side, now.side), min(before.side, now.side)
    return larger < _GROWN * smaller and _distance(before, now) < larger


def _distance(a: Face, b: Face) -> float:
    return float(np.linalg.norm(a.centre - b.centre))


class _Remembered:
    """A detector that tells again what was seen before."""

    def __init__(self, faces: list[Face]) -> None:
        self._faces = iter(faces)

    def detect(self, image: Image, threshold: float = 0.5) -> list[Face]:
        """The next one, whatever is asked."""
        del image, threshold
        return [next(self._faces)]
