"""What is noted of a model's eight bits. Cheap to ask: nothing is computed."""

from __future__ import annotations

from pathlib import Path

from avatarify.errors import RuntimeUnavailableError


def admitted(model: Path, digest: str) -> bool | None:
    """Whether weights with this SHA-256 may run in eight bits; None where nobody has tried, or the note is damaged."""
    from avatarify.runtime.quantise import noted_ranges

    try:
        ranges = noted_ranges(model, digest)
    except RuntimeUnavailableError:  # told by the runtime, which needs it
        return None
    return None if ranges is None else not ranges.refused
