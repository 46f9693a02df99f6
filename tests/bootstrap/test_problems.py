"""Each sample is what a tool really prints, shortened to the lines that tell."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from bootstrap import problems

HERE = Path("/home/ada/avatarify")
RETRY = (
    "WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by "
    "'NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object>: Failed to establish a new connection: "
    "[Errno -3] Temporary failure in name resolution')': /simple/torch/"
)
NOTHING_FOUND = (
    "ERROR: Could not find a version that satisfies the requirement torch<2.14,>=2.2 (from versions: none)",
    "ERROR: No matching distribution found for torch<2.14,>=2.2",
)


def from_pip(*lines: str, code: int = 1) -> problems.SetupError:
    return problems.from_pip(lines, code=code, python="3.11", folder=HERE)


def test_no_network() -> None:
    problem = from_pip(RETRY, RETRY, *NOTHING_FOUND)
    assert problem.message == "The package index cannot be reached."
    assert "same command" in problem.remedy


def test_network_lost_in_the_middle_of_a_file() -> None:
    problem = from_pip(
        "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(host='x', port=443): Read timed out."
    )
    assert "cannot be reached" in problem.message


def test_proxy() -> None:
    problem = from_pip(
        "ERROR: Could not install packages: ('Cannot connect to proxy.', OSError('Tunnel connection failed: 407'))"
    )
    assert "HTTPS_PROXY" in problem.remedy


def test_certificate() -> None:
    problem = from_pip(
        "WARNING: Retrying (Retry(total=4)) after connection broken by 'SSLError(SSLCertVerificationError(1, '[SSL: "
        "CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain'))'",
        *NOTHING_FOUND,
    )
    assert "certificate" in problem.message
    assert "PIP_CERT" in problem.remedy


def test_index_without_the_package_is_not_a_lost_network() -> None:
    problem = from_pip("Ignoring tomli: markers don't match your environment", *NOTHING_FOUND)
    assert problem.message == "No package index offers torch<2.14,>=2.2 for Python 3.11."
    assert "PIP_NO_INDEX" in problem.remedy


@pytest.mark.parametrize("earlier", [(), (RETRY,)], ids=["at once", "after a retry that worked"])
def test_package_that_has_other_versions_only(earlier: tuple[str, ...]) -> None:
    problem = from_pip(
        *earlier, "ERROR: Could not find a version that satisfies the requirement av<20,>=13 (from versions: 0.1, 0.2)"
    )
    assert problem.message == "av<20,>=13 cannot be installed for Python 3.11 on this machine."


def test_package_for_other_pythons_only() -> None:
    problem = from_pip(
        "ERROR: Ignored the following versions that require a different python version: 2.5.0 Requires-Python >=3.12",
        "ERROR: Could not find a version that satisfies the requirement numpy>=2.5 (from somebody) (from versions: none)",
    )
    assert problem.message.startswith("numpy>=2.5 cannot be installed for Python 3.11")
    assert "another Python" in problem.remedy


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (
            ("  error: command 'gcc' failed", "  ERROR: Failed building wheel for evdev", "Failed to build evdev"),
            "evdev",
        ),
        (
            ("ERROR: Could not build wheels for llvmlite, which is required to install pyproject.toml-based projects",),
            "llvmlite",
        ),
        (("ERROR: Failed to build 'scipy' when getting requirements to build wheel",), "scipy"),
        (("Collecting numba", "Collecting av<20", "error: metadata-generation-failed"), "av"),
        (
            ("ERROR: av-17.1.0-cp39-cp39-win32.whl is not a supported wheel on this platform.",),
            "av-17.1.0-cp39-cp39-win32.whl",
        ),
        (("ERROR: Package 'numpy' requires a different Python: 3.11.7 not in '>=3.12'",), "numpy"),
    ],
)
def test_package_that_cannot_be_installed_is_named(lines: tuple[str, ...], name: str) -> None:
    assert from_pip(*lines).message == f"The package {name} cannot be installed for Python 3.11 on this machine."


@pytest.mark.parametrize(
    "line",
    [
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        "ERROR: Could not install packages due to an OSError: [WinError 112] There is not enough space on the disk",
        "OSError: [Errno 122] Disk quota exceeded: '/home/ada'",
    ],
)
def test_full_disk(line: str) -> None:
    problem = from_pip("Installing collected packages: torch", line)
    assert problem.message == f"The disk became full while setting up in {HERE}."
    assert "3 GB" in problem.remedy


@pytest.mark.parametrize(
    "line",
    [
        "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/x'",
        "ERROR: Could not install packages due to an OSError: [Errno 30] Read-only file system: '/x'",
        "ERROR: Could not install packages due to an OSError: [WinError 5] Access is denied: 'C:\\\\x'",
    ],
)
def test_forbidden(line: str) -> None:
    assert str(HERE) in from_pip(line).message
    assert "cannot be written" in from_pip(line).message


def test_conflict() -> None:
    assert "together" in from_pip("ERROR: ResolutionImpossible: for help visit https://pip.pypa.io").message


def test_killed() -> None:
    assert from_pip("Collecting torch", code=-9).message == "pip was killed by signal 9."


def test_anything_else_keeps_the_last_error() -> None:
    problem = from_pip("ERROR: something new", "notice: a new release of pip", code=2)
    assert problem.message == "pip failed with exit code 2: ERROR: something new"
    assert from_pip(code=3).message == "pip failed with exit code 3: it said nothing."


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("The virtual environment was not created successfully because ensurepip is not", "available."), "ensurepip"),
        (("/usr/bin/python3: No module named venv",), "ensurepip"),
        (("Error: [Errno 28] No space left on device: '/home/ada/avatarify/.venv/bin'",), "disk became full"),
        (("Error: [Errno 13] Permission denied: '/home/ada/avatarify/.venv'",), "cannot be written"),
        (("Error: something new",), "(exit code 1): Error: something new"),
    ],
)
def test_venv(lines: tuple[str, ...], said: str) -> None:
    assert said in problems.from_venv(lines, code=1, python="3.11", folder=HERE).message


def test_missing_venv_names_the_package() -> None:
    assert "sudo apt install python3.12-venv" in problems.venv_missing("3.12").remedy


@pytest.mark.parametrize(
    ("library", "remedy"),
    [
        ("libGL.so.1", "sudo apt install libgl1. Fedora: sudo dnf install mesa-libGL."),
        ("libgthread-2.0.so.0", "sudo apt install libglib2.0-0. Fedora: sudo dnf install glib2."),
        ("libstdc++.so.6", "sudo apt install libstdc++6."),
        ("libstrange.so.4", "carries libstrange.so.4"),
    ],
)
def test_missing_library(library: str, remedy: str) -> None:
    said = (
        "Traceback (most recent call last):",
        f"ImportError: {library}: cannot open shared object file: No such file or directory",
    )
    problem = problems.from_probe("cv2", said, code=1)
    assert problem.message == f"The system library {library} is missing: cv2 needs it."
    assert remedy in problem.remedy


def test_other_probe_failures() -> None:
    dll = problems.from_probe(
        "torch", ["OSError: [WinError 126] The specified module could not be found. c10.dll"], code=1
    )
    assert "vc_redist" in dll.remedy
    assert "too old for torch" in problems.from_probe("torch", [], code=-4).message
    broken = problems.from_probe("av", ["ModuleNotFoundError: No module named 'av._core'"], code=1)
    assert "No module named 'av._core'" in broken.message


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "disk became full"),
        (errno.EROFS, "cannot be written"),
        (errno.EACCES, "cannot be written"),
        (errno.EIO, "Setting up failed at x: Input/output error."),
    ],
)
def test_own_file_operations(number: int, said: str) -> None:
    import os

    assert said in problems.from_os_error(OSError(number, os.strerror(number), "x"), HERE).message


def test_space_is_told_in_gigabytes() -> None:
    problem = problems.not_enough_space(1_240_000_000, 3_000_000_000, HERE)
    assert problem.message == f"Only 1.2 GB are free at {HERE}, and setting up needs about 3.0 GB."
