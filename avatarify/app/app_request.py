"""What the app was started with."""

from __future__ import annotations

from dataclasses import dataclass

from avatarify.preferences.preferences import Preferences
from avatarify.preferences.setting import Value


@dataclass(frozen=True)
class AppRequest:
    """overrides: settings for this run only, (key, value). avatar: by name or number, None for the last one.
    debug: the log tells more."""

    overrides: tuple[tuple[str, Value], ...] = ()
    avatar: str | int | None = None
    debug: bool = False

    def over(self, preferences: Preferences) -> Preferences:
        """The preferences of this run. Raises SettingsError for an override that cannot be."""
        return preferences.with_values(self.overrides)
