"""The words of the settings in the chosen language, and values as people read them."""

from __future__ import annotations

from avatarify.app.text.text import tr
from avatarify.preferences.schema import GROUPS, SETTINGS
from avatarify.preferences.setting import Choice, Group, Kind, Setting, Value


def label_of(setting: Setting) -> str:
    """A few words."""
    return tr(f"settings.{_name(setting.key)}")


def note_of(setting: Setting) -> str:
    """A sentence or two."""
    return tr(f"settings.{_name(setting.key)}_note")


def choice_label(setting: Setting, choice: Choice) -> str:
    """Technical names stay as they are."""
    if choice.label == choice.value:
        return choice.label
    return tr(f"settings.{_choice_name(setting, choice)}")


def group_label(group: Group) -> str:
    """The name of a page."""
    return tr(f"settings.group_{group.name}")


def group_note(group: Group) -> str:
    """What the page is about."""
    return tr(f"settings.group_{group.name}_note")


def value_text(setting: Setting, value: Value) -> str:
    """A value as it is read out and shown in tool tips."""
    if setting.kind is Kind.SWITCH:
        return tr("settings.on") if value else tr("settings.off")
    if isinstance(value, float):
        return f"{value:.{decimals_of(setting)}f} {setting.unit}".rstrip()
    if isinstance(value, int):
        return f"{value} {setting.unit}".rstrip()
    found = next((choice for choice in setting.choices if choice.value == value), None)
    if found is not None:
        return choice_label(setting, found)
    return str(value)


def decimals_of(setting: Setting) -> int:
    """How many decimals a number is shown with: those of its step."""
    text = f"{setting.step:g}"
    return len(text.partition(".")[2])


def english_texts() -> tuple[tuple[str, str], ...]:
    """(name in settings.toml, text) of all that the schema says: what every language has to translate."""
    texts: list[tuple[str, str]] = []
    for group in GROUPS:
        texts += [(f"group_{group.name}", group.label), (f"group_{group.name}_note", group.note)]
    for setting in SETTINGS:
        if setting.shown:
            name = _name(setting.key)
            texts += [(name, setting.label), (f"{name}_note", setting.note)]
            told = [choice for choice in setting.choices if choice.label != choice.value]
            texts += [(_choice_name(setting, choice), choice.label) for choice in told]
    return tuple(texts)


def _name(key: str) -> str:
    return key.replace(".", "_")


def _choice_name(setting: Setting, choice: Choice) -> str:
    return f"{_name(setting.key)}_{choice.value or 'unset'}"
