"""Reads the command line up to the verb, sees to it that .venv is ready, and hands over. The ready path imports little."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from bootstrap.environment import Environment

ROOT = Path(__file__).resolve().parent.parent
INTERRUPTED = 130
HELP = """\
usage: python3 run.py [--no-venv] [VERB] [options]

verbs:
  app         open the window (the same as without a verb)
  demo        animate several avatars and write a video and a contact sheet
  live        move an avatar with your webcam, for Zoom, Meet and others
  control     tell a running app what to do: next avatar, pause, status and more
  animate     move a portrait with the face of a video
  cameras     list the cameras, and measure what they deliver
  models      list, show, verify, import and download models
  prepare     cut videos into clips to train on
  train       train a model of your own
  evaluate    measure a model on clips that it never saw
  bench       measure how fast a model runs here, stage by stage
  doctor      say what this machine can do, and what is missing
  test        run the linters, the type checker and the tests

The first use makes the folder .venv beside run.py and installs the packages of requirements.txt into it: about 1.9 GB
on disk (several more where torch brings CUDA), some minutes with a network, once. Ctrl-C is safe: the next call goes on.
After that, `python3 run.py VERB --help` shows a verb's own options.

  --no-venv   before the verb: use this interpreter and its packages as they are
"""


class CommandLine(NamedTuple):
    use_venv: bool
    arguments: list[str]  # for the verb's own parser
    verb: str | None

    @property
    def wants_help(self) -> bool:
        own = self.arguments[: self.arguments.index("--")] if "--" in self.arguments else self.arguments
        return "-h" in own or "--help" in own


def parse(arguments: Sequence[str]) -> CommandLine:
    """`arguments` without the program's name. Takes out --no-venv where it stands before the verb."""
    at = next((index for index, argument in enumerate(arguments) if not argument.startswith("-")), len(arguments))
    before = [argument for argument in arguments[:at] if argument != "--no-venv"]
    return CommandLine(
        use_venv=len(before) == at,
        arguments=[*before, *arguments[at:]],
        verb=arguments[at] if at < len(arguments) else None,
    )


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Returns the exit code; on POSIX, with a virtual environment, it does not return at all."""
    line = parse(arguments)
    if not line.use_venv:
        return _run_here(line.arguments)
    from bootstrap.environment import Environment

    environment = Environment(root)
    dev = line.verb == "test"
    try:
        ready = environment.is_ready(dev=dev)
    except FileNotFoundError as error:
        return _tell(f"{error.filename} is missing.", "Fetch the repository again: this copy is not whole.")
    if not ready:
        if line.wants_help:
            sys.stdout.write(HELP)
            return 0
        code = _set_up(environment, dev=dev)
        if code != 0:
            return code
    return _hand_over([str(environment.python), str(root / "run.py"), "--no-venv", *line.arguments])


def _set_up(environment: Environment, *, dev: bool) -> int:
    import signal
    from types import FrameType

    from bootstrap.installer import make_ready
    from bootstrap.problems import SetupError

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # as Ctrl-C, so that pip is taken down with us
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    former = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        make_ready(environment, dev=dev, stream=sys.stderr)
    except SetupError as problem:
        return _tell(problem.message, problem.remedy)
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted. The same command goes on from here.\n")
        return INTERRUPTED
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
    return 0


def _hand_over(command: list[str]) -> int:
    """Through run.py again rather than `-m`: the user's folder stays the current one and yet cannot shadow a module."""
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    import subprocess

    # os.execv on Windows returns to the shell at once. Ctrl-C reaches every program of the console; we wait for the child's answer.
    with subprocess.Popen(command) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                continue


def _run_here(arguments: list[str]) -> int:
    import signal

    # A program that is asked to end finishes its files, as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        from avatarify.cli import main as command_line

        return command_line(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except ModuleNotFoundError as error:
        package = (error.name or "").split(".")[0]
        if package in ("", "avatarify", "bootstrap"):
            raise
        return _tell(
            f"The package {package} is not installed in {sys.prefix}.",
            "Run without --no-venv, or delete .venv, and it is set up; or install requirements.txt there.",
        )


def _tell(message: str, remedy: str) -> int:
    sys.stderr.write(f"error: {message}\n{remedy}\n")
    return 1
