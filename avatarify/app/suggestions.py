"""The cameras and models that this computer has, for fields in which they can be typed as well."""

from __future__ import annotations

from typing import NamedTuple

from avatarify.app.text.text import tr
from avatarify.camera.devices import list_cameras
from avatarify.catalog.store import open_store
from avatarify.errors import AvatarifyError
from avatarify.preferences.setting import Choice


class Suggestions(NamedTuple):
    """For the settings camera.device and engine.model."""

    cameras: tuple[Choice, ...]
    models: tuple[Choice, ...]


def suggestions() -> Suggestions:
    """Looks at devices and disk: not for the Qt thread. A list that cannot be read is left out."""
    try:
        cameras = [Choice(camera.id, camera.name) for camera in list_cameras() if not camera.virtual]
    except AvatarifyError:
        cameras = []
    try:
        models = tuple(Choice(model.name, model.name) for model in open_store().installed())
    except AvatarifyError:
        models = ()
    return Suggestions((*cameras, Choice("synthetic", tr("shell.synthetic"))), models)
