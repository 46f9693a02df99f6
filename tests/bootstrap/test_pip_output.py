"""What pip says, read for the progress line."""

from __future__ import annotations

import pytest

from bootstrap.pip_output import Event, Kind, canonical, read


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("Collecting torch<2.14,>=2.2 (from -r requirements.txt (line 5))", Event(Kind.COLLECTING, ("torch",))),
        (
            "  Downloading pyside6_essentials-6.12.0-cp310-abi3-manylinux_2_34_x86_64.whl (84.3 MB)",
            Event(Kind.FETCHING, ("pyside6_essentials",), "6.12.0, 84.3 MB"),
        ),
        (
            "  Using cached numpy-2.4.6-cp311-cp311-manylinux_2_27_x86_64.whl (17 MB)",
            Event(Kind.FETCHING, ("numpy",), "2.4.6, 17 MB"),
        ),
        (
            "Processing /wheels/torch-2.13.0%2Bcpu-cp311-cp311-linux_x86_64.whl (from -r requirements.txt (line 5))",
            Event(Kind.FETCHING, ("torch",), "2.13.0+cpu"),
        ),
        ("  Downloading evdev-2.0.0.tar.gz (31 kB)", Event(Kind.FETCHING, ("evdev",), "2.0.0, 31 kB")),
        (
            "  Downloading https://example.org/packages/av-17.1.0-cp311-cp311-win_amd64.whl (33.0 MB)",
            Event(Kind.FETCHING, ("av",), "17.1.0, 33.0 MB"),
        ),
        ("  Downloading torch-2.13.0-cp311-cp311-linux_x86_64.whl.metadata (29 kB)", None),
        (
            "Requirement already satisfied: typing-extensions>=4.10.0 in ./.venv/lib (4.16.0)",
            Event(Kind.SATISFIED, ("typing-extensions",)),
        ),
        (
            "Installing collected packages: mpmath, PySide6-Essentials",
            Event(Kind.INSTALLING, ("mpmath", "PySide6-Essentials")),
        ),
        (
            "WARNING: Retrying (Retry(total=4, connect=None, read=None)) after connection broken by 'NewConnectionError'",
            Event(Kind.RETRYING, ()),
        ),
        ("Looking in indexes: https://index.example/simple", None),
        ("", None),
    ],
)
def test_read(line: str, event: Event | None) -> None:
    assert read(line) == event


def test_canonical() -> None:
    assert canonical("PySide6_Essentials") == canonical("pyside6.essentials") == "pyside6-essentials"
