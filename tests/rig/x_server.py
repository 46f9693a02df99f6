"""A real X server without a screen (Xvfb), with real key presses (xdotool), and a window that writes down its keys."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

TOOLS = ("Xvfb", "xdotool", "openbox", "xprop", "setxkbmap", "import")
PACKAGES = "xvfb xdotool openbox x11-utils x11-xkb-utils imagemagick"
_START_WITHIN_S = 20.0


def why_no_x() -> str | None:
    """Why there can be no X server here, or None."""
    if sys.platform != "linux":
        return f"the X11 rig needs Linux, this is {sys.platform}"
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    return f"the X11 rig needs {', '.join(missing)}: apt-get install {PACKAGES}" if missing else None


class XServer:
    """Context manager. display: what DISPLAY is to be, as ":7". No window manager runs on it before `manage`."""

    def __init__(self, *, width: int = 1280, height: int = 800) -> None:
        read_end, write_end = os.pipe()
        self._programs = [
            subprocess.Popen(
                # -noreset: a server starts anew when its last client goes, and whoever comes meanwhile is thrown out
                [
                    "Xvfb",
                    "-displayfd",
                    str(write_end),
                    "-screen",
                    "0",
                    f"{width}x{height}x24",
                    "-nolisten",
                    "tcp",
                    "-noreset",
                ],
                pass_fds=[write_end],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        ]
        os.close(write_end)
        with os.fdopen(read_end, "rb") as told:
            ready, _, _ = select.select([told], [], [], _START_WITHIN_S)
            number = told.readline().decode().strip() if ready else ""
        if not number:
            self.close()
            raise AssertionError("Xvfb did not start")
        self.display = f":{number}"

    def __enter__(self) -> XServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def environment(self) -> dict[str, str]:
        """For programs that are to show themselves here."""
        kept = {name: value for name, value in os.environ.items() if name not in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
        return kept | {"DISPLAY": self.display, "XDG_SESSION_TYPE": "x11"}

    def manage(self) -> None:
        """Start the window manager, and wait until it manages."""
        self._programs.append(
            subprocess.Popen(
                ["openbox", "--sm-disable"],
                env=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        until = time.monotonic() + _START_WITHIN_S
        while b"window id" not in self.run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"):
            assert time.monotonic() < until, "openbox did not start"
            time.sleep(0.02)

    def run(self, *command: str) -> bytes:
        """A program on this display; its output. Raises CalledProcessError."""
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, timeout=20).stdout

    def press(self, *keys: str) -> None:
        """As a keyboard does, e.g. "ctrl+alt+1": to whichever window has the focus, through whoever grabs it."""
        self.run("xdotool", "key", "--clearmodifiers", *keys)

    def window(self, title: str) -> str | None:
        """The id of the window with this whole title that can be seen, or None."""
        search = ["xdotool", "search", "--onlyvisible", "--name", f"^{title}$"]
        found = subprocess.run(
            search, env=self.environment, check=False, capture_output=True, timeout=20
        ).stdout.split()
        return found[0].decode() if found else None

    def activate(self, window: str) -> None:
        """Give a window the focus, by the window manager."""
        self.run("xdotool", "windowactivate", "--sync", window)

    def click_close(self, window: str) -> None:
        """The button in the corner of the title bar that openbox draws."""
        from Xlib.display import Display

        display = Display(self.display)
        try:
            client = display.create_resource_object("window", int(window))
            place = display.screen().root.translate_coords(client, 0, 0)
            right, top = place.x + client.get_geometry().width, place.y
        finally:
            display.close()
        self.run("xdotool", "mousemove", str(right - 10), str(top - 10), "click", "1")

    def screenshot(self, path: Path) -> None:
        """The whole screen as a PNG file."""
        self.run("import", "-window", "root", str(path))

    def close(self) -> None:
        """Ends every program that was started here. Twice is fine."""
        for program in reversed(self._programs):
            program.terminate()
        for program in reversed(self._programs):
            try:
                program.wait(5)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait(5)
        self._programs.clear()


class OtherWindow:
    """Another program's window, which has the focus and writes down which keys it gets."""

    def __init__(self, display: str) -> None:
        from Xlib import X
        from Xlib.display import Display

        self._display = Display(display)
        screen = self._display.screen()
        self._window = screen.root.create_window(
            20, 20, 200, 100, 0, screen.root_depth, event_mask=X.KeyPressMask | X.FocusChangeMask
        )
        self._window.set_wm_name("other window")
        self._window.map()
        self._display.sync()
        self.keys: list[str] = []

    @property
    def id(self) -> str:
        """As xdotool takes it."""
        return str(self._window.id)

    def focus(self) -> None:
        """Where there is no window manager to ask."""
        from Xlib import X

        self._window.set_input_focus(X.RevertToParent, X.CurrentTime)
        self._display.sync()

    def read(self) -> list[str]:
        """The keys that have come so far, as X names them: "a", "1", "Control_L", "Next"."""
        from Xlib import XK, X

        names = {getattr(XK, name): name.removeprefix("XK_") for name in sorted(dir(XK)) if name.startswith("XK_")}
        while self._display.pending_events():
            event = self._display.next_event()
            if event.type == X.KeyPress:
                self.keys.append(names.get(self._display.keycode_to_keysym(event.detail, 0), "unnamed"))
        return self.keys

    def close(self) -> None:
        self._display.close()


@contextmanager
def other_window(display: str) -> Iterator[OtherWindow]:
    """Gone afterwards."""
    window = OtherWindow(display)
    try:
        yield window
    finally:
        window.close()


def wait_for(condition: Callable[[], object], what: str, *, seconds: float = 30.0) -> None:
    """Looks again and again. Raises AssertionError that says for what it waited in vain."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"waited {seconds:g} s in vain: {what}"
        time.sleep(0.02)
