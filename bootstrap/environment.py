"""The folder .venv: where its parts lie, what it has to hold, and whether it does."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import NamedTuple

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


class Environment(NamedTuple):
    """The virtual environment of the checkout at `root`. Nothing here writes, but `mark_ready` and `sweep`."""

    root: Path

    @property
    def folder(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def log(self) -> Path:
        """pip's full output of the last set-up."""
        return self.root / ".venv.log"

    @property
    def lock(self) -> Path:
        """Beside the folder, not in it: making the folder anew must not drop the lock."""
        return self.root / ".venv.lock"

    @property
    def temporary(self) -> Path:
        """Where pip unpacks: on the disk whose free space was checked."""
        return self.folder / "tmp"

    @property
    def stamp(self) -> Path:
        return self.folder / "ready"

    @property
    def site_packages(self) -> list[Path]:
        return [
            path for pattern in ("lib/python*/site-packages", "Lib/site-packages") for path in self.folder.glob(pattern)
        ]

    def requirements(self, *, dev: bool) -> Path:
        return self.root / ("requirements-dev.txt" if dev else "requirements.txt")

    def wanted(self, *, dev: bool) -> bytes:
        """What the stamp has to begin with: this interpreter's version and, in full, every file that says what to install.
        No hash of it, because importing one takes longer than comparing a kilobyte."""
        text = f"{sys.platform} {sys.implementation.cache_tag} {getattr(sys, 'abiflags', '')}\n".encode()
        for is_dev in (False, True) if dev else (False,):
            file = self.requirements(dev=is_dev)
            content = file.read_bytes()
            text += f"{file.name} {len(content)}\n".encode() + content
        return text

    def is_ready(self, *, dev: bool) -> bool:
        """A stamp of the development set is one of the plain set too. Raises FileNotFoundError without requirement files."""
        wanted = self.wanted(dev=dev)
        try:
            stamped = self.stamp.read_bytes()
        except OSError:
            return False
        return stamped.startswith(wanted) and self.python.exists()

    def mark_ready(self, *, dev: bool) -> None:
        """To be called after everything is installed and has been tried; atomic."""
        draft = self.stamp.with_name("ready.draft")
        draft.write_bytes(self.wanted(dev=dev))
        draft.replace(self.stamp)

    def made_for_this_python(self) -> bool:
        """False too when the interpreter that it was made with has gone."""
        try:
            config = (self.folder / "pyvenv.cfg").read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return False
        made_with = re.search(r"^version(?:_info)?\s*=\s*(\d+\.\d+)", config, re.MULTILINE)
        return made_with is not None and made_with[1] == PYTHON and self.python.exists()

    def has_pip(self) -> bool:
        return any(is_whole(info) for site in self.site_packages for info in site.glob("pip-*.dist-info"))

    def sweep(self) -> None:
        """Removes what an interrupted pip left, so that it is not taken for an installed package."""
        import shutil

        shutil.rmtree(self.temporary, ignore_errors=True)
        for site in self.site_packages:
            halves = [info for info in site.glob("*.dist-info") if not is_whole(info)]
            for path in halves + list(site.glob("~*")):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()

    def size(self) -> int:
        """Bytes on disk, roughly; 0 when there is none."""
        total = 0
        for folder, _, files in os.walk(self.folder):
            for name in files:
                try:
                    total += os.lstat(os.path.join(folder, name)).st_size  # noqa: PTH118  50000 Path objects take a second
                except FileNotFoundError:
                    continue
        return total


def is_whole(info: Path) -> bool:
    """`info`: a .dist-info folder. pip rewrites RECORD last of all, and only then does it list the file INSTALLER."""
    try:
        return f"{info.name}/INSTALLER," in (info / "RECORD").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return False
