"""The houses in which sales are measured, and 1,000 buyers who are signed in.

Seat number n of a house is seat n / screenings + 1 of screening n % screenings + 1, so that neighbours in time are not
neighbours in the database, on both sides of the comparison. purchases.lua, purchases.sql and python_load.py count in the
same way.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import psycopg


@dataclass(frozen=True, slots=True)
class House:
    """`halls` halls, each with seats 1 to `seats` and with screenings at the same times every day."""

    screenings: int
    halls: int
    seats: int
    # How many different films are shown in turn; two screenings of one time and day never have the same.
    films: int
    times: tuple[str, ...] = ("18:00",)
    # Each seat of a screening before the next screening begins to sell; else a seat of each screening in turn.
    sold_one_by_one: bool = False

    @property
    def screenings_a_day(self) -> int:
        """In all halls together."""
        return self.halls * len(self.times)

    @property
    def seats_in_all(self) -> int:
        """Of all screenings."""
        return self.screenings * self.seats

    def title(self, screening: int) -> str:
        """The film of the screening with this number, counted from 0."""
        return f"Film {screening % self.films + 1}"

    def time(self, screening: int) -> str:
        """HH:MM"""
        return self.times[screening // self.halls % len(self.times)]

    def day(self, screening: int, first_day: str) -> date:
        """The day on which it is shown."""
        return date.fromisoformat(first_day) + timedelta(days=screening // self.screenings_a_day)

    def place(self, number: int) -> tuple[int, int]:
        """Which screening, counted from 0, and which seat, counted from 1, is sold as `number`."""
        if self.sold_one_by_one:
            return number // self.seats, number % self.seats + 1
        return number % self.screenings, number // self.screenings + 1

    def statements(self) -> tuple[str, ...]:
        """What fills an empty database; `day` is the first day."""
        times = ", ".join(f"'{each}'" for each in self.times)
        return (
            """INSERT INTO cinema (id, slug, name, address, timezone, currency, sells_priced_unpaid)
               VALUES (1, 'bench', 'Bench', '', 'UTC', 'EUR', true)""",
            f"""INSERT INTO hall (id, cinema_id, name, turnaround_minutes)
                SELECT i, 1, 'Hall ' || i, 0 FROM generate_series(1, {self.halls}) i""",
            f"""INSERT INTO seat (id, hall_id, label, "row", place, x, y, kind, zone)
                SELECT (h - 1) * {self.seats} + n, h, n, '', n, n, 0, 'standard', 'standard'
                FROM generate_series(1, {self.halls}) h, generate_series(1, {self.seats}) n""",
            f"""INSERT INTO film (id, title, duration_minutes, trailer_url, poster_url, certificate, synopsis)
                SELECT i, 'Film ' || i, 100, '', '', '', '' FROM generate_series(1, {self.films}) i""",
            f"""INSERT INTO screening (id, cinema_id, hall_id, film_id, starts_at, ends_at, day, time)
                SELECT s + 1, 1, mod(s, {self.halls}) + 1, mod(s, {self.films}) + 1, moment,
                    moment + interval '100 minutes', moment::date, hour
                FROM generate_series(0, {self.screenings - 1}) s,
                    LATERAL (SELECT (ARRAY[{times}])[mod(s / {self.halls}, {len(self.times)}) + 1] AS hour) AS chosen,
                    LATERAL (SELECT (%(day)s::timestamp + s / {self.screenings_a_day} * interval '1 day'
                        + hour::interval) AT TIME ZONE 'UTC' AS moment) AS planned""",
            f"""INSERT INTO users (id, username, password_hash, email_confirmed_at, created_at)
                SELECT i, 'user' || i || '@example.org', 'none', now(), now() FROM generate_series(1, {USERS}) i""",
            f"""INSERT INTO user_session (token_hash, user_id, created_at, expires_at)
                SELECT encode(sha256(('token-' || i)::bytea), 'hex'), i, now(), now() + interval '1 day'
                FROM generate_series(1, {USERS}) i""",
        )

    def counts(self) -> str:
        """One statement, so that all counts are of the same moment; the first is one more than the highest number sold."""
        seat = f"mod(seat_id - 1, {self.seats})"
        number = (
            f"(screening_id - 1) * {self.seats} + {seat} + 1"
            if self.sold_one_by_one
            else f"{seat} * {self.screenings} + screening_id"
        )
        return f"""
            SELECT (SELECT COALESCE(max({number}), 0) FROM ticket),
                (SELECT count(*) FROM ticket), (SELECT count(*) FROM sale_order), (SELECT count(*) FROM seat_claim),
                (SELECT count(*) FROM order_event), (SELECT count(*) FROM outbox)
        """


USERS = 1000
SCREENINGS = 2000
MANY_SCREENINGS = House(screenings=SCREENINGS, halls=20, seats=300, films=SCREENINGS)
# All buyers want the same: nobody can go to another row of the table of screenings. It has the most seats that the given
# API can name; once they are sold, all want the next.
ONE_SCREENING = House(screenings=20, halls=1, seats=9_999, films=1, sold_one_by_one=True)
USUAL_CINEMA = House(
    screenings=280, halls=4, seats=150, films=20, times=("10:00", "13:00", "16:00", "19:00", "21:30")
)
# The last requests of a load that was cut off are still being worked on for a moment.
_SETTLING_SECONDS = 0.2


def seed_house(address: str, house: House = MANY_SCREENINGS) -> str:
    """Fill an empty database; return the first day, YYYY-MM-DD."""
    return fill_from_tomorrow(address, house.statements())


def fill_from_tomorrow(address: str, statements: Iterable[str], **values: object) -> str:
    """Fill an empty database by these statements; return the first day, YYYY-MM-DD, which is their `day`: tomorrow."""
    day = datetime.now(UTC).date() + timedelta(days=1)
    told = {"day": day, **values}
    with psycopg.connect(address, options="-c timezone=UTC") as connection:
        for statement in statements:
            connection.execute(statement, told if "%(" in statement else None)
    refresh_statistics(address)
    return day.isoformat()


def purchase_headers(number: int, first_day: str, house: House = MANY_SCREENINGS) -> dict[str, str]:
    """The request that buys seat `number`."""
    (screening, seat), user = house.place(number), number * 7919 % USERS + 1
    return {
        "token": f"token-{user}",
        "username": f"user{user}@example.org",
        "date": house.day(screening, first_day).isoformat(),
        "title": house.title(screening),
        "time": house.time(screening),
        "number": str(seat),
    }


def refresh_statistics(address: str) -> None:
    """Do what the server would do by itself within minutes."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def sold_so_far(address: str, house: House = MANY_SCREENINGS) -> tuple[int, int]:
    """The first number of which neither it nor any after it is sold, and how many tickets there are.

    Raises RuntimeError unless each ticket has its order, claim, event and mail.
    """
    with psycopg.connect(address, autocommit=True) as connection:
        seen = None
        while (counts := connection.execute(house.counts()).fetchone()) != seen:
            seen = counts
            time.sleep(_SETTLING_SECONDS)
        assert counts is not None
        connection.execute("CHECKPOINT")
    number_next, *rows = counts
    if len(set(rows)) != 1:
        raise RuntimeError(f"tickets, orders, claims, events, mails differ in number: {rows}")
    if number_next > house.seats_in_all * 0.9:
        raise RuntimeError("the house is nearly sold out: choose fewer rounds or fewer seconds")
    return number_next, rows[0]
