"""Write the page of all settings, settings.md, from the schema.

usage: python -m docs.write_settings [FILE]     (default: settings.md beside this file)
"""

from __future__ import annotations

import sys
from pathlib import Path

from avatarify.preferences.schema import GROUPS, OF_EACH_AVATAR, SETTINGS
from avatarify.preferences.setting import Kind, Setting

PAGE = Path(__file__).resolve().parent / "settings.md"

_INTRODUCTION = """\
# Settings

<!-- Written by `python -m docs.write_settings` from avatarify/preferences/schema.py; do not edit. -->

What you change in the app's settings holds at once and is kept; the virtual camera's size and device and the detail of the avatar
hold from the next start of the call. `python3 run.py live` begins with the same values: an option overrides its setting for one call,
`--no-preferences` ignores all of them.

The file is `preferences.json` in the configuration folder of your system (`~/.config/avatarify` on Linux,
`%LOCALAPPDATA%\\avatarify` on Windows, `~/Library/Application Support/avatarify` on macOS); `AVATARIFY_HOME` in the environment names
one folder for everything that Avatarify keeps. It holds only what differs from the defaults, under the keys below, and may be edited
while Avatarify does not run:

```json
{
  "version": 1,
  "motion.strength": 0.8,
  "output.ground": "plain"
}
```

A value that cannot be used costs only itself: its default is taken, you are told, and a copy of the file is kept as
`preferences.json.old`. A file that cannot be read at all is put aside as `.broken`, one of a newer Avatarify as `.newer`.
"""


def settings_page() -> str:
    """The whole page, Markdown."""
    parts = [_INTRODUCTION]
    for group in GROUPS:
        parts.append(f"\n## {group.label}\n\n{group.note}\n\n{_table([s for s in SETTINGS if s.group == group.name])}")
    remembered = [setting for setting in SETTINGS if setting.group not in {group.name for group in GROUPS}]
    parts.append(f"\n## Only remembered\n\n{_table(remembered)}")
    keys = ", ".join(f"`{key}`" for key in OF_EACH_AVATAR)
    parts.append(f"\n## With each avatar\n\nWhile `avatars.remember` is on, these come back with the avatar: {keys}.\n")
    return "".join(parts)


def _table(settings: list[Setting]) -> str:
    rows = ["| Setting | What it does | Values | Default | Key | Option |", "|---|---|---|---|---|---|"]
    rows += [
        f"| {setting.label} | {setting.note} | {_values(setting)} | {_default(setting)} | `{setting.key}` | {_options(setting)} |"
        for setting in settings
    ]
    return "\n".join(rows) + "\n"


def _values(setting: Setting) -> str:
    if setting.kind is Kind.SWITCH:
        return "true, false"
    if setting.low is not None and setting.high is not None:
        return f"{setting.low:g} to {setting.high:g} {setting.unit}".rstrip()
    named = ", ".join(f"`{choice.value}`" for choice in setting.choices if choice.value)
    if setting.kind is Kind.CHOICE:
        return named
    return {
        Kind.TEXT: f"text, such as {named}" if named else "text",
        Kind.BINDINGS: "command: key",
    }[setting.kind]


def _default(setting: Setting) -> str:
    if isinstance(setting.default, bool):
        return "true" if setting.default else "false"
    if isinstance(setting.default, float):
        return f"{setting.default:g}"
    return (
        f"`{setting.default}`" if isinstance(setting.default, str) and setting.default else str(setting.default or "-")
    )


def _options(setting: Setting) -> str:
    return ", ".join(f"`{option}`" for option in setting.options) or "-"


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE
    target.write_text(settings_page(), encoding="utf-8")
