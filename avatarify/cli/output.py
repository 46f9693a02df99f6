"""What the command line says, and where: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys


def say(text: str = "") -> None:
    """A line for the user or for the next program in a pipe."""
    sys.stdout.write(text + "\n")


def say_json(value: object, *, indent: int | None = 2) -> None:
    """The same for programs. Paths become strings. indent: None puts it all on one line."""
    sys.stdout.write(json.dumps(value, indent=indent, default=str) + "\n")
    sys.stdout.flush()


def warn(text: str) -> None:
    """A line that is not the result: a remark, a warning, an error."""
    sys.stderr.write(text + "\n")
