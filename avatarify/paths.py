"""Where files lie: what the project ships, and the user's own folders."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

PROJECT = Path(__file__).resolve().parent.parent
MODELS = PROJECT / "models"
EMBEDDED_MODEL = MODELS / "lite.safetensors"
ASSETS = PROJECT / "assets"
AVATARS = ASSETS / "avatars"


def user_models() -> Path:
    """Downloaded and imported models; may not exist yet. AVATARIFY_MODELS in the environment names another folder."""
    elsewhere = os.environ.get("AVATARIFY_MODELS", "")
    return Path(elsewhere).expanduser() if elsewhere else user_data_path("avatarify", appauthor=False) / "models"


def user_avatars() -> Path:
    """The user's own portraits; may not exist yet."""
    return user_data_path("avatarify", appauthor=False) / "avatars"


def user_calibrations() -> Path:
    """The file of remembered calibrations; may not exist yet."""
    return user_data_path("avatarify", appauthor=False) / "calibrations.json"


def user_cache() -> Path:
    """Files that can be made again; may not exist yet."""
    return user_cache_path("avatarify", appauthor=False)
