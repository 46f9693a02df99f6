"""Whatever a picture file holds - 1 to 32 bits, floats, palettes, alpha, CMYK, profiles - as upright RGB uint8."""

from __future__ import annotations

import io
import logging
import struct

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL import ImageCms

from avatarify.frame import Image

GROUND = (204, 204, 204)
"""What shows through transparent pixels: a grey of 80 %, light enough for dark hair, dark enough for white edges."""

_ORIENTATION = 0x0112  # the EXIF and TIFF tag
_BITS_PER_SAMPLE = 258
_DAMAGED_TAGS = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, struct.error)

logger = logging.getLogger(__name__)


def from_pillow(image: Pillow.Image) -> Image:
    """image: any mode, already loaded. Returns uint8 [H,W,3] RGB: upright, sRGB, opaque.

    Integers of more than 8 bits are scaled by their full range; floats by the smallest of 1, 255 and 65535 that holds
    their largest value. Transparent pixels show GROUND.
    """
    turn = orientation(image)
    if image.mode.startswith("I") or image.mode == "F":
        return upright(_grey_to_rgb(_to_8_bits(np.asarray(image), full_scale=_full_scale(image))), turn)
    transparent = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    flat = _to_srgb(image, "RGBA" if transparent else "RGB")
    pixels = np.asarray(flat)
    return upright(over_ground(pixels) if transparent else pixels, turn)


def from_opencv(pixels: npt.NDArray[np.generic], *, linear: bool) -> Image:
    """pixels: what cv2.imdecode gives unchanged, [H,W], [H,W,1], BGR or BGRA of any depth. linear: light, not sRGB."""
    if pixels.dtype.kind == "f":
        values = np.nan_to_num(np.asarray(pixels, np.float32), nan=0.0, posinf=1.0, neginf=0.0)
        if linear:
            values = np.clip(values, 0, 1) ** np.float32(1 / 2.2)
        narrow = _to_8_bits(values, full_scale=_float_scale(values))
    else:
        narrow = _to_8_bits(pixels, full_scale=float(2 ** (8 * pixels.dtype.itemsize) - 1))
    if narrow.ndim == 2 or narrow.shape[2] == 1:
        return _grey_to_rgb(narrow.reshape(narrow.shape[:2]))
    if narrow.shape[2] == 4:
        return over_ground(narrow[..., [2, 1, 0, 3]])
    return np.ascontiguousarray(narrow[..., 2::-1])


def over_ground(rgba: npt.NDArray[np.uint8]) -> Image:
    """rgba: uint8 [H,W,4], alpha not premultiplied. Returns uint8 [H,W,3] RGB on GROUND."""
    alpha = rgba[..., 3:]
    if alpha.min() == 255:
        return np.ascontiguousarray(rgba[..., :3])
    result = np.empty((*rgba.shape[:2], 3), np.uint8)
    for channel, ground in enumerate(GROUND):  # a channel at a time keeps the 16-bit products small
        mixed = rgba[..., channel] * alpha[..., 0].astype(np.uint16)
        mixed += np.uint16(ground) * (255 - alpha[..., 0]).astype(np.uint16)
        result[..., channel] = (mixed + 127) // 255
    return result


def orientation(image: Pillow.Image) -> int:
    """The EXIF orientation, 1 (upright) to 8. 1 where the tag is absent, unknown or damaged."""
    try:
        turn = image.getexif().get(_ORIENTATION, 1)
    except _DAMAGED_TAGS as error:
        logger.info("damaged EXIF data, orientation ignored: %s", error)
        return 1
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def upright(pixels: Image, turn: int) -> Image:
    """Undoes an EXIF orientation. pixels: [H,W,3]; turn: 1..8. Returns a contiguous array, [W,H,3] for 5..8."""
    if turn >= 5:
        pixels = pixels.transpose(1, 0, 2)
    if turn in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if turn in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def _to_srgb(image: Pillow.Image, mode: str) -> Pillow.Image:
    """Converts through the embedded ICC profile where there is a usable one, else by Pillow's plain formulas."""
    if image.mode == "LAB":
        return _through(ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")), image, mode)
    profile = image.info.get("icc_profile")
    if mode == "RGBA" and image.mode in ("RGB", "L"):
        image = image.convert(
            mode
        )  # first, since the colour key of the transparent pixels is a value before the profile
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            return _through(ImageCms.ImageCmsProfile(io.BytesIO(profile)), image, mode)
        except (ImageCms.PyCMSError, ImportError, OSError, ValueError, TypeError) as error:
            logger.info("colour profile ignored: %s", error)
    return image.convert(mode)


def _through(profile: ImageCms.ImageCmsProfile, image: Pillow.Image, mode: str) -> Pillow.Image:
    converted = ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"), outputMode=mode)
    if converted is None:
        raise ValueError("the conversion gave nothing")
    return converted


def _full_scale(image: Pillow.Image) -> float:
    """The value that means white, for the modes wider than 8 bits."""
    if image.mode == "F":
        return _float_scale(np.asarray(image))
    if image.mode == "I":  # Pillow keeps both 16-bit and 32-bit integers in this mode
        return 65535.0 if np.asarray(image).max() <= 65535 else float(2**31 - 1)
    bits = getattr(image, "tag_v2", {}).get(_BITS_PER_SAMPLE, (16,))
    bits = bits[0] if isinstance(bits, tuple) else bits
    return float(2**bits - 1) if isinstance(bits, int) and 8 < bits < 16 else 65535.0


def _float_scale(values: npt.NDArray[np.generic]) -> float:
    largest = float(np.nanmax(np.where(np.isfinite(np.asarray(values, np.float32)), values, 0)))
    return next((scale for scale in (1.0, 255.0, 65535.0) if largest <= scale), largest)


def _to_8_bits(values: npt.NDArray[np.generic], *, full_scale: float) -> npt.NDArray[np.uint8]:
    if values.dtype == np.uint8:
        return values.astype(np.uint8, copy=False)
    if values.dtype.kind == "f":
        values = np.nan_to_num(values, nan=0.0, posinf=full_scale, neginf=0.0)
    native = np.maximum(values, 0).astype(values.dtype.newbyteorder("="))
    wide = native if native.dtype in (np.uint16, np.float32, np.float64) else native.astype(np.float64)
    return np.asarray(cv2.convertScaleAbs(wide, alpha=255.0 / full_scale), np.uint8).reshape(values.shape)


def _grey_to_rgb(grey: npt.NDArray[np.uint8]) -> Image:
    return np.repeat(grey[..., None], 3, axis=2)
