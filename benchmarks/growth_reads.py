"""Asking for every page in databases of several sizes: a few clients, one page after the other, the sizes in short turns."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median
from urllib.parse import quote

import psycopg

from benchmarks import load
from benchmarks.growth_pages import GROUPS, Group
from benchmarks.growth_seed import AHEAD, BEHIND, BUYER, ORDER_NOW, STAFF_TOKEN
from benchmarks.result import Plan
from benchmarks.servers import Running, exchange
from benchmarks.short_turns import measure_in_short_turns

CLIENTS = 4
# How long a round lasts for each size: as long as so many requests take, but of pages that are too slow for that.
SECONDS, SECONDS_MAX = 1.5, 10.0
REQUESTS_IN_ROUND = 200
BROWSER = {"Accept": "text/html", "Accept-Encoding": "gzip"}
# One order with a price, of the buyer who bought much, on the day after tomorrow; and a guest's.
_SPECIMENS = """
    SELECT o.code, t.id, p.public_id, s.id, s.film_id, s.day, u.username
    FROM sale_order o JOIN ticket t ON t.order_id = o.id JOIN order_payment op ON op.order_id = o.id
        JOIN payment p ON p.id = op.payment_id JOIN screening s ON s.id = o.screening_id
            JOIN users u ON u.id = o.user_id
    WHERE o.user_id = %s AND o.state = 'paid' AND s.day > current_date + 1 AND s.price_list_id IS NOT NULL
    ORDER BY o.id, t.id LIMIT 1
"""
_GUESTS = "SELECT contact_email FROM sale_order WHERE contact_email IS NOT NULL"
# A screening of today.
TODAY = AHEAD + BEHIND - 3


@dataclass(frozen=True, slots=True)
class Read:
    """One page or read, as one caller asks for it."""

    group: Group
    path: str
    # What it is called: the address without what was put into it.
    name: str

    @property
    def headers(self) -> Mapping[str, str]:
        """Of a browser that is signed in; of a program where it is an API."""
        token = STAFF_TOKEN if self.group.staff else f"token-{BUYER}"
        if self.name.startswith("/api/"):
            return {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
        return {**BROWSER, "Cookie": f"token={token}", "token": token}


@dataclass(slots=True)
class Rounds:
    """What a page came to in each round, at each size (tickets in the database)."""

    read: Read
    measured: dict[int, list[load.Measured]] = field(default_factory=dict)

    def rates(self, size: int) -> list[float]:
        """Requests a second."""
        return [each.per_second for each in self.measured[size]]

    def requests(self, size: int) -> int:
        """How many there were in all rounds together."""
        return sum(each.requests for each in self.measured[size])


def reads(smallest: str, largest: str) -> list[Read]:
    """Every page, with specimens that are the same in each database that was grown of one; the addresses of two of them."""
    values = {**specimens(smallest), "end": _rare_end(largest)}
    return [
        Read(group, path.format(**values), path)
        for group in GROUPS
        for paths in group.pages.values()
        for path in paths
    ]


def specimens(address: str) -> dict[str, str]:
    """What stands for the names in braces of the paths."""
    with psycopg.connect(address, options="-c timezone=UTC") as connection:
        found = connection.execute(_SPECIMENS, [BUYER]).fetchone()
        # Somebody who bought lately, and somebody of the screening at whose door is asked.
        guest, at_door = (
            connection.execute(f"{_GUESTS} AND {where} ORDER BY id DESC LIMIT 1", [value]).fetchone()
            for where, value in (("id >= %s", ORDER_NOW), ("screening_id = %s", TODAY))
        )
        end = connection.execute(
            "SELECT right(id, 4) FROM ticket WHERE screening_id = %s AND state = 'valid' ORDER BY id LIMIT 1",
            [TODAY],
        ).fetchone()
        message = connection.execute(
            "SELECT max(id) FROM outbox WHERE recipient LIKE 'user%%'", []
        ).fetchone()
        entry = connection.execute(
            "SELECT max(id) FROM audit_entry WHERE subject LIKE 'order:%%'", []
        ).fetchone()
        week = connection.execute(
            "SELECT current_date - 7 - mod(extract(isodow FROM current_date)::int + 7 - week_starts_on, 7) FROM cinema"
        ).fetchone()
    if (
        found is None
        or guest is None
        or at_door is None
        or end is None
        or message is None
        or entry is None
        or week is None
    ):
        raise RuntimeError("the database has nothing to ask for: was it filled?")
    code, ticket, payment, screening, film, day, buyer = found
    today = datetime.now(UTC).date()
    given = {
        "code": code, "ticket": ticket, "end_at_the_door": end[0], "payment": payment, "screening": screening, "film": film,
            "day": day,
        "buyer": buyer, "guest": guest[0], "guest_at_the_door": at_door[0], "today": TODAY,
        "yesterday": today - timedelta(days=1), "month_ago": today - timedelta(days=30), "message": message[0],
            "entry": entry[0],
        "week": week[0], "salt": base64.urlsafe_b64encode(bytes(16)).decode().rstrip("="),
    }  # fmt: skip
    return {name: quote(str(value), safe=":@") for name, value in given.items()}


def _rare_end(largest: str) -> str:
    """The last characters of a ticket of now that no other has among all of them: more of them are more to show."""
    with psycopg.connect(largest) as connection:
        found = connection.execute(
            "SELECT right(id, 4) FROM ticket WHERE order_id >= %s AND state = 'valid' AND NOT EXISTS ("
            " SELECT FROM ticket other WHERE substr(other.id, 13) = substr(ticket.id, 13) AND other.id <> ticket.id)"
            " ORDER BY order_id LIMIT 1", [ORDER_NOW],
        ).fetchone()  # fmt: skip
    if found is None:
        raise RuntimeError("each ticket of now ends like another one")
    return str(found[0])


def measure_reads(
    servers: Mapping[int, Running], wanted: Sequence[Read], rounds: int, plan: Plan, *, longer: float = 1.0
) -> Iterator[Rounds]:
    """Each page `rounds` times on each server, which are named by the tickets in their databases.

    What is compared is measured in turns, `longer` times as long as usual. RuntimeError where a page is not shown.
    """
    ports = {size: server.port for size, server in servers.items()}
    for read in wanted:
        found = Rounds(read, {size: [] for size in servers})
        seconds = longer * max(_seconds_wanted(server, read) for server in servers.values())
        for _ in range(rounds):
            measured = measure_in_short_turns(
                ports, read.path, headers=read.headers, clients=CLIENTS, seconds=seconds
            )
            for size, each in measured.items():
                found.measured[size].append(each)
        told = ", ".join(f"{median(found.rates(size)):,.0f}/s ({size:,})" for size in servers)
        plan.say(f"{read.group.name}, {read.name}: {told}")
        yield found


def _seconds_wanted(server: Running, read: Read) -> float:
    """How long a round has to last; the first looks fill memory and are not counted."""
    for _ in range(3):
        began = time.perf_counter()
        status, told, body = exchange(server.port, read.path, headers=read.headers)
        seconds = time.perf_counter() - began
        if status != 200:
            raise RuntimeError(f"{read.path} answered {status}: {told.get('location', '')} {body[:200]!r}")
        if told.get("content-type", "").startswith("application/json") and "gzip" not in told.get(
            "content-encoding", ""
        ):
            json.loads(body)
    return min(SECONDS_MAX, max(SECONDS, REQUESTS_IN_ROUND * seconds / 2))
