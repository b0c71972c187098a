"""Starting the first server in a house, buying of it, and looking up in its files what it sold."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import load
from benchmarks.first_server import DAYS, PICTURES, USERS
from benchmarks.purchase_rounds import buy_and_count
from benchmarks.seed import USERS as USERS_IN_ALL
from benchmarks.seed import House
from benchmarks.servers import Running, running_first_server

# Every client that was cut off may have a sale under way, and one takes tens of milliseconds.
_SETTLING_SECONDS = 0.25
_SETTLING_SECONDS_MAX = 30


@contextmanager
def first_server_in(house: House, folder: Path, first_day: str) -> Iterator[Running]:
    """Serve the house with nothing sold, out of an empty folder."""
    folder.mkdir(parents=True)
    (folder / DAYS).write_text(json.dumps(days_of(house, first_day)))
    users = {f"user{each}@example.org": f"token-{each}" for each in range(1, USERS_IN_ALL + 1)}
    (folder / USERS).write_text(json.dumps(users))
    with running_first_server(folder, log=folder / "log") as running:
        yield running


def days_of(house: House, first_day: str) -> dict[str, dict[str, list[dict[str, object]]]]:
    """The house's programme in the format in which the first server kept it: date with dots -> films -> free seats."""
    days: dict[str, dict[str, list[dict[str, object]]]] = {}
    for screening in range(house.screenings):
        film: dict[str, object] = {
            "title": house.title(screening),
            "duration": 100,
            "trailer": "",
            "aviableTikets": list(range(1, house.seats + 1)),
            "beginTime": house.time(screening),
        }
        day = house.day(screening, first_day).strftime("%Y.%m.%d")
        days.setdefault(day, {"films": []})["films"].append(film)
    return days


def buy_of_first_server(
    port: int, folder: Path, house: House, *, clients: int, seconds: float, first_day: str
) -> load.Measured:
    """Raises RuntimeError unless every answer is a success, and its files have each sale."""
    return buy_and_count(
        port, lambda: sold_by_first_server(folder, house),
        clients=clients, seconds=seconds, first_day=first_day, house=house,
    )  # fmt: skip


def sold_by_first_server(folder: Path, house: House) -> tuple[int, int]:
    """The first number of which neither it nor any after it is sold, and how many are, once no sale is under way.

    Raises RuntimeError where some have no picture, or where the house is nearly sold out.
    """
    _wait_for_pictures(folder / PICTURES)
    deadline = time.monotonic() + _SETTLING_SECONDS_MAX
    number_next, sold = _counted(folder / DAYS, house)
    while sold != (pictures := _wait_for_pictures(folder / PICTURES)):
        if time.monotonic() > deadline:
            raise RuntimeError(f"the first server sold {sold} seats and drew {pictures} pictures")
        number_next, sold = _counted(folder / DAYS, house)
    if number_next > house.seats_in_all * 0.9:
        raise RuntimeError("the house is nearly sold out: choose fewer rounds or fewer seconds")
    return number_next, sold


def _wait_for_pictures(folder: Path) -> int:
    """How many there are, once no more come."""
    counted = -1
    while (pictures := sum(1 for _ in folder.iterdir())) != counted:
        counted = pictures
        time.sleep(_SETTLING_SECONDS)
    return pictures


def _counted(file: Path, house: House) -> tuple[int, int]:
    days = json.loads(file.read_text())
    screenings = [film for shown in days.values() for film in shown["films"]]
    number_next = sold = 0
    for screening, film in enumerate(screenings):
        taken = set(range(1, house.seats + 1)) - set(film["aviableTikets"])
        sold += len(taken)
        if taken:
            number_next = max(number_next, (max(taken) - 1) * house.screenings + screening + 1)
    return number_next, sold
