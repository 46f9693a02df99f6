"""Global keys on Wayland: the desktop's portal, org.freedesktop.portal.GlobalShortcuts. The desktop and the user decide."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from avatarify.app.desktop_entry import APP_ID
from avatarify.app.hotkeys.base import STOP_WITHIN_S, Binding, Grant, GrantState, Wanted, unavailable
from avatarify.app.hotkeys.keysyms import portal_trigger
from avatarify.errors import KeysError

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

DESTINATION = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
REGISTRY = "org.freedesktop.host.portal.Registry"
USER_LIMIT_S = 120.0
_CALL_LIMIT_S = 5.0
_INSTEAD = "Set the keys in the desktop's own settings, with `run.py control` as their command."


class PortalKeys:
    """See base.GlobalKeys. The connection and its event loop belong to a thread of their own."""

    name = "the desktop's portal"

    def __init__(self, *, address: str | None = None, user_limit_s: float = USER_LIMIT_S) -> None:
        """address: of a bus other than the session's. user_limit_s: how long the desktop may ask the user."""
        self._address = address
        self._user_limit_s = user_limit_s
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    def start(self, wanted: Wanted) -> tuple[Grant, ...]:
        answer: Future[tuple[Grant, ...]] = Future()
        with self._lock:
            if not self._stopped:
                self._thread = threading.Thread(
                    target=lambda: asyncio.run(self._serve(wanted, answer)),
                    name="global keys",
                    daemon=True,
                )
                self._thread.start()
            else:
                answer.set_result(unavailable(wanted.bindings))
        return answer.result()  # every step below has a limit

    def stop(self, wait_s: float = STOP_WITHIN_S) -> None:
        with self._lock:
            self._stopped = True
            thread, loop, task = self._thread, self._loop, self._task
            if loop is not None and task is not None and not loop.is_closed():
                loop.call_soon_threadsafe(task.cancel)
        if thread is not None and wait_s > 0:
            thread.join(wait_s)

    async def _serve(self, wanted: Wanted, answer: Future[tuple[Grant, ...]]) -> None:
        with self._lock:
            self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
            if self._stopped:
                answer.set_result(unavailable(wanted.bindings))
                return
        conversation = _Conversation(wanted.pressed, self._user_limit_s)
        try:
            await conversation.connect(self._address)
            answer.set_result(await conversation.bind(wanted.bindings))
            wanted.lost(await conversation.ended())
        except asyncio.CancelledError:
            if not answer.done():
                answer.set_result(unavailable(wanted.bindings))
        except KeysError as error:
            answer.set_exception(error)
        except _RefusedCallError as error:
            answer.set_exception(_told(error))
        finally:
            if not answer.done():
                answer.set_exception(KeysError("The desktop's answer was not understood.", _INSTEAD))
            conversation.close()
            with self._lock:
                self._loop = self._task = None


class _Conversation:
    """With the portal, in the event loop's thread: a session, its shortcuts, and the signals that come."""

    def __init__(self, pressed: Callable[[str], None], user_limit_s: float) -> None:
        self._pressed = pressed
        self._user_limit_s = user_limit_s
        self._bus: MessageBus | None = None
        self._session = ""
        self._waiting: dict[str, asyncio.Future[list[Any]]] = {}
        self._commands: dict[str, str] = {}
        self._closed = asyncio.Event()

    async def connect(self, address: str | None) -> None:
        from dbus_fast import BusType
        from dbus_fast.aio import MessageBus
        from dbus_fast.errors import AuthError, DBusError, InvalidAddressError

        try:
            made = MessageBus(address, bus_type=BusType.SESSION)
            self._bus = await asyncio.wait_for(made.connect(), _CALL_LIMIT_S)
        except (AuthError, DBusError, InvalidAddressError, OSError, asyncio.TimeoutError) as error:
            raise KeysError(f"There is no session bus ({error or 'no answer'}).", _INSTEAD) from error
        self._bus.add_message_handler(self._on_message)

    async def bind(self, bindings: tuple[Binding, ...]) -> tuple[Grant, ...]:
        """Raises KeysError."""
        from dbus_fast import Variant

        await self._listen()
        await self._say_who_asks()
        created = await self._request(
            "CreateSession", "a{sv}", lambda options: [options | {"session_handle_token": Variant("s", "avatarify")}]
        )
        self._session = str(created["session_handle"].value)
        wishes = [
            [
                _shortcut_id(binding.command),
                {
                    "description": Variant("s", binding.description),
                    "preferred_trigger": Variant("s", portal_trigger(binding.chord)),
                },
            ]
            for binding in bindings
        ]
        self._commands = {_shortcut_id(binding.command): binding.command for binding in bindings}
        bound = await self._request(
            "BindShortcuts", "oa(sa{sv})sa{sv}", lambda options: [self._session, wishes, "", options]
        )
        triggers = {
            str(name): str(facts["trigger_description"].value) if "trigger_description" in facts else ""
            for name, facts in bound["shortcuts"].value
        }
        return tuple(_grant(binding, triggers.get(_shortcut_id(binding.command), "")) for binding in bindings)

    async def ended(self) -> KeysError:
        """Waits until the desktop has ended the session, or the bus is gone."""
        bus: Any = self._bus  # this method of it has no types
        gone = asyncio.ensure_future(bus.wait_for_disconnect())
        closed = asyncio.ensure_future(self._closed.wait())
        try:
            await asyncio.wait((gone, closed), return_when=asyncio.FIRST_COMPLETED)
        finally:
            closed.cancel()
            if gone.done():
                gone.exception()  # why does not matter, and unasked it would be complained about
            else:
                gone.cancel()
        return KeysError("The desktop has ended the global keys.", "Switch them off and on again.")

    def close(self) -> None:
        """The desktop drops the shortcuts with the connection."""
        if self._bus is not None and self._bus.connected:
            self._bus.disconnect()

    async def _listen(self) -> None:
        rule = f"type='signal',sender='{DESTINATION}'"
        bus = "org.freedesktop.DBus"
        await self._call("/org/freedesktop/DBus", bus, "AddMatch", "s", [rule], to=bus)

    async def _say_who_asks(self) -> None:
        """Has to be the first call to the portal on this connection."""
        try:
            await self._call(PATH, REGISTRY, "Register", "sa{sv}", [APP_ID, {}])
        except _RefusedCallError as error:
            if error.name.endswith(("ServiceUnknown", "NameHasNoOwner")):
                raise KeysError("This desktop has no portal.", _INSTEAD) from error
            # A portal before 1.20 does not know the interface and does not ask for the name either. A newer one that
            # knows no such program says so with the next call, in its own words.

    async def _call(
        self, path: str, interface: str, member: str, signature: str, body: list[Any], *, to: str = DESTINATION
    ) -> list[Any]:
        from dbus_fast import Message, MessageType

        assert self._bus is not None
        message = Message(destination=to, path=path, interface=interface, member=member, signature=signature, body=body)
        try:
            answer = await asyncio.wait_for(self._bus.call(message), _CALL_LIMIT_S)
        except (asyncio.TimeoutError, EOFError, OSError) as error:
            raise KeysError(f"The desktop's portal does not answer to {member}.", _INSTEAD) from error
        if answer is None or answer.message_type is MessageType.ERROR:
            name = answer.error_name or "" if answer is not None else ""
            raise _RefusedCallError(name, str(answer.body[0]) if answer is not None and answer.body else "no answer")
        return answer.body

    async def _request(
        self, member: str, signature: str, body: Callable[[dict[str, Any]], list[Any]]
    ) -> dict[str, Any]:
        """A method of the portal answers with a signal on an object whose path can be told beforehand."""
        from dbus_fast import Variant

        assert self._bus is not None
        token = f"avatarify{secrets.token_hex(4)}"
        sender = str(self._bus.unique_name)[1:].replace(".", "_")
        response: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        self._waiting[f"{PATH}/request/{sender}/{token}"] = response
        try:
            await self._call(PATH, SHORTCUTS, member, signature, body({"handle_token": Variant("s", token)}))
        except _RefusedCallError as error:
            raise _told(error) from error
        try:
            code, results = await asyncio.wait_for(response, self._user_limit_s)
        except asyncio.TimeoutError as error:
            raise KeysError(f"The desktop did not answer within {self._user_limit_s:g} s.", _INSTEAD) from error
        if code == 1:
            raise KeysError(
                "Global keys were declined in the desktop's own dialog.", "Switch them on again to be asked."
            )
        if code:
            raise KeysError(f"The desktop did not grant global keys ({member}: {code}).", _INSTEAD)
        granted: dict[str, Any] = results
        return granted

    def _on_message(self, message: Message) -> None:
        from dbus_fast import MessageType

        if message.message_type is not MessageType.SIGNAL:
            return
        if message.member == "Response" and message.path in self._waiting:
            waiting = self._waiting.pop(message.path)
            if not waiting.done():
                waiting.set_result(message.body)
        elif message.member == "Activated" and message.body[0] == self._session:
            command = self._commands.get(message.body[1])
            if command is not None:
                self._pressed(command)
        elif message.member == "Closed" and message.path == self._session:
            self._closed.set()


class _RefusedCallError(Exception):
    """The answer to a call was an error. name: as the bus calls it."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.name = name
        self.text = text


def _shortcut_id(command: str) -> str:
    """Some desktops make a path of it, in which there is no dot."""
    return command.replace(".", "_")


def _told(error: _RefusedCallError) -> KeysError:
    """In words for the user."""
    if error.name.endswith(("UnknownMethod", "UnknownInterface", "UnknownObject")):
        return KeysError("This desktop's portal has no global shortcuts.", _INSTEAD)
    if "app id" in error.text.lower():
        return KeysError(
            "The desktop grants global keys to installed programs only.",
            f"Run `python3 run.py app --add-to-menu`, which makes {APP_ID}.desktop, then start again.",
        )
    return KeysError(f"The desktop did not grant global keys ({error.text}).", _INSTEAD)


def _grant(binding: Binding, trigger: str) -> Grant:
    if not trigger:
        return Grant(binding.command, GrantState.REFUSED, "The desktop gave it no key.")
    return Grant(binding.command, GrantState.HELD, trigger)
