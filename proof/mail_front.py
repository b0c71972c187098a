"""A mail server in front of a real one, which behaves as badly as it is told to.

"good" passes each conversation on to aiosmtpd. "hang" accepts and says nothing. "refuse" closes at once. "half" takes the
whole mail and is gone before it says so: it has the mail, and the sender cannot know.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes

from tests.mail_server import MailServer, running_mail_server

HANG_SECONDS = 60.0
MODES = ("good", "hang", "refuse", "half", "busy")


class MailFront:
    """Its `mode` may be changed while it runs."""

    def __init__(self, behind: MailServer) -> None:
        self._behind = behind
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.mode = "good"
        # Conversations in each mode.
        self.met: Counter[str] = Counter()
        # Message-IDs of mails that were taken without an answer.
        self.half_taken: Counter[str] = Counter()
        threading.Thread(target=self._accept, daemon=True).start()

    def set_mode(self, mode: str) -> None:
        """From the next conversation on."""
        assert mode in MODES
        self.mode = mode

    def arrived(self) -> Counter[str]:
        """Message-ID -> how often it arrived, answered or not."""
        found = Counter(self.half_taken)
        for received in list(self._behind.received):
            found[str(received.mail["Message-ID"])] += 1
        return found

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.met[self.mode] += 1
            threading.Thread(target=self._serve, args=(connection, self.mode), daemon=True).start()

    def _serve(self, connection: socket.socket, mode: str) -> None:
        with connection, contextlib.suppress(OSError):
            if mode == "hang":
                time.sleep(HANG_SECONDS)
            elif mode == "busy":
                connection.sendall(b"421 too busy\r\n")
            elif mode == "half":
                self._take_half(connection)
            elif mode == "good":
                self._pass_on(connection)

    def _pass_on(self, connection: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", self._behind.port)) as behind:
            back = threading.Thread(target=self._copy, args=(behind, connection), daemon=True)
            back.start()
            while data := connection.recv(65536):
                if self.mode != "good":
                    # What is on its way is cut off in the middle.
                    break
                behind.sendall(data)
            behind.shutdown(socket.SHUT_WR)
            back.join(5)

    @staticmethod
    def _copy(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)

    def _take_half(self, connection: socket.socket) -> None:
        connection.sendall(b"220 half.example\r\n")
        content: list[bytes] | None = None
        for line in connection.makefile("rb"):
            if content is not None and line == b".\r\n":
                self.half_taken[str(message_from_bytes(b"".join(content))["Message-ID"])] += 1
                return
            if content is not None:
                content.append(line)
            elif line.strip().upper() == b"DATA":
                content = []
                connection.sendall(b"354 go on\r\n")
            elif line.upper().startswith(b"EHLO"):
                connection.sendall(b"250 half.example\r\n")
            else:
                connection.sendall(b"250 OK\r\n")


@contextmanager
def running_mail_front() -> Iterator[MailFront]:
    """On a port of this machine, until the end of the block."""
    with running_mail_server() as behind:
        front = MailFront(behind)
        try:
            yield front
        finally:
            front.close()
