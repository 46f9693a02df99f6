"""An X server of the tests' own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rig.x_server import XServer


@pytest.fixture(scope="session")
def x_server() -> Iterator[XServer]:
    """Without a window manager."""
    with XServer() as server:
        yield server
