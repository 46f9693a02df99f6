from __future__ import annotations

import importlib.metadata
import json

import pytest

from avatarify.cli.doctor import examine
from tests.cli.conftest import Type


def test_a_sound_machine_has_no_failures(type_: Type) -> None:
    ended = type_("doctor")
    assert ended.code == 0, ended.out
    for name in ("python", "packages", "device", "runtimes", "model lite", "disk"):
        assert f" {name}: " in ended.out


def test_json_says_the_same(type_: Type) -> None:
    findings = json.loads(type_("doctor", "--json").out)
    assert {"name", "state", "detail", "remedy"} == set(findings[0])
    assert [finding["name"] for finding in findings] == [finding.name for finding in examine()]


def test_a_missing_and_an_old_package_fail_with_a_remedy(type_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    really = importlib.metadata.version

    def version(name: str) -> str:
        if name == "av":
            raise importlib.metadata.PackageNotFoundError(name)
        return "1.0" if name == "pillow" else really(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    ended = type_("doctor")
    assert ended.code == 1
    assert "FAIL  av: not installed" in ended.out
    assert "FAIL  pillow: 1.0, wanted" in ended.out
