"""Pictures of every window of the app, light and dark, without a screen: `python -m benchmarks.app_screenshots`.

The drawn performer and the embedded model run for real. The pictures go to docs/images/app/.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

    from avatarify.app.application import Application

FOLDER = Path(__file__).parent.parent / "docs" / "images" / "app"
SIZES = ((960, 600), (1280, 800))
COLOURS = 256
LIMIT_S = 240.0
SETTLE_S, LEAST_FPS = 20.0, 24.0


class Studio:
    """Runs the app and takes its picture."""

    def __init__(self, app: QApplication, application: Application, folder: Path) -> None:
        self._app = app
        self.application = application
        self.window = application.window
        self._folder = folder
        self.theme = "light"

    def wait(self, seconds: float) -> None:
        """Let the app go on."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._app.processEvents()
            time.sleep(0.005)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Let the app go on until it has come so far."""
        end = time.monotonic() + LIMIT_S
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(what)
            self.wait(0.05)

    def showing(self, what: str) -> None:
        """Wait until the call shows this."""
        call = self.application.call

        def shown() -> bool:
            status = call.status
            return status is not None and status.pipeline.showing is not None and status.pipeline.showing.value == what

        self.until(shown, f"for {what}: {call.status}, {self.window.banner.notice}")

    def settle(self) -> None:
        """Until the figures in the status line are those of a call that runs, and not of its start."""
        call = self.application.call
        end = time.monotonic() + SETTLE_S
        while time.monotonic() < end:
            self.wait(0.5)
            if call.status is not None and call.status.pipeline.measured.engine_fps >= LEAST_FPS:
                return
        print(f"Fewer than {LEAST_FPS:g} pictures a second: the status line shows a machine that has other work.")

    def take(self, name: str, widget: QWidget | None = None) -> None:
        """A picture of a window as it is now."""
        from PIL import Image
        from PySide6.QtGui import QImage

        self.wait(0.6)
        shot = (widget if widget is not None else self.window).grab().toImage()
        shot = shot.convertToFormat(QImage.Format.Format_RGB888)
        rows = bytes(shot.constBits())
        picture = Image.frombytes("RGB", (shot.width(), shot.height()), rows, "raw", "RGB", shot.bytesPerLine())
        path = self._folder / f"{name}-{self.theme}.png"
        palette = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT)
        picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")

    def page(self, name: str, opens: Callable[[], None]) -> None:
        """A picture of the dialog that `opens` opens."""
        before = set(self._app.topLevelWidgets())
        opens()
        self.wait(1.5)
        for widget in self._app.topLevelWidgets():
            if widget not in before and widget.isVisible() and widget.isWindow():
                self.take(name, widget)
                widget.close()
                self.wait(0.1)
                return
        raise RuntimeError(f"{name} did not open")


def main() -> None:
    """Take them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--only", default="", help="pictures whose names begin so")
    arguments = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    move_in(Path(tempfile.mkdtemp(prefix="avatarify-screenshots-")))
    from PySide6.QtWidgets import QApplication

    from avatarify.app.app_request import AppRequest
    from avatarify.app.application import Application

    arguments.folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    overrides = (("camera.device", "synthetic"), ("engine.portrait_size", 384), ("engine.governor", False))
    application = Application(AppRequest(overrides, avatar="ilse"))
    application.choices.set("first_run.done", True)
    application.choices.set("window.language", "en")
    application.choices.set("avatars.remember", False)
    application.choices.set("window.theme", "light")
    application.show()
    studio = Studio(app, application, arguments.folder)
    studio.showing("animated")
    studio.wait(4.0)  # until it has calibrated itself
    studio.settle()
    for theme in ("light", "dark"):
        studio.theme = theme
        application.choices.set("window.theme", theme)
        for name, shoot in scenes(studio).items():
            if name.startswith(arguments.only):
                shoot()
    application.close(3.0)


def move_in(home: Path) -> None:
    """A user's folders that are new, so that pages show the paths that a newcomer sees."""
    for name in [name for name in os.environ if name.startswith(("XDG_", "AVATARIFY_"))]:
        del os.environ[name]
    os.environ["HOME"] = str(home)
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)


def scenes(studio: Studio) -> dict[str, Callable[[], None]]:
    """By name, in the order of the guide."""
    window, call, choices = studio.window, studio.application.call, studio.application.choices

    def sizes() -> None:
        for width, height in SIZES:
            window.resize(width, height)
            studio.settle()
            studio.take(f"main-{width}x{height}")

    def line_up() -> None:
        window.resize(*SIZES[0])
        choices.set("window.overlay", 0.4)
        choices.set("window.mesh", True)
        studio.take("line-up")
        choices.set("window.overlay", 0.0)
        choices.set("window.mesh", False)

    def compare() -> None:
        window.preview.compare(True)
        studio.take("compare")
        window.preview.compare(False)

    def paused() -> None:
        call.toggle_pause()
        studio.showing("paused")
        studio.take("paused")
        call.toggle_pause()
        studio.showing("animated")
        studio.settle()

    def passthrough() -> None:
        call.set_passthrough(True)
        studio.showing("pass-through")
        studio.take("pass-through")
        call.set_passthrough(False)
        studio.showing("animated")
        studio.settle()

    def failure() -> None:
        window.resize(*SIZES[0])
        call.change_camera("7")
        studio.until(lambda: window.banner.notice is not None, "for a failure")
        studio.take("failure")
        window.banner.settle("call")

    def keys_help() -> None:
        window.toggle_help()
        studio.take("help")
        window.toggle_help()

    def details() -> None:
        window.toggle_details()
        studio.take("details", window.details)
        window.toggle_details()

    def mini() -> None:
        window.toggle_mini()
        studio.take("mini", window.pages.mini)
        window.toggle_mini()

    def first_run() -> None:
        for step in range(3):
            studio.page(f"first-run-{step + 1}", lambda step=step: window.pages.open_first_run(step))

    return {
        "main": sizes,
        "line-up": line_up,
        "compare": compare,
        "paused": paused,
        "pass-through": passthrough,
        "failure": failure,
        "help": keys_help,
        "first-run": first_run,
        "settings": lambda: studio.page("settings", window.open_settings),
        "models": lambda: studio.page("models", window.open_models),
        "keys": lambda: studio.page("keys", window.open_keys),
        "details": details,
        "import": lambda: studio.page("import", window.import_avatar),
        "mini": mini,
        "ask": lambda: studio.page("ask", lambda: window.ask_passthrough(lambda: None)),
    }


if __name__ == "__main__":
    main()
