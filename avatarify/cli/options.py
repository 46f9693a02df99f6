"""Options that are made from the schema of all settings, and what they choose."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from avatarify.preferences.preferences import Preferences
    from avatarify.preferences.setting import Setting

Parser = argparse.ArgumentParser | argparse._ArgumentGroup  # noqa: SLF001 - what add_argument_group gives has no other name

MOTION = ("motion.relative", "motion.adapt_scale", "motion.strength")
ENGINE = ("engine.model", "engine.runtime", "engine.device", "engine.precision")


def add_setting_options(parser: Parser, keys: Sequence[str], *, with_defaults: bool = False) -> None:
    """An option, or for switches two, for each key. Without defaults, what is left out is None."""
    from avatarify.preferences.schema import find_setting
    from avatarify.preferences.setting import Kind

    for key in keys:
        setting = find_setting(key)
        name, default = destination(setting), setting.default if with_defaults else None
        help_ = _help(setting)
        if setting.kind is Kind.SWITCH:
            parser.add_argument(*setting.options, dest=name, action=_OnOff, nargs=0, default=default, help=help_)
        elif setting.kind is Kind.CHOICE:
            choices = [choice.value for choice in setting.choices]
            parser.add_argument(*setting.options, dest=name, choices=choices, default=default, help=help_)
        else:
            kind = {Kind.NUMBER: float, Kind.WHOLE: int}.get(setting.kind, str)
            parser.add_argument(
                *setting.options, dest=name, type=kind, default=default, metavar=setting.metavar, help=help_
            )


def chosen(arguments: argparse.Namespace, keys: Sequence[str], preferences: Preferences) -> Preferences:
    """The preferences with what the options say. keys: as they were added. Raises SettingsError naming the option."""
    from avatarify.preferences.schema import find_setting

    values = []
    for key in keys:
        setting = find_setting(key)
        value = getattr(arguments, destination(setting))
        if value is not None:
            values.append((key, setting.check(value, name=setting.options[0])))
    return preferences.with_values(values)


def keys_of_groups(*groups: str) -> tuple[str, ...]:
    """Every setting of these groups that the command line has."""
    from avatarify.preferences.schema import SETTINGS

    return tuple(setting.key for setting in SETTINGS if setting.cli and setting.group in groups)


def destination(setting: Setting) -> str:
    """The attribute of the arguments that holds it."""
    return setting.options[0].removeprefix("--").replace("-", "_")


def _help(setting: Setting) -> str:
    """Its label and note with its range and default, as argparse wants it."""
    from avatarify.preferences.setting import Kind

    facts = []
    if setting.low is not None and setting.high is not None:
        facts.append(f"{setting.low:g} to {setting.high:g}")
    if setting.kind is Kind.SWITCH:
        facts.append(f"default {setting.options[0 if setting.default else 1]}")
    elif setting.default != "":
        facts.append(
            f"default {setting.default:g}" if isinstance(setting.default, float) else f"default {setting.default}"
        )
    text = f"{setting.label}. {setting.note}" + (f" [{', '.join(facts)}]" if facts else "")
    return text.replace("%", "%%")


class _OnOff(argparse.Action):
    """Two options for one switch: the first turns it on, the second off."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        setattr(namespace, self.dest, option_string == self.option_strings[0])
