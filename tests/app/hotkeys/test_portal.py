"""Global keys through a portal on a real bus."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

pytest.importorskip("dbus_fast")

from avatarify.app.commands.chord import Chord
from avatarify.app.hotkeys.base import Binding, Grant, GrantState, Wanted
from avatarify.app.hotkeys.portal import APP_ID, PortalKeys
from avatarify.errors import AvatarifyError, KeysError
from tests.fakes.live import PATIENCE_S
from tests.rig.session_bus import FakePortal, SessionBus
from tests.rig.x_server import wait_for

pytestmark = pytest.mark.dbus
WISHES = (
    Binding("avatar.next", Chord.parse("Ctrl+Alt+PgDown"), "Next avatar"),
    Binding("calibration.take", Chord.parse("Ctrl+Alt+X"), "Calibrate now"),
)


class Heard:
    """What came."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.lost: list[AvatarifyError] = []

    def start(self, keys: PortalKeys) -> tuple[Grant, ...]:
        return keys.start(Wanted(WISHES, self.commands.append, self.lost.append))


@pytest.fixture(scope="module")
def bus() -> Iterator[SessionBus]:
    with SessionBus() as bus:
        yield bus


@pytest.fixture
def keys(bus: SessionBus) -> Iterator[PortalKeys]:
    keys = PortalKeys(address=bus.address)
    yield keys
    keys.stop()


def test_keys_are_granted_and_come(bus: SessionBus, keys: PortalKeys) -> None:
    heard = Heard()
    with FakePortal(bus.address) as portal:
        grants = heard.start(keys)
        assert portal.calls[:3] == ["Register", "CreateSession", "BindShortcuts"], "who asks is said first"
        assert list(portal.app_ids.values()) == [APP_ID]
        assert portal.wishes == {"avatar_next": "CTRL+ALT+Page_Down", "calibration_take": "CTRL+ALT+x"}
        assert grants == (
            Grant("avatar.next", GrantState.HELD, "Press CTRL+ALT+Page_Down"),
            Grant("calibration.take", GrantState.HELD, "Press CTRL+ALT+x"),
        )
        portal.press("calibration_take")
        portal.press("something_else")
        portal.press("avatar_next")
        wait_for(lambda: len(heard.commands) == 2, "two keys")
        assert heard.commands == ["calibration.take", "avatar.next"]


def test_a_key_that_the_desktop_did_not_assign_is_told(bus: SessionBus, keys: PortalKeys) -> None:
    with FakePortal(bus.address, unassigned=("avatar_next",)):
        grants = Heard().start(keys)
    assert [grant.state for grant in grants] == [GrantState.REFUSED, GrantState.HELD]


def test_an_older_portal_does_not_ask_who_we_are(bus: SessionBus, keys: PortalKeys) -> None:
    with FakePortal(bus.address, needs_app_id=False, knows_registry=False):
        assert Heard().start(keys)[0].state is GrantState.HELD


def test_a_portal_that_wants_an_installed_program_says_how(bus: SessionBus, keys: PortalKeys) -> None:
    with FakePortal(bus.address, knows_registry=False), pytest.raises(KeysError) as refused:
        Heard().start(keys)
    assert "installed programs only" in refused.value.message
    assert f"{APP_ID}.desktop" in refused.value.hint


def test_without_a_portal_the_way_out_is_told(keys: PortalKeys) -> None:
    with pytest.raises(KeysError, match="This desktop has no portal") as refused:
        Heard().start(keys)
    assert "`run.py control`" in refused.value.hint


def test_a_portal_without_shortcuts_is_told_apart(bus: SessionBus, keys: PortalKeys) -> None:
    with FakePortal(bus.address, knows_shortcuts=False), pytest.raises(KeysError, match="has no global shortcuts"):
        Heard().start(keys)


def test_the_users_no_is_told(bus: SessionBus, keys: PortalKeys) -> None:
    with FakePortal(bus.address, response=1), pytest.raises(KeysError, match="were declined"):
        Heard().start(keys)


def test_without_a_bus_that_is_the_answer() -> None:
    with pytest.raises(KeysError, match="There is no session bus"):
        Heard().start(PortalKeys(address="unix:path=/nowhere/bus"))


def test_a_user_who_does_not_answer_has_a_limit(bus: SessionBus) -> None:
    keys = PortalKeys(address=bus.address, user_limit_s=0.1)
    with FakePortal(bus.address, answers=False), pytest.raises(KeysError, match=r"did not answer within 0\.1 s"):
        Heard().start(keys)
    keys.stop()


def test_waiting_for_the_user_can_be_given_up(bus: SessionBus, keys: PortalKeys) -> None:
    outcome: list[tuple[Grant, ...]] = []
    with FakePortal(bus.address, answers=False) as portal:
        waiting = threading.Thread(target=lambda: outcome.append(Heard().start(keys)))
        waiting.start()
        wait_for(lambda: "CreateSession" in portal.calls, "the question")
        keys.stop()
        waiting.join(PATIENCE_S)
        assert not waiting.is_alive(), "the user has two minutes"
    assert [grant.state for grant in outcome[0]] == [GrantState.UNAVAILABLE] * 2


def test_what_was_stopped_before_does_not_start(bus: SessionBus, keys: PortalKeys) -> None:
    keys.stop()
    with FakePortal(bus.address) as portal:
        assert [grant.state for grant in Heard().start(keys)] == [GrantState.UNAVAILABLE] * 2
        assert portal.calls == []


def test_a_session_that_the_desktop_ends_is_told(bus: SessionBus, keys: PortalKeys) -> None:
    heard = Heard()
    with FakePortal(bus.address) as portal:
        heard.start(keys)
        portal.end_session()
        wait_for(lambda: heard.lost, "the news")
    assert "The desktop has ended the global keys" in heard.lost[0].message


def test_a_bus_that_goes_is_told() -> None:
    heard = Heard()
    with SessionBus() as bus:
        keys = PortalKeys(address=bus.address)
        with FakePortal(bus.address):
            heard.start(keys)
    wait_for(lambda: heard.lost, "the news")
    keys.stop()


def test_it_ends_at_once_twice_and_in_silence(bus: SessionBus, keys: PortalKeys) -> None:
    heard = Heard()
    with FakePortal(bus.address):
        heard.start(keys)
        keys.stop()
        keys.stop()
        wait_for(lambda: not [thread for thread in threading.enumerate() if thread.name == "global keys"], "its end")
    assert heard.lost == []
