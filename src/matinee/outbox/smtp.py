"""Handing mails to a mail server (RFC 5321), in bounded time whatever the server does."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from matinee.outbox.errors import (
    DeliveryFailed,
    DeliveryInterrupted,
    RefusedForGood,
    ServerUnreachable,
    TemporarilyRefused,
)
from matinee.outbox.smtp_client import WatchedClient
from matinee.outbox.socket_handle import SocketHandle
from matinee.outbox.transport import Parcel

ERROR_CHARACTERS_MAX = 500
# A refusal with one of these says that the login is missing or wrong: the operator mends it, the mail is not
# to blame.
_LOGIN_WANTED = {530, 534, 535, 538}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where the mail server is and how to speak to it."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls_from_start: bool = False
    starttls: bool = False

    @classmethod
    def parsed(cls, url: str) -> Self:
        """Read `smtp://user:password@host:port?starttls=1` or `smtps://...`; user and password percent-encoded.

        Raises ValueError.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("must look like smtp://user:password@host:587?starttls=1 or smtps://host")
        secure = parts.scheme == "smtps"
        starttls = parse_qs(parts.query).get("starttls", ["0"])[-1].lower() in ("1", "true", "yes", "on")
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if secure else 587 if starttls else 25),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            tls_from_start=secure,
            starttls=starttls and not secure,
        )


class SmtpTransport:
    """One connection to a mail server, used for many mails."""

    def __init__(
        self,
        server: SmtpServer,
        *,
        prepare_seconds_max: float = 20.0,
        hand_over_seconds_max: float = 60.0,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """`context` verifies the server's certificate, against the system's authorities unless given."""
        self.prepare_seconds_max = prepare_seconds_max
        self.hand_over_seconds_max = hand_over_seconds_max
        self._server = server
        self._context = context or ssl.create_default_context()
        self._handle = SocketHandle()
        self._client: WatchedClient | None = None

    def prepare(self) -> None:
        """Connect and log in, or find the connection from before still open."""
        with self._handle.deadline(self.prepare_seconds_max):
            if self._client is not None and self._still_open(self._client):
                return
            self.close()
            try:
                self._connect()
            except (smtplib.SMTPException, OSError, ValueError) as error:
                self.close()
                raise ServerUnreachable(self._describe(error)) from None

    def hand_over(self, parcel: Parcel) -> None:
        client = self._client
        if client is None:
            raise DeliveryInterrupted("there is no connection to the mail server")
        international = not (parcel.recipient_address + parcel.sender_address).isascii()
        if international and not client.has_extn("smtputf8"):
            raise RefusedForGood("the mail server takes no addresses with letters beyond ASCII (no SMTPUTF8)")
        options = ["SMTPUTF8", "BODY=8BITMIME"] if international else []
        with self._handle.deadline(self.hand_over_seconds_max):
            try:
                client.sendmail(
                    parcel.sender_address, [parcel.recipient_address], parcel.mail.as_bytes(), options
                )
            except (smtplib.SMTPException, OSError, ValueError) as error:
                raise self._failure(error) from None

    def abort(self) -> None:
        self._handle.abort()

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
        self._handle.close()

    def _connect(self) -> None:
        client = WatchedClient(
            self._server.host,
            self._server.port,
            handle=self._handle,
            tls_from_start=self._context if self._server.tls_from_start else None,
        )
        self._client = client
        if self._server.starttls:
            client.starttls(context=self._context)
        client.ehlo_or_helo_if_needed()
        if self._server.user:
            client.sign_in(self._server.user, self._server.password)

    @staticmethod
    def _still_open(client: WatchedClient) -> bool:
        try:
            return client.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def _failure(self, error: Exception) -> DeliveryFailed:
        text = self._describe(error)
        code = _refusal_code(error)
        # Shut down in the middle of a line, half an answer looks like a whole one.
        if code is None or code == 421 or self._handle.time_is_up:
            # The conversation cannot be trusted to go on from here.
            self.close()
            return DeliveryInterrupted(text)
        about_the_mail = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)
        if 500 <= code < 600 and about_the_mail and code not in _LOGIN_WANTED:
            return RefusedForGood(text)
        return TemporarilyRefused(text)

    def _describe(self, error: Exception) -> str:
        refusal = _refusal(error)
        if refusal is not None:
            text = f"the mail server answered {refusal[0]}: {refusal[1]}"
        elif isinstance(error, ssl.SSLCertVerificationError):
            text = f"the mail server's certificate is not accepted: {error.verify_message}"
        else:
            text = f"no conversation with the mail server {self._server.host}:{self._server.port}: {error}"
        return self._without_secrets(text)[:ERROR_CHARACTERS_MAX]

    def _without_secrets(self, text: str) -> str:
        if self._server.password:
            text = text.replace(self._server.password, "***")
        # Also no line breaks and nothing that a terminal would obey.
        return "".join(character if character.isprintable() else " " for character in text)


def _refusal(error: Exception) -> tuple[int, str] | None:
    """The server's code and words, where it answered."""
    words: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, words = error.smtp_code, error.smtp_error
    else:
        return None
    return code, words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)


def _refusal_code(error: Exception) -> int | None:
    refusal = _refusal(error)
    # smtplib uses -1 for an answer that is none.
    return refusal[0] if refusal is not None and refusal[0] > 0 else None
