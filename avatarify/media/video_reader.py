"""Video files in: upright RGB pictures with their presentation times."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
from av.error import EOFError as EndOfFile
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from av.video.stream import VideoStream

from avatarify.errors import MediaError
from avatarify.frame import Frame, Image
from avatarify.media.display_matrix import UPRIGHT, DisplayMatrix
from avatarify.media.libav import open_input, picture_stream, reason
from avatarify.media.rgb import over_ground

_USUAL_FPS = 25.0
_HIGHEST_FPS = 1000.0  # beyond it a file's "rate" is the tick of its clock
_BT709, _UNTAGGED = 1, 2  # numbers of ITU-T H.273
_HD_HEIGHT = 720

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class VideoInfo:
    """What a file says of itself. Width and height are those of the frames: upright, square pixels."""

    width: int
    height: int
    fps: float
    """Average, frames a second. 25 where the file does not say."""
    duration_s: float | None
    frame_count: int | None
    """An estimate: from the container where it counts, else from the duration."""
    has_audio: bool


class VideoReader:
    """The frames of a video file, one after the other: a context manager and an iterator that goes once through.

    Any container and codec that the bundled libav decodes. Rotation and mirroring tags are applied, oblong pixels are
    made square, colours follow the file's tags (untagged: BT.709 from 720 lines on, else BT.601), transparent pixels
    show rgb.GROUND. A single picture gives one frame. Damaged frames are left out and counted in `damaged`.
    Not safe for use by two threads at once.
    """

    def __init__(self, path: Path) -> None:
        """Opens the file and decodes the first frame, so that a file without a usable picture fails here.

        Raises MediaError: missing, a folder, empty, not allowed, not a video, cut short, sound only, nothing decodable.
        """
        self.path = Path(path)
        self.damaged = 0
        self._index = 0
        self._last: float | None = None
        self._decoded: deque[VideoFrame] = deque()
        self._reformatter = VideoReformatter()
        self._container = open_input(self.path)
        self._closed = False
        try:
            self._stream = picture_stream(self._container, self.path)
            self._stream.thread_type = "AUTO"
            self._packets: Iterator[Packet[VideoStream]] = self._container.demux(self._stream)
            first = self._first_frame()
            self._matrix = DisplayMatrix.of(first) or UPRIGHT
            self._size = _square_pixels(first, self._stream)
            self.info = self._describe()
        except BaseException:
            self.close()
            raise
        self.started_at = _time_of(first) or 0.0
        """When the first frame is shown, in seconds on the file's own clock, which the sound shares."""

    def __iter__(self) -> VideoReader:
        return self

    def __next__(self) -> Frame:
        """The next frame: image [H,W,3] of info's size, index from 0, captured_at in seconds from 0, always rising."""
        if self._closed or not self._decode():
            raise StopIteration
        decoded = self._decoded.popleft()
        time = _time_of(decoded)
        at = None if time is None else time - self.started_at
        if self._last is None:
            at = 0.0
        elif at is None or at <= self._last:  # no time, or the clock jumped back where two recordings were joined
            at = self._last + 1 / self.info.fps
        self._last = at
        frame = Frame(self._to_rgb(decoded), self._index, at)
        self._index += 1
        return frame

    def close(self) -> None:
        """Twice is fine. After it the iteration is over."""
        self._closed = True
        self._decoded.clear()
        self._container.close()

    def __enter__(self) -> VideoReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _first_frame(self) -> VideoFrame:
        if not self._decode():
            raise MediaError(
                f"{self.path} holds no picture that can be decoded ({self._stream.codec_context.name}).",
                "Copy or record it again, or convert it to an H.264 MP4.",
            )
        return self._decoded[0]

    def _decode(self) -> bool:
        """Decodes until a whole frame is ready. False at the end of the file."""
        while not self._decoded:
            try:
                packet = next(self._packets, None)
            except FFmpegError as error:  # the container itself breaks off
                self._count_damage(error)
                return False
            except IndexError:  # PyAV, at the end of a file in which further streams turned up on the way
                return False
            if packet is None:
                return False
            try:
                frames = packet.decode()
            except EndOfFile:
                continue
            except (FFmpegError, ValueError) as error:
                self._count_damage(error)
                continue
            for frame in frames:
                if frame.is_corrupt:
                    self._count_damage(None)
                else:
                    self._decoded.append(frame)
        return True

    def _count_damage(self, error: Exception | None) -> None:
        self.damaged += 1
        logger.info("%s: damaged near frame %d: %s", self.path, self._index, reason(error) if error else "incomplete")

    def _describe(self) -> VideoInfo:
        stream, container = self._stream, self._container
        rates = [float(rate) for rate in (stream.average_rate, stream.guessed_rate) if rate]
        fps = next((rate for rate in rates if 0 < rate <= _HIGHEST_FPS), _USUAL_FPS)
        duration: float | None = None
        if stream.duration and stream.time_base:
            duration = float(stream.duration * stream.time_base)
        elif container.duration and container.duration > 0:
            duration = container.duration / 1e6
        count = stream.frames or (round(duration * fps) if duration else 0)
        width, height = self._size
        if self._matrix.transposed:
            width, height = height, width
        return VideoInfo(width, height, fps, duration, count or None, bool(container.streams.audio))

    def _to_rgb(self, frame: VideoFrame) -> Image:
        transparent = frame.format.name == "pal8" or any(part.is_alpha for part in frame.format.components)
        width, height = self._size
        flat = self._reformatter.reformat(
            frame,
            width,
            height,
            "rgba" if transparent else "rgb24",
            src_colorspace=Colorspace.ITU709 if _is_bt709(frame) else None,
            dst_color_range=ColorRange.JPEG,
        )
        pixels = np.asarray(flat.to_ndarray(), np.uint8)
        return self._matrix.turn(over_ground(pixels) if transparent else pixels)


def _time_of(frame: VideoFrame) -> float | None:
    ticks = frame.pts if frame.pts is not None else frame.dts
    return None if ticks is None or not frame.time_base else float(ticks * frame.time_base)


def _is_bt709(frame: VideoFrame) -> bool:
    return frame.colorspace == _BT709 or (frame.colorspace == _UNTAGGED and frame.height >= _HD_HEIGHT)


def _square_pixels(frame: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """Width and height that show the frame undistorted. The shorter side of the pixel is stretched: nothing is lost."""
    ratio = float(stream.sample_aspect_ratio or 1)
    if not 1 / 8 <= ratio <= 8:
        ratio = 1.0
    return round(frame.width * max(ratio, 1.0)), round(frame.height / min(ratio, 1.0))
