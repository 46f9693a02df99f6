"""What has failed is told above everything else, with its remedy."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from avatarify.app.banner import Banner
from avatarify.errors import AvatarifyError, CameraError

GONE = CameraError("The camera is gone.", "Plug it in.")
FULL = AvatarifyError("The disk is full.", "Make room.")


@pytest.fixture
def banner(qtbot: QtBot) -> Banner:
    banner = Banner()
    qtbot.addWidget(banner)
    return banner


def test_it_is_hidden_while_all_is_well(banner: Banner) -> None:
    assert banner.isHidden()


def test_a_failure_is_told_with_its_remedy(banner: Banner) -> None:
    banner.tell(GONE, source="capture")
    assert not banner.isHidden()
    assert (banner.message.text(), banner.hint.text()) == ("The camera is gone.", "Plug it in.")
    assert banner.accessibleDescription() == str(GONE)
    assert banner.retry.isHidden()


def test_the_same_failure_again_is_counted_not_repeated(banner: Banner) -> None:
    for _ in range(3):
        banner.tell(GONE, source="capture")
    assert banner.times.text() == "3\N{MULTIPLICATION SIGN}"
    banner.settle("capture")
    assert banner.isHidden()


def test_the_newest_is_shown_and_the_one_before_comes_back(banner: Banner) -> None:
    banner.tell(GONE, source="capture")
    banner.tell(FULL, source="recording")
    assert banner.message.text() == "The disk is full."
    assert banner.times.isHidden()
    banner.dismiss.click()
    assert banner.message.text() == "The camera is gone."
    banner.settle("capture")
    assert banner.isHidden()


def test_what_was_read_is_not_told_again_until_it_has_worked(banner: Banner) -> None:
    banner.tell(GONE, source="capture")
    banner.dismiss.click()
    banner.tell(GONE, source="capture")
    assert banner.isHidden()
    banner.settle("capture")
    banner.tell(GONE, source="capture")
    assert not banner.isHidden()


def test_trying_again_takes_the_banner_away(banner: Banner) -> None:
    tried: list[bool] = []
    banner.tell(GONE, source="start", retry=lambda: tried.append(banner.isHidden()))
    banner.retry.click()
    assert tried == [True]


def test_details_are_one_click_away(banner: Banner, qtbot: QtBot) -> None:
    banner.tell(FULL, source="recording")
    with qtbot.waitSignal(banner.details_wanted, timeout=1000):
        banner.details.click()
