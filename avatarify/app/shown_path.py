"""A path as people read it."""

from __future__ import annotations

import sys
from pathlib import Path


def shown_path(path: Path) -> str:
    """With ~ for the user's own folder, where terminals know that."""
    home = Path("~").expanduser()
    if sys.platform == "win32" or not path.is_relative_to(home):
        return str(path)
    return str("~" / path.relative_to(home))
