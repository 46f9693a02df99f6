"""Pictures on disk: any file that Pillow or OpenCV reads becomes RGB uint8, and RGB uint8 becomes a whole file or none."""

from __future__ import annotations

import logging
import struct
import threading
import warnings
import zlib
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from avatarify.errors import MediaError
from avatarify.frame import Image
from avatarify.media.part_file import PartFile
from avatarify.media.rgb import from_opencv, from_pillow
from avatarify.media.source_file import is_camera_heif, is_video, read_head

MAX_PIXELS = 12_288 * 12_288
"""Larger pictures are refused: 151 million pixels take 450 MB as RGB."""

WRITES = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WEBP",
    ".bmp": "BMP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
}
"""Suffixes that write_image knows, with Pillow's names for the formats."""

# Named one by one: some of Pillow's other readers start programs (EPS) or know the header only (MPEG, GRIB, HDF5).
_READS = (
    *("PNG", "JPEG", "MPO", "WEBP", "AVIF", "GIF", "BMP", "DIB", "TIFF", "JPEG2000", "PPM", "ICO", "ICNS", "CUR"),
    *("QOI", "DDS", "PSD", "PCX", "SGI", "SUN", "XBM", "XPM", "MSP", "TGA"),
)
# What Pillow's readers raise on damaged bytes, found by flipping and cutting bytes of every format above.
_DAMAGE = (
    *(OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, OverflowError, EOFError, AttributeError),
    *(ArithmeticError, AssertionError, NotImplementedError, RuntimeError, struct.error, zlib.error),
)
_FORMATS_HINT = "Give a PNG, JPEG, WebP, AVIF, BMP, TIFF or GIF file."
_warnings_lock = threading.Lock()

logger = logging.getLogger(__name__)


def read_image(path: Path, *, max_side: int | None = None) -> Image:
    """The picture at `path`, uint8 [H,W,3] RGB, 0..255.

    EXIF rotation is applied, an ICC profile is converted to sRGB, transparent pixels show the grey 204 (rgb.GROUND),
    wide integers and floats are scaled to 8 bits, and of an animation the first picture is taken.
    max_side: where the picture is larger, it is reduced until its longer side has this many pixels; JPEG files are then
    decoded small, which is several times faster.

    Raises MediaError: missing, a folder, empty, not allowed; a video; not a picture; damaged or cut short; larger than
    MAX_PIXELS.
    """
    path = Path(path)
    if max_side is not None and max_side < 1:
        raise ValueError(f"max_side={max_side} must be at least 1")
    head = read_head(path, what="picture")
    if is_video(head):
        raise MediaError(f"{path} is a video, not a picture.", "Use it as the driving video: --driving.")
    if is_camera_heif(head):
        raise MediaError(f"{path} is a HEIC photograph, which cannot be read here.", "Export it as JPEG or PNG.")
    try:
        image = _read_with_pillow(path, max_side)
        if image is None:
            image = _read_with_opencv(path, head)
    except MediaError:
        raise
    except MemoryError:
        raise MediaError(f"There is not enough memory to read {path}.", "Give a smaller picture.") from None
    except _DAMAGE as error:
        logger.debug("%s: %r", path, error)
        raise MediaError(f"{path} is damaged or cut short ({error}).", "Copy or export the picture again.") from error
    return image if max_side is None else _reduced(image, max_side)


def write_image(path: Path, image: Image) -> None:
    """Writes uint8 [H,W,3] RGB; the suffix names the format (WRITES). JPEG and WebP at quality 95.

    The file appears under its name only when it is whole; an older one survives a failure.
    Raises MediaError: unknown suffix, no such folder, not allowed, disk full, too large for the format.
    """
    path = Path(path)
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"expected uint8 [H,W,3], got {image.dtype} {list(image.shape)}")
    name = WRITES.get(path.suffix.lower())
    if name is None:
        raise MediaError(
            f"{path} cannot be written: {_told_suffix(path)} is no picture format known here.",
            f"End the name in one of {', '.join(WRITES)}.",
        )
    with PartFile(path) as part, part.path.open("wb") as file:
        try:
            _encode(Pillow.fromarray(np.ascontiguousarray(image)), file, name)
        except (ValueError, SystemError, struct.error) as error:
            raise MediaError(f"{path} cannot be written as {name}: {error}.", "Use .png instead.") from error


def _read_with_pillow(path: Path, max_side: int | None) -> Image | None:
    """None where Pillow does not know the format."""
    # The lock: the list of warning filters belongs to the whole process, and two threads would restore each other's.
    with _warnings_lock, warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            Pillow.init()
            with Pillow.open(path, formats=[name for name in _READS if name in Pillow.OPEN]) as image:
                _check_size(path, image.size)
                if max_side is not None:
                    image.draft(None, (max_side, max_side))
                image.load()
                return from_pillow(image if max_side is None else _coarse(image, max_side))
        except UnidentifiedImageError:
            return None
        except Pillow.DecompressionBombError as error:
            raise _too_large(path, str(error)) from error
        finally:
            for warning in told:
                logger.debug("%s: %s", path, warning.message)


def _read_with_opencv(path: Path, head: bytes) -> Image:
    """The few formats that only OpenCV knows: float and multi-sample TIFF, Radiance HDR, PFM, PAM."""
    radiance = head.startswith(b"#?")
    if not (radiance or head.startswith((b"II", b"MM", b"P", b"\x59\xa6"))):
        raise _not_a_picture(path)
    # What is wrong with the file is told by the error; OpenCV would print it as well.
    loudness = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        pixels = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise MediaError(f"{path} is damaged or of an unknown kind ({error.err}).", _FORMATS_HINT) from error
    finally:
        cv2.utils.logging.setLogLevel(loudness)
    if pixels is None or pixels.size == 0:
        raise _not_a_picture(path)
    _check_size(path, (pixels.shape[1], pixels.shape[0]))
    return from_opencv(pixels, linear=radiance)


def _encode(picture: Pillow.Image, file: BinaryIO, name: str) -> None:
    if name == "JPEG":  # 4:4:4 keeps red lips and thin coloured lines sharp
        picture.save(file, format=name, quality=95, subsampling=0)
    elif name == "WEBP":
        picture.save(file, format=name, quality=95)
    else:
        picture.save(file, format=name)


def _coarse(image: Pillow.Image, max_side: int) -> Pillow.Image:
    """Saves time and memory before a strong reduction: boxes of pixels become one, as long as four times the size is left."""
    factor = max(image.size) // (4 * max_side)
    blendable = image.mode in ("L", "RGB", "RGBA", "LA", "CMYK") and "transparency" not in image.info
    return image.reduce(factor) if factor > 1 and blendable else image


def _reduced(image: Image, max_side: int) -> Image:
    height, width = image.shape[:2]
    scale = max_side / max(height, width)
    if scale >= 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _check_size(path: Path, size: tuple[int, int]) -> None:
    if size[0] * size[1] > MAX_PIXELS:
        raise _too_large(path, f"{size[0]} x {size[1]} pixels")
    if 0 in size:
        raise MediaError(f"{path} has no pixels ({size[0]} x {size[1]}).", "Export the picture again.")


def _too_large(path: Path, what: str) -> MediaError:
    return MediaError(
        f"{path} is too large: {what}; the limit is {MAX_PIXELS / 1e6:.0f} million pixels.",
        "Scale the picture down; 1024 pixels a side are plenty.",
    )


def _not_a_picture(path: Path) -> MediaError:
    return MediaError(f"{path} is not a picture that can be read.", _FORMATS_HINT)


def _told_suffix(path: Path) -> str:
    return repr(path.suffix) if path.suffix else "a name without a suffix"
