"""The square that follows the user: still while the head moves a little, gliding after it when it goes elsewhere.

A moving square must not be read as a moving head. Keypoints are therefore carried from the square they were found in to
another one, the origin, by the affine map between the two, which is exact: squares are made of whole pixels. The origin
follows the square slowly. So a head that leans over moves the avatar at once and in full, the square's own gliding moves
nothing, and within a few seconds the avatar is back in the middle.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from avatarify.face.crop import Crop, centre_square
from avatarify.face.watcher import FaceReading
from avatarify.frame import Image
from avatarify.settings import FramingSettings

# As shares of the square's side. Inside the dead zone nothing moves; once it moves, it goes on until it is centred.
_LEAVES, _ARRIVES = 0.06, 0.01
_GROWS, _GROWN = 0.10, 0.02
_JUMPS = 0.5  # farther than this is another place, not a movement
_GLIDE_S, _ZOOM_S = 0.25, 0.45  # a critically damped spring covers 74 % of the way in twice this time
_LONGEST_STEP_S = 0.2
# Real pixels are preferred to invented ones around the picture, as in framing.py.
_MAY_SHIFT, _MAY_SHRINK = 0.15, 0.25


class Shift(NamedTuple):
    """From coordinates in [-1,1] of one square to those of another: x -> x * scale + (right, down)."""

    scale: float
    right: float
    down: float


def between(one: Crop, other: Crop) -> Shift:
    """The map that carries points from `one` to `other`."""
    right = one.left + one.size / 2 - other.left - other.size / 2
    down = one.top + one.size / 2 - other.top - other.size / 2
    return Shift(one.size / other.size, 2 * right / other.size, 2 * down / other.size)


class Framed(NamedTuple):
    """crop: what to show the model, in whole pixels. base: the same without what the user has set on top; it is the measure
    of the face, so that zooming by hand is not read as coming closer."""

    crop: Crop
    base: Crop


class AutoFraming:
    """Gives the square for each frame. One stream of frames, one thread. `jumps` counts how often it went
    to another place at once, the first face included."""

    def __init__(self) -> None:
        self.jumps = 0
        self._axes: tuple[_Axis, _Axis, _Axis] | None = None  # centre x, centre y, log size
        self._gliding = self._zooming = False
        self._at = 0.0

    def square(self, image: Image, face: FaceReading | None, at: float, settings: FramingSettings) -> Framed:
        """The square of `image`, uint8 [H,W,3]. face: the newest reading, None when there is none: then it stays.

        at: seconds, rising. Before the first face it is the middle square.
        """
        step = min(max(at - self._at, 0.0), _LONGEST_STEP_S)
        self._at = at
        if not settings.automatic:
            self._axes = None
            return _by_hand(centre_square(image), settings)
        if face is not None and not (settings.locked and self._axes is not None):
            self._follow(_inside(face.square, face.width, face.height), step)
        if self._axes is None:
            return _by_hand(centre_square(image), settings)
        x, y, zoom = (axis.place for axis in self._axes)
        size = math.exp(zoom)
        return _by_hand(Crop(x - size / 2, y - size / 2, size), settings)

    def reset(self) -> None:
        """Go straight to the next face."""
        self._axes = None

    def _follow(self, wanted: Crop, step: float) -> None:
        x, y, zoom = wanted.left + wanted.size / 2, wanted.top + wanted.size / 2, math.log(wanted.size)
        if self._axes is None:
            self._axes = (_Axis(x), _Axis(y), _Axis(zoom))
            self._gliding = self._zooming = False
            self.jumps += 1
            return
        across, down, size = self._axes
        away = math.hypot(x - across.place, y - down.place) / math.exp(size.place)
        larger = abs(zoom - size.place)
        if away > _JUMPS or larger > _JUMPS:
            self._axes = None
            self._follow(wanted, step)
            return
        self._gliding = away > (_ARRIVES if self._gliding else _LEAVES)
        self._zooming = larger > (_GROWN if self._zooming else _GROWS)
        # Resting is a spring with its end where it stands: what speed is left runs out without a jerk.
        across.pull(x if self._gliding else across.place, step, _GLIDE_S)
        down.pull(y if self._gliding else down.place, step, _GLIDE_S)
        size.pull(zoom if self._zooming else size.place, step, _ZOOM_S)


def settled(origin: Crop, square: Crop, step: float, settle_s: float) -> Crop:
    """The origin `step` seconds later on its way to the square; there at once with `settle_s` 0."""
    if settle_s <= 0:
        return square
    share = 1 - math.exp(-max(step, 0.0) / settle_s)
    return Crop(
        origin.left + share * (square.left - origin.left),
        origin.top + share * (square.top - origin.top),
        origin.size + share * (square.size - origin.size),
    )


class _Axis:
    """A critically damped spring: place and speed of one coordinate."""

    def __init__(self, place: float) -> None:
        self.place = place
        self.speed = 0.0

    def pull(self, target: float, step: float, time_s: float) -> None:
        """The exact solution over `step`, so that the frame rate does not matter."""
        rate = 1 / time_s
        offset = self.place - target
        push = self.speed + rate * offset
        decay = math.exp(-rate * step)
        self.place = target + (offset + push * step) * decay
        self.speed = (self.speed - rate * push * step) * decay


def _by_hand(crop: Crop, settings: FramingSettings) -> Framed:
    """With what the user has set on top, in whole pixels."""
    size = crop.size / settings.zoom
    left = crop.left + (crop.size - size) / 2 + settings.shift_x * size
    top = crop.top + (crop.size - size) / 2 + settings.shift_y * size
    return Framed(Crop(round(left), round(top), max(1, round(size))), crop)


def _inside(crop: Crop, width: int, height: int) -> Crop:
    """Shrunk and shifted a little, where that takes it into the picture."""
    size = min(crop.size, max(min(height, width), crop.size * (1 - _MAY_SHRINK)))
    reach = _MAY_SHIFT * size
    left, top = crop.left + (crop.size - size) / 2, crop.top + (crop.size - size) / 2
    return Crop(left + _nudge(left, width - size, reach), top + _nudge(top, height - size, reach), size)


def _nudge(start: float, room: float, reach: float) -> float:
    """How far to move so that `start` comes between 0 and `room` (in either order), at most `reach`."""
    target = min(max(start, min(0.0, room)), max(0.0, room))
    return min(max(target - start, -reach), reach)
