"""A file that is written beside its target and takes the target's name only when it is whole."""

from __future__ import annotations

import errno
import secrets
from pathlib import Path
from types import TracebackType

from avatarify.errors import MediaError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


class PartFile:
    """`path` is a new, empty file in the target's folder. `commit` renames it to the target in one step; until then an
    older file of that name is untouched. Used as a context manager, it commits at the end and discards on an exception.
    """

    def __init__(self, target: Path, *, name: str | None = None) -> None:
        """target: where the file shall appear. A symbolic link is followed, so the link itself survives. name: of the part,
        for one that the user shall find after a crash; None makes up a hidden one.

        Raises MediaError: the folder is missing or may not be written to, the target is a folder or a device.
        """
        target = Path(target)
        try:
            self.target = target.resolve()
            if self.target.is_dir():
                raise MediaError(f"{target} is a folder.", "Name a file inside it.")
            if self.target.exists() and not self.target.is_file():
                raise MediaError(f"{target} is not an ordinary file.", "Choose another name.")
            if not self.target.parent.is_dir():
                raise MediaError(
                    f"The folder {self.target.parent} does not exist, so {target.name} cannot be written.",
                    "Make the folder first, or choose another.",
                )
            # A short name of its own: the target's name may already be as long as the file system allows.
            self.path = self.target.with_name(name or f".avatarify-{secrets.token_hex(4)}.part")
            self.path.open("xb").close()
        except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
            raise told_write_error(error, target) from error

    def commit(self) -> None:
        """Gives the file the target's name. Raises MediaError; the part is then removed."""
        try:
            self.path.replace(self.target)
        except OSError as error:
            self.discard()
            raise told_write_error(error, self.target) from error

    def discard(self) -> None:
        """Removes the part. Twice is fine."""
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> PartFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.commit()
            return
        self.discard()
        if isinstance(error, OSError):
            raise told_write_error(error, self.target) from error


def told_write_error(error: Exception, target: Path) -> MediaError:
    """The sentence for a failure to write `target`. error: usually an OSError; its errno decides the remedy."""
    code = error.errno if isinstance(error, OSError) else None
    if code in _FULL:
        return MediaError(f"The disk is full: {target} was not written.", "Free some space, or write to another disk.")
    if code in _FORBIDDEN:
        return MediaError(
            f"{target} may not be written.",
            "Choose a folder of your own, and close any program that holds the file open.",
        )
    if code == errno.EFBIG:
        return MediaError(
            f"{target} grew larger than the disk or the account allows.", "Write to another disk, or a shorter file."
        )
    if code == errno.ENAMETOOLONG:
        return MediaError(f"The name {target.name[:40]}... is too long for this disk.", "Choose a shorter name.")
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return MediaError(f"{target} cannot be written: {reason}.", "Check the path and the disk.")
