from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from matinee.outbox.errors import EndpointUnreachable
from matinee.outbox.webhooks.posting import Poster
from tests.databases import free_port
from tests.mail_server import Certificate
from tests.webhook_receiver import Answer, Receiver, raw_server, running_receiver

BODY = b'{"id":"evt_1"}'


def post(poster: Poster, url: str) -> int:
    return poster.post(url, body=BODY, headers={"Matinee-Event": "order.paid"})


def leads_to(*addresses: str) -> Callable[[str, int], list[str]]:
    """A name server that says this of every name."""
    return lambda _host, _port: list(addresses)


@pytest.fixture
def encrypted(certificate: Certificate) -> Iterator[Receiver]:
    """Its certificate is for localhost and 127.0.0.1."""
    with running_receiver((str(certificate.certificate), str(certificate.key))) as running:
        yield running


@pytest.fixture
def trusting(certificate: Certificate) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate.certificate))


def test_the_request_has_the_body_the_headers_and_the_path(receiver: Receiver) -> None:
    assert post(Poster(private_allowed=True), f"http://127.0.0.1:{receiver.port}/hook?to=us") == 200
    (request,) = receiver.received
    assert (request.method, request.path, request.body) == ("POST", "/hook?to=us", BODY)
    assert request.headers["Matinee-Event"] == "order.paid"
    assert request.headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert request.headers["Content-Length"] == str(len(BODY))


def test_the_name_is_looked_up_once_and_the_checked_address_is_connected_to(receiver: Receiver) -> None:
    asked: list[tuple[str, int]] = []

    def rebinding(host: str, port: int) -> list[str]:
        # Whoever asks again is led elsewhere; and no other resolver knows the name.
        asked.append((host, port))
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    poster = Poster(private_allowed=True, resolve=rebinding)
    assert post(poster, f"http://shop.example:{receiver.port}/") == 200
    assert asked == [("shop.example", receiver.port)]
    assert receiver.received[0].headers["Host"] == f"shop.example:{receiver.port}"


def test_the_first_address_that_answers_is_taken(receiver: Receiver) -> None:
    # Nobody listens on the first: the receiver has 127.0.0.1 alone.
    poster = Poster(private_allowed=True, resolve=leads_to("127.0.0.9", "127.0.0.1"))
    assert post(poster, f"http://shop.example:{receiver.port}/") == 200


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"])
def test_a_name_that_leads_to_a_private_address_is_not_connected_to(
    encrypted: Receiver, address: str
) -> None:
    poster = Poster(private_allowed=False, resolve=leads_to(address))
    with pytest.raises(EndpointUnreachable, match=r"shop\.example leads to a private address"):
        post(poster, f"https://shop.example:{encrypted.port}/")
    assert encrypted.connections == 0


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::ffff:7f00:1]"]
)
def test_no_spelling_of_this_machine_is_connected_to(encrypted: Receiver, host: str) -> None:
    with pytest.raises(EndpointUnreachable, match="private address"):
        post(Poster(private_allowed=False), f"https://{host}:{encrypted.port}/")
    assert encrypted.connections == 0


def test_of_several_addresses_the_private_ones_are_left_out(
    encrypted: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Any] = []

    def refused(_socket: socket.socket, where: Any) -> None:
        tried.append(where[0])
        raise ConnectionRefusedError

    # The one place where the network itself is replaced: nothing must leave this machine.
    monkeypatch.setattr("socket.socket.connect", refused)
    poster = Poster(private_allowed=False, resolve=leads_to("127.0.0.1", "8.8.8.8", "10.0.0.1"))
    with pytest.raises(EndpointUnreachable, match="refused"):
        post(poster, f"https://shop.example:{encrypted.port}/")
    assert tried == ["8.8.8.8"]


def test_plain_http_is_refused_where_private_addresses_are_not_allowed(receiver: Receiver) -> None:
    with pytest.raises(EndpointUnreachable, match="https"):
        post(
            Poster(private_allowed=False, resolve=leads_to("8.8.8.8")),
            f"http://shop.example:{receiver.port}/",
        )


def test_tls_asks_for_the_name_and_checks_it(encrypted: Receiver, trusting: ssl.SSLContext) -> None:
    poster = Poster(private_allowed=True, resolve=leads_to("127.0.0.1"), context=trusting)
    assert post(poster, f"https://localhost:{encrypted.port}/") == 200
    # The certificate is good for 127.0.0.1 and not for the name, which is what counts.
    with pytest.raises(EndpointUnreachable, match=r"certificate is not accepted.*shop\.example"):
        post(poster, f"https://shop.example:{encrypted.port}/")
    assert encrypted.server_names == ["localhost", "shop.example"]
    assert len(encrypted.received) == 1


def test_a_certificate_that_nobody_vouches_for_is_refused(encrypted: Receiver) -> None:
    with pytest.raises(EndpointUnreachable, match="certificate is not accepted"):
        post(Poster(private_allowed=True), f"https://127.0.0.1:{encrypted.port}/")
    assert encrypted.received == []


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.answer = lambda request: Answer(307, {"Location": "/elsewhere"})
    assert post(Poster(private_allowed=True), receiver.url) == 307
    assert [request.path for request in receiver.received] == ["/hook"]


def speak_slowly(connection: socket.socket) -> None:
    # Never silent for long, and never done.
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(100):
        connection.sendall(b"x")
        time.sleep(0.1)


def speak_another_language(connection: socket.socket) -> None:
    heard = b""
    while BODY not in heard:
        heard += connection.recv(4096)
    connection.sendall(b"220 mail.example ESMTP\r\n")


@pytest.mark.parametrize(
    ("speak", "reason"),
    [
        (lambda connection: time.sleep(30), "no answer within 1 s"),
        (speak_slowly, "no answer within 1 s"),
        (speak_another_language, "not HTTP"),
        (lambda connection: connection.recv(1), "broke off"),
    ],
    ids=["silent", "dripping", "no-http", "hanging-up"],
)
def test_a_server_that_gives_no_answer_costs_bounded_time(
    speak: Callable[[socket.socket], None], reason: str
) -> None:
    with raw_server(speak) as port:
        began = time.monotonic()
        with pytest.raises(EndpointUnreachable, match=reason):
            post(Poster(private_allowed=True, seconds_max=1), f"http://127.0.0.1:{port}/")
        assert time.monotonic() - began < 5


def test_a_slow_body_of_an_answer_does_not_count() -> None:
    def speak(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 204 Done\r\nContent-Length: 9\r\n\r\n")
        time.sleep(30)

    with raw_server(speak) as port:
        assert post(Poster(private_allowed=True, seconds_max=1), f"http://127.0.0.1:{port}/") == 204


def test_nobody_listening_and_an_unknown_name_are_told_apart() -> None:
    with pytest.raises(EndpointUnreachable, match="refused"):
        post(Poster(private_allowed=True), f"http://127.0.0.1:{free_port()}/")

    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(EndpointUnreachable, match=r"shop\.example cannot be resolved"):
        post(Poster(private_allowed=True, resolve=unknown), "http://shop.example/")


def test_a_name_server_that_is_silent_costs_bounded_time() -> None:
    def silent(_host: str, _port: int) -> list[str]:
        time.sleep(30)
        return []

    with pytest.raises(EndpointUnreachable, match="not resolved in time"):
        post(Poster(private_allowed=True, resolve=silent, seconds_max=0.3), "http://shop.example/")


def test_what_is_under_way_can_be_broken_off() -> None:
    reached = threading.Event()

    def speak(connection: socket.socket) -> None:
        reached.set()
        time.sleep(30)

    poster = Poster(private_allowed=True, seconds_max=30)

    def break_off() -> None:
        reached.wait(10)
        poster.abort()

    threading.Thread(target=break_off, daemon=True).start()
    with raw_server(speak) as port:
        began = time.monotonic()
        with pytest.raises(EndpointUnreachable):
            post(poster, f"http://127.0.0.1:{port}/")
        assert time.monotonic() - began < 10


def test_what_is_broken_off_while_its_name_is_looked_up_is_not_posted(receiver: Receiver) -> None:
    poster = Poster(private_allowed=True)

    def slow(_host: str, _port: int) -> list[str]:
        poster.abort()
        return ["127.0.0.1"]

    poster._resolve = slow
    with pytest.raises(EndpointUnreachable, match="the worker ended"):
        post(poster, f"http://shop.example:{receiver.port}/")
    assert receiver.received == []


def test_nothing_is_posted_once_it_was_broken_off(receiver: Receiver) -> None:
    poster = Poster(private_allowed=True)
    poster.abort()
    with pytest.raises(EndpointUnreachable, match="the worker ended"):
        post(poster, f"http://127.0.0.1:{receiver.port}/")
    assert receiver.received == []
