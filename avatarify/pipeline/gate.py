"""What the virtual camera may show. This page decides it, and nothing else does.

    paused                                     -> the pause picture
    pass-through is on, its picture is fresh   -> the camera picture     (the user's own switch, see passthrough.py)
    an animated frame of the last second       -> that frame
    anything else                              -> the stand-by picture

A camera frame (`Frame`) cannot be handed in: `Animated` is made from an engine's result only, `Unlocked` by the switch only
while it is on. A missing frame, a dead or hanging thread, an exception: all look the same from here, no new `Animated` comes,
and the second runs out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from avatarify.frame import Image


class Showing(Enum):
    """What is seen. HELD: an animated frame that is getting old, because no newer one came. of_avatar: it is the avatar's
    picture; only that is mirrored for others, see virtual_camera/composition.py."""

    ANIMATED = "animated"
    HELD = "held"
    STANDBY = "stand-by"
    PAUSED = "paused"
    PASSTHROUGH = "pass-through"

    @property
    def of_avatar(self) -> bool:
        return self in (Showing.ANIMATED, Showing.HELD)


@dataclass(frozen=True, eq=False)
class Animated:
    """An engine's result. image: uint8 [H,W,3] RGB. index, captured_at: the camera frame's. made_at: when it was done.
    step_s: how long the engine took. Times in seconds on the pipeline's clock."""

    image: Image
    index: int
    captured_at: float
    made_at: float
    step_s: float


@dataclass(frozen=True, eq=False)
class Unlocked:
    """A camera picture that the user has let through. image: uint8 [H,W,3] RGB. arrived_at: seconds, pipeline's clock."""

    image: Image
    arrived_at: float


@dataclass(frozen=True, eq=False)
class Choice:
    """A picture to send. animated: the frame it is from, when it is from one."""

    image: Image
    showing: Showing
    animated: Animated | None = None


@dataclass(frozen=True, eq=False)
class Gate:
    """The pictures without a person in them, and the limits. standby, pause: uint8 [H,W,3] RGB.
    hold_s: how old a frame may get. fresh_s: how old it may get without being called held."""

    standby: Image
    pause: Image
    hold_s: float = 1.0
    fresh_s: float = 0.25

    def choose(self, now: float, *, paused: bool, animated: Animated | None, unlocked: Unlocked | None) -> Choice:
        """The picture for this moment. animated, unlocked: the newest there are, however old."""
        if paused:
            return Choice(self.pause, Showing.PAUSED)
        if unlocked is not None and 0.0 <= now - unlocked.arrived_at <= self.hold_s:
            return Choice(unlocked.image, Showing.PASSTHROUGH)
        if animated is not None:
            age = now - animated.made_at
            if 0.0 <= age <= self.fresh_s:
                return Choice(animated.image, Showing.ANIMATED, animated)
            if 0.0 <= age <= self.hold_s:
                return Choice(animated.image, Showing.HELD, animated)
        return Choice(self.standby, Showing.STANDBY)
