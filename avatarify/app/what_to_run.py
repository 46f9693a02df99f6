"""From what the user has chosen to what a call is to do. Imports torch and OpenCV: not for the Qt thread."""

from __future__ import annotations

import dataclasses
import glob
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from avatarify.live.request import LiveRequest
    from avatarify.preferences.preferences import Preferences


def make_request(chosen: Preferences, *, avatar: str | int | None = None) -> LiveRequest:
    """avatar: by name or number; None for the one that was shown last. The call begins without its virtual camera, unless
    the user wants it from the start.

    Raises CameraError when there is no camera to take, CatalogError or CheckpointError for a model that is not there.
    """
    from avatarify.camera.devices import first_camera
    from avatarify.catalog.store import open_store
    from avatarify.live.preferred import preferred_request

    request = preferred_request(
        chosen,
        model=open_store().resolve(chosen.text("engine.model")),
        camera=chosen.text("camera.device") or first_camera(),
        avatar=avatar,
    )
    last = chosen.text("avatars.last")
    there = last and any(any(folder.glob(f"{glob.escape(last)}.*")) for folder in request.folders)
    return dataclasses.replace(
        request,
        avatar=last if avatar is None and there else avatar,
        output=request.output and chosen.switch("output.start_with_app"),
    )
