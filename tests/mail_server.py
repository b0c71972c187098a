"""A real mail server for tests (aiosmtpd), and servers that misbehave."""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Protocol
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from tests.databases import free_port


@dataclass
class Received:
    """One mail as it arrived."""

    sender: str
    recipients: list[str]
    content: bytes
    peer: Any
    encrypted: bool

    @property
    def mail(self) -> EmailMessage:
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class MailServer:
    """Keeps what it receives. The answers may be changed while it runs."""

    received: list[Received] = field(default_factory=list)
    # Recipient -> the answer to RCPT.
    recipient_answers: dict[str, str] = field(default_factory=dict)
    # The answer to DATA, made from the mail; None takes it.
    data_answer: Callable[[Received], str | None] = lambda _received: None
    sender_answer: str | None = None
    credentials: tuple[bytes, bytes] | None = None
    logins: int = 0
    conversations: int = 0
    port: int = 0

    async def handle_EHLO(
        self, _server: Protocol, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.conversations += 1
        return responses

    async def handle_MAIL(
        self, _server: Protocol, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.sender_answer is not None:
            return self.sender_answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, _server: Protocol, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.recipient_answers:
            return self.recipient_answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Protocol, session: Session, envelope: Envelope) -> str:
        assert envelope.mail_from is not None
        assert isinstance(envelope.content, bytes)
        received = Received(
            envelope.mail_from,
            list(envelope.rcpt_tos),
            envelope.content,
            session.peer,
            session.ssl is not None,
        )
        answer = self.data_answer(received)
        if answer is None:
            self.received.append(received)
            return "250 OK"
        return answer

    def authenticate(
        self, _server: Protocol, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        self.logins += 1
        right = isinstance(data, LoginPassword) and (data.login, data.password) == self.credentials
        return AuthResult(success=right, handled=right)


@contextlib.contextmanager
def running_mail_server(
    *,
    tls_from_start: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    credentials: tuple[bytes, bytes] | None = None,
    port: int | None = None,
) -> Iterator[MailServer]:
    """A server on 127.0.0.1 until the end of the block."""
    server = MailServer(credentials=credentials, port=port or free_port())
    options: dict[str, Any] = {}
    if starttls is not None:
        options |= {"tls_context": starttls, "require_starttls": True}
    if credentials is not None:
        # A real server takes a login over plain text only when it is told to; so does this one.
        options |= {"authenticator": server.authenticate, "auth_required": True, "auth_require_tls": False}
    controller = Controller(
        server, hostname="127.0.0.1", port=server.port, ssl_context=tls_from_start, **options
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


class BadServer:
    """Accepts connections and treats each as `behave` says, in a thread of its own."""

    def __init__(self, behave: Callable[[socket.socket], None]) -> None:
        self._behave = behave
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            self._behave(connection)

    def close(self) -> None:
        # Wakes the thread that waits for a connection. Left waiting, it could take one from a later server: the kernel may
        # begin a wait that was interrupted anew, by the number of the file, which is another's by then.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def speak_until_data(connection: socket.socket) -> None:
    """Be an ordinary server up to the end of the content, which is read and not answered."""
    connection.sendall(b"220 bad.example\r\n")
    lines = connection.makefile("rb")
    in_content = False
    for line in lines:
        word = line.strip().upper()
        if in_content:
            if line == b".\r\n":
                return
        elif word == b"DATA":
            in_content = True
            connection.sendall(b"354 go on\r\n")
        else:
            connection.sendall(b"250 OK\r\n")


def drip(connection: socket.socket) -> None:
    """Send a byte now and then: never silent for long, and never done."""
    while True:
        connection.sendall(b"2")
        time.sleep(0.05)


@dataclass(frozen=True)
class Certificate:
    """A self-made authority's certificate for 127.0.0.1 and localhost."""

    certificate: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


def make_certificate(folder: Path) -> Certificate:
    """Made with the openssl command; the test is skipped where there is none."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("needs the openssl command to make a certificate")
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    subprocess.run(
        [
            program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
            "-keyout", str(made.key), "-out", str(made.certificate),
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return made
