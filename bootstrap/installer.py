"""Makes .venv ready: makes the environment, has pip fill it, tries the result. Can be interrupted anywhere and called again."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from typing import TextIO

from bootstrap import problems
from bootstrap.command import run
from bootstrap.environment import PYTHON, Environment
from bootstrap.lock import exclusive
from bootstrap.pip_output import Event, Kind, canonical, read
from bootstrap.screen import Screen

LEAST_BYTES = 200_000_000  # for an update, when nearly everything is there
PROBED = ("cv2", "torch", "av")  # they load system libraries


def make_ready(environment: Environment, *, dev: bool, stream: TextIO) -> None:
    """Returns when `environment.is_ready(dev=dev)`. Raises SetupError; KeyboardInterrupt passes through."""
    screen = Screen(stream, steps=4)
    try:
        with exclusive(
            environment.lock, on_wait=lambda: screen.say("Another run.py is setting up .venv: waiting for it.")
        ) as lock:
            if environment.is_ready(dev=dev):
                return
            _set_up(environment, screen, dev=dev, lock=lock)
    except OSError as error:
        raise problems.from_os_error(error, environment.root) from error


def _set_up(environment: Environment, screen: Screen, *, dev: bool, lock: int) -> None:
    if environment.made_for_this_python():
        screen.say("Bringing .venv up to date.")
    else:
        screen.say("Setting up .venv: about 1.9 GB (more where torch brings CUDA), some minutes, once.")
        screen.say("Ctrl-C is safe: the next call goes on from there.")
    environment.log.write_text("", "utf-8")
    environment.sweep()
    _check_space(environment)
    _make_folder(environment, screen, lock=lock)
    _fill(environment, screen, dev=dev, lock=lock)
    _try_out(environment, screen)
    environment.sweep()
    environment.mark_ready(dev=dev)
    screen.say(f".venv is ready after {screen.elapsed:.0f} s.")


def _try_out(environment: Environment, screen: Screen) -> None:
    screen.step(f"Trying {', '.join(PROBED)}")
    for module in PROBED:
        command = [str(environment.python), "-I", "-c", f"import {module}"]
        tried = run(command, environment.log, on_tick=lambda: screen.still("trying"))
        if tried.code != 0:
            raise _with_log(problems.from_probe(module, tried.lines, code=tried.code), environment)


def _check_space(environment: Environment) -> None:
    wanted = max(problems.WANTED_BYTES - environment.size(), LEAST_BYTES)
    free = shutil.disk_usage(environment.root).free
    if free < wanted:
        raise problems.not_enough_space(free, wanted, environment.root)


def _make_folder(environment: Environment, screen: Screen, *, lock: int) -> None:
    fits = environment.made_for_this_python()
    screen.step(f"Environment for Python {PYTHON}" + (" (is there)" if fits and environment.has_pip() else ""))
    if fits and environment.has_pip():
        return
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise problems.venv_missing(PYTHON)
    base = getattr(sys, "_base_executable", None) or sys.executable
    made = run(
        [base, "-I", "-m", "venv", *([] if fits else ["--clear"]), environment.folder],
        environment.log,
        on_tick=lambda: screen.still("making it"),
        keep_open=[lock],
    )
    if made.code != 0:
        problem = problems.from_venv(made.lines, code=made.code, python=PYTHON, folder=environment.root)
        raise _with_log(problem, environment)


def _fill(environment: Environment, screen: Screen, *, dev: bool, lock: int) -> None:
    requirements = environment.requirements(dev=dev)
    screen.step(f"Packages of {requirements.name}")
    progress = PackageProgress(environment, screen)
    environment.temporary.mkdir(exist_ok=True)
    quiet = ["--no-input", "--disable-pip-version-check", "--no-color"]
    options = ["--progress-bar", "off", "--prefer-binary", "--no-user", "--no-warn-script-location"]
    done = run(
        [environment.python, "-I", "-u", "-m", "pip", *quiet, "install", *options, "-r", requirements],
        environment.log,
        on_line=progress.take,
        on_tick=progress.look,
        keep_open=[lock],
        temporary=environment.temporary,
    )
    if done.code != 0:
        problem = problems.from_pip(done.lines, code=done.code, python=PYTHON, folder=environment.root)
        raise _with_log(problem, environment)
    progress.finish()


class PackageProgress:
    """Turns pip's lines, and the folders that appear while it is silent, into one line per package."""

    def __init__(self, environment: Environment, screen: Screen) -> None:
        self._environment = environment
        self._screen = screen
        self._fetched = self._retries = self._installed = self._satisfied = 0
        self._to_install: set[str] = set()
        self._total = 0
        self._seen = set(self._infos())
        self._doing = "asking the package index"

    def take(self, line: str) -> None:
        """A line of pip's output."""
        event = read(line)
        if event is not None:
            self._take(event)

    def look(self) -> None:
        """To be called now and then: pip says nothing between the first unpacked package and the last."""
        for name, folder in self._infos().items() if self._to_install else ():
            if name not in self._seen and folder in self._to_install:
                self._seen.add(name)
                self._to_install.discard(folder)
                self._installed += 1
                self._screen.item(
                    f"{self._installed}/{self._total}", name.removesuffix(".dist-info").replace("-", " ", 1)
                )
        self._screen.still(self._doing)

    def finish(self) -> None:
        self.look()
        if not self._total:
            self._screen.step(f"Nothing to install: all is there ({_packages(self._satisfied)})")

    def _take(self, event: Event) -> None:
        if event.kind is Kind.COLLECTING:
            self._doing = f"looking for {event.names[0]}"
        elif event.kind is Kind.FETCHING:
            self._fetched += 1
            self._doing = f"fetching {event.names[0]} {event.detail}"
            self._screen.item(str(self._fetched), f"{event.names[0]} {event.detail}")
        elif event.kind is Kind.SATISFIED:
            self._satisfied += 1
        elif event.kind is Kind.RETRYING:
            self._retries += 1
            self._screen.item("", f"the package index does not answer: attempt {self._retries + 1}")
        else:
            self._to_install = {canonical(name) for name in event.names}
            self._total = len(self._to_install)
            self._doing = "installing"
            there = f", {self._satisfied} already there" if self._satisfied else ""
            self._screen.step(f"Installing {_packages(self._total)}{there}")

    def _infos(self) -> dict[str, str]:
        """Folder name -> canonical package name, of all that pip has unpacked to the end."""
        return {
            info.name: canonical(info.name.split("-")[0])
            for site in self._environment.site_packages
            for info in site.glob("*.dist-info")
            if (info / "INSTALLER").exists()
        }


def _packages(count: int) -> str:
    return f"{count} package" if count == 1 else f"{count} packages"


def _with_log(problem: problems.SetupError, environment: Environment) -> problems.SetupError:
    return problems.SetupError(problem.message, f"{problem.remedy}\nFull output: {environment.log}")
