"""A backup that is made while buyers buy as fast as they can: what comes back is the house at one moment, to the unit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import text

from matinee.backups.databases import open_database
from matinee.db.engine import READING_OPTIONS
from tests.databases import create_database, drop_database
from tests.race.crowd import Crowd, Shopper
from tests.race.ledger import build_house, check_answers, opened, read_sales
from tests.race.processes import ROOT, running_server, settings_for, wait_until

BUYERS = 8
SEATS = 1600
BACKUPS = 1
# So that the seats last for as long as the backups take.
REST_SECONDS = 0.05


def matinee(settings: dict[str, str], *arguments: str) -> str:
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MATINEE_")}
    done = subprocess.run(
        [sys.executable, "-m", "matinee", *arguments],
        env={**outside, "PYTHONPATH": str(ROOT / "src"), **settings}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def tickets_in(url: str) -> int:
    """How many are committed; without a lock that would keep buyers of SQLite waiting."""
    engine = open_database(url)
    try:
        with engine.connect().execution_options(**READING_OPTIONS) as connection:
            return int(connection.execute(text("SELECT count(*) FROM ticket")).scalar_one())
    finally:
        engine.dispose()


def test_a_backup_while_everybody_buys_is_one_moment_of_the_house(database_url: str, tmp_path: Path) -> None:
    house = build_house(database_url, seats=SEATS, people=BUYERS)
    settings = settings_for(database_url, tmp_path / "data", backup_dir=str(tmp_path / "backups"))
    with running_server(settings, tmp_path / "web.log") as server:
        shoppers = [
            Shopper(
                username, token, server.port, [[str(seat)] for seat in range(number + 1, SEATS + 1, BUYERS)]
            )
            for number, (username, token) in enumerate(house.people)
        ]
        crowd = Crowd(shoppers, house.screening, rest_seconds=REST_SECONDS)
        crowd.buy()
        during = []
        for _ in range(BACKUPS):
            wait_until("more is sold", lambda: tickets_in(database_url) > sum(during[-1:], 5), 30, 0.01)
            before = tickets_in(database_url)
            matinee(settings, "backup")
            during.append(tickets_in(database_url))
            assert during[-1] > before, "nobody bought during the backup, so that it shows nothing"
        answers = crowd.answers()
    whole = read_sales(database_url)
    check_answers(answers, whole)
    assert len(whole.tickets) == SEATS

    found = []
    for number, file in enumerate(sorted((tmp_path / "backups").iterdir())):
        other, drop = other_database(database_url, tmp_path, number)
        try:
            matinee({**settings, "MATINEE_DATABASE_URL": other}, "restore", str(file))
            # Every sale of it is a whole one: order, seats, tickets, trail and mail.
            sales = read_sales(other)
            assert sales.tickets.items() <= whole.tickets.items()
            with opened(other) as session:
                paid = session.scalar(text("SELECT coalesce(sum(paid_amount), 0) FROM sale_order"))
                assert paid == session.scalar(text("SELECT coalesce(sum(amount), 0) FROM ticket"))
            found.append(len(sales.tickets))
        finally:
            drop()
    assert found == sorted(found)
    assert all(0 < count <= sold for count, sold in zip(found, during, strict=True))


def other_database(url: str, tmp_path: Path, number: int):  # type: ignore[no-untyped-def]
    """The address of an empty database of the same kind, and what removes it."""
    if url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / f'restored-{number}.sqlite'}", lambda: None
    server, name = f"{url.rpartition('/')[0]}/postgres", f"restored_{os.getpid()}_{number}"
    return create_database(server, name), lambda: drop_database(server, name)
