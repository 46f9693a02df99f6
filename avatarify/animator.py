"""Source, reference and driving picture in, moved portrait out. Holds a runtime and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from avatarify.frame import Image
from avatarify.model.motion import Keypoints, adapt_scale, hull_area, pose_distance, relative_motion
from avatarify.runtime.base import Runtime, Source, load_runtime
from avatarify.settings import MotionSettings

__all__ = ["Animator", "Reference", "Runtime", "Source", "load_runtime"]


@dataclass(frozen=True, eq=False)
class Reference:
    """The driving face at the calibration frame. keypoints: on the runtime's device. hull_area: in squared units of [-1,1]."""

    keypoints: Keypoints
    hull_area: float


class Animator:
    """Set once, run often: `encode_source` and `calibrate` return values that `animate` takes, so switching is one assignment.

    Pictures are square uint8 [N,N,3] RGB with the face framed as in VoxCeleb (about half the picture's height).
    Use it from one thread at a time.
    """

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime

    def encode_source(self, image: Image) -> Source:
        """Encode a portrait: the expensive step. The output has the image's size if the model blends, else the model's own."""
        return self.runtime.encode_source(image)

    def detect(self, image: Image) -> Keypoints:
        """The keypoints of a driving picture."""
        return self.runtime.detect(image)

    def calibrate(self, image: Image) -> Reference:
        """Take a driving picture, best in the portrait's own pose, as the one that relative motion counts from."""
        return self.reference(self.runtime.detect(image))

    def reference(self, keypoints: Keypoints) -> Reference:
        """The same, of keypoints found before."""
        return Reference(keypoints, hull_area(keypoints.value))

    def animate(self, source: Source, reference: Reference, image: Image, motion: MotionSettings) -> Image:
        """Move the portrait as the driving picture says -> uint8 [N,N,3] RGB."""
        return self.generate(source, self.transfer(source, reference, self.runtime.detect(image), motion))

    def transfer(self, source: Source, reference: Reference, driving: Keypoints, motion: MotionSettings) -> Keypoints:
        """The keypoints that the portrait moves to: the driving ones, or relative to the reference (paper Eq. 14)."""
        if not motion.relative:
            return driving
        scale = adapt_scale(source.hull_area, reference.hull_area) if motion.adapt_scale else 1.0
        return relative_motion(source.keypoints, driving, reference.keypoints, scale=scale, strength=motion.strength)

    def generate(self, source: Source, keypoints: Keypoints) -> Image:
        """The portrait at these keypoints -> uint8 [N,N,3] RGB."""
        return self.runtime.generate(source, keypoints)

    def pose_distance(self, source: Source, driving: Keypoints) -> float:
        """How far a driving face is from the portrait's own pose, 0 at best; place and size do not count."""
        return float(pose_distance(source.keypoints, driving))
