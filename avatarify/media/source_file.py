"""The first questions to any file that a user names: is it there, is it a file, may it be read, is anything in it?"""

from __future__ import annotations

from pathlib import Path

from avatarify.errors import MediaError

_HEAD = 512  # bytes; enough for every signature below
_STILL_BRANDS = (b"avif", b"avis", b"mif1", b"msf1", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx")
_CAMERA_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def read_head(path: Path, *, what: str) -> bytes:
    """The first bytes of a file that can be read. `what` names the thing in the errors: "picture" or "video".

    Raises MediaError: missing, a folder, a pipe or device, empty, not allowed.
    """
    try:
        if path.is_dir():
            raise MediaError(f"{path} is a folder, not a {what}.", f"Name a {what} inside it.")
        if path.exists() and not path.is_file():  # a pipe would be waited for; it could not be read twice either
            raise MediaError(f"{path} is not an ordinary file.", f"Save the {what} to a file first.")
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except FileNotFoundError:
        raise MediaError(f"There is no {what} at {path}.", "Check the path and its spelling.") from None
    except PermissionError:
        raise MediaError(f"{path} may not be read.", "Give yourself the right to read the file.") from None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise MediaError(f"{path} cannot be read: {error}.", "Check the path and the disk.") from error
    if not head:
        raise MediaError(f"{path} is empty (0 bytes).", f"Copy or export the {what} again.")
    return head


def is_video(head: bytes) -> bool:
    """Whether the first bytes are those of a video container (mp4/mov, mkv/webm, avi, flv, mpeg, ogg, asf)."""
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide"):
        return head[8:12] not in _STILL_BRANDS
    if head[:4] == b"RIFF":
        return head[8:12] == b"AVI "
    if head[:1] == b"\x47" and head[188:189] == b"\x47":
        return True
    return head.startswith(
        (b"\x1a\x45\xdf\xa3", b"OggS", b"FLV", b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3", b"\x30\x26\xb2\x75")
    )


def is_camera_heif(head: bytes) -> bool:
    """Whether the first bytes are those of a HEIC/HEIF photograph, as telephones take them."""
    return head[4:8] == b"ftyp" and head[8:12] in _CAMERA_BRANDS
