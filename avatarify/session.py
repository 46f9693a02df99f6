"""The one user-visible state of a live call: which avatar, from which reference, framed how; and a step for each camera frame."""

from __future__ import annotations

import math
from dataclasses import replace

from avatarify.animator import Animator, Source
from avatarify.comfort import Comfort, CrossFade, smoothing_lag
from avatarify.errors import FaceError, NotReadyError
from avatarify.face.auto_framing import AutoFraming
from avatarify.face.calibration import Calibrator, FaceTarget, Moment, Remembered, cost, fitness
from avatarify.face.crop import Crop
from avatarify.face.hints import Hints
from avatarify.face.watcher import FaceReading, FaceState
from avatarify.frame import Frame, Image
from avatarify.memory import CalibratedBy, Seen, Taken, View, keypoints_of, numbers_of
from avatarify.scene import Scene, SessionStatus
from avatarify.settings import CalibrationSettings, ComfortSettings, FramingSettings, MotionSettings, Settings

__all__ = ["CalibratedBy", "Scene", "Session", "SessionStatus", "Taken"]
_SAME_MOMENT_S = 0.1  # a reading belongs to a frame that was captured at most so much earlier or later
_STALE_S = 2.0  # a reading that is older says nothing about whether there is a face
_UNDOABLE = 10


class Session:
    """Used by the animate thread, all but `update_face` and `status`, which any thread may call."""

    def __init__(self, animator: Animator, settings: Settings | None = None) -> None:
        chosen = settings or Settings()
        self._animator = animator
        self._scene = Scene(
            None, FaceTarget(), None, None, chosen.motion, chosen.comfort, chosen.framing, chosen.calibration
        )
        self._face: FaceState | None = None
        self._framing = AutoFraming()
        self._comfort = Comfort(animator, chosen.comfort)
        self._calibrator: Calibrator[Seen] = Calibrator()
        self._hints = Hints()
        self._fade = CrossFade()
        self._taken: list[Taken] = []  # the last one is in use
        self._seen: Seen | None = None
        self._base: Crop | None = None
        self._judged_at: float | None = None
        self._since = -math.inf
        self._status = SessionStatus(automatic=chosen.calibration.automatic)

    @property
    def scene(self) -> Scene:
        """What is chosen now."""
        return self._scene

    @property
    def taken(self) -> Taken | None:
        """The reference in use, None before the first calibration; the same object while it is the same one."""
        return self._taken[-1] if self._taken else None

    def status(self) -> SessionStatus:
        """As of the last step. Any thread."""
        return self._status

    def update_face(self, state: FaceState) -> None:
        """The watcher's newest look. Any thread. Without a watcher framing stays in the middle and no face is ever missed."""
        if state.at >= self._since:
            self._face = state

    def looked_before(self, seconds: float) -> None:
        """So long the user's face has been in sight already, while the model was loaded; see Calibrator.looked_before."""
        self._calibrator.looked_before(seconds)

    def step(self, frame: Frame) -> Frame:
        """One camera frame in, one animated frame out, with its index and captured_at.

        Raises NotReadyError without an avatar or a calibration and for a frame of a former camera, FaceError when a lost face
        has been eased out: then there is nothing to show. Passes on what the runtime raises.
        """
        scene, at = self._scene, frame.captured_at
        if at < self._since:
            raise NotReadyError("The frame is of the former camera.", "Wait for the present one.")
        face, lost = self._face_at(at)
        jumps = self._framing.jumps
        framed = self._framing.square(frame.image, face, at, scene.framing)
        self._base = framed.base
        jumped = self._framing.jumps != jumps
        self._comfort.begin(at, framed, scene.framing, jumped=jumped)
        if jumped:
            self._calibrator.restart(self._recosted())
        if not lost:
            size = 2 * self._animator.runtime.config.image_size  # the detector averages it down: see Crop.sample
            view = View(framed.crop.sample(frame.image, size), framed.crop)
            raw = self._comfort.see(self._animator.detect(view.image), framed)
            self._seen = Seen(raw.in_square(framed.base), framed.base, face, view)
        try:
            image = self._image(scene, at, lost=lost)
        except (NotReadyError, FaceError):
            self._judge(at, face, framed.crop, lost=lost)
            raise
        self._judge(at, face, framed.crop, lost=lost)
        return Frame(image, frame.index, at)

    def set_source(self, source: Source, target: FaceTarget | None = None) -> None:
        """Show another avatar from the next frame on. target: its pose, for hints and calibration; None is frontal."""
        self._fade.start()
        self._scene = replace(self._scene, source=source, target=target or FaceTarget())
        self._calibrator.restart(self._recosted())

    def set_motion(self, motion: MotionSettings) -> None:
        """From the next frame on, as all settings."""
        self._scene = replace(self._scene, motion=motion)

    def set_comfort(self, comfort: ComfortSettings) -> None:
        self._scene = replace(self._scene, comfort=comfort)
        self._comfort.settings = comfort

    def set_framing(self, framing: FramingSettings) -> None:
        """Zoom and shift move what the model sees, not the avatar."""
        self._scene = replace(self._scene, framing=framing)

    def reset_framing(self) -> None:
        """Go straight to the face, without zoom, shift or lock."""
        self._framing.reset()
        self.set_framing(replace(self._scene.framing, locked=False, zoom=1.0, shift_x=0.0, shift_y=0.0))

    def set_calibration(self, calibration: CalibrationSettings) -> None:
        self._scene = replace(self._scene, calibration=calibration)

    def calibrate(self) -> None:
        """Take the newest frame as the reference. Raises FaceError without a face, NotReadyError before the first frame."""
        if self._face is not None and self._face.lost:
            raise FaceError("There is no face to calibrate on.", "Come into the picture.")
        if self._seen is None:
            raise NotReadyError("There is no camera frame to calibrate on yet.", "Wait for the camera.")
        self._take(self._kept(self._seen), CalibratedBy.HAND)

    def accept_offer(self) -> bool:
        """Take the recent moment that would make a better reference. False: there is none."""
        offer = self._calibrator.offer
        if offer is None:
            return False
        self._take(offer.payload, CalibratedBy.ITSELF)
        return True

    def undo_calibration(self) -> bool:
        """Back to the reference before, and no more without being asked (see set_calibration). False: there is none."""
        if len(self._taken) < 2:
            return False
        self._taken.pop()
        self._relate(self._taken[-1], softly=True)
        self.set_calibration(replace(self._scene.calibration, automatic=False))
        return True

    def forget_calibration(self, *, at: float = -math.inf) -> None:
        """Another user or camera: nothing is shown until the next calibration. at: seconds; frames and looks of before are
        the former camera's, and count no more."""
        self._since = at
        self._scene = replace(self._scene, reference=None, crop=None)
        self._taken.clear()
        self._seen = self._base = None
        if self._face is not None:  # somebody watches: nothing is shown before the next look
            self._face = FaceState(self._face.index, at, None)
        self._comfort.forget()
        self._framing.reset()
        self._calibrator.restart()
        self._calibrator.looked_before(0.0)
        self._status = replace(self._status, calibrated_by=None, can_undo=False, offered=None, crop=None)

    def remember(self) -> Remembered | None:
        """The reference in use as plain numbers, to be restored another day. None before the first calibration."""
        if not self._taken:
            return None
        seen, framing = self._taken[-1].seen, self._scene.framing
        numbers = numbers_of(seen.keypoints, seen.base)
        return numbers._replace(
            automatic=framing.automatic, zoom=framing.zoom, shift_x=framing.shift_x, shift_y=framing.shift_y
        )

    def take_again(self, taken: Taken) -> None:
        """Count from a reference of this call's model and camera again, as it was taken."""
        self._use(taken, softly=False)

    def restore(self, remembered: Remembered) -> None:
        """Begin with a reference of another day; a better moment replaces it by itself. Its framing comes with it where
        nothing is calibrated, unless another was chosen for this call.

        Raises NotReadyError when it is another model's, SettingsError for framing out of range.
        """
        keypoints = keypoints_of(remembered, self._animator)
        chosen, nothing = self._scene.framing, FramingSettings()
        if not self._taken and replace(chosen, locked=nothing.locked, settle_s=nothing.settle_s) == nothing:
            self.set_framing(
                replace(
                    chosen,
                    automatic=remembered.automatic,
                    zoom=remembered.zoom,
                    shift_x=remembered.shift_x,
                    shift_y=remembered.shift_y,
                )
            )
        self._take(Seen(keypoints, remembered.crop, None), CalibratedBy.MEMORY)

    def moment_for(self, animator: Animator) -> Taken | None:
        """The reference in use as another model sees it, else a good moment of the last seconds. None: there is neither,
        because the reference is of another day and nobody has looked into the camera since. Passes on what the model raises.
        """
        if not self._taken:
            return None
        now = self._taken[-1]
        seen, by = now.seen.again(animator), now.by
        passable = self._calibrator.passable
        if seen is None and passable is not None:
            seen, by = passable.payload.again(animator), CalibratedBy.ITSELF
        return Taken(seen, animator.reference(seen.keypoints), by) if seen is not None else None

    def change_animator(self, animator: Animator, source: Source, moment: Taken | None) -> None:
        """Go on with another model from the next frame on; the former runtime is the caller's to close.

        source: the avatar, and moment: from `moment_for`, as that model sees them; None: calibrate anew. References that could
        be gone back to are the former model's, and gone.
        """
        before = self._taken[-1].seen.base if self._taken else None
        self._animator = animator
        self._seen = None
        self._taken = [moment] if moment is not None else []
        self._scene = replace(
            self._scene,
            source=source,
            reference=moment.reference if moment is not None else None,
            crop=moment.seen.base if moment is not None else None,
        )
        self._comfort.change_animator(animator, moment.reference if moment is not None else None)
        if moment is not None and moment.seen.base != before:
            self._comfort.relate(moment.reference, self._base, softly=False)
        self._fade.start()
        self._calibrator.restart(self._recosted())

    def close(self) -> None:
        """Let go of the runtime."""
        self._animator.runtime.close()

    def _face_at(self, at: float) -> tuple[FaceReading | None, bool]:
        """The reading to go by, and whether the face is lost. A watcher that fell silent has lost it too."""
        state = self._face
        if state is None:
            return None, False
        stale = at - state.at > _STALE_S
        return (None if stale else state.face), stale or state.lost

    def _image(self, scene: Scene, at: float, *, lost: bool) -> Image:
        if scene.source is None:
            raise NotReadyError("There is no avatar to show.", "Choose one.")
        if scene.reference is None:
            raise NotReadyError("Not calibrated yet.", "Look straight into the camera, or press Calibrate.")
        keypoints = self._comfort.moved(scene.source, scene.motion, lost=lost)
        if keypoints is None:
            raise FaceError("No face is in sight.", "Come into the picture.")
        return self._fade.mixed(self._animator.generate(scene.source, keypoints), at, scene.comfort.fade_s)

    def _judge(self, at: float, face: FaceReading | None, crop: Crop, *, lost: bool) -> None:
        """Calibration and hints. After the picture, so that reading a number from the device waits for nothing."""
        scene, state = self._scene, self._face
        new = state is not None and state.at != self._judged_at
        fit: float | None = None
        if state is not None and face is not None and scene.source is not None:
            fit = fitness(face, scene.target)
            if new and self._seen is not None and not lost and abs(state.at - at) <= _SAME_MOMENT_S:
                self._judged_at = state.at
                seen = self._kept(self._seen)
                moment = Moment(at, self._cost(seen), fit, face.pose, seen)
                self._calibrator.observe(moment, scene.calibration.window_s)
                by_hand = bool(self._taken) and self._taken[-1].by is CalibratedBy.HAND
                due = self._calibrator.due(scene.calibration, keep=by_hand)
                if due is not None:
                    self._take(due.payload, CalibratedBy.ITSELF)
        self._status = self._snapshot(at, face, crop, fit, lost=lost)

    def _snapshot(
        self, at: float, face: FaceReading | None, crop: Crop, fit: float | None, *, lost: bool
    ) -> SessionStatus:
        scene, offer = self._scene, self._calibrator.offer
        hints: tuple[str, ...] = ()
        if self._face is not None:
            seeking = scene.source is not None and scene.reference is None
            hints = self._hints.update(face, scene.target, at, seeking=seeking)
        lag = smoothing_lag(scene.comfort)
        return SessionStatus(
            scene.source is not None,
            self._taken[-1].by if self._taken else None,
            scene.calibration.automatic,
            lost,
            hints,
            fit,
            offer.fitness if offer is not None else None,
            len(self._taken) > 1,
            crop,
            lag.rest_ms,
            lag.talking_ms,
        )

    def _take(self, seen: Seen, by: CalibratedBy) -> None:
        softly = bool(self._taken) and by is CalibratedBy.ITSELF
        self._use(Taken(seen, self._animator.reference(seen.keypoints), by), softly=softly)

    def _use(self, taken: Taken, *, softly: bool) -> None:
        self._taken = [*self._taken[1 - _UNDOABLE :], taken]
        self._relate(taken, softly=softly)

    def _relate(self, taken: Taken, *, softly: bool) -> None:
        """The driver's square of now is where the reference's was then: a head elsewhere is not a head that moved."""
        self._scene = replace(self._scene, reference=taken.reference, crop=taken.seen.base)
        self._comfort.relate(taken.reference, self._base, softly=softly)
        recosted = self._recosted()
        if recosted is not None:
            self._calibrator.take(recosted)

    def _kept(self, seen: Seen) -> Seen:
        """As it may be kept for a while: many moments are."""
        size = self._animator.runtime.config.image_size
        return seen._replace(view=seen.view.reduced(size) if seen.view is not None else None)

    def _cost(self, seen: Seen) -> float:
        scene = self._scene
        assert scene.source is not None
        return cost(seen.face, scene.target, self._animator.pose_distance(scene.source, seen.keypoints))

    def _recosted(self) -> Moment[Seen] | None:
        """The reference in use as a moment, with its cost for the present avatar; unknown faces count as neutral."""
        if not self._taken or self._scene.source is None:
            return None
        seen = self._taken[-1].seen
        fit = fitness(seen.face, self._scene.target) if seen.face is not None else 1.0
        pose = seen.face.pose if seen.face is not None else self._scene.target.pose
        return Moment(0.0, self._cost(seen), fit, pose, seen)
