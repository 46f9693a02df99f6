"""Where files lie: what the project ships, and the user's own folders.

AVATARIFY_HOME in the environment names one folder for everything of the user's: tests and portable installs.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from platformdirs import user_cache_path, user_config_path, user_data_path, user_log_path, user_runtime_path

PROJECT = Path(__file__).resolve().parent.parent
MODELS = PROJECT / "models"
EMBEDDED_MODEL = MODELS / "lite.safetensors"
ASSETS = PROJECT / "assets"
AVATARS = ASSETS / "avatars"


def user_models() -> Path:
    """Downloaded and imported models; may not exist yet. AVATARIFY_MODELS in the environment names another folder."""
    return _named_by("AVATARIFY_MODELS") or _data() / "models"


def user_avatars() -> Path:
    """The user's own portraits; may not exist yet."""
    return _data() / "avatars"


def user_calibrations() -> Path:
    """The file of remembered calibrations; may not exist yet."""
    return _data() / "calibrations.json"


def user_avatar_settings() -> Path:
    """The file of settings that belong to single avatars; may not exist yet."""
    return _data() / "avatar-settings.json"


def user_preferences() -> Path:
    """The file of what the user has chosen; may not exist yet."""
    return _config() / "preferences.json"


def user_places() -> Path:
    """The file of where windows were; may not exist yet."""
    return _config() / "places.json"


def user_cache() -> Path:
    """Files that can be made again; may not exist yet."""
    home = _named_by("AVATARIFY_HOME")
    return home / "cache" if home else user_cache_path("avatarify", appauthor=False)


def user_log() -> Path:
    """The log file of the app; may not exist yet."""
    home = _named_by("AVATARIFY_HOME")
    return (home / "log" if home else user_log_path("avatarify", appauthor=False)) / "avatarify.log"


def user_runtime() -> Path:
    """The folder for sockets of a running app; may not exist yet."""
    home = _named_by("AVATARIFY_HOME")
    if home is not None:
        return home / "runtime"
    if sys.platform not in ("win32", "darwin") and not os.environ.get("XDG_RUNTIME_DIR"):
        return Path(tempfile.gettempdir()) / f"avatarify-{os.getuid()}"
    return user_runtime_path("avatarify", appauthor=False)


def _data() -> Path:
    return _named_by("AVATARIFY_HOME") or user_data_path("avatarify", appauthor=False)


def _config() -> Path:
    return _named_by("AVATARIFY_HOME") or user_config_path("avatarify", appauthor=False)


def _named_by(variable: str) -> Path | None:
    named = os.environ.get(variable, "")
    return Path(named).expanduser() if named else None
