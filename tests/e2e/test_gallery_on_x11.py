"""Tiles dragged with a real pointer: into another place of the one row, and of rows below each other."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Iterator

import pytest

from avatarify.paths import PROJECT
from tests.rig.x_server import XServer

pytest.importorskip("Xlib")
pytestmark = [pytest.mark.x11, pytest.mark.slow]

PATIENCE_S = 60.0
HALF = 40  # pixels from a tile's middle to where the gap beside it is meant


class GalleryWindow:
    """The gallery in a process of its own."""

    def __init__(self, server: XServer, width: int, height: int) -> None:
        self._server = server
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.rig.gallery_window", str(width), str(height)],
            cwd=PROJECT,
            env=server.environment,
            stdout=subprocess.PIPE,
        )

    def read(self) -> list[object]:
        """The next line that it tells."""
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], PATIENCE_S)
        assert ready, "the gallery tells nothing"
        found = json.loads(self._process.stdout.readline())
        assert isinstance(found, list)
        return found

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Slowly enough for a window to follow."""
        steps = [start, (start[0] + 12, start[1]), (start[0] + 24, start[1]), (end[0] - 3, end[1]), end]
        moves = [f"mousemove {x} {y} sleep 0.15" for x, y in steps]
        moves.insert(1, "mousedown 1 sleep 0.15")
        self._server.run("xdotool", *" ".join([*moves, "sleep 0.2", "mouseup 1"]).split())

    def close(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=10)


@pytest.fixture
def server() -> Iterator[XServer]:
    with XServer() as server:
        server.manage()
        yield server


@pytest.mark.parametrize(("width", "height"), [(900, 150), (340, 440)])
def test_a_tile_goes_where_it_is_dragged(server: XServer, width: int, height: int) -> None:
    window = GalleryWindow(server, width, height)
    try:
        places = [(int(x), int(y)) for x, y in window.read()]  # type: ignore[misc, has-type]
        window.drag(places[0], (places[3][0] + HALF, places[3][1]))
        assert window.read() == ["bo", "cy", "di", "ada", "ed"]
        window.drag(places[4], (places[1][0] - HALF, places[1][1]))
        assert window.read() == ["bo", "ed", "cy", "di", "ada"]
    finally:
        window.close()
