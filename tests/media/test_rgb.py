"""Whatever a file holds becomes eight bits of upright RGB: turned, transparent, deep, or in other colours."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageCms

from avatarify.frame import Image
from avatarify.media.images import read_image
from tests.media.pictures import difference

GREY = 204


def turned(picture: Image, orientation: int) -> Image:
    """The picture as a camera with this EXIF orientation stores it; the names are those of the EXIF standard."""
    stored = {
        1: picture,
        2: picture[:, ::-1],  # mirrored horizontally
        3: np.rot90(picture, 2),
        4: picture[::-1],  # mirrored vertically
        5: picture.transpose(1, 0, 2),  # transposed: rows are columns
        6: np.rot90(picture, 1),  # to be turned 90 degrees clockwise for showing
        7: np.rot90(picture, 2).transpose(1, 0, 2),
        8: np.rot90(picture, -1),  # to be turned 90 degrees anticlockwise
    }
    return np.ascontiguousarray(stored[orientation])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
def test_every_exif_orientation_ends_upright(tmp_path: Path, picture: Image, suffix: str, orientation: int) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"turned.{suffix}"
    Pillow.fromarray(turned(picture, orientation)).save(path, exif=exif, quality=95)
    assert difference(read_image(path), picture) < 16


def test_a_nonsense_orientation_and_broken_exif_are_ignored(tmp_path: Path, picture: Image) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 77
    Pillow.fromarray(picture).save(tmp_path / "77.png", exif=exif)
    Pillow.fromarray(picture).save(tmp_path / "broken.png", exif=b"Exif\0\0II*\0\xff\xff\xff\xff\x01")
    assert difference(read_image(tmp_path / "77.png"), picture) == 0
    assert difference(read_image(tmp_path / "broken.png"), picture) == 0


def test_transparent_pixels_show_the_neutral_ground(tmp_path: Path, picture: Image) -> None:
    alpha = np.zeros(picture.shape[:2], np.uint8)
    alpha[:, 10:20], alpha[:, 20:] = 128, 255
    rgba = np.dstack([picture, alpha])
    half = np.rint((picture.astype(int) * 128 + GREY * 127) / 255)
    for name in ("a.png", "a.webp", "a.tif"):
        Pillow.fromarray(rgba).save(tmp_path / name, lossless=True)
        image = read_image(tmp_path / name)
        assert (image[:, :10] == GREY).all()
        assert np.abs(image[:, 10:20] - half[:, 10:20]).max() <= 1
        assert difference(image[:, 20:], picture[:, 20:]) == 0


def test_grey_with_alpha_and_palettes_with_a_transparent_colour(tmp_path: Path) -> None:
    grey = np.full((4, 6, 2), (90, 255), np.uint8)
    grey[0, 0] = (90, 0)
    Pillow.fromarray(grey, "LA" if Pillow.__version__ < "11" else None).save(tmp_path / "la.png")
    image = read_image(tmp_path / "la.png")
    assert image[0, 0].tolist() == [GREY] * 3
    assert image[1, 1].tolist() == [90] * 3

    palette = Pillow.new("P", (6, 4), 1)
    palette.putpalette([0, 0, 0, 10, 200, 30])
    palette.putpixel((0, 0), 0)
    for name in ("p.png", "p.gif"):
        palette.save(tmp_path / name, transparency=0)
        image = read_image(tmp_path / name)
        assert image[0, 0].tolist() == [GREY] * 3
        assert image[1, 1].tolist() == [10, 200, 30]


def test_a_transparent_colour_key_survives_a_profile(tmp_path: Path) -> None:
    key = Pillow.new("RGB", (6, 4), (10, 200, 30))
    key.putpixel((0, 0), (1, 2, 3))
    key.save(tmp_path / "key.png", transparency=(1, 2, 3), icc_profile=srgb())
    image = read_image(tmp_path / "key.png")
    assert image[0, 0].tolist() == [GREY] * 3
    assert np.abs(image[1, 1].astype(int) - (10, 200, 30)).max() <= 1


def test_bilevel_and_palette_pictures(tmp_path: Path) -> None:
    bilevel = np.array([[0, 255], [255, 0]], np.uint8)
    Pillow.fromarray(bilevel).convert("1").save(tmp_path / "1.png")
    assert (read_image(tmp_path / "1.png") == bilevel[..., None]).all()


@pytest.mark.parametrize("suffix", ["png", "tif", "pgm"])
def test_sixteen_bit_grey_is_scaled_to_eight(tmp_path: Path, suffix: str) -> None:
    grey = np.array([[0, 256, 257, 32768, 65278, 65535]], np.uint16)
    cv2.imwrite(str(tmp_path / f"grey.{suffix}"), grey)
    image = read_image(tmp_path / f"grey.{suffix}")
    assert np.abs(image[0, :, 0] - grey[0] / 257).max() <= 0.51
    assert (image[..., :1] == image).all()


@pytest.mark.parametrize("suffix", ["png", "tif", "ppm"])
def test_sixteen_bit_colour_is_scaled_to_eight(tmp_path: Path, picture: Image, suffix: str) -> None:
    cv2.imwrite(str(tmp_path / f"wide.{suffix}"), picture[..., ::-1].astype(np.uint16) * 257)
    assert difference(read_image(tmp_path / f"wide.{suffix}"), picture) <= 1


def test_sixteen_bit_colour_with_alpha(tmp_path: Path, picture: Image) -> None:
    alpha = np.full(picture.shape[:2], 65535, np.uint16)
    alpha[0] = 0
    cv2.imwrite(str(tmp_path / "wide.png"), np.dstack([picture[..., ::-1].astype(np.uint16) * 257, alpha]))
    image = read_image(tmp_path / "wide.png")
    assert (image[0] == GREY).all()
    assert difference(image[1:], picture[1:]) <= 1


def test_thirty_two_bit_integers(tmp_path: Path) -> None:
    Pillow.fromarray(np.array([[-5, 0, 30000, 65535]], np.int32)).save(tmp_path / "narrow.tif")
    assert read_image(tmp_path / "narrow.tif")[0, :, 1].tolist() == [0, 0, 117, 255]
    Pillow.fromarray(np.array([[0, 2**30, 2**31 - 1]], np.int32)).save(tmp_path / "wide.tif")
    assert read_image(tmp_path / "wide.tif")[0, :, 1].tolist() == [0, 128, 255]


@pytest.mark.parametrize("scale", [1.0, 255.0, 65535.0])
def test_float_tiff_is_scaled_by_what_holds_its_largest_value(tmp_path: Path, picture: Image, scale: float) -> None:
    grey = (picture[..., 0] / 255 * scale).astype(np.float32)
    grey[0, 0] = scale
    grey[0, 1] = np.nan
    Pillow.fromarray(grey).save(tmp_path / "grey.tif")
    image = read_image(tmp_path / "grey.tif")
    assert image[0, 0].tolist() == [255] * 3
    assert image[0, 1].tolist() == [0] * 3
    assert difference(image[1:], np.repeat(picture[1:, :, :1], 3, axis=2)) <= 1


def test_formats_that_only_opencv_reads(tmp_path: Path, picture: Image) -> None:
    light = picture[..., ::-1].astype(np.float32) / 255
    cv2.imwrite(str(tmp_path / "colour.tif"), light)
    assert difference(read_image(tmp_path / "colour.tif"), picture) <= 1
    cv2.imwrite(str(tmp_path / "light.hdr"), light**2.2)
    assert difference(read_image(tmp_path / "light.hdr"), picture) <= 6  # eight bits with a shared exponent


def test_cmyk(tmp_path: Path) -> None:
    for suffix in ("jpg", "tif"):
        Pillow.new("CMYK", (16, 16), (0, 255, 255, 0)).save(tmp_path / f"cmyk.{suffix}")
        assert np.abs(read_image(tmp_path / f"cmyk.{suffix}")[8, 8].astype(int) - (255, 0, 0)).max() <= 4


def test_lab(tmp_path: Path) -> None:
    Pillow.new("LAB", (4, 4), (255, 128, 128)).save(tmp_path / "lab.tif")
    assert read_image(tmp_path / "lab.tif").min() >= 250


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def linear_profile() -> bytes:
    """An ICC profile like sRGB's, but for linear light: its three tone curves are replaced by straight ones."""
    data = bytearray(srgb())
    straight = b"curv" + bytes(4) + struct.pack(">I", 0)
    for entry in range(struct.unpack_from(">I", data, 128)[0]):
        place = 132 + 12 * entry
        if data[place : place + 4] in (b"rTRC", b"gTRC", b"bTRC"):
            offset = struct.unpack_from(">I", data, place + 4)[0]
            data[offset : offset + len(straight)] = straight
            struct.pack_into(">I", data, place + 8, len(straight))
    return bytes(data)


def test_a_colour_profile_is_applied(tmp_path: Path) -> None:
    linear = Pillow.new("RGB", (4, 4), (55, 55, 55))
    linear.save(tmp_path / "linear.png", icc_profile=linear_profile())
    assert np.abs(read_image(tmp_path / "linear.png").astype(int) - 128).max() <= 2  # 55/255 of the light is sRGB 128


def test_a_broken_or_unfit_profile_is_ignored(tmp_path: Path, picture: Image) -> None:
    Pillow.fromarray(picture).save(tmp_path / "broken.png", icc_profile=b"no profile at all" * 20)
    assert difference(read_image(tmp_path / "broken.png"), picture) == 0
    Pillow.fromarray(picture[..., 0]).save(tmp_path / "unfit.png", icc_profile=srgb())
    assert difference(read_image(tmp_path / "unfit.png"), np.repeat(picture[..., :1], 3, axis=2)) <= 1
