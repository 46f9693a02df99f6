"""A folder of files in user space, in the raw /dev/fuse protocol. Needs root; standard library only.

The server has to be a process of its own: a client thread that sits in a system call with the interpreter's lock held
would lock up a server in the same interpreter.
"""

from __future__ import annotations

import ctypes
import errno
import os
import select
import struct
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

_LIBC = ctypes.CDLL(None, use_errno=True)
_MNT_DETACH = 2
_NOTIFY_POLL, _NOTIFY_STORE = 1, 4
_ASYNC_READ, _BIG_WRITES, _MAX_PAGES, _INIT_EXT = 1, 1 << 5, 1 << 22, 1 << 30
_OPEN_DIRECT_IO, _OPEN_KEEP_CACHE = 1, 2
_MAX_WRITE = 1 << 20
_HEADER = 40
_FOLDER = 1  # node number; the files follow


def unmount(folder: Path) -> bool:
    """Also while files in it are open. False if nothing was mounted there."""
    return not _LIBC.umount2(str(folder).encode(), _MNT_DETACH)


class FuseFolder:
    """Mounts `folder` with one file a name. A subclass says what happens to the files; every call comes under `lock`,
    and an OSError that it raises is the answer.
    """

    def __init__(self, folder: Path, names: list[str]) -> None:
        self.lock = threading.RLock()
        self.stopping = False
        self._names = names
        self._fd = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
        options = f"fd={self._fd},rootmode=40000,user_id=0,group_id=0,allow_other"
        if _LIBC.mount(b"fakev4l2", str(folder).encode(), b"fuse", 6, options.encode()):
            raise OSError(ctypes.get_errno(), f"cannot mount {folder}")

    def is_there(self, name: str) -> bool:
        """Whether the folder shows this file now."""
        raise NotImplementedError

    def on_open(self, name: str, flags: int) -> int:
        """Returns a number for the open file."""
        raise NotImplementedError

    def on_release(self, number: int) -> None:
        raise NotImplementedError

    def on_read(self, name: str, offset: int, size: int) -> bytes:
        """A page fault in a mapped file whose page the kernel does not have. Returns `size` bytes."""
        raise NotImplementedError

    def on_write(self, number: int, data: bytes) -> None:
        raise NotImplementedError

    def on_ioctl(self, unique: int, number: int, command: int, argument: bytearray) -> bool:
        """Answers in place and returns True; or False to answer `unique` later, with `finish_ioctl`."""
        raise NotImplementedError

    def on_poll(self, number: int, waiter: int | None) -> int:
        """The events that are ready; `waiter` is to be woken once, when they change."""
        raise NotImplementedError

    def on_interrupt(self, unique: int) -> None:
        """The client of a kept request had a signal."""
        raise NotImplementedError

    def finish_ioctl(self, unique: int, argument: bytes, *, error: int = 0) -> None:
        """Answer a request that was kept."""
        self._reply(unique, b"" if error else bytes(16) + argument, error=error)

    def wake(self, waiter: int) -> None:
        """Let a client's poll look again."""
        self._notify(_NOTIFY_POLL, struct.pack("Q", waiter))

    def store(self, name: str, offset: int, data: bytes) -> None:
        """Put data into the pages of a file, where a client that has mapped them sees it."""
        node = self._names.index(name) + _FOLDER + 1
        self._notify(_NOTIFY_STORE, struct.pack("QQII", node, offset, len(data), 0), data)

    def serve(self) -> None:
        """Until `stopping` or unmounted."""
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        while not self.stopping:
            if not poll.poll(200):
                continue
            try:
                request = os.read(self._fd, _MAX_WRITE + (1 << 16))
            except OSError as error:
                if error.errno in (errno.EINTR, errno.EAGAIN, errno.ENOENT):
                    continue
                if error.errno == errno.ENODEV:
                    return
                raise
            length, opcode, unique, node = struct.unpack_from("IIQQ", request)
            with self.lock:
                try:
                    self._dispatch(opcode, unique, node, memoryview(request)[_HEADER:length])
                except OSError as error:
                    self._reply(unique, error=error.errno or errno.EIO)
                except Exception as error:  # noqa: BLE001 - a defect here must not hang the client
                    sys.stderr.write(f"defect in opcode {opcode}: {error!r}\n")
                    self._reply(unique, error=errno.EIO)

    def _dispatch(self, opcode: int, unique: int, node: int, body: memoryview) -> None:
        if opcode in self._SILENT:
            return
        if opcode in self._EMPTY:
            self._reply(unique)
        elif opcode in self._OPCODES:
            self._OPCODES[opcode](self, unique, node, body)
        else:
            raise OSError(errno.ENOSYS, str(opcode))

    def _reply(self, unique: int, data: bytes = b"", *, error: int = 0) -> None:
        try:
            os.write(self._fd, struct.pack("IiQ", 16 + len(data), -error, unique) + data)
        except OSError as problem:
            if problem.errno not in (errno.ENOENT, errno.EINVAL):  # the client gave up: nobody to answer
                raise

    def _notify(self, code: int, *parts: bytes) -> None:
        try:
            os.writev(self._fd, [struct.pack("IiQ", 16 + sum(map(len, parts)), code, 0), *parts])
        except OSError as problem:
            if problem.errno not in (errno.ENOENT, errno.EINVAL):  # the file is no longer open anywhere
                raise

    def _name(self, node: int) -> str:
        return self._names[node - _FOLDER - 1]

    def _attributes(self, node: int) -> bytes:
        mode, size = (0o040755, 0) if node == _FOLDER else (0o100666, 1 << 40)
        return struct.pack("QQQQQQIIIIIIIIII", node, size, 0, 0, 0, 0, 0, 0, 0, mode, 2, 0, 0, 0, 4096, 0)

    def _init(self, unique: int, node: int, body: memoryview) -> None:
        _, minor, readahead, flags = struct.unpack_from("IIII", body)
        flags &= _ASYNC_READ | _BIG_WRITES | _MAX_PAGES | _INIT_EXT
        values = (7, min(minor, 36), readahead, flags, 64, 48, _MAX_WRITE, 1, 256, 0, 0, 0)
        self._reply(unique, struct.pack("IIIIHHIIHHII24x", *values))

    def _destroy(self, unique: int, node: int, body: memoryview) -> None:
        self._reply(unique)
        self.stopping = True

    def _lookup(self, unique: int, node: int, body: memoryview) -> None:
        name = bytes(body).split(b"\0")[0].decode()
        if name not in self._names or not self.is_there(name):
            raise OSError(errno.ENOENT, name)
        found = self._names.index(name) + _FOLDER + 1
        self._reply(unique, struct.pack("QQQQII", found, 0, 0, 0, 0, 0) + self._attributes(found))

    def _getattr(self, unique: int, node: int, body: memoryview) -> None:
        self._reply(unique, struct.pack("QII", 0, 0, 0) + self._attributes(node))

    def _opendir(self, unique: int, node: int, body: memoryview) -> None:
        self._reply(unique, struct.pack("QII", 0, 0, 0))

    def _readdir(self, unique: int, node: int, body: memoryview) -> None:
        _, offset, _ = struct.unpack_from("QQI", body)
        answer = b""
        for index, name in enumerate(self._names):
            if index >= offset and self.is_there(name):
                entry = struct.pack("QQII", index + _FOLDER + 1, index + 1, len(name), 8) + name.encode()
                answer += entry + b"\0" * (-len(entry) % 8)
        self._reply(unique, answer)

    def _statfs(self, unique: int, node: int, body: memoryview) -> None:
        self._reply(unique, struct.pack("QQQQQIIII24x", 0, 0, 0, 0, 0, 4096, 255, 0, 0))

    def _open(self, unique: int, node: int, body: memoryview) -> None:
        (flags,) = struct.unpack_from("I", body)
        number = self.on_open(self._name(node), flags)
        write_only = flags & os.O_ACCMODE == os.O_WRONLY  # the page cache only where mmap needs it
        self._reply(unique, struct.pack("QIi", number, _OPEN_DIRECT_IO if write_only else _OPEN_KEEP_CACHE, 0))

    def _release(self, unique: int, node: int, body: memoryview) -> None:
        self.on_release(struct.unpack_from("Q", body)[0])
        self._reply(unique)

    def _read(self, unique: int, node: int, body: memoryview) -> None:
        _, offset, size = struct.unpack_from("QQI", body)
        self._reply(unique, self.on_read(self._name(node), offset, size))

    def _write(self, unique: int, node: int, body: memoryview) -> None:
        number, _, size, flags = struct.unpack_from("QQII", body)
        written_back = flags & 1  # a dirty mapped page: no news
        if not written_back:
            self.on_write(number, bytes(body[40 : 40 + size]))
        self._reply(unique, struct.pack("II", size, 0))

    def _ioctl(self, unique: int, node: int, body: memoryview) -> None:
        number, _, command, _, in_size, out_size = struct.unpack_from("QIIQII", body)
        argument = bytearray(bytes(body[32 : 32 + in_size]).ljust(max(in_size, out_size), b"\0"))
        if self.on_ioctl(unique, number, command, argument):
            self.finish_ioctl(unique, bytes(argument[:out_size]))

    def _poll(self, unique: int, node: int, body: memoryview) -> None:
        number, waiter, flags = struct.unpack_from("QQI", body)
        schedule = flags & 1
        self._reply(unique, struct.pack("II", self.on_poll(number, waiter if schedule else None), 0))

    def _interrupt(self, unique: int, node: int, body: memoryview) -> None:
        self.on_interrupt(struct.unpack_from("Q", body)[0])

    _SILENT: ClassVar[frozenset[int]] = frozenset({2, 42})  # FORGET, BATCH_FORGET
    _EMPTY: ClassVar[frozenset[int]] = frozenset({20, 25, 29, 30, 34})  # FSYNC, FLUSH, RELEASEDIR, FSYNCDIR, ACCESS
    _OPCODES: ClassVar[dict[int, Callable[[FuseFolder, int, int, memoryview], None]]] = {
        1: _lookup,
        3: _getattr,
        4: _getattr,  # SETATTR: O_TRUNC on a device changes nothing
        14: _open,
        15: _read,
        16: _write,
        17: _statfs,
        18: _release,
        26: _init,
        27: _opendir,
        28: _readdir,
        36: _interrupt,
        38: _destroy,
        39: _ioctl,
        40: _poll,
    }
