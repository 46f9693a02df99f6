"""Every error a user can meet: what happened with the value in it, and what to do about it."""

from __future__ import annotations


class AvatarifyError(Exception):
    """`message` says what happened and names the value; `hint` is the remedy, one sentence or command."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class CheckpointError(AvatarifyError):
    """A model file cannot be used: truncated, not a model, another model's weights, or unsafe to load."""


class CatalogError(AvatarifyError):
    """A model is unknown, or the catalogue of models cannot be read."""


class WorseModelError(AvatarifyError):
    """A model is not fit to take the place of the one that is shipped."""


class MediaError(AvatarifyError):
    """A picture or video cannot be read or written."""


class CameraError(AvatarifyError):
    """A camera is missing, busy, or has stopped to deliver."""


class VirtualCameraError(AvatarifyError):
    """The virtual camera is missing, taken by another program, or has gone."""


class FaceError(AvatarifyError):
    """No face, or no usable face, where one is needed."""


class NotReadyError(AvatarifyError):
    """There is nothing to animate yet: no avatar is chosen, or the session is not calibrated."""


class DownloadError(AvatarifyError):
    """A file could not be fetched whole and verified."""


class RuntimeUnavailableError(AvatarifyError):
    """A runtime or device that was asked for cannot run here."""


class SettingsError(AvatarifyError):
    """A setting is unknown, of the wrong type or out of its range."""


class KeysError(AvatarifyError):
    """A key is none, cannot work, belongs to something else, or keys cannot be had at all."""


class ControlError(AvatarifyError):
    """A running app cannot be reached, or did not do what it was told."""
