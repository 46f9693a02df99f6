"""Video files out: an H.264 MP4 that browsers play, with the driving video's sound, whole or not at all."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from av.container import OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from av.video.stream import VideoStream

from avatarify.errors import MediaError
from avatarify.frame import Image
from avatarify.media.audio_track import AudioTrack, why_silent
from avatarify.media.deferred_interrupt import DeferredInterrupt
from avatarify.media.part_file import PartFile, told_write_error

ENCODERS = ("libx264", "libopenh264", "mpeg4")
"""The first one that the installed PyAV has is used; all wheels on PyPI have the first."""

UNFINISHED = ".unfinished.mp4"
"""How the name of a live recording ends until it is finished."""

_HYBRID_SINCE = (61, 7, 100)  # of libavformat: FFmpeg 7.1
_CLOCK = 60_000  # ticks a second: divides by 24, 25, 30, 50, 60 and 29.97; MPEG-4 allows no more than 65535
_BT709, _LIMITED = 1, 1  # numbers of ITU-T H.273
_LARGEST_SIDE = 16_384  # of H.264's encoders

logger = logging.getLogger(__name__)


class VideoWriter:
    """Writes frames to `path`. A context manager: at the end of the block the file appears under its name.

    After an exception nothing appears and an older file of that name survives. After KeyboardInterrupt what has been
    written is finished and becomes the file, shorter, playable and with its sound. Ctrl-C during write or the finishing
    is delivered after it. Odd sizes are padded to even ones by repeating the last column or row, since H.264 with the
    colour format that browsers play has no odd ones. Not safe for use by two threads at once.
    """

    def __init__(
        self,
        path: Path,
        *,
        size: tuple[int, int],
        fps: float,
        audio_from: Path | None = None,
        crf: int = 18,
        live: bool = False,
    ) -> None:
        """size: width, height in pixels. fps: frames a second, where `write` is not told otherwise. audio_from: a video
        (usually the driving one) whose sound is taken along. crf: quality, 0 best .. 51; 18 looks like the original.
        live: for a recording that cannot be repeated. It is written beside the target as NAME.unfinished.mp4, which is
        playable but for its last second whatever happens to the program, and it costs the encoder little.

        Raises MediaError: wrong suffix, folder missing or not writable, the target is a folder, disk full, the file with
        the sound cannot be read.
        """
        self.path = Path(path)
        width, height = size
        if not (1 <= width <= _LARGEST_SIDE and 1 <= height <= _LARGEST_SIDE):
            raise ValueError(f"size={size} must be 1..{_LARGEST_SIDE} a side")
        if not 0 < fps <= 1000:
            raise ValueError(f"fps={fps} must be in (0, 1000]")
        _check_suffix(self.path)
        self.frames = 0
        self._size = size
        self._tick = max(1, round(_CLOCK / fps))  # from one frame to the next
        self._last = -1  # the latest frame's time in ticks
        self._packets: deque[Packet[VideoStream]] = deque()
        self._reformatter = VideoReformatter()
        self._audio: AudioTrack | None = None
        self._open = True
        self._silence = "no sound" if audio_from is None else why_silent(Path(audio_from))
        self._live = live
        self._part = PartFile(self.path, name=f"{self.path.stem}{UNFINISHED}" if live else None)
        try:
            self._output: OutputContainer = av.open(
                str(self._part.path), "w", format="mp4", options=_container_options(live)
            )
            self.encoder = _best_encoder()
            self._stream = self._add_picture(Fraction(fps).limit_denominator(1001), crf)
            if audio_from is not None and self._silence is None:
                self._audio = AudioTrack(Path(audio_from), self._output)
        except (FFmpegError, OSError) as error:
            self.discard()
            raise told_write_error(error, self.path) from error
        except BaseException:
            self.discard()
            raise

    @property
    def note(self) -> str:
        """How the file is written, for the user: the encoder and what happens to the sound."""
        warning = "" if self.encoder != "mpeg4" else ", which many browsers do not play"
        return f"{self.encoder}{warning}, {self._audio.note if self._audio else self._silence}"

    def write(self, image: Image, at: float | None = None) -> None:
        """image: uint8 [H,W,3] RGB of the size given. at: when it is shown, in seconds from the start, later than the
        frame before; None: one frame after it. Raises MediaError: disk full and the like; the file is then given up.
        """
        if not self._open:
            raise ValueError("the video is closed")
        width, height = self._size
        if image.shape != (height, width, 3) or image.dtype != np.uint8:
            raise ValueError(f"expected uint8 [{height}, {width}, 3], got {image.dtype} {list(image.shape)}")
        ticks = (self._last + self._tick if self.frames else 0) if at is None else round(at * _CLOCK)
        if ticks < 0 or (at is not None and ticks < self._last):
            raise ValueError(f"at={at} comes before the frame at {self._last / _CLOCK:.3f} s")
        frame = self._to_yuv(image)
        with DeferredInterrupt():
            try:
                frame.pts = self._last = max(ticks, self._last + 1)  # two frames within one tick stay two
                self._packets.extend(self._stream.encode(frame))
                self.frames += 1
                self._mux()
                if self._audio is not None:
                    self._audio.advance(self._last / _CLOCK)
            except (FFmpegError, OSError) as error:
                self.discard()
                raise told_write_error(error, self.path) from error

    def close(self) -> None:
        """Finishes the file and gives it its name. Twice is fine. Raises MediaError: disk full; no frame was written."""
        if not self._open:
            return
        if not self.frames:
            self.discard()
            raise MediaError(f"{self.path} was not written: no frame came.", "Check the driving video.")
        with DeferredInterrupt():
            try:
                self._packets.extend(self._stream.encode(None))
                self._mux()
                if self._audio is not None:
                    self._audio.finish((self._last + self._tick) / _CLOCK)
                self._open = False
                self._output.close()
                self._part.commit()
            except (FFmpegError, OSError) as error:
                self.discard()
                raise told_write_error(error, self.path) from error
            except BaseException:
                self.discard()
                raise
            finally:
                if self._audio is not None:
                    self._audio.close()

    def discard(self) -> None:
        """Gives the file up: nothing appears under its name, but of a live recording the unfinished file stays. Twice is
        fine; after `close` it does nothing.
        """
        self._open = False
        if self._audio is not None:
            self._audio.close()
        if hasattr(self, "_output"):
            try:
                self._output.close()
            except (FFmpegError, OSError) as error:  # it wants to complete a file that is thrown away
                logger.debug("while giving up %s: %s", self.path, error)
        if not (self._live and self.frames):
            self._part.discard()

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None or (issubclass(kind, KeyboardInterrupt) and self.frames):
            self.close()
        else:
            self.discard()

    def _add_picture(self, fps: Fraction, crf: int) -> VideoStream:
        stream = self._output.add_stream(self.encoder, rate=fps)
        if not isinstance(stream, VideoStream):
            raise TypeError(f"{self.encoder} is no encoder of pictures")
        context = stream.codec_context
        context.width, context.height = (side + side % 2 for side in self._size)
        context.pix_fmt = "yuv420p"
        context.time_base = Fraction(1, _CLOCK)
        if self._live:
            context.gop_size = max(1, round(fps))  # a fragment a second
            context.thread_count = 2  # the call needs the others
        context.color_range = _LIMITED
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        if self.encoder == "libx264":
            context.options = {"crf": str(crf), "preset": "superfast" if self._live else "veryfast"}
        else:
            context.bit_rate = round(context.width * context.height * float(fps) * 0.2)  # bits a pixel, generous
            logger.warning("this PyAV has no libx264: writing %s with %s", self.path, self.encoder)
        return stream

    def _to_yuv(self, image: Image) -> VideoFrame:
        width, height = self._size
        if width % 2 or height % 2:
            image = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        frame = self._reformatter.reformat(
            VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
        )
        frame.time_base = Fraction(1, _CLOCK)
        return frame

    def _mux(self) -> None:
        while self._packets:
            packet = self._packets.popleft()
            packet.duration = self._tick  # only that of the last one counts: the others end where the next begins
            self._output.mux(packet)


def _container_options(live: bool) -> dict[str, str]:
    if not live:
        return {"movflags": "+faststart"}
    # Fragments can be played without the end of the file; the newer kind is turned into an ordinary file at the end.
    hybrid = av.library_versions["libavformat"] >= _HYBRID_SINCE
    return {
        "movflags": f"+{'hybrid_fragmented' if hybrid else 'empty_moov+default_base_moof'}+frag_keyframe",
        "flush_packets": "1",
    }


def check_target(path: Path) -> None:
    """Tells before the long work what VideoWriter would tell after it. Leaves nothing behind.

    Raises MediaError: wrong suffix, folder missing or not writable, the target is a folder or a device.
    """
    _check_suffix(path)
    PartFile(path).discard()


def _check_suffix(path: Path) -> None:
    if path.suffix.lower() not in (".mp4", ".m4v"):
        raise MediaError(f"{path} cannot be written: videos are written as MP4.", "End the name in .mp4.")


def _best_encoder() -> str:
    return next(_available(ENCODERS))


def _available(names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        try:
            av.codec.Codec(name, "w")
        except (ValueError, FFmpegError):
            continue
        yield name
    raise MediaError("The installed PyAV has no encoder for videos.", "Install PyAV from PyPI: pip install av")
