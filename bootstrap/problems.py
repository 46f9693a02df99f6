"""What can go wrong while setting up, recognised from what the tools say, in one sentence with its remedy. Pure functions."""

from __future__ import annotations

import errno
import re
from collections.abc import Sequence
from pathlib import Path

WANTED_BYTES = 3_000_000_000


class SetupError(Exception):
    """`message` says what happened, `remedy` what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


_DISK_FULL = re.compile(
    r"No space left on device|Errno 28\b|WinError 112\b|not enough space on the disk|Disk quota exceeded"
)
_FORBIDDEN = re.compile(r"Permission denied|Errno 13\b|WinError 5\b|Access is denied|Read-only file system|Errno 30\b")
_CERTIFICATE = re.compile(r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|SSLCertVerificationError")
_NETWORK = re.compile(
    r"Failed to establish a new connection|NewConnectionError|ConnectTimeoutError|ReadTimeoutError|Read timed out"
    r"|Connection refused|Connection reset|ConnectionResetError|RemoteDisconnected|name resolution|getaddrinfo failed"
    r"|Name or service not known|Network is unreachable|No route to host|ProxyError|Cannot connect to proxy|IncompleteRead"
    r"|Connection broken|Connection aborted|Max retries exceeded|nodename nor servname"
)
_NO_VERSION = re.compile(
    r"Could not find a version that satisfies the requirement (.+?)"
    r"(?: \(from (?!versions).*?\))? \(from versions: (.*?)\)"
)
_CONFLICT = re.compile(r"ResolutionImpossible|conflicting dependencies")
_WRONG_WHEEL = re.compile(
    r"ERROR: (\S+\.whl) is not a supported wheel|ERROR: Package '?([\w.-]+)'? requires a different Python"
)
_BUILD = re.compile(
    r"Failed building wheel for ([\w.-]+)|Failed to build '([\w.-]+)'|Could not build wheels for ([\w.-]+)"
)
_BUILD_OF = re.compile(r"Collecting ([\w.-]+)")
_NO_ENSUREPIP = re.compile(r"ensurepip is not|No module named '?(?:ensurepip|venv)\b|Command '.*'ensurepip'.*non-zero")
_LIBRARY = re.compile(r"(lib[\w.+-]+?\.so[.\d]*): cannot open shared object file")

# library -> the package that carries it on Debian and Ubuntu, on Fedora
_PACKAGES = {
    "libGL.so.1": ("libgl1", "mesa-libGL"),
    "libEGL.so.1": ("libegl1", "mesa-libEGL"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libgomp.so.1": ("libgomp1", "libgomp"),
    "libSM.so.6": ("libsm6", "libSM"),
    "libICE.so.6": ("libice6", "libICE"),
    "libX11.so.6": ("libx11-6", "libX11"),
    "libXext.so.6": ("libxext6", "libXext"),
    "libXrender.so.1": ("libxrender1", "libXrender"),
    "libxcb.so.1": ("libxcb1", "libxcb"),
    "libstdc++.so.6": ("libstdc++6", "libstdc++"),
    "libz.so.1": ("zlib1g", "zlib"),
}


def venv_missing(python: str) -> SetupError:
    """`python`: "3.11"."""
    return SetupError(
        f"This Python {python} cannot make virtual environments: its modules venv or ensurepip are missing.",
        f"On Debian and Ubuntu: sudo apt install python{python}-venv (or python3-venv). Elsewhere: install Python from python.org.",
    )


def not_enough_space(free: int, wanted: int, folder: Path) -> SetupError:
    """`free`, `wanted`: bytes."""
    return SetupError(
        f"Only {free / 1e9:.1f} GB are free at {folder}, and setting up needs about {wanted / 1e9:.1f} GB.",
        "Make room there, or move the folder to a larger disk, and run the same command again.",
    )


def disk_full(folder: Path) -> SetupError:
    return SetupError(
        f"The disk became full while setting up in {folder}.",
        f"Make about {WANTED_BYTES / 1e9:.0f} GB of room and run the same command again: it goes on from here.",
    )


def not_writable(folder: Path, detail: str) -> SetupError:
    return SetupError(
        f"This folder cannot be written: {folder} ({detail}).",
        "Copy it to a folder of your own, or run with the rights to write there (on Windows, close Avatarify first).",
    )


def from_os_error(error: OSError, folder: Path) -> SetupError:
    """What a file operation of the set-up itself met in `folder`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(folder)
    detail = error.strerror or type(error).__name__
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return not_writable(folder, detail)
    return SetupError(
        f"Setting up failed at {error.filename or folder}: {detail}.",
        "Mend that and run the same command again; if .venv looks damaged, delete it.",
    )


def from_venv(lines: Sequence[str], *, code: int, python: str, folder: Path) -> SetupError:
    """`lines`: what `python -m venv` said before it ended with `code`."""
    text = "\n".join(lines)
    if _DISK_FULL.search(text):
        return disk_full(folder)
    if _FORBIDDEN.search(text):
        return not_writable(folder, "permission denied, or a read-only disk")
    if _NO_ENSUREPIP.search(text):
        return venv_missing(python)
    return SetupError(
        f"Python {python} could not make {folder / '.venv'} (exit code {code}): {_last_word(lines)}",
        "Delete .venv and run the same command again, or use another Python (3.10 or newer).",
    )


def from_pip(lines: Sequence[str], *, code: int, python: str, folder: Path) -> SetupError:
    """`lines`: pip's output before it ended with `code`; `python`: "3.11"; `folder`: where .venv lies."""
    # A connection that pip tried again is history, unless nothing was found in the end.
    final = "\n".join(line for line in lines if "WARNING: Retrying" not in line)
    everything = "\n".join(lines)
    if _DISK_FULL.search(final):
        return disk_full(folder)
    if _CERTIFICATE.search(everything) and not _found_versions(final):
        return SetupError(
            "The package index shows a certificate that this machine does not trust.",
            "Behind a company's proxy, point PIP_CERT at its certificate; otherwise check the clock. Then run the same command again.",
        )
    if _NETWORK.search(final) or (
        _NETWORK.search(everything) and _NO_VERSION.search(final) and not _found_versions(final)
    ):
        return SetupError(
            "The package index cannot be reached.",
            "Check the network (and HTTPS_PROXY or PIP_INDEX_URL, if you set them) and run the same command again: it goes on from here.",
        )
    if found := _NO_VERSION.search(final):
        return _no_version(found[1], found[2], python=python, other_python="require a different python" in final)
    if _FORBIDDEN.search(final):
        return not_writable(folder, "permission denied, or a read-only disk")
    if _CONFLICT.search(final):
        return SetupError(
            f"The requirements cannot be met together on Python {python}.",
            "Undo changes in requirements.txt or in pip's constraints, or try another Python (3.10 or newer).",
        )
    if found := _WRONG_WHEEL.search(final) or _BUILD.search(final):
        return _uninstallable(next(name for name in found.groups() if name), python)
    if re.search(r"metadata-generation-failed|subprocess-exited-with-error", final):
        return _uninstallable((_BUILD_OF.findall(final) or ["a package"])[-1], python)
    if code < 0:
        return SetupError(
            f"pip was killed by signal {-code}.",
            "Close other programs if memory is short, and run the same command again.",
        )
    return SetupError(
        f"pip failed with exit code {code}: {_last_word(lines)}",
        "Run the same command again; if that does not help, delete .venv first.",
    )


def from_probe(module: str, lines: Sequence[str], *, code: int) -> SetupError:
    """`lines`: what `python -c "import MODULE"` said before it ended with `code`."""
    text = "\n".join(lines)
    if found := _LIBRARY.search(text):
        library = found[1]
        if library in _PACKAGES:
            debian, fedora = _PACKAGES[library]
            remedy = f"Debian, Ubuntu: sudo apt install {debian}. Fedora: sudo dnf install {fedora}."
        else:
            remedy = f"Install the package of your system that carries {library}."
        return SetupError(
            f"The system library {library} is missing: {module} needs it.", f"{remedy} Then run the same command again."
        )
    if "DLL load failed" in text or "WinError 126" in text or "WinError 1114" in text:
        return SetupError(
            f"A system library that {module} needs is missing.",
            "Install the Microsoft Visual C++ Redistributable (https://aka.ms/vs/17/release/vc_redist.x64.exe), "
            "then run the same command again.",
        )
    if code == -4:  # SIGILL
        return SetupError(
            f"This processor is too old for {module}.",
            "Use a machine with a newer processor (x86-64 with SSE4.2 or later).",
        )
    return SetupError(
        f"{module} is installed but cannot be imported (exit code {code}): {_last_word(lines)}",
        "Delete .venv and run the same command again.",
    )


def _found_versions(text: str) -> bool:
    found = _NO_VERSION.search(text)
    return found is not None and found[2] != "none"


def _no_version(requirement: str, versions: str, *, python: str, other_python: bool) -> SetupError:
    if versions == "none" and not other_python:
        return SetupError(
            f"No package index offers {requirement} for Python {python}.",
            "Unset PIP_NO_INDEX or PIP_INDEX_URL if you set them; otherwise use another Python (3.10 or newer, 64-bit).",
        )
    return SetupError(
        f"{requirement} cannot be installed for Python {python} on this machine.",
        "Use another Python (3.10 or newer, 64-bit): .venv is made anew with the one that starts run.py.",
    )


def _uninstallable(name: str, python: str) -> SetupError:
    return SetupError(
        f"The package {name} cannot be installed for Python {python} on this machine.",
        "Use another Python (3.10 or newer, 64-bit) for which it offers a ready-made wheel.",
    )


def _last_word(lines: Sequence[str]) -> str:
    said = [line.strip() for line in lines if line.strip()]
    errors = [line for line in said if re.match(r"ERROR:|Error:|\w*Error\b", line)]
    return (errors or said or ["it said nothing."])[-1][:200]
