"""A portrait and a driving clip become a video: the live session's sibling for files, where every frame counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from avatarify.animator import Animator, Reference, Source
from avatarify.face.detector import DetectsFaces
from avatarify.face.framing import Crop, centre_square, frame_clip, frame_portrait
from avatarify.frame import Frame, Image
from avatarify.media.contact_sheet import side_by_side
from avatarify.media.images import read_image
from avatarify.media.progress import Progress
from avatarify.media.video_reader import VideoReader
from avatarify.media.video_writer import VideoWriter, check_target
from avatarify.settings import MotionSettings

Clip = Callable[[], Iterator[Frame]]
"""Begins a new pass over the driving frames: they are looked at more than once and never all kept."""

_LOOKS = 40  # frames of a clip in which a face is searched


@dataclass(frozen=True)
class RenderRequest:
    """What to make. size: side of the output in pixels, where the model blends (others have their own).

    crop: find the face in both and frame it as in VoxCeleb; else the middle square. find_best_frame: calibrate on the
    driving frame that is posed most like the portrait instead of on the first one.
    """

    source: Path
    driving: Path
    output: Path
    motion: MotionSettings = field(default_factory=MotionSettings)
    size: int = 512
    crop: bool = True
    find_best_frame: bool = False
    side_by_side: bool = False


@dataclass(frozen=True)
class RenderReport:
    """What was made. seconds: of animating and writing, without set-up. reference_index: the driving frame calibrated on."""

    output: Path
    frames: int
    seconds: float
    width: int
    height: int
    reference_index: int
    damaged_frames: int
    note: str

    @property
    def fps(self) -> float:
        """Frames a second, encoding included."""
        return self.frames / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True, eq=False)
class Animated:
    """One step: the driving frame, its crop [n,n,3] as the model saw it, and the moved portrait [N,N,3]."""

    frame: Frame
    driving: Image
    image: Image


def render(
    animator: Animator,
    request: RenderRequest,
    *,
    detector: DetectsFaces,
    progress: Progress,
) -> RenderReport:
    """Write `request.output`, an H.264 mp4 with the driving video's sound. progress: told what to expect and of every
    frame written.

    Raises MediaError, FaceError and what the runtime raises; then nothing appears under the output's name. A
    KeyboardInterrupt passes through after the frames so far have become a playable file.
    """
    check_target(request.output)
    portrait = frame_source(read_image(request.source), detector, size=request.size, crop=request.crop)
    source = animator.encode_source(portrait)
    with VideoReader(request.driving) as reader:
        info = reader.info

    def clip() -> Iterator[Frame]:
        with VideoReader(request.driving) as again:
            yield from again

    crop = driving_crop(clip, detector, info.frame_count) if request.crop else first_square(clip)
    index, reference = choose_reference(animator, source, clip, crop, best=request.find_best_frame)
    shape = output_shape(animator, portrait, request)
    width, height = shape
    progress.expect(info.frame_count)
    began = perf_counter()
    with (
        VideoReader(request.driving) as driving,
        VideoWriter(request.output, size=shape, fps=info.fps, audio_from=request.driving) as writer,
    ):
        for step in animate(animator, source, reference, driving, crop, request.motion):
            image = (
                side_by_side([portrait, step.driving, step.image], height=height)
                if request.side_by_side
                else step.image
            )
            writer.write(image, at=step.frame.captured_at)
            progress.update()
    seconds = perf_counter() - began
    return RenderReport(request.output, writer.frames, seconds, width, height, index, driving.damaged, writer.note)


def check_input(source: Path, driving: Path, output: Path) -> None:
    """Tells before the long work what `render` would tell about these files. Raises MediaError."""
    check_target(output)
    read_image(source, max_side=64)
    with VideoReader(driving):
        pass


def animate(
    animator: Animator,
    source: Source,
    reference: Reference,
    frames: Iterable[Frame],
    crop: Crop,
    motion: MotionSettings,
) -> Iterator[Animated]:
    """Move the portrait by every frame in turn."""
    for frame in frames:
        driving = crop.apply(frame.image, driving_size(animator))
        yield Animated(frame, driving, animator.animate(source, reference, driving, motion))


def driving_size(animator: Animator) -> int:
    """Side in pixels that driving crops are scaled to: twice what the detector sees keeps its area average honest."""
    return 2 * animator.runtime.config.image_size


def frame_source(image: Image, detector: DetectsFaces, *, size: int, crop: bool = True) -> Image:
    """The square portrait [size,size,3] around the face. Raises FaceError where there is none."""
    square = frame_portrait(image, detector) if crop else centre_square(image)
    return square.apply(image, size)


def driving_crop(clip: Clip, detector: DetectsFaces, frame_count: int | None) -> Crop:
    """One fixed square for the whole clip. Raises FaceError where no frame shows a face."""
    every = max(1, (frame_count or 10 * _LOOKS) // _LOOKS)
    return frame_clip((frame.image for frame in clip()), detector, every=every)


def first_square(clip: Clip) -> Crop:
    """The middle square of the clip's frames."""
    return centre_square(next(clip()).image)


def choose_reference(
    animator: Animator, source: Source, clip: Clip, crop: Crop, *, best: bool
) -> tuple[int, Reference]:
    """The first frame, or the one whose keypoints lie most like the portrait's; with its index."""
    size = driving_size(animator)
    if not best:
        return 0, animator.calibrate(crop.apply(next(clip()).image, size))
    index, chosen, least = 0, None, float("inf")
    for frame in clip():
        keypoints = animator.detect(crop.apply(frame.image, size))
        distance = animator.pose_distance(source, keypoints)
        if chosen is None or distance < least:
            index, chosen, least = frame.index, keypoints, distance
    if chosen is None:
        raise ValueError("the clip has no frames")
    return index, animator.reference(chosen)


def output_shape(animator: Animator, portrait: Image, request: RenderRequest) -> tuple[int, int]:
    """Width and height of the video."""
    config = animator.runtime.config
    side = portrait.shape[0] if config.generator.any_size else config.image_size
    if not request.side_by_side:
        return side, side
    square = portrait[:1, :1].repeat(side, 0).repeat(side, 1)
    width: int = side_by_side([square, square, square], height=side).shape[1]
    return width, side
