"""The avatars of a call and of the window that shows them: one object, so that no picture is read and judged twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from avatarify.avatars import Avatars, FaceTools, PortraitCache
from avatarify.face.mesh import FaceMesh
from avatarify.face.search import FaceSearch
from avatarify.media.images import read_image
from avatarify.paths import user_cache


def open_avatars(folders: Sequence[Path], *, size: int) -> Avatars:
    """Not read yet: see Avatars.reload. folders: the last one is the user's own. size: of portraits, pixels. Raises
    AvatarifyError when a network file is missing or altered."""
    cache = PortraitCache(user_cache() / "portraits")
    return Avatars(folders, read_image, FaceTools(FaceSearch(), FaceMesh()), size=size, cache=cache)
