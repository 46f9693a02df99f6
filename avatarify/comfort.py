"""From keypoints found in a square that moves to keypoints that the portrait moves to: calm, within reach, and at ease; and
from one avatar to the next.

Keypoints are smoothed in the coordinates of the square they were found in (the filter's past is carried along when the
square moves), then carried to the origin, a square that follows slowly: see face/auto_framing.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from avatarify.animator import Animator, Reference, Source
from avatarify.face.auto_framing import Framed, between, settled
from avatarify.face.crop import Crop
from avatarify.frame import Image
from avatarify.model.guard import guard
from avatarify.model.motion import Keypoints, carried, mixed
from avatarify.model.smoothing import OneEuro, lag_ms
from avatarify.settings import ComfortSettings, FramingSettings, MotionSettings

_RETURN_S = 0.25  # from the portrait's own pose back to the driver's
_CHANGE_S = 0.6  # from an old reference to one that was taken without asking
_LONGEST_STEP_S = 0.5
_FIRST_SHARE = 0.3  # of a new avatar in the first frame of a cross-fade: a switch shows at once
_TALKING = 0.5  # keypoint speed, units of [-1,1] a second


class Lag(NamedTuple):
    """Milliseconds that smoothing adds. rest: to the slowest motion. talking: to that of a head in a conversation."""

    rest_ms: float
    talking_ms: float


def smoothing_lag(settings: ComfortSettings) -> Lag:
    """What the user pays for calm; 0 when smoothing is off."""
    if not settings.smooth:
        return Lag(0.0, 0.0)
    speeds = (0.0, _TALKING)
    return Lag(*(lag_ms(settings.min_cutoff, settings.beta, speed) for speed in speeds))


@dataclass(frozen=True, eq=False)
class Driver:
    """The user's face as last seen: smoothed keypoints in the coordinates of `crop`; base: see Framed."""

    keypoints: Keypoints
    crop: Crop
    base: Crop

    def in_square(self, square: Crop) -> Keypoints:
        """The keypoints in the coordinates of another square."""
        return carried(self.keypoints, *between(self.crop, square))


@dataclass(frozen=True, eq=False)
class _Link:
    """A reference in the coordinates of `origin`; None until the first frame tells where that is."""

    reference: Reference
    origin: Crop | None


class Comfort:
    """The motion of one stream of frames. One thread, the animator's. Copies nothing to the host."""

    def __init__(self, animator: Animator, settings: ComfortSettings) -> None:
        self._animator = animator
        self._smoother = OneEuro(settings.min_cutoff, settings.beta)
        self._settings = settings
        self._driver: Driver | None = None
        self._link: _Link | None = None
        self._old: tuple[_Link, float] | None = None  # a reference that is being left, and since when
        self._presence = 1.0  # 0 the portrait's own pose, 1 the driver's
        self._at = 0.0
        self._step = 0.0

    @property
    def settings(self) -> ComfortSettings:
        return self._settings

    @settings.setter
    def settings(self, settings: ComfortSettings) -> None:
        self._settings = settings
        self._smoother.min_cutoff, self._smoother.beta = settings.min_cutoff, settings.beta

    def begin(self, at: float, framed: Framed, framing: FramingSettings, *, jumped: bool) -> None:
        """A new frame. at: seconds. jumped: the square has gone to another place; then the avatar stays where it is."""
        self._step = min(max(at - self._at, 0.0), _LONGEST_STEP_S)
        self._at = at
        if jumped:
            self._smoother.reset()
        link = self._link
        if link is None:
            return
        if jumped or link.origin is None:
            self._link = _Link(link.reference, framed.base)
        elif framing.automatic and not framing.locked:
            self._link = _Link(link.reference, settled(link.origin, framed.base, self._step, framing.settle_s))

    def see(self, keypoints: Keypoints, framed: Framed) -> Driver:
        """The driver's keypoints [1,K,..] of this frame, in the coordinates of the crop. Returns them unsmoothed."""
        raw = Driver(keypoints, framed.crop, framed.base)
        if self._driver is not None and self._driver.crop != framed.crop:
            self._smoother.carry(*between(self._driver.crop, framed.crop))
        calm = self._smoother.filter(keypoints, self._at)  # also when switched off, so that it may be switched on
        self._driver = Driver(calm if self._settings.smooth else keypoints, framed.crop, framed.base)
        return raw

    def relate(self, reference: Reference, base: Crop | None, *, softly: bool) -> None:
        """Count from this reference on, in the coordinates of `base`, the square of now; None before the first frame: the
        next frame's. softly: in a glide."""
        if softly and self._link is not None:
            self._old = (self._link, self._at)
        else:
            self._old = None
        self._link = _Link(reference, base)

    def change_animator(self, animator: Animator, reference: Reference | None) -> None:
        """Another model: what was seen is nothing to it. Where the head has gone since the reference still counts.
        reference: the one in use, as the new model sees it; None: there is none."""
        self._animator = animator
        self._driver = self._old = None
        self._smoother.reset()
        kept = self._link if reference is not None else None
        self._link = _Link(reference, kept.origin) if reference is not None and kept is not None else None

    def forget(self) -> None:
        """No reference, no driver."""
        self._link = self._old = self._driver = None
        self._presence = 1.0
        self._smoother.reset()

    def moved(self, source: Source, motion: MotionSettings, *, lost: bool) -> Keypoints | None:
        """Where the portrait's keypoints are at this frame; None before there is a driver and a reference, and when a lost
        face has been eased out."""
        if self._link is None or self._driver is None:
            return None
        self._presence = self._eased(lost=lost)
        if lost and self._presence < 1e-6:
            return None
        keypoints = self._transferred(self._link, source, motion)
        if self._old is not None:
            old, since = self._old
            share = (self._at - since) / _CHANGE_S
            if share >= 1.0:
                self._old = None
            else:
                keypoints = mixed(self._transferred(old, source, motion), keypoints, _smoothstep(share))
        if self._settings.guard and motion.relative:
            keypoints = guard(source.keypoints, keypoints)
        if self._presence < 1.0:
            keypoints = mixed(source.keypoints, keypoints, _smoothstep(self._presence))
        return keypoints

    def _transferred(self, link: _Link, source: Source, motion: MotionSettings) -> Keypoints:
        assert self._driver is not None
        if not motion.relative:  # the avatar is to be where the face is in the crop
            return self._animator.transfer(source, link.reference, self._driver.keypoints, motion)
        driving = self._driver.in_square(link.origin or self._driver.base)
        return self._animator.transfer(source, link.reference, driving, motion)

    def _eased(self, *, lost: bool) -> float:
        if lost:
            ease_s = self._settings.ease_s
            return max(0.0, self._presence - self._step / ease_s) if ease_s > 0 else 0.0
        return min(1.0, self._presence + self._step / _RETURN_S)


class CrossFade:
    """Leads from the last picture of one avatar into those of the next. One thread."""

    def __init__(self) -> None:
        self._last: Image | None = None
        self._from: Image | None = None
        self._since: float | None = None

    def start(self) -> None:
        """The next picture is another avatar's."""
        self._from, self._since = self._last, None

    def mixed(self, image: Image, at: float, fade_s: float) -> Image:
        """image: uint8 [N,N,3] of the avatar that is chosen now. Returns it, or it over the picture that is being left;
        avatars of another size are cut to."""
        self._last = image
        if self._from is None or self._from.shape != image.shape or fade_s <= 0:
            self._from = None
            return image
        self._since = at if self._since is None else self._since
        share = _FIRST_SHARE + (1 - _FIRST_SHARE) * (at - self._since) / fade_s
        if share >= 1.0:
            self._from = None
            return image
        return np.asarray(cv2.addWeighted(image, share, self._from, 1 - share, 0), np.uint8)


def _smoothstep(t: float) -> float:
    t = min(max(t, 0.0), 1.0)
    return t * t * (3 - 2 * t)
