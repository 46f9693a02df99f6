"""Avatarify: animate a portrait with a face, live or from a file.

The whole public face, as the README shows it: `load_runtime` -> `Animator(runtime)` -> `encode_source(portrait)`,
`calibrate(first_frame)` -> `animate(source, reference, frame, MotionSettings())`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from avatarify.errors import AvatarifyError
from avatarify.settings import MotionSettings, Settings

if TYPE_CHECKING:
    from avatarify.animator import Animator, load_runtime

__version__ = "0.1.0"
__all__ = ["Animator", "AvatarifyError", "MotionSettings", "Settings", "__version__", "load_runtime"]


def __getattr__(name: str) -> object:
    """torch takes more than a second to import: only those who animate pay for it."""
    if name in ("Animator", "load_runtime"):
        import avatarify.animator

        return getattr(avatarify.animator, name)
    raise AttributeError(f"module 'avatarify' has no attribute {name!r}")
