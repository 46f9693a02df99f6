"""The command line: one module per verb. `front.VERBS` lists them."""

from avatarify.cli.front import main

__all__ = ["main"]
