"""Fixtures that every room's tests share."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.rig.fake_devices import FakeDevices

REFERENCE = Path(os.environ.get("AVATARIFY_REFERENCE", Path(__file__).parents[2] / "shared"))


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """The folder of reference data: face clips and portraits that must not be redistributed. Absent on most machines."""
    if not (REFERENCE / "faces").is_dir():
        reason = f"no reference data at {REFERENCE} (set AVATARIFY_REFERENCE)"
        if os.environ.get("AVATARIFY_REQUIRE_REFERENCE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return REFERENCE


@pytest.fixture(scope="session")
def fake_devices_kept() -> Iterator[list[FakeDevices]]:
    """The devices of `v4l2` between two tests: none or one. Starting them takes half a second."""
    kept: list[FakeDevices] = []
    yield kept
    for devices in kept:
        devices.close()


@pytest.fixture
def v4l2(fake_devices_kept: list[FakeDevices]) -> Iterator[FakeDevices]:
    """A fake webcam, video0 (640x480 at 30 frames/s, YUYV and MJPG), and a fake v4l2loopback, video10; both as new."""
    from tests.rig.fake_devices import FakeDevices

    if not fake_devices_kept:
        fake_devices_kept.append(FakeDevices("video0=camera:640x480@30:YUYV,MJPG", "video10=loopback:Avatar Camera"))
    yield fake_devices_kept[0]
    if not fake_devices_kept[0].reset():
        fake_devices_kept.pop().close()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests marked `cuda` run where there is an NVIDIA GPU, those marked `rig` where fake devices can be made."""
    if item.get_closest_marker("rig") is not None or "v4l2" in getattr(item, "fixturenames", ()):
        from tests.rig.fake_devices import why_not

        _skip_or_fail(why_not())
    if item.get_closest_marker("x11") is not None:
        from tests.rig.x_server import why_no_x

        _skip_or_fail(why_no_x())
    if item.get_closest_marker("dbus") is not None:
        from tests.rig.session_bus import why_no_bus

        _skip_or_fail(why_no_bus())
    if item.get_closest_marker("cuda") is not None:
        import torch

        if not torch.cuda.is_available():
            pytest.skip("no NVIDIA GPU here")


def _skip_or_fail(reason: str | None) -> None:
    """reason: why this machine lacks a test's rig, None where it has it."""
    if reason is not None and os.environ.get("AVATARIFY_REQUIRE_RIG") == "1":
        pytest.fail(reason)
    if reason is not None:
        pytest.skip(reason)


MAY_BE_MISSING = {"cuda", "rights"}
"""Markers of tests that may be skipped even where AVATARIFY_REQUIRE_ALL=1: hardware and rights that a test machine may lack."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With AVATARIFY_REQUIRE_ALL=1 a skipped test is a failed one: a check must not vanish silently."""
    report = yield
    marked = any(item.get_closest_marker(name) for name in MAY_BE_MISSING)
    if report.skipped and not hasattr(report, "wasxfail") and not marked and _all_required():
        report.outcome = "failed"
        report.longrepr = f"skipped although every test is required: {call.excinfo.value if call.excinfo else ''}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself."""
    report = yield
    if report.skipped and _all_required():
        report.outcome = "failed"
        report.longrepr = "the file skips itself although every test is required"
    return report


def pytest_collection_finish(session: pytest.Session) -> None:
    """AVATARIFY_REQUIRE_TESTS=N: fewer than N collected tests mean that files got lost."""
    least = int(os.environ.get("AVATARIFY_REQUIRE_TESTS", "0"))
    if not session.config.option.collectonly and len(session.items) < least:
        raise pytest.UsageError(f"only {len(session.items)} tests were collected, at least {least} are required")


def _all_required() -> bool:
    return os.environ.get("AVATARIFY_REQUIRE_ALL") == "1"
