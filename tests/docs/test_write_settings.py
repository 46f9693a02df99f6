"""The page of settings says what the schema says."""

from __future__ import annotations

import json
import re

from avatarify.preferences.file import decode
from avatarify.preferences.schema import SETTINGS
from docs.write_settings import PAGE, settings_page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == settings_page(), "run python -m docs.write_settings"


def test_every_setting_and_every_option_has_its_row() -> None:
    rows = [line for line in settings_page().splitlines() if line.startswith("| ")]
    for setting in SETTINGS:
        [row] = [row for row in rows if f"| `{setting.key}` |" in row]
        assert setting.note in row
        assert all(f"`{option}`" in row for option in setting.options)
        assert row.count(" | ") == 5, "a note with a bar would break the table"


def test_the_example_in_it_is_valid() -> None:
    [example] = re.findall(r"```json\n(.*?)```", settings_page(), re.DOTALL)
    for key, value in json.loads(example).items():
        assert key == "version" or decode(key, value) == value
