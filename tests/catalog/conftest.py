"""A loopback server for every test of the downloads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.catalog.loopback import LoopbackServer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with LoopbackServer() as running:
        yield running
