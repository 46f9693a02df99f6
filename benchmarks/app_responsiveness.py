"""Does the window stay quick? `python -m benchmarks.app_responsiveness --minutes 5`

The whole app with the embedded model, without a screen; its camera is a film of the drawn performer, made beforehand, since
drawing him costs more than a camera does. A heartbeat on the Qt thread every 5 ms measures how long that thread was away, while
the avatar is switched every two seconds. Prints when the window and the first picture were there, the stalls, and what
painting costs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from avatarify.app.application import Application
    from avatarify.app.preview import Preview

BEAT_MS = 5
STALL_MS = 50.0
SWITCH_MS = 2000
PAINTS = 150
FPS = 30.0


@dataclass
class Heartbeat:
    """Gaps between two turns of the Qt thread's loop, in milliseconds beyond the interval.

    stalls: at which second, how long, and how long of it the thread was ready and waited for a free core: on a machine
    with other work that part is not the app's.
    """

    gaps_ms: list[float] = field(default_factory=list)
    stalls: list[tuple[float, float, float]] = field(default_factory=list)
    last: float = 0.0
    began: float = 0.0
    waited_ms: float = 0.0

    def beat(self) -> None:
        """Called by a timer of BEAT_MS."""
        now, waited_ms = time.perf_counter(), waited_for_core_ms()
        if self.last:
            gap = (now - self.last) * 1000 - BEAT_MS
            self.gaps_ms.append(gap)
            if gap > STALL_MS:
                self.stalls.append((now - self.began, gap, waited_ms - self.waited_ms))
        else:
            self.began = now
        self.last, self.waited_ms = now, waited_ms


def waited_for_core_ms() -> float:
    """How long this thread has been ready without a core to run on, since its beginning; 0 where only Linux would know."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e6
    except OSError:
        return 0.0


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--portrait-size", type=int, default=512)
    parser.add_argument("--runtime", default="auto")
    parser.add_argument("--home", type=Path, help="kept between runs; without it each run is the first on this machine")
    parser.add_argument("--camera", help="in place of the film")
    parser.add_argument("--size", default="1280x800", help="of the window")
    arguments = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    home = arguments.home if arguments.home is not None else Path(tempfile.mkdtemp(prefix="avatarify-responsiveness-"))
    os.environ["AVATARIFY_HOME"] = str(home.resolve())
    camera = arguments.camera if arguments.camera is not None else made_film(home)
    started = time.perf_counter()
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    from avatarify.app.app_request import AppRequest
    from avatarify.app.application import Application

    app = QApplication([])
    overrides = (
        ("camera.device", camera),
        ("engine.portrait_size", arguments.portrait_size),
        ("engine.runtime", arguments.runtime),
    )
    application = Application(AppRequest(overrides))
    application.choices.set("first_run.done", True)
    width, _, height = arguments.size.partition("x")
    application.window.resize(int(width), int(height))
    heart = Heartbeat()
    opening = Heartbeat()
    timer = QTimer()
    timer.timeout.connect(opening.beat)
    timer.start(BEAT_MS)
    application.show()
    app.processEvents()
    print(f"window visible after {time.perf_counter() - started:.2f} s")
    wait_for_picture(application, app)
    print(f"first animated picture after {time.perf_counter() - started:.2f} s")
    print(f"while starting: {told(opening)}")
    timer.timeout.disconnect(opening.beat)
    timer.timeout.connect(heart.beat)
    switching = QTimer()
    switching.timeout.connect(application.call.next_avatar)
    switching.start(SWITCH_MS)
    cpu = time.thread_time()
    wall = time.perf_counter()
    loop = QEventLoop()  # not app.exec(): its end closes all windows
    QTimer.singleShot(round(arguments.minutes * 60_000), loop.quit)
    loop.exec()
    switching.stop()
    share = 100 * (time.thread_time() - cpu) / (time.perf_counter() - wall)
    print(f"switching every {SWITCH_MS / 1000:g} s for {arguments.minutes:g} min: {told(heart)}")
    for at, gap, waited in heart.stalls[:20]:
        print(f"  stall of {gap:.0f} ms at {at:.1f} s, {waited:.0f} ms of it without a free core")
    print(f"the whole Qt thread used {share:.1f} % of a core")
    print_paint_cost(application.window.preview, application)
    status = application.call.status
    if status is not None:
        print(f"engine: {status.runtime}; {status.pipeline.measured.engine_fps:.1f} frames/s animated")
    began = time.perf_counter()
    ended = application.close(1.8)
    print(f"closed after {time.perf_counter() - began:.2f} s, {'all ended' if ended else 'something hung'}")
    if heart.stalls:
        sys.exit(1)


def made_film(folder: Path) -> str:
    """Its path. Made by another process, so that nothing of it is in memory when the clock starts."""
    film = folder / "film.mp4"
    if not film.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        order = "import sys, pathlib; from benchmarks.film import write_film; write_film(pathlib.Path(sys.argv[1]))"
        subprocess.run([sys.executable, "-c", order, str(film)], check=True)
    return str(film)


def wait_for_picture(application: Application, app: object) -> None:
    """Until the avatar moves for the first time. Ends the program after two minutes."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()

    def look() -> None:
        status = application.call.status
        showing = status.pipeline.showing if status is not None else None
        if showing is not None and showing.value == "animated":
            loop.quit()

    application.call.preview_ready.connect(application.call.look)
    application.call.changed.connect(look)
    patience = QTimer()
    patience.setSingleShot(True)
    patience.timeout.connect(
        lambda: sys.exit(f"no picture: {application.call.status} {application.window.banner.notice}")
    )
    patience.start(120_000)
    loop.exec()
    patience.stop()
    application.call.preview_ready.disconnect(application.call.look)


def told(heart: Heartbeat) -> str:
    """In one line."""
    gaps = sorted(heart.gaps_ms) or [0.0]
    p99 = gaps[int(0.99 * (len(gaps) - 1))]
    return f"longest stall {gaps[-1]:.1f} ms, {len(heart.stalls)} over {STALL_MS:g} ms, p99 {p99:.1f} ms, {len(gaps)} beats"


def print_paint_cost(preview: Preview, application: Application) -> None:
    """CPU time of taking and painting a picture, in this thread and no other."""
    from PySide6.QtWidgets import QApplication

    from avatarify.pipeline.gate import Showing
    from avatarify.pipeline.output import Shown

    live = application.call.live
    if live is None:
        return
    live.pipeline.pause()
    QApplication.processEvents()
    image = next(avatar.portrait for avatar in live.avatars.all if avatar.portrait is not None)
    slot = live.pipeline.preview
    spent = 0.0
    for number in range(PAINTS):
        began = time.thread_time()
        slot.put(Shown(image, Showing.ANIMATED, number, time.monotonic()))
        preview.take()
        preview.repaint(preview.picture_place)
        spent += time.thread_time() - began
    each_ms = 1000 * spent / PAINTS
    size = preview.picture_place.size()
    print(
        f"preview: {each_ms:.2f} ms of CPU for each picture ({image.shape[1]} to {size.width()} pixels), "
        f"{each_ms * FPS / 10:.1f} % of a core at {FPS:g} frames/s"
    )
    live.pipeline.resume()


if __name__ == "__main__":
    main()
