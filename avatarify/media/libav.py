"""How files are opened with libav (PyAV), and its refusals in the house's words.

libav's own log stays off, as PyAV leaves it: nothing reaches stderr. It is not bridged to Python's logging, because the
bridge takes the interpreter's lock inside the decoder threads, which can stop the whole process. What matters comes back
as an exception, and the rooms that catch one log it.
"""

from __future__ import annotations

from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.codec.context import CodecContext
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from avatarify.errors import MediaError
from avatarify.media.source_file import is_video, read_head

# Demuxers that take any text, or any bytes, for a picture or a sound.
_GUESSERS = frozenset({"tty", "bin", "xbin", "adf", "idf", "data"})


def open_input(path: Path) -> InputContainer:
    """Opens a file of any container that libav knows. Only files are opened: a playlist cannot reach the network.

    Raises MediaError: missing, a folder, empty, not allowed, not a video, cut short.
    """
    head = read_head(path, what="video")
    try:
        # The absolute name: libav would take "12:30.mp4" for a protocol.
        container = av.open(str(path.absolute()), options={"protocol_whitelist": "file,crypto,data"})
    except (FFmpegError, OSError, ValueError) as error:
        if is_video(head):
            raise MediaError(
                f"{path} is damaged or cut short: its index cannot be read ({reason(error)}).",
                "Copy or record it again; a recording that was broken off often cannot be played.",
            ) from error
        raise _not_a_video(path) from error
    if container.format.name in _GUESSERS:
        container.close()
        raise _not_a_video(path)
    return container


def picture_streams(container: InputContainer) -> list[VideoStream]:
    """The streams with moving pictures; the cover picture of a song is none."""
    return [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]


def picture_stream(container: InputContainer, path: Path) -> VideoStream:
    """The stream with the pictures that a player would choose. Raises MediaError where there is none."""
    streams = picture_streams(container)
    if not streams:
        if container.streams.audio:
            raise MediaError(f"{path} has sound but no picture.", "Give a video with a face in it.")
        raise _not_a_video(path)
    decodable = [stream for stream in streams if _has_decoder(stream)]
    if not decodable:
        raise MediaError(f"The pictures of {path} are in an unknown format.", "Convert it to an H.264 MP4.")
    best = container.streams.best("video")
    return best if isinstance(best, VideoStream) and best in decodable else decodable[0]


def sound_stream(container: InputContainer) -> AudioStream | None:
    """The stream with the sound that a player would choose, or None where there is none that can be decoded."""
    decodable = [stream for stream in container.streams.audio if _has_decoder(stream)]
    best = container.streams.best("audio")
    if isinstance(best, AudioStream) and best in decodable:
        return best
    return decodable[0] if decodable else None


def _has_decoder(stream: Stream) -> bool:
    # The context of an unknown codec is None, whatever the type says; decoding a packet of it ends the process.
    return isinstance(stream.codec_context, CodecContext)


def reason(error: Exception) -> str:
    """Why libav refused, as short as it says it."""
    return (error.strerror if isinstance(error, FFmpegError | OSError) else None) or str(error) or type(error).__name__


def _not_a_video(path: Path) -> MediaError:
    return MediaError(f"{path} is not a video that can be read.", "Give an MP4, MOV, WebM, MKV, AVI or GIF file.")
