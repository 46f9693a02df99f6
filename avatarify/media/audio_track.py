"""The sound of one video file on its way into another: copied where MP4 takes it, else encoded anew as AAC."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.error import FFmpegError
from av.packet import Packet

from avatarify.errors import MediaError
from avatarify.media.libav import open_input, picture_streams, reason, sound_stream
from avatarify.media.video_reader import VideoReader

_COPIED = frozenset({"aac", "mp3", "mp3float"})  # what every browser plays inside an MP4
_AAC_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
_PREROLL_S = 0.06  # a copied decoder needs a packet or two before the cut to get going
_TOLERANCE_S = 0.02  # smaller gaps and overlaps are rounding of the time stamps
_SILENCE_S = 1.0  # silence is written in pieces of at most this length

logger = logging.getLogger(__name__)


class AudioTrack:
    """Sound whose time 0 is the moment when the first picture of its own file is shown.

    `advance(until)` hands the output everything that begins before `until`; `finish(end)` the rest up to `end`.
    `note` says in a few words what was done to the sound.
    """

    def __init__(self, path: Path, output: OutputContainer) -> None:
        """path: a file with sound (ask why_silent first); output: an MP4 that is open and has no header yet.

        Raises MediaError: the file cannot be read or its sound not decoded.
        """
        origin = _first_picture_at(path)
        self._output = output
        self._input = open_input(path)
        try:
            stream = sound_stream(self._input)
            if stream is None:
                raise MediaError(f"{path} has no sound that can be used.", "Give a video with sound, or none.")
            codec = stream.codec_context.name
            if origin is None:
                origin = float((stream.start_time or 0) * (stream.time_base or 0))
            self._sound: _Copied | _Encoded
            if codec in _COPIED:
                self.note = f"sound copied ({codec.removesuffix('float')})"
                self._sound = _Copied(self._input.demux(stream), output.add_stream_from_template(stream), origin)
            else:
                self.note = f"sound encoded as AAC (from {codec})"
                self._sound = _Encoded(self._input.demux(stream), stream, output, origin)
        except BaseException:
            self._input.close()
            raise

    def advance(self, until: float) -> None:
        """Writes the sound that begins before `until`, in seconds. Raises FFmpegError or OSError from the output."""
        for packet in self._sound.packets(until):
            self._output.mux(packet)

    def finish(self, end: float) -> None:
        """Writes the sound up to `end`, in seconds, and what the encoder still holds."""
        self.advance(end)
        for packet in self._sound.rest():
            self._output.mux(packet)

    def close(self) -> None:
        """Closes the file that the sound comes from. Twice is fine."""
        self._input.close()


def why_silent(path: Path) -> str | None:
    """Why there is no sound to take from a file, in a few words; None: there is. Raises MediaError: it cannot be opened."""
    with open_input(path) as container:
        if sound_stream(container) is not None:
            return None
        return "sound left out (unknown format)" if container.streams.audio else "no sound"


class _Copied:
    """Packets as they are, with their times moved."""

    def __init__(self, packets: Iterator[Packet[AudioStream]], target: AudioStream, origin: float) -> None:
        self._packets = packets
        self._target = target
        self._origin = origin
        self._waiting: Packet[AudioStream] | None = None
        self._last_dts: int | None = None

    def packets(self, until: float) -> Iterator[Packet[AudioStream]]:
        while True:
            packet = self._waiting or _next_packet(self._packets)
            self._waiting = None
            if packet is None:
                return
            if packet.pts is None or packet.dts is None or not packet.time_base:
                continue
            begin = float(packet.pts * packet.time_base) - self._origin
            length = float((packet.duration or 0) * packet.time_base)
            if begin + length < -_PREROLL_S or (self._last_dts is not None and packet.dts <= self._last_dts):
                continue
            if begin >= until:
                self._waiting = packet
                return
            self._last_dts = packet.dts
            shift = round(self._origin / packet.time_base)
            packet.pts -= shift
            packet.dts -= shift
            packet.stream = self._target
            yield packet

    def rest(self) -> Iterator[Packet[AudioStream]]:
        return iter(())


class _Block(NamedTuple):
    first: int  # place of its first sample, counted from time 0
    samples: npt.NDArray[np.float32]  # [channels, samples]
    exact: bool = False  # a gap before it is filled to the last sample


class _Encoded:
    """Decoded sound laid on a gapless row of samples that begins at time 0, then encoded as AAC."""

    def __init__(
        self, packets: Iterator[Packet[AudioStream]], source: AudioStream, output: OutputContainer, origin: float
    ) -> None:
        self._packets = packets
        self._origin = origin
        rate = source.codec_context.sample_rate
        self._rate = min((known for known in _AAC_RATES if known >= rate), default=_AAC_RATES[-1])
        self._layout = "mono" if source.codec_context.layout.nb_channels == 1 else "stereo"
        self._resampler = AudioResampler(format="fltp", layout=self._layout, rate=self._rate)
        self._target = output.add_stream("aac", rate=self._rate, layout=self._layout, format="fltp")
        self._target.codec_context.bit_rate = 96_000 if self._layout == "mono" else 160_000
        self._position = 0  # samples handed to the encoder
        self._blocks: deque[_Block] = deque()
        self._drained = False

    def packets(self, until: float) -> Iterator[Packet[AudioStream]]:
        end = round(until * self._rate)
        tolerance = _TOLERANCE_S * self._rate
        while self._position < end and self._fill():
            first, samples, exact = self._blocks.popleft()
            exact = exact or self._position == 0
            room = end - self._position
            gap = first - self._position
            if gap > (0 if exact else tolerance):
                self._blocks.appendleft(_Block(first, samples, exact=True))
                samples = np.zeros((samples.shape[0], min(gap, round(_SILENCE_S * self._rate))), np.float32)[:, :room]
            else:
                if -gap > (0 if exact else tolerance):
                    samples = samples[:, -gap:]
                if samples.shape[1] > room:
                    self._blocks.appendleft(_Block(end, samples[:, room:]))
                    samples = samples[:, :room]
            if samples.shape[1]:
                yield from self._encode(samples)

    def rest(self) -> Iterator[Packet[AudioStream]]:
        if self._position:
            yield from self._target.encode(None)

    def _encode(self, samples: npt.NDArray[np.float32]) -> list[Packet[AudioStream]]:
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=self._layout)
        frame.sample_rate = self._rate
        frame.time_base = Fraction(1, self._rate)
        frame.pts = self._position
        self._position += samples.shape[1]
        return self._target.encode(frame)

    def _fill(self) -> bool:
        """Decodes until a block is there. False at the end of the sound."""
        while not self._blocks and not self._drained:
            packet = _next_packet(self._packets)
            if packet is None:
                self._drained = True
                self._lay(None)
                break
            try:
                for frame in packet.decode():
                    self._lay(frame)
            except (FFmpegError, ValueError) as error:
                logger.info("damaged sound left out: %s", reason(error))
        return bool(self._blocks)

    def _lay(self, frame: AudioFrame | None) -> None:
        """Puts decoded sound in its place. None: what the resampler still holds."""
        last = self._blocks[-1] if self._blocks else None
        follows = last.first + last.samples.shape[1] if last else self._position
        for piece in self._resampler.resample(frame):
            samples = np.asarray(piece.to_ndarray(), np.float32)
            time = None if piece.pts is None or not piece.time_base else float(piece.pts * piece.time_base)
            first = follows if time is None else round((time - self._origin) * self._rate)
            self._blocks.append(_Block(first, samples))
            follows = first + samples.shape[1]


def _next_packet(packets: Iterator[Packet[AudioStream]]) -> Packet[AudioStream] | None:
    try:
        return next(packets, None)
    except FFmpegError as error:
        logger.info("the sound breaks off: %s", reason(error))
        return None
    except IndexError:  # PyAV, at the end of a file in which further streams turned up on the way
        return None


def _first_picture_at(path: Path) -> float | None:
    """When the file's first picture is shown, in seconds on its own clock. None: a file with sound only."""
    with open_input(path) as container:
        if not picture_streams(container):
            return None
    with VideoReader(path) as reader:
        return reader.started_at
