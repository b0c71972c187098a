"""The first look after a purchase shows it, whichever process answers."""

from __future__ import annotations

import json
import random
import threading
from contextlib import ExitStack
from pathlib import Path

import requests

from tests.race.ledger import House, build_house
from tests.race.processes import WebServer, running_server, settings_for

BUYERS = 4
PURCHASES = 40


class Watchful(threading.Thread):
    """Buys seats at any server, and looks at once at any server whether they are gone."""

    def __init__(self, house: House, number: int, servers: list[WebServer], *, keep_alive: bool) -> None:
        super().__init__()
        self._house = house
        self._username, self._token = house.people[number]
        self._number = number
        self._choice = random.Random(number)
        self._servers = servers
        self._session = requests.Session()
        if not keep_alive:
            self._session.headers["Connection"] = "close"
        self.looks = 0
        self.missed: list[str] = []

    def run(self) -> None:
        for turn in range(PURCHASES):
            seat = 1 + turn * BUYERS + self._number
            ticket = self._buy(seat)
            where = self._choice.choice(("/getDay", "/fullSchedule", "/getTikets"))
            if not self._is_shown(where, seat, ticket):
                self.missed.append(f"seat {seat} in {where}")
            self.looks += 1

    def _buy(self, seat: int) -> str:
        headers = {
            "username": self._username,
            "token": self._token,
            "number": str(seat),
            **self._house.screening,
        }
        answer = self._session.post(self._at("/buyTicket"), headers=headers, timeout=20)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["data"]["id"])

    def _is_shown(self, where: str, seat: int, ticket: str) -> bool:
        day = self._house.screening["date"]
        values = {
            "/getDay": {"date": day},
            "/fullSchedule": {},
            "/getTikets": {"username": self._username, "token": self._token},
        }[where]
        answer = self._session.get(self._at(where), params=values, timeout=20)
        assert answer.status_code == 200, answer.text
        said = json.loads(answer.content)
        if where == "/getTikets":
            return ticket in {each["id"] for each in said["tikets"]}
        (film,) = said["day"] if where == "/getDay" else said["schedule"][day]
        return seat not in film["aviableTikets"]

    def _at(self, path: str) -> str:
        return f"http://127.0.0.1:{self._choice.choice(self._servers).port}{path}"


def check_that_purchases_show(
    url: str, data_dirs: list[Path], folder: Path, *, workers: int = 1, keep_alive: bool = True
) -> None:
    """One server for each of `data_dirs`; none ever shows a seat as free that its buyer has been told is his."""
    house = build_house(url, seats=BUYERS * PURCHASES, people=BUYERS)
    with ExitStack() as running:
        servers = [
            running.enter_context(
                running_server(settings_for(url, data_dir), folder / f"log{number}", workers=workers)
            )
            for number, data_dir in enumerate(data_dirs)
        ]
        buyers = [Watchful(house, number, servers, keep_alive=keep_alive) for number in range(BUYERS)]
        for buyer in buyers:
            buyer.start()
        for buyer in buyers:
            buyer.join()
    assert [buyer.looks for buyer in buyers] == [PURCHASES] * BUYERS
    assert [missed for buyer in buyers for missed in buyer.missed] == []


def test_both_processes_of_a_machine_show_a_purchase_at_once(database_url: str, tmp_path: Path) -> None:
    check_that_purchases_show(database_url, [tmp_path / "data"] * 2, tmp_path)


def test_both_of_two_machines_show_a_purchase_at_once(postgresql_url: str, tmp_path: Path) -> None:
    # A data directory of its own is what makes a machine: the processes share no memory then.
    check_that_purchases_show(postgresql_url, [tmp_path / "one", tmp_path / "two"], tmp_path)


def test_the_processes_of_one_server_show_a_purchase_at_once(database_url: str, tmp_path: Path) -> None:
    # Each request on a connection of its own, which may go to either process.
    check_that_purchases_show(database_url, [tmp_path / "data"], tmp_path, workers=2, keep_alive=False)
