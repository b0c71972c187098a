"""Between Matinee and PostgreSQL: passes everything on, and cuts connections in the middle of a commit.

It reads just enough of the protocol to know a commit when it passes: the statement COMMIT, and the purchase that is one
statement and committed by itself. "before" cuts without passing it on: it did not happen. "after" passes it on, waits until
PostgreSQL has answered, and cuts in place of passing the answer back: it did. Matinee cannot know which.
"""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
from collections import Counter

# What a client says before the first message with a type: requests for encryption, and the start itself.
_ENCRYPTION = (80877103, 80877104)
QUERY, PARSE, BIND, SYNC, READY = b"Q", b"P", b"B", b"S", b"Z"
PURCHASE_MARK = b"seat_claim"


class CuttingProxy:
    """Listens on a port of this machine until `close`."""

    def __init__(self, port: int, *, seed: int) -> None:
        """`port`: where PostgreSQL listens on this machine."""
        self._target = port
        self._chance = random.Random(seed)
        # Of all commits, how many are cut.
        self.share = 0.0
        self.met: Counter[str] = Counter()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()

    def fate(self, what: str) -> str:
        """What becomes of the next commit: "pass", "before" or "after"."""
        # There are fewer purchases that are a statement by themselves.
        if self._chance.random() >= self.share * (2 if what == "purchase" else 1):
            return "pass"
        fate = self._chance.choice(("before", "after"))
        self.met[f"cut {fate} a {what}"] += 1
        return fate

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with (
            client,
            contextlib.suppress(OSError, EOFError),
            socket.create_connection(("127.0.0.1", self._target)) as server,
        ):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _Conversation(self, client, server).hold()


class _Conversation:
    """One connection."""

    def __init__(self, proxy: CuttingProxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        # Set when the next "ready" of the server is not passed back: the connection ends there.
        self._cut_at_ready = threading.Event()
        self._purchases: set[bytes] = set()
        self._buys = False

    def hold(self) -> None:
        self._start()
        back = threading.Thread(target=self._pass_back, daemon=True)
        back.start()
        try:
            while self._pass_on():
                pass
            if self._cut_at_ready.is_set():
                back.join(10)
        finally:
            for end in (self._client, self._server):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def _start(self) -> None:
        while True:
            length = struct.unpack("!I", _read(self._client, 4))[0]
            rest = _read(self._client, length - 4)
            self._server.sendall(struct.pack("!I", length) + rest)
            if struct.unpack("!I", rest[:4])[0] not in _ENCRYPTION:
                return
            answer = _read(self._server, 1)
            assert answer == b"N", "the servers of the scenarios do not encrypt"
            self._client.sendall(answer)

    def _pass_on(self) -> bool:
        """One message from the client to the server; False where the connection shall end."""
        kind, message = _message(self._client)
        content = message[5:]
        if kind == PARSE:
            name, _, statement = content.partition(b"\0")
            if PURCHASE_MARK in statement and b"INSERT" in statement.upper() and b"sale_order" in statement:
                self._purchases.add(name)
        elif kind == BIND:
            self._buys |= content.split(b"\0", 2)[1] in self._purchases
        commits = kind == QUERY and content.strip(b"\0; \n").upper() == b"COMMIT"
        purchase = kind == SYNC and self._buys
        if purchase:
            self._buys = False
        if not commits and not purchase:
            self._server.sendall(message)
            return True
        fate = self._proxy.fate("purchase" if purchase else "COMMIT")
        if fate == "before":
            return False
        if fate == "after":
            self._cut_at_ready.set()
        self._server.sendall(message)
        return fate == "pass"

    def _pass_back(self) -> None:
        with contextlib.suppress(OSError, EOFError):
            while True:
                kind, message = _message(self._server)
                if self._cut_at_ready.is_set():
                    if kind == READY:
                        return
                    continue
                self._client.sendall(message)
        # Either side's end is the other's.
        with contextlib.suppress(OSError):
            self._client.shutdown(socket.SHUT_RDWR)


def _message(source: socket.socket) -> tuple[bytes, bytes]:
    head = _read(source, 5)
    length = struct.unpack("!I", head[1:])[0]
    return head[:1], head + _read(source, length - 4)


def _read(source: socket.socket, count: int) -> bytes:
    found = bytearray()
    while len(found) < count:
        part = source.recv(count - len(found))
        if not part:
            raise EOFError
        found += part
    return bytes(found)
