"""What the database and the mail server hold after the soak, against what was acknowledged."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

MAILS_SECONDS_MAX = 600.0
# The worker tidies the holds that ran out every few seconds.
HOLDS_SECONDS_MAX = 120.0
_TICKETS = """
    SELECT ticket.id, ticket.screening_id, seat.label, sale_order.code, sale_order.channel
    FROM ticket JOIN seat ON seat.id = ticket.seat_id JOIN sale_order ON sale_order.id = ticket.order_id
    WHERE ticket.state = 'valid' AND sale_order.state = 'paid'
"""
_UNCLAIMED = """
    SELECT count(*) FROM ticket WHERE NOT EXISTS (SELECT FROM seat_claim
        WHERE (seat_claim.screening_id, seat_claim.seat_id, seat_claim.order_id)
            = (ticket.screening_id, ticket.seat_id, ticket.order_id) AND seat_claim.expires_at IS NULL)
"""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was held against each other, and found to be right."""

    tickets: int
    orders_paid: int
    holds_run_out: int
    admissions: int
    mails: int


def check_soak(address: str, acknowledged: Path, arrived: Counter[bytes], *, hold_seconds: float) -> Checked:
    """Wait for the last mails and holds, then look. `arrived`: Message-IDs, and how often each came.

    Raises RuntimeError with the first thing that is not as it was told.
    """
    told = [json.loads(line) for line in acknowledged.read_text().splitlines()]
    of_kind = {
        kind: [each for each in told if each["kind"] == kind] for kind in ("ticket", "order", "admission")
    }
    with psycopg.connect(address, autocommit=True) as connection:
        _wait_for_mails(connection)
        _wait_for_holds(connection, hold_seconds + HOLDS_SECONDS_MAX)
        rows = connection.execute(_TICKETS).fetchall()
        _require_seats_sold_once(connection, rows)
        _require_same(
            "tickets that were bought",
            ((each["ticket"], each["screening"], each["label"]) for each in of_kind["ticket"]),
            (tuple(row[:3]) for row in rows if row[4] == "given"),
        )
        _require_same(
            "seats of orders that were held and paid",
            (each["code"] for each in of_kind["order"] for _ in range(each["seats"])),
            (row[3] for row in rows if row[4] == "v1"),
        )
        _require_same(
            "tickets that were let in",
            (each["ticket"] for each in of_kind["admission"]),
            (row[0] for row in connection.execute("SELECT ticket_id FROM admission")),
        )
        expired = _count(connection, "SELECT count(*) FROM sale_order WHERE state = 'expired'")
        mails = _count(
            connection, "SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL AND channel = 'mail'"
        )
        orders = len({row[3] for row in rows})
    if mails != orders or len(arrived) != orders or arrived.total() != orders:
        raise RuntimeError(
            f"{orders} orders, {mails} mails sent, {len(arrived)} arrived, {arrived.total() - len(arrived)} of them twice"
        )
    checked = Checked(len(rows), len(of_kind["order"]), expired, len(of_kind["admission"]), mails)
    if not all(asdict(checked).values()):
        raise RuntimeError(f"something did not happen at all: {checked}")
    return checked


def _wait_for_mails(connection: psycopg.Connection) -> None:
    waiting = "SELECT count(*) FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL"
    _wait_until_none(connection, waiting, "mails wait", MAILS_SECONDS_MAX)
    if failed := _count(connection, "SELECT count(*) FROM outbox WHERE failed_at IS NOT NULL"):
        raise RuntimeError(f"{failed} mails were given up")


def _wait_for_holds(connection: psycopg.Connection, seconds_max: float) -> None:
    waiting = "SELECT count(*) FROM sale_order WHERE state IN ('held', 'paying')"
    _wait_until_none(connection, waiting, "holds did not end", seconds_max)
    if claims := _count(connection, "SELECT count(*) FROM seat_claim WHERE expires_at IS NOT NULL"):
        raise RuntimeError(f"{claims} seats are still held, though no hold is left")


def _wait_until_none(connection: psycopg.Connection, query: str, what: str, seconds_max: float) -> None:
    deadline = time.monotonic() + seconds_max
    while left := _count(connection, query):
        if time.monotonic() > deadline:
            raise RuntimeError(f"{left} {what}, {seconds_max:.0f} s after the end")
        time.sleep(0.5)


def _require_seats_sold_once(connection: psycopg.Connection, rows: list[tuple[str, ...]]) -> None:
    seats = Counter((row[1], row[2]) for row in rows)
    twice = [seat for seat, number in seats.items() if number > 1]
    if twice:
        raise RuntimeError(f"{len(twice)} seats were sold twice, such as {twice[0]}")
    if unclaimed := _count(connection, _UNCLAIMED):
        raise RuntimeError(f"{unclaimed} tickets have no claim on their seat")


def _require_same(what: str, acknowledged: Iterable[object], committed: Iterable[object]) -> None:
    told, kept = Counter(acknowledged), Counter(committed)
    if told != kept:
        raise RuntimeError(
            f"{what}: {(told - kept).total()} were acknowledged and are not there, such as {next(iter(told - kept), None)}; "
            f"{(kept - told).total()} are there and were not acknowledged, such as {next(iter(kept - told), None)}"
        )


def _count(connection: psycopg.Connection, query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])
