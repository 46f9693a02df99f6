"""All choices of one user as one frozen value, in which every value is valid."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from avatarify.errors import SettingsError
from avatarify.preferences.schema import OF_EACH_AVATAR, SETTINGS, find_setting
from avatarify.preferences.setting import Binding, Value
from avatarify.settings import CalibrationSettings, ComfortSettings, FramingSettings, MotionSettings, Settings

T = TypeVar("T")


class Preferences:
    """Immutable, compared by value. `Preferences()` is all defaults."""

    __slots__ = ("_values",)

    def __init__(self, values: Iterable[tuple[str, Value]] = ()) -> None:
        """values: (key, value) for those that differ. Raises SettingsError: unknown key, wrong type, out of range."""
        chosen = {key: find_setting(key).check(value) for key, value in values}
        self._values: dict[str, Value] = {setting.key: chosen.get(setting.key, setting.default) for setting in SETTINGS}

    def get(self, key: str) -> Value:
        """The value of any setting. Raises SettingsError for an unknown key."""
        find_setting(key)
        return self._values[key]

    def switch(self, key: str) -> bool:
        """The value of a SWITCH."""
        return self._typed(key, bool)

    def number(self, key: str) -> float:
        """The value of a NUMBER."""
        return self._typed(key, float)

    def whole(self, key: str) -> int:
        """The value of a WHOLE number."""
        return self._typed(key, int)

    def text(self, key: str) -> str:
        """The value of a CHOICE or a TEXT."""
        return self._typed(key, str)

    def bindings(self, key: str) -> tuple[Binding, ...]:
        """The value of BINDINGS."""
        return tuple(binding for binding in self._typed(key, tuple) if isinstance(binding, Binding))

    def with_value(self, key: str, value: Value) -> Preferences:
        """The same but for one value. Raises SettingsError: unknown key, wrong type, out of range."""
        return self.with_values(((key, value),))

    def with_values(self, values: Iterable[tuple[str, Value]]) -> Preferences:
        """The same but for some values; none is taken if one is refused. Raises SettingsError."""
        return Preferences((*self._values.items(), *values))

    def with_default(self, key: str) -> Preferences:
        """The same, with one setting as at the beginning."""
        return self.with_value(key, find_setting(key).default)

    def changed(self) -> tuple[str, ...]:
        """Keys of all that differ from the defaults, in the schema's order."""
        return tuple(setting.key for setting in SETTINGS if self._values[setting.key] != setting.default)

    def differing(self, other: Preferences) -> tuple[str, ...]:
        """Keys whose values are not the other's, in the schema's order."""
        return tuple(setting.key for setting in SETTINGS if self._values[setting.key] != other.get(setting.key))

    def of_avatar(self) -> tuple[tuple[str, Value], ...]:
        """What is remembered for each avatar: see OF_EACH_AVATAR."""
        return tuple((key, self._values[key]) for key in OF_EACH_AVATAR)

    def settings(self) -> Settings:
        """What the engine takes."""
        return Settings(
            motion=MotionSettings(
                relative=self.switch("motion.relative"),
                adapt_scale=self.switch("motion.adapt_scale"),
                strength=self.number("motion.strength"),
            ),
            comfort=ComfortSettings(
                smooth=self.switch("comfort.smooth"),
                min_cutoff=self.number("comfort.min_cutoff"),
                beta=self.number("comfort.beta"),
                guard=self.switch("comfort.guard"),
                ease_s=self.number("comfort.ease_s"),
                fade_s=self.number("comfort.fade_s"),
            ),
            framing=FramingSettings(
                automatic=self.switch("framing.automatic"),
                locked=self.switch("framing.locked"),
                zoom=self.number("framing.zoom"),
                shift_x=self.number("framing.shift_x"),
                shift_y=self.number("framing.shift_y"),
                settle_s=self.number("framing.settle_s"),
            ),
            calibration=CalibrationSettings(
                automatic=self.switch("calibration.automatic"),
                window_s=self.number("calibration.window_s"),
                first_s=self.number("calibration.first_s"),
            ),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Preferences) and self._values == other._values

    def __hash__(self) -> int:
        return hash(tuple(self._values.items()))

    def __repr__(self) -> str:
        told = ", ".join(f"{key}={self._values[key]!r}" for key in self.changed())
        return f"Preferences({told or 'all defaults'})"

    def _typed(self, key: str, kind: type[T]) -> T:
        value = self.get(key)
        if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
            raise SettingsError(f"{key} is {value!r}, which is no {kind.__name__}.", "Ask for it by its own kind.")
        return value
