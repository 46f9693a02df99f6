"""A D-Bus of the test's own, and a desktop portal on it that answers as the real one does."""

from __future__ import annotations

import asyncio
import os
import select
import shutil
import subprocess
import sys
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from types import TracebackType
from typing import Any

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from avatarify.app.hotkeys.portal import DESTINATION, PATH, REGISTRY, SHORTCUTS

_START_WITHIN_S = 10.0
_ERROR = "org.freedesktop.portal.Error"


def why_no_bus() -> str | None:
    """Why there can be no bus here, or None."""
    if sys.platform == "win32" or shutil.which("dbus-daemon") is None:
        return "the portal's rig needs dbus-daemon: apt-get install dbus"
    return None


class SessionBus:
    """Context manager. address: what DBUS_SESSION_BUS_ADDRESS is to be."""

    def __init__(self) -> None:
        read_end, write_end = os.pipe()
        self._daemon = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--nosyslog", f"--print-address={write_end}"],
            pass_fds=[write_end],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(write_end)
        with os.fdopen(read_end, "rb") as told:
            ready, _, _ = select.select([told], [], [], _START_WITHIN_S)
            self.address = told.readline().decode().strip() if ready else ""
        if not self.address:
            self.close()
            raise AssertionError("dbus-daemon did not start")

    def __enter__(self) -> SessionBus:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Twice is fine."""
        self._daemon.terminate()
        self._daemon.wait(5)


class FakePortal:
    """Context manager: the portal's GlobalShortcuts and Registry on a bus, in a thread of its own.

    needs_app_id: as from xdg-desktop-portal 1.21 on. knows_shortcuts: GNOME before 48 and wlroots do not. answers: False asks
    the user for ever. response: 1 is the user's no. unassigned: ids that the desktop gives no key. calls: what was called.
    """

    def __init__(
        self,
        address: str,
        *,
        needs_app_id: bool = True,
        knows_registry: bool = True,
        knows_shortcuts: bool = True,
        answers: bool = True,
        response: int = 0,
        unassigned: tuple[str, ...] = (),
    ) -> None:
        self.needs_app_id, self.knows_registry, self.knows_shortcuts = needs_app_id, knows_registry, knows_shortcuts
        self.answers, self.response, self.unassigned = answers, response, unassigned
        self.app_ids: dict[str, str] = {}
        self.calls: list[str] = []
        self.wishes: dict[str, str] = {}
        self.clients: set[str] = set()
        self._session = self._client = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake portal", daemon=True)
        self._thread.start()
        self._bus = self._do(self._connect(address))

    def __enter__(self) -> FakePortal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def press(self, shortcut: str) -> None:
        """The user presses the keys of a bound shortcut."""
        body = [self._session, shortcut, 123, {}]
        self._signal(self._client, PATH, SHORTCUTS, "Activated", "osta{sv}", body)

    def end_session(self) -> None:
        """The desktop takes all shortcuts back."""
        self._signal(self._client, self._session, "org.freedesktop.portal.Session", "Closed", "a{sv}", [{}])

    def close(self) -> None:
        """Goes from the bus."""
        self._loop.call_soon_threadsafe(self._bus.disconnect)
        self._do(asyncio.sleep(0))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - whatever the work gives
        done: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return done.result(10)

    async def _connect(self, address: str) -> MessageBus:
        bus = await MessageBus(address).connect()
        bus.add_message_handler(self._handle)
        await bus.request_name(DESTINATION)
        return bus

    def _handle(self, message: Message) -> Message | bool | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        self.calls.append(str(message.member))
        called = (message.interface, message.member)
        if called == (REGISTRY, "Register") and self.knows_registry:
            self.app_ids[str(message.sender)] = message.body[0]
            return Message.new_method_return(message)
        if called == (SHORTCUTS, "CreateSession") and self.knows_shortcuts:
            return self._create_session(message)
        if called == (SHORTCUTS, "BindShortcuts") and self.knows_shortcuts:
            return self._bind(message)
        return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", "No such interface")

    def _create_session(self, message: Message) -> Message | bool:
        if self.needs_app_id and message.sender not in self.app_ids:
            return Message.new_error(message, f"{_ERROR}.NotAllowed", "An app id is required")
        options = message.body[0]
        session = f"{PATH}/session/{_token(message)}/{options['session_handle_token'].value}"
        return self._respond(message, options, 0, {"session_handle": Variant("s", session)})

    def _bind(self, message: Message) -> bool:
        self._session, wishes, _, options = message.body
        self._client = str(message.sender)
        self.wishes = {name: facts["preferred_trigger"].value for name, facts in wishes}
        granted = [
            [name, {"description": facts["description"], "trigger_description": Variant("s", self._trigger(name))}]
            for name, facts in wishes
        ]
        return self._respond(message, options, self.response, {"shortcuts": Variant("a(sa{sv})", granted)})

    def _trigger(self, name: str) -> str:
        return "" if name in self.unassigned else f"Press {self.wishes[name]}"

    def _respond(self, message: Message, options: dict[str, Any], code: int, results: dict[str, Any]) -> bool:
        request = f"{PATH}/request/{_token(message)}/{options['handle_token'].value}"
        self._bus.send(Message.new_method_return(message, "o", [request]))
        if self.answers:
            interface = "org.freedesktop.portal.Request"
            self._send(str(message.sender), request, interface, "Response", "ua{sv}", [code, results])
        return True

    def _signal(self, to: str, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        """From the test's thread."""
        self._loop.call_soon_threadsafe(self._send, to, path, interface, member, signature, body)

    def _send(self, to: str, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        kind = MessageType.SIGNAL
        self._bus.send(Message(to, path, interface, member, message_type=kind, signature=signature, body=body))


def _token(message: Message) -> str:
    return str(message.sender)[1:].replace(".", "_")
