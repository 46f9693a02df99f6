"""Reads the command line, runs a verb and tells its errors. Verbs import the rooms they need only when they run."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from types import ModuleType

import avatarify
from avatarify.cli import (
    animate,
    app,
    bench,
    cameras,
    control,
    demo,
    doctor,
    evaluate,
    live,
    models,
    output,
    prepare,
    test,
    train,
)
from avatarify.errors import AvatarifyError, SettingsError
from avatarify.paths import user_cache

VERBS: tuple[ModuleType, ...] = (
    app,
    demo,
    live,
    control,
    animate,
    cameras,
    models,
    prepare,
    train,
    evaluate,
    bench,
    doctor,
    test,
)
"""Each has NAME, HELP, add_arguments(parser) and run(arguments) -> exit code."""

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run a verb; without one, open the window. Returns 0, 1 for an error that was told, 2 for wrong usage, 130 after Ctrl-C."""
    reader = parser()
    try:
        arguments = reader.parse_args(argv)
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else USAGE
    if not hasattr(arguments, "run"):
        return main([*(argv if argv is not None else sys.argv[1:]), app.NAME])
    logging.basicConfig(level=logging.DEBUG if arguments.debug else logging.ERROR, format="%(name)s: %(message)s")
    return _guarded(arguments)


def parser() -> argparse.ArgumentParser:
    """Reads the arguments of every verb; `run` in what it gives is the verb's function."""
    front = argparse.ArgumentParser(
        prog="run.py",
        description="Animate a portrait with your face, from files or live.",
        epilog="Without a verb the window opens. `run.py VERB --help` tells what a verb can do.",
    )
    front.add_argument("--version", action="version", version=f"avatarify {avatarify.__version__}")
    front.add_argument("--debug", action="store_true", help="show what happens inside, and full tracebacks")
    verbs = front.add_subparsers(title="verbs", metavar="VERB")
    for verb in VERBS:
        sub = verbs.add_parser(verb.NAME, help=verb.HELP, description=verb.HELP)
        verb.add_arguments(sub)
        sub.set_defaults(run=verb.run)
    return front


def _guarded(arguments: argparse.Namespace) -> int:
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
        return code
    except AvatarifyError as error:
        if arguments.debug:
            traceback.print_exc()
        output.warn(f"error: {error.message}" + (f"\n{error.hint}" if error.hint else ""))
        return USAGE if isinstance(error, SettingsError) else FAILED
    except ModuleNotFoundError as error:
        if arguments.debug:
            raise
        output.warn(
            f"error: The Python package {error.name} is missing here.\n`python3 run.py` without --no-venv installs it."
        )
        return FAILED
    except KeyboardInterrupt:
        output.warn("stopped")
        return INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe went away, as `| head` does
        _let_go()
        return OK
    except OSError as error:  # the machine's, where no room has told it better: a full disk behind `>`, a name too long
        if arguments.debug:
            raise
        place = f" ({error.filename})" if error.filename is not None else ""
        output.warn(f"error: {error.strerror or type(error).__name__}{place}.\nCheck the path and the disk.")
        try:
            sys.stdout.flush()
        except OSError:  # what could not be written is still kept, and Python would try again at the end
            _let_go()
        return FAILED
    except Exception as error:
        if arguments.debug:
            raise
        output.warn(f"error: Avatarify met a defect of its own ({type(error).__name__}: {error}).\n{_report()}")
        return FAILED


def _let_go() -> None:
    """What standard output still keeps, and all that follows, goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _report() -> str:
    """Keep the traceback in a file; returns the sentence that says where."""
    stamp = datetime.now(tz=timezone.utc).strftime("%Y%m%d-%H%M%S")
    path: Path = user_cache() / "log" / f"defect-{stamp}.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(traceback.format_exc(), encoding="utf-8")
    except OSError as error:
        return f"Run again with --debug to see where (no log could be written: {error.strerror})."
    return f"Please report it with {path}."
