"""Short clips made on the fly: colour bars with the frame's number as black and white blocks, and beeps beside flashes."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.video.frame import VideoFrame

from avatarify.frame import Image

BARS = (
    (191, 191, 191),
    (191, 191, 0),
    (0, 191, 191),
    (0, 191, 0),
    (191, 0, 191),
    (191, 0, 0),
    (0, 0, 191),
    (60, 60, 60),
)
_BITS = 8
_TICKS = 90_000
_SOUND_BLOCK = 1000


@dataclass(frozen=True)
class Clip:
    """What a clip shall hold. times: presentation times in s, one a frame. beep_at: a 50 ms tone; all else is silent."""

    times: tuple[float, ...] = tuple(n / 25 for n in range(25))
    size: tuple[int, int] = (128, 64)
    codec: str = "libx264"
    pix_fmt: str = "yuv420p"
    sound: str | None = None
    sound_rate: int = 48000
    sound_layout: str = "stereo"
    sound_starts: float = 0.0
    beep_at: float | None = None
    flash_at: float | None = None
    matrix: tuple[int, ...] | None = None
    pixel_shape: Fraction | None = None
    colorspace: int | None = None
    color_range: int | None = None
    options: dict[str, str] = field(default_factory=lambda: {"preset": "ultrafast", "crf": "12"})


def bars(number: int, size: tuple[int, int]) -> Image:
    """Colour bars, width x height, with `number` in blocks along the lower quarter, highest bit on the left."""
    width, height = size
    image = np.empty((height, width, 3), np.uint8)
    edges = [round(width * n / _BITS) for n in range(_BITS + 1)]
    for place, (left, right) in enumerate(pairwise(edges)):
        image[:, left:right] = BARS[place]
        image[height * 3 // 4 :, left:right] = 255 if number >> (_BITS - 1 - place) & 1 else 0
    return image


def number_in(image: Image) -> int:
    """The number that `bars` wrote."""
    height, width = image.shape[:2]
    row = image[height * 7 // 8].mean(axis=1)
    return sum((row[width * (2 * n + 1) // (2 * _BITS)] > 128) << (_BITS - 1 - n) for n in range(_BITS))


def write_clip(path: Path, clip: Clip) -> Path:
    """Writes the clip with PyAV alone, so that a fault in the package's writer cannot hide one in its reader."""
    with av.open(str(path), "w") as output:
        stream = output.add_stream(clip.codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = *clip.size, clip.pix_fmt
        stream.codec_context.time_base = Fraction(1, 100 if path.suffix == ".gif" else _TICKS)
        if path.suffix == ".avi":
            stream.codec_context.time_base = Fraction(1, 25)
        if clip.codec == "libx264":
            stream.codec_context.options = clip.options
        if clip.matrix is not None:
            stream.set_display_matrix(clip.matrix)
        if clip.pixel_shape is not None:
            stream.codec_context.sample_aspect_ratio = clip.pixel_shape
        if clip.colorspace is not None:
            stream.codec_context.colorspace = clip.colorspace
        if clip.color_range is not None:
            stream.codec_context.color_range = clip.color_range
        sound = None
        if clip.sound is not None:
            sound = output.add_stream(clip.sound, rate=clip.sound_rate, layout=clip.sound_layout)
        packets = []
        for number, time in enumerate(clip.times):
            image = bars(number, clip.size)
            if clip.flash_at is not None:
                image = np.full_like(image, 255 if time >= clip.flash_at - 1e-6 else 0)
            frame = VideoFrame.from_ndarray(image, format="rgb24").reformat(
                format=clip.pix_fmt, dst_colorspace=clip.colorspace or 5, dst_color_range=clip.color_range or 1
            )
            frame.time_base = stream.codec_context.time_base
            frame.pts = round(time / frame.time_base)
            packets += stream.encode(frame)
        packets += stream.encode(None)
        if sound is not None:
            for block in _sound_frames(clip):
                packets += sound.encode(block)
            packets += sound.encode(None)
        for packet in packets:
            output.mux(packet)
    return path


def write_tone(path: Path, codec: str, *, seconds: float = 0.5) -> Path:
    """A file with sound only."""
    with av.open(str(path), "w") as output:
        stream = output.add_stream(codec, rate=48000, layout="mono")
        for block in _sound_frames(Clip(times=(0.0, seconds), sound=codec, sound_layout="mono", beep_at=0.1)):
            output.mux(stream.encode(block))
        output.mux(stream.encode(None))
    return path


def _sound_frames(clip: Clip) -> list[AudioFrame]:
    length = clip.times[-1] + 0.04 - clip.sound_starts
    samples = _beep(clip, round(length * clip.sound_rate))
    channels = av.AudioLayout(clip.sound_layout).nb_channels
    frames = []
    for first in range(0, samples.size, _SOUND_BLOCK):
        block = np.repeat(samples[None, first : first + _SOUND_BLOCK], channels, axis=0)
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout=clip.sound_layout)
        frame.sample_rate = clip.sound_rate
        frame.time_base = Fraction(1, clip.sound_rate)
        frame.pts = first + round(clip.sound_starts * clip.sound_rate)
        frames.append(frame)
    return frames


def _beep(clip: Clip, count: int) -> npt.NDArray[np.float32]:
    time = np.arange(count) / clip.sound_rate + clip.sound_starts
    begin = clip.beep_at if clip.beep_at is not None else 0.0
    on = (time >= begin) & (time < begin + 0.05)
    return np.where(on, 0.5 * np.sin(2 * np.pi * 1000 * time), 0).astype(np.float32)


@dataclass(frozen=True)
class Heard:
    """What a file plays, as a player would: by presentation times, without the samples that are marked as skipped."""

    flash_at: float | None
    beep_at: float | None
    picture_ends: float
    sound_ends: float | None
    sound_codec: str | None
    times: tuple[float, ...]
    numbers: tuple[int, ...]


def play(path: Path) -> Heard:
    """Looks and listens, with PyAV alone."""
    flash = None
    times, numbers = [], []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            image = frame.to_ndarray(format="rgb24")
            times.append(frame.time)
            numbers.append(number_in(image))
            if flash is None and image.mean() > 200:
                flash = frame.time
        stream = container.streams.video[0]
        ends = float((stream.start_time + stream.duration) * stream.time_base) if stream.duration else times[-1] + 0.04
    with av.open(str(path)) as container:
        if not container.streams.audio:
            return Heard(flash, None, ends, None, None, tuple(times), tuple(numbers))
        stream = container.streams.audio[0]
        beep = end = None
        planar = AudioResampler(format="fltp")
        for decoded in container.decode(stream):
            for frame in planar.resample(decoded):
                loud = np.abs(frame.to_ndarray()).max(axis=0) > 0.1
                if beep is None and loud.any():
                    beep = frame.time + int(loud.argmax()) / frame.sample_rate
                end = frame.time + frame.samples / frame.sample_rate
        return Heard(flash, beep, ends, end, stream.codec_context.name, tuple(times), tuple(numbers))
