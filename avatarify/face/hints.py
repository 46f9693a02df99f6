"""What the user can do for a better picture, as short sentences that come and go without flicker."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from avatarify.face.calibration import FaceTarget
from avatarify.face.watcher import FaceReading

COME_BACK = "Come into the picture."
_LAST_S = 0.5  # for so long a measure must be over its limit before a hint shows, and under it before it goes
_MOST = 2  # more than two wishes at once help nobody


class _Rule(NamedTuple):
    """text: what to do. measure: how bad it is. shows, goes: the limits. posed: matters only while a reference is sought."""

    text: str
    measure: Callable[[FaceReading, FaceTarget], float]
    shows: float
    goes: float
    posed: bool = False


# Most useful first. "Left" is the user's own left. Degrees, greys and shares of the picture.
_RULES = (
    _Rule("More light from the front, please.", lambda face, _: -face.light, -55.0, -65.0),
    _Rule("Less light on the face, please.", lambda face, _: face.light, 232.0, 224.0),
    _Rule("Come closer.", lambda face, _: -face.side / min(face.width, face.height), -0.16, -0.19),
    _Rule("Move back a little.", lambda face, _: face.side / min(face.width, face.height), 0.72, 0.66),
    _Rule("Move to the middle of the picture.", lambda face, _: _outside(face), 0.30, 0.22),
    _Rule("Turn right a little.", lambda face, target: face.pose.yaw - target.pose.yaw, 12.0, 8.0, True),
    _Rule("Turn left a little.", lambda face, target: target.pose.yaw - face.pose.yaw, 12.0, 8.0, True),
    _Rule("Look down a little.", lambda face, target: face.pose.pitch - target.pose.pitch, 14.0, 10.0, True),
    _Rule("Look up a little.", lambda face, target: target.pose.pitch - face.pose.pitch, 14.0, 10.0, True),
    _Rule(
        "Tilt your head to the right a little.", lambda face, target: face.pose.roll - target.pose.roll, 10.0, 7.0, True
    ),
    _Rule(
        "Tilt your head to the left a little.", lambda face, target: target.pose.roll - face.pose.roll, 10.0, 7.0, True
    ),
    _Rule("Close your mouth.", lambda face, target: face.mouth - target.mouth, 0.14, 0.10, True),
    _Rule("Open your eyes.", lambda face, target: min(target.eyes) - max(face.eyes), 0.14, 0.11, True),
)


class Hints:
    """Keeps what is shown. One thread."""

    def __init__(self) -> None:
        self._shown: set[str] = set()
        self._since: dict[str, float] = {}  # when a rule began to ask for a change

    def update(self, face: FaceReading | None, target: FaceTarget, at: float, *, seeking: bool) -> tuple[str, ...]:
        """The sentences to show now, most useful first. at: seconds, rising. seeking: a good pose is wanted just now."""
        if face is None:
            self._shown.clear()
            self._since.clear()
            return (COME_BACK,)
        for rule in _RULES:
            measure = rule.measure(face, target)
            shown = rule.text in self._shown
            changes = measure < rule.goes if shown else measure > rule.shows
            if not changes:
                self._since.pop(rule.text, None)
            elif at - self._since.setdefault(rule.text, at) >= _LAST_S:
                self._since.pop(rule.text)
                self._shown ^= {rule.text}
        wanted = [rule.text for rule in _RULES if rule.text in self._shown and (seeking or not rule.posed)]
        return tuple(wanted[:_MOST])


def _outside(face: FaceReading) -> float:
    """Share of the square that reaches out of the picture sideways, or below; above is only hair."""
    square = face.square
    beyond = max(-square.left, square.left + square.size - face.width, square.top + square.size - face.height, 0.0)
    return beyond / square.size
