from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from matinee.kernel import clock
from matinee.outbox.composing import ComposedMail
from matinee.outbox.envelope import Sender, build_email, carried_address
from matinee.outbox.errors import (
    DeliveryInterrupted,
    RefusedForGood,
    ServerUnreachable,
    TemporarilyRefused,
)
from matinee.outbox.smtp import SmtpServer, SmtpTransport
from matinee.outbox.transport import Parcel
from tests.databases import free_port
from tests.mail_server import (
    BadServer,
    Certificate,
    MailServer,
    drip,
    running_mail_server,
    speak_until_data,
)

PASSWORD = "p@ss/wörd:?1"


def parcel(recipient: str = "anna@example.org", text: str = "hello") -> Parcel:
    now = clock.now()
    mail = build_email(
        ComposedMail(subject="Hello", text=text, html=f"<p>{text}</p>"),
        sender=Sender("Odeon", "tickets@odeon.example"),
        recipient=recipient,
        message_id="<1@odeon.example>",
        now=now,
    )
    return Parcel(mail, "tickets@odeon.example", carried_address(recipient), 1, now)


@contextlib.contextmanager
def transport(url: str, **options: Any) -> Iterator[SmtpTransport]:
    made = SmtpTransport(SmtpServer.parsed(url), **options)
    try:
        yield made
    finally:
        made.close()


@contextlib.contextmanager
def bad_server(behave: Callable[[Any], None]) -> Iterator[BadServer]:
    server = BadServer(behave)
    try:
        yield server
    finally:
        server.close()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", SmtpServer("mail.example.org", 25)),
        ("smtp://mail.example.org:2525", SmtpServer("mail.example.org", 2525)),
        ("smtp://mail.example.org?starttls=1", SmtpServer("mail.example.org", 587, starttls=True)),
        ("smtp://mail.example.org:25?starttls=0", SmtpServer("mail.example.org", 25)),
        ("smtps://mail.example.org", SmtpServer("mail.example.org", 465, tls_from_start=True)),
        (
            "smtp://us%40er:p%40ss%2F@[::1]:587/?starttls=1",
            SmtpServer("::1", 587, "us@er", "p@ss/", starttls=True),
        ),
    ],
)
def test_an_address_is_read(url: str, expected: SmtpServer) -> None:
    assert SmtpServer.parsed(url) == expected


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://host:port"]
)
def test_what_is_no_address_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"smtp://|[Pp]ort"):
        SmtpServer.parsed(url)


def test_a_password_is_not_shown() -> None:
    assert "hush" not in repr(SmtpServer.parsed("smtp://me:hush@mail.example.org"))


def test_a_mail_travels_by_starttls_and_after_a_login(trusted: Certificate) -> None:
    credentials = (b"odeon@host", PASSWORD.encode())
    with running_mail_server(starttls=trusted.server_context(), credentials=credentials) as server:
        url = f"smtp://odeon%40host:p%40ss%2Fw%C3%B6rd%3A%3F1@localhost:{server.port}?starttls=1"
        with transport(url) as made:
            made.prepare()
            made.hand_over(parcel())
    assert server.logins == 1
    assert [received.encrypted for received in server.received] == [True]


def test_a_mail_travels_by_tls_from_the_start(trusted: Certificate) -> None:
    with running_mail_server(tls_from_start=trusted.server_context()) as server:
        with transport(f"smtps://127.0.0.1:{server.port}") as made:
            made.prepare()
            made.hand_over(parcel())
            made.prepare()
            made.hand_over(parcel())
        assert len(server.received) == 2
        assert server.conversations == 1


@pytest.mark.parametrize("scheme", ["smtp://127.0.0.1:{port}?starttls=1", "smtps://127.0.0.1:{port}"])
def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Certificate, scheme: str) -> None:
    context = certificate.server_context()
    kind = {"starttls": context} if "starttls" in scheme else {"tls_from_start": context}
    with (
        running_mail_server(**kind) as server,  # type: ignore[arg-type]
        transport(scheme.format(port=server.port)) as made,
        pytest.raises(ServerUnreachable, match="certificate is not accepted"),
    ):
        made.prepare()
    assert server.received == []


def test_encryption_that_was_asked_for_and_is_not_offered_stops_the_mail(mail_server: MailServer) -> None:
    with (
        transport(f"smtp://127.0.0.1:{mail_server.port}?starttls=1") as made,
        pytest.raises(ServerUnreachable, match="STARTTLS"),
    ):
        made.prepare()


def test_a_refused_login_says_so_and_keeps_the_password_to_itself() -> None:
    with (
        running_mail_server(credentials=(b"odeon", b"right")) as server,
        transport(f"smtp://odeon:wrong-hush@127.0.0.1:{server.port}") as made,
        pytest.raises(ServerUnreachable, match="535") as caught,
    ):
        made.prepare()
    assert server.logins >= 1
    assert "hush" not in str(caught.value)


def test_a_server_that_quotes_the_password_does_not_betray_it() -> None:
    def quoting(connection: Any) -> None:
        connection.sendall(b"220 hello\r\n")
        lines = connection.makefile("rb")
        for line in lines:
            greeting = line.upper().startswith(b"EHLO")
            connection.sendall(b"250-me\r\n250 AUTH PLAIN\r\n" if greeting else b"535 not with hush-hush\r\n")

    with (
        bad_server(quoting) as server,
        transport(f"smtp://odeon:hush-hush@127.0.0.1:{server.port}") as made,
        pytest.raises(ServerUnreachable, match=r"not with \*\*\*"),
    ):
        made.prepare()


def test_nobody_listening_is_told() -> None:
    with (
        transport(f"smtp://127.0.0.1:{free_port()}") as made,
        pytest.raises(ServerUnreachable, match="Connection refused"),
    ):
        made.prepare()


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_server_that_drips_cannot_hold_the_worker_while_connecting(scheme: str) -> None:
    with (
        bad_server(drip) as server,
        transport(f"{scheme}://127.0.0.1:{server.port}", prepare_seconds_max=0.5) as made,
    ):
        before = time.monotonic()
        with pytest.raises(ServerUnreachable):
            made.prepare()
        assert time.monotonic() - before < 10


def test_a_server_that_drips_cannot_hold_the_worker_while_a_mail_is_handed_over() -> None:
    def drip_after_data(connection: Any) -> None:
        speak_until_data(connection)
        drip(connection)

    with (
        bad_server(drip_after_data) as server,
        transport(f"smtp://127.0.0.1:{server.port}", hand_over_seconds_max=0.5) as made,
    ):
        made.prepare()
        before = time.monotonic()
        # What dripped in looks like an answer; it must not count as one.
        with pytest.raises(DeliveryInterrupted):
            made.hand_over(parcel())
        assert time.monotonic() - before < 10


def test_a_server_that_stops_reading_cannot_hold_the_worker() -> None:
    def deaf_after_data(connection: Any) -> None:
        connection.sendall(b"220 hello\r\n")
        while b"DATA" not in connection.recv(1000):
            connection.sendall(b"250 OK\r\n")
        connection.sendall(b"354 go on\r\n")
        time.sleep(60)

    with (
        bad_server(deaf_after_data) as server,
        transport(f"smtp://127.0.0.1:{server.port}", hand_over_seconds_max=0.5) as made,
    ):
        made.prepare()
        before = time.monotonic()
        with pytest.raises(DeliveryInterrupted):
            made.hand_over(parcel(text="a line of text\n" * 1_000_000))
        assert time.monotonic() - before < 20


def test_another_thread_can_break_a_mail_off(trusted: Certificate) -> None:
    handed = threading.Event()
    release = threading.Event()

    def wait(_received: Any) -> None:
        handed.set()
        release.wait(30)

    with running_mail_server(tls_from_start=trusted.server_context()) as server:
        server.data_answer = wait
        with transport(f"smtps://127.0.0.1:{server.port}") as made:
            made.prepare()
            threading.Thread(target=lambda: (handed.wait(30), made.abort()), daemon=True).start()
            with pytest.raises(DeliveryInterrupted):
                made.hand_over(parcel())
        release.set()


def test_a_mail_that_is_about_to_be_handed_over_is_broken_off_as_well(trusted: Certificate) -> None:
    with running_mail_server(tls_from_start=trusted.server_context()) as server:
        with transport(f"smtps://127.0.0.1:{server.port}") as made:
            made.prepare()
            # As while it is composed: the connection is there, and nothing runs on it.
            made.abort()
            with pytest.raises(DeliveryInterrupted):
                made.hand_over(parcel())
            with pytest.raises(ServerUnreachable):
                made.prepare()
        assert server.received == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("550 no such user", RefusedForGood),
        ("552 too big", RefusedForGood),
        ("450 greylisted", TemporarilyRefused),
        ("452 disk full", TemporarilyRefused),
        ("530 log in first", TemporarilyRefused),
        ("421 going down", DeliveryInterrupted),
    ],
)
def test_an_answer_about_the_recipient_is_judged_by_its_code(
    mail_server: MailServer, answer: str, expected: type[Exception]
) -> None:
    mail_server.recipient_answers["anna@example.org"] = answer
    with transport(f"smtp://127.0.0.1:{mail_server.port}") as made:
        made.prepare()
        with pytest.raises(expected, match=answer[:3]):
            made.hand_over(parcel())
        # The next mail travels all the same.
        made.prepare()
        made.hand_over(parcel("ben@example.org"))
    assert [received.recipients for received in mail_server.received] == [["ben@example.org"]]


def test_an_address_beyond_ascii_travels_where_the_server_takes_it(mail_server: MailServer) -> None:
    with transport(f"smtp://127.0.0.1:{mail_server.port}") as made:
        made.prepare()
        made.hand_over(parcel("ганна@приклад.укр"))
        made.hand_over(parcel("anna@приклад.укр"))
    first, second = mail_server.received
    assert first.recipients == ["ганна@xn--80aikifvh.xn--j1amh"]
    assert second.recipients == ["anna@xn--80aikifvh.xn--j1amh"]
    assert first.content.isascii() is False
    assert second.content.isascii()


def test_an_address_beyond_ascii_is_given_up_where_the_server_is_old() -> None:
    with bad_server(speak_until_data) as server, transport(f"smtp://127.0.0.1:{server.port}") as made:
        made.prepare()
        with pytest.raises(RefusedForGood, match="SMTPUTF8"):
            made.hand_over(parcel("ганна@example.org"))
