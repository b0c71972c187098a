"""Restarts in the middle of sales: every request is answered, none is refused, none is reset."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.building import on_one_database
from tests.race.crowd import Crowd, Shopper
from tests.race.ledger import House, build_house, check_answers, count_tickets, read_sales
from tests.race.nginx import running_nginx
from tests.race.processes import WebServer, settings_for, wait_until
from tests.running import find_program

BUYERS = 8
SEATS = 600
DRAIN_SECONDS = 3.0
REST_SECONDS = 0.05
Servers = Callable[[], WebServer]


class Watchers:
    """Some who look at the programme all the time: half with a new connection for each look, half with one for all."""

    def __init__(self, port: int, path: str, *, count: int = 6) -> None:
        self.looks = 0
        self.troubles: list[str] = []
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._look, args=(port, path, bool(number % 2)))
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def _look(self, port: int, path: str, stays: bool) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while not self._over.is_set():
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    self.troubles.append(f"status {answer.status}")
            except (OSError, http.client.HTTPException) as error:
                self.troubles.append(repr(error))
                connection.close()
            self.looks += 1
            if not stays:
                connection.close()
            time.sleep(0.01)
        connection.close()

    def end(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """The socket that outlives every server, as systemd holds it."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as found:
        yield found


def sell_while(
    house: House, port: int, database_url: str, deeds: list[tuple[int, Callable[[], None]]]
) -> None:
    """Sell all seats; at so many tickets sold do each deed. Every request must be answered well."""
    shoppers = [
        Shopper(name, token, port, [[str(seat)] for seat in range(number + 1, SEATS + 1, BUYERS)])
        for number, (name, token) in enumerate(house.people)
    ]
    crowd = Crowd(shoppers, house.screening, rest_seconds=REST_SECONDS)
    watchers = Watchers(port, f"/getDay?date={house.screening['date']}")
    try:
        crowd.buy()
        for sold, deed in deeds:
            wait_until(
                f"{sold} tickets are sold", lambda sold=sold: count_tickets(database_url) >= sold, 60, 0.02
            )
            assert crowd.is_buying()
            deed()
        answers = crowd.answers()
    finally:
        watchers.end()
        crowd.end()
    assert watchers.troubles == []
    assert watchers.looks > 200
    assert [answer for answer in answers if answer.status != 200] == []
    sales = read_sales(database_url)
    check_answers(answers, sales)
    assert len(sales.tickets) == SEATS


@pytest.fixture
def servers(database_url: str, tmp_path: Path, listening: socket.socket) -> Iterator[Servers]:
    """Makes servers on the socket, each not started."""
    made: list[WebServer] = []
    settings = settings_for(database_url, tmp_path / "data")

    def make() -> WebServer:
        log = tmp_path / f"{len(made)}.log"
        made.append(WebServer(settings, log, workers=2, handed_over=listening, drain_seconds=DRAIN_SECONDS))
        return made[-1]

    yield make
    for server in made:
        server.stop()
        assert "Traceback" not in server.said(), server.said()


def restart_deeds(servers: Servers, first: WebServer) -> list[tuple[int, Callable[[], None]]]:
    second, third = servers(), servers()

    def one_after_the_other() -> None:
        # `systemctl restart`: in between nobody serves, and whoever comes waits in the socket.
        first.stop()
        second.start()

    def the_next_one_first() -> None:
        third.start()
        second.stop()

    return [(60, one_after_the_other), (250, the_next_one_first)]


def test_no_request_is_dropped_by_restarts_during_sales(
    database_url: str, listening: socket.socket, servers: Servers
) -> None:
    house = build_house(database_url, seats=SEATS, people=BUYERS)
    first = servers()
    first.start()
    sell_while(house, first.port, database_url, restart_deeds(servers, first))


@on_one_database
def test_behind_nginx_no_request_is_dropped_either(
    database_url: str, listening: socket.socket, servers: Servers, tmp_path: Path
) -> None:
    program = find_program("nginx")
    if program is None:
        pytest.skip("nginx is not installed")
    house = build_house(database_url, seats=SEATS, people=BUYERS)
    first = servers()
    first.start()
    with running_nginx(program, server_port=first.port, folder=tmp_path / "nginx") as port:
        sell_while(house, port, database_url, restart_deeds(servers, first))
    errors = (tmp_path / "nginx" / "error.log").read_text()
    assert "prematurely closed" not in errors
    assert "reset by peer" not in errors


def half_a_request(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=40)
    connection.sendall(
        b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 30\r\n\r\n{"
    )
    return connection


@on_one_database
def test_a_request_in_hand_is_finished_and_its_connection_closed(database_url: str, servers: Servers) -> None:
    server = servers()
    server.start()
    slow = half_a_request(server.port)
    stays = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    stays.request("GET", "/healthz")
    assert stays.getresponse().read() == b'{"status":"alive"}\n'
    server.ask_to_stop()
    time.sleep(0.5)
    # A connection that stays is told that it ends, with an answer; and whoever asks for health hears it.
    stays.request("GET", "/healthz")
    answer = stays.getresponse()
    assert (answer.status, answer.headers["Connection"]) == (503, "close")
    assert answer.read() == b'{"status":"ending"}\n'
    time.sleep(DRAIN_SECONDS)
    slow.sendall(b"}" + b" " * 28)
    assert slow.recv(100).startswith(b"HTTP/1.1 400 ")
    wait_until("the server ends", lambda: not server.is_running(), 10)


@on_one_database
def test_a_request_that_never_ends_does_not_keep_the_server_from_ending(
    database_url: str, tmp_path: Path
) -> None:
    server = WebServer(settings_for(database_url, tmp_path / "data"), tmp_path / "log", workers=1)
    server.start()
    endless = half_a_request(server.port)
    began = time.monotonic()
    server.ask_to_stop()
    wait_until("the server ends", lambda: not server.is_running(), 30, 0.2)
    # docs/deployment.md promises twenty seconds to whoever is slow.
    assert 15 < time.monotonic() - began < 25
    endless.close()
