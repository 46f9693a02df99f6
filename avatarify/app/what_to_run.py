"""From what the user has chosen to what a call is to do. Imports torch and OpenCV: not for the Qt thread."""

from __future__ import annotations

import dataclasses
import glob
from typing import TYPE_CHECKING

from avatarify.errors import CameraError

if TYPE_CHECKING:
    from avatarify.live.request import LiveRequest
    from avatarify.preferences.preferences import Preferences


def make_request(chosen: Preferences, *, avatar: str | int | None = None) -> LiveRequest:
    """avatar: by name or number; None for the one that was shown last. The call begins without its virtual camera, unless
    the user wants it from the start.

    Raises CameraError when there is no camera to take, CatalogError or CheckpointError for a model that is not there.
    """
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


def first_camera() -> str:
    """The first that is a real one and works. Raises CameraError."""
    from avatarify.camera.devices import list_cameras

    cameras = [camera for camera in list_cameras() if not camera.virtual]
    for camera in cameras:
        if not camera.problem:
            return str(camera.number)
    found = "; ".join(f"{camera.name}: {camera.problem}" for camera in cameras)
    raise CameraError(
        f"No camera can be used ({found})." if found else "There is no camera here.",
        "Plug one in and try again, or take the drawn performer: Settings, Camera, synthetic.",
    )
