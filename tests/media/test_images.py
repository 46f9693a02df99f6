"""Pictures: every usual format is read, written ones come back, and what is none is told."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import threading
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image as Pillow

from avatarify.errors import MediaError
from avatarify.frame import Image
from avatarify.media.images import MAX_PIXELS, WRITES, read_image, write_image
from tests.media.clips import Clip, write_clip
from tests.media.pictures import difference

LOSSLESS = ["png", "bmp", "tif", "ppm", "tga", "jp2", "ico", "qoi", "pcx", "sgi"]


@pytest.mark.parametrize("suffix", LOSSLESS)
def test_lossless_formats_come_back_exactly(tmp_path: Path, picture: Image, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    options = {"sizes": [(40, 24)]} if suffix == "ico" else {}
    Pillow.fromarray(picture).save(path, **options)
    image = read_image(path)
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous
    assert difference(image, picture) == 0


@pytest.mark.parametrize("suffix", ["jpg", "webp", "avif"])
def test_lossy_formats_come_back_nearly(tmp_path: Path, picture: Image, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    try:
        Pillow.fromarray(picture).save(path, quality=95)
    except (KeyError, OSError):
        pytest.skip(f"this Pillow does not write {suffix}")
    assert difference(read_image(path), picture) < 16


def test_the_first_picture_of_an_animation_is_taken(tmp_path: Path, picture: Image) -> None:
    first, second = Pillow.fromarray(picture), Pillow.new("RGB", (40, 24), (9, 9, 9))
    for suffix in ("gif", "png", "webp"):
        path = tmp_path / f"a.{suffix}"
        first.save(path, save_all=True, append_images=[second])
        assert np.abs(read_image(path).astype(int) - picture).mean() < 6  # GIF has 256 colours


def test_one_pixel(tmp_path: Path) -> None:
    Pillow.new("RGB", (1, 1), (1, 2, 3)).save(tmp_path / "one.png")
    assert read_image(tmp_path / "one.png").tolist() == [[[1, 2, 3]]]
    assert read_image(tmp_path / "one.png", max_side=1).shape == (1, 1, 3)


def black_png(path: Path, width: int, height: int, *, rows: int) -> None:
    """A black grey-scale PNG of which only the first rows are really there."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(bytes(1 + width)) for _ in range(rows)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b""))


def test_large_pictures_up_to_the_limit_are_read_and_larger_ones_told(tmp_path: Path) -> None:
    # Beyond 89 million pixels Pillow warns, and a warning is an error here.
    black_png(tmp_path / "large.png", 12_000, 7_600, rows=7_600)
    assert read_image(tmp_path / "large.png", max_side=64).shape == (41, 64, 3)
    for side in (12_300, 20_000):  # Pillow itself refuses only the second
        black_png(tmp_path / "huge.png", side, side, rows=1)
        with pytest.raises(MediaError, match="too large") as told:
            read_image(tmp_path / "huge.png")
        assert "151 million" in str(told.value)
    assert MAX_PIXELS >= 12_000 * 12_000


def test_max_side_reduces_but_never_enlarges(tmp_path: Path) -> None:
    for suffix in ("jpg", "png"):
        Pillow.new("RGB", (900, 450), (200, 100, 50)).save(tmp_path / f"a.{suffix}")
        small = read_image(tmp_path / f"a.{suffix}", max_side=100)
        assert small.shape == (50, 100, 3)
        assert read_image(tmp_path / f"a.{suffix}", max_side=7).shape == (4, 7, 3)
        assert np.abs(small.astype(int) - (200, 100, 50)).max() <= 2
        assert read_image(tmp_path / f"a.{suffix}", max_side=2000).shape == (450, 900, 3)
    with pytest.raises(ValueError, match="max_side=0"):
        read_image(tmp_path / "a.png", max_side=0)


def test_names_with_spaces_and_any_letters(tmp_path: Path, picture: Image) -> None:
    path = tmp_path / "mein Bild \u00e4\u6f22\U0001f600 %03d.png"
    write_image(path, picture)
    assert difference(read_image(path), picture) == 0


def test_the_suffix_does_not_matter_for_reading(tmp_path: Path, picture: Image) -> None:
    write_image(tmp_path / "a.png", picture)
    (tmp_path / "a.png").rename(tmp_path / "a.jpg")
    assert difference(read_image(tmp_path / "a.jpg"), picture) == 0


def told(path: Path) -> MediaError:
    with pytest.raises(MediaError) as caught:
        read_image(path)
    assert str(path) in caught.value.message
    assert caught.value.hint
    return caught.value


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    error = told(tmp_path / "missing.png")
    assert "no picture at" in error.message
    assert "path" in error.hint
    assert "is a folder" in told(tmp_path).message


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    assert "empty (0 bytes)" in told(tmp_path / "empty.png").message


@pytest.mark.parametrize(
    "content", [b"hello, no picture\n" * 40, b"\x00" * 400, b"<html><body>404</body></html>", b"P"]
)
def test_what_is_no_picture(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.png").write_bytes(content)
    error = told(tmp_path / "a.png")
    assert "not a picture" in error.message
    assert "PNG" in error.hint


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tif", "gif", "bmp", "jp2"])
def test_a_picture_that_is_cut_short(tmp_path: Path, suffix: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    path = tmp_path / f"a.{suffix}"
    Pillow.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "damaged or cut short" in told(path).message or suffix == "tif"


def test_a_picture_with_flipped_bytes(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    Pillow.fromarray(noise).save(tmp_path / "a.png")
    data = bytearray((tmp_path / "a.png").read_bytes())
    data[2000:2040] = bytes(40)
    (tmp_path / "a.png").write_bytes(data)
    assert "damaged or cut short" in told(tmp_path / "a.png").message


def test_a_video_given_as_a_picture(tmp_path: Path) -> None:
    short = Clip(times=(0.0, 0.04))
    for name, codec in (("a.mp4", "libx264"), ("a.mkv", "libx264"), ("a.avi", "mpeg4"), ("a.ts", "libx264")):
        error = told(write_clip(tmp_path / name, Clip(times=short.times, codec=codec)))
        assert "is a video" in error.message
        assert "--driving" in error.hint


def test_a_heic_photograph_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "IMG_1.HEIC").write_bytes(b"\0\0\0\x24ftypheic\0\0\0\0mif1heic" + bytes(100))
    error = told(tmp_path / "IMG_1.HEIC")
    assert "HEIC" in error.message
    assert "JPEG" in error.hint


@pytest.mark.rights
@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path, picture: Image) -> None:
    write_image(tmp_path / "a.png", picture)
    (tmp_path / "a.png").chmod(0)
    assert "may not be read" in told(tmp_path / "a.png").message


def test_a_name_that_no_file_can_have() -> None:
    assert "cannot be read" in told(Path("a\0b.png")).message


def test_threads_do_not_disturb_each_other(tmp_path: Path, picture: Image) -> None:
    write_image(tmp_path / "a.png", picture)
    results: list[Image] = []
    readers = [
        threading.Thread(target=lambda: results.extend(read_image(tmp_path / "a.png") for _ in range(20)))
        for _ in range(4)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(timeout=10)
    assert len(results) == 80
    assert all(difference(result, picture) == 0 for result in results)


@pytest.mark.parametrize("suffix", WRITES)
def test_written_pictures_come_back(tmp_path: Path, picture: Image, suffix: str) -> None:
    path = tmp_path / f"OUT{suffix.upper()}"
    write_image(path, picture)
    assert difference(read_image(path), picture) <= (12 if suffix in (".jpg", ".jpeg", ".webp") else 0)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_views_can_be_written(tmp_path: Path, picture: Image) -> None:
    write_image(tmp_path / "a.png", picture[::-2, ::3])
    assert difference(read_image(tmp_path / "a.png"), picture[::-2, ::3]) == 0


@pytest.mark.parametrize("name", ["a.xyz", "a", "a.gif", "a.mp4"])
def test_an_unknown_suffix_is_told(tmp_path: Path, picture: Image, name: str) -> None:
    with pytest.raises(MediaError, match="no picture format") as caught:
        write_image(tmp_path / name, picture)
    assert ".png" in caught.value.hint
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "wrong",
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)],
)
def test_another_kind_of_array_is_refused(tmp_path: Path, wrong: npt.NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match=r"expected uint8 \[H,W,3\]"):
        write_image(tmp_path / "a.png", wrong)


def test_a_missing_folder_and_a_folder_as_target(tmp_path: Path, picture: Image) -> None:
    with pytest.raises(MediaError, match="does not exist") as caught:
        write_image(tmp_path / "nowhere" / "a.png", picture)
    assert "Make the folder" in caught.value.hint
    (tmp_path / "b.png").mkdir()
    with pytest.raises(MediaError, match="is a folder"):
        write_image(tmp_path / "b.png", picture)


def test_a_locked_folder(locked_folder: Path, picture: Image) -> None:
    with pytest.raises(MediaError, match="may not be written") as caught:
        write_image(locked_folder / "a.png", picture)
    assert caught.value.hint


def test_a_full_disk_leaves_the_older_file_and_nothing_else(full_disk: Path, picture: Image) -> None:
    path = full_disk / "a.png"
    write_image(path, picture)
    before = path.read_bytes()
    noise = np.random.default_rng(0).integers(0, 256, (300, 300, 3), np.uint8)
    with pytest.raises(MediaError, match=r"disk is full|larger than the disk"):
        write_image(path, noise)
    assert path.read_bytes() == before
    assert [file.name for file in full_disk.iterdir()] == ["a.png"]


def test_a_picture_too_large_for_its_format(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cannot be written"):
        write_image(tmp_path / "a.webp", np.zeros((1, 17_000, 3), np.uint8))
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_is_followed_and_stays_a_link(tmp_path: Path, picture: Image) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link.png").symlink_to(tmp_path / "real" / "a.png")
    write_image(tmp_path / "link.png", picture)
    assert (tmp_path / "link.png").is_symlink()
    assert difference(read_image(tmp_path / "real" / "a.png"), picture) == 0


def test_opencv_stays_quiet_over_damage(tmp_path: Path) -> None:
    (tmp_path / "a.hdr").write_bytes(b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 40 +X 40\n\x02\x02")
    code = (
        "import pathlib, sys\nfrom avatarify.media.images import read_image\nfrom avatarify.errors import MediaError\n"
        "try:\n    read_image(pathlib.Path(sys.argv[1]))\nexcept MediaError:\n    print('told')\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.hdr")], capture_output=True, text=True)
    assert (run.stdout, run.stderr) == ("told\n", "")


@pytest.mark.reference
def test_real_portraits(reference_data: Path) -> None:
    portraits = sorted((reference_data / "faces" / "heldout" / "image").iterdir())
    assert portraits
    for path in portraits:
        assert read_image(path).shape == (256, 256, 3)
