"""The avatar that is to be shown: chosen, in turn, and given up."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatarify.errors import MediaError
from avatarify.live.shelf import open_avatars
from avatarify.live.wanted_avatar import WantedAvatar


@pytest.fixture
def wanted(folder: Path) -> WantedAvatar:
    """Of ilse, kofi, and a wall that cannot be used."""
    avatars = open_avatars((folder / "avatars",), size=128)
    avatars.reload()
    return WantedAvatar(avatars)


def name(wanted: WantedAvatar) -> str:
    return wanted.now.name if wanted.now is not None else ""


def test_the_first_is_that_of_the_request_or_the_first_that_can_be_used(wanted: WantedAvatar) -> None:
    assert name(wanted) == ""
    wanted.choose_first("kofi", ())
    assert name(wanted) == "kofi"
    wanted.choose_first(None, ())
    assert name(wanted) == "ilse"


def test_without_any_it_is_told_where_they_were_looked_for(wanted: WantedAvatar, tmp_path: Path) -> None:
    empty = open_avatars((tmp_path / "none",), size=128)
    with pytest.raises(MediaError, match=r"no usable avatar in .*none, elsewhere"):
        WantedAvatar(empty).choose_first(None, (tmp_path / "none", Path("elsewhere")))
    with pytest.raises(MediaError, match="no avatar to show"):
        WantedAvatar(empty).name_after(1)


def test_one_that_cannot_be_used_is_refused_and_the_one_before_stays(wanted: WantedAvatar) -> None:
    wanted.choose("kofi")
    for key in ("wall", "nobody", 9):
        with pytest.raises(MediaError):
            wanted.choose(key)
    assert name(wanted) == "kofi"


def test_in_turn_those_that_cannot_be_used_are_passed_over(wanted: WantedAvatar) -> None:
    assert wanted.name_after(1) == "ilse", "before the first"
    wanted.choose("kofi")
    assert [wanted.name_after(step) for step in (1, -1, 2)] == ["ilse", "ilse", "kofi"]


def test_what_is_given_up_goes_back_to_the_one_that_is_shown_unless_another_is_wanted(wanted: WantedAvatar) -> None:
    ilse, kofi = wanted.choose("ilse"), wanted.choose("kofi")
    wanted.give_up(ilse, kofi)
    assert name(wanted) == "kofi", "ilse was not wanted any more"
    wanted.give_up(kofi, None)
    assert name(wanted) == "kofi", "nothing is shown that could be wanted"
    wanted.give_up(kofi, ilse)
    assert name(wanted) == "ilse"
