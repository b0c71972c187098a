"""The database of an earlier version, with a house in it: rows as that version wrote them, by what its tables had then."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, MetaData, insert, inspect, text
from sqlalchemy import Table as SqlTable

import matinee.db.migrations

STARTS = datetime(2030, 5, 18, 17, 0)
BEFORE = datetime(2030, 5, 16, 10, 0)
SEATS = 6

Row = dict[str, Any]

CINEMA: Row = {"id": 1, "slug": "odeon", "name": "Odeon", "address": "Main Street 1", "timezone": "UTC",
               "currency": "EUR", "sells_priced_unpaid": True}  # fmt: skip
FILM: Row = {"id": 1, "title": "Faust", "duration_minutes": 107, "trailer_url": "", "poster_url": "",
             "certificate": "12", "synopsis": "A wager."}  # fmt: skip
SCREENING: Row = {"id": 1, "cinema_id": 1, "hall_id": 1, "film_id": 1, "starts_at": STARTS,
                  "ends_at": STARTS.replace(hour=19), "day": date(2030, 5, 18), "time": "17:00",
                  "price_list_id": 1}  # fmt: skip
ORDER: Row = {"screening_id": 1, "user_id": 1, "channel": "given", "total_amount": 900, "paid_amount": 0,
              "currency": "EUR", "created_at": BEFORE, "contact_email": "anna@example.org"}  # fmt: skip


def _orders() -> list[Row]:
    # One paid with two seats, one due, one given back, one hold that ran out.
    return [
        {**ORDER, "id": 1, "code": "PAIDPAIDPA", "state": "paid", "seats_asked": 2, "seats_claimed": 2,
         "total_amount": 1800, "paid_amount": 1800},
        {**ORDER, "id": 2, "code": "DUEDUEDUED", "state": "due", "seats_asked": 1, "seats_claimed": 1},
        {**ORDER, "id": 3, "code": "BACKBACKBA", "state": "refunded", "seats_asked": 1, "seats_claimed": 1,
         "paid_amount": 900, "refunded_amount": 900},
        {**ORDER, "id": 4, "code": "HELDHELDHE", "state": "held", "seats_asked": 1, "seats_claimed": 1,
         "hold_expires_at": BEFORE},
    ]  # fmt: skip


def _ticket(number: int, order: int, seat: int, state: str) -> Row:
    return {"id": f"TICKET{number:010}", "order_id": order, "screening_id": 1, "seat_id": seat, "state": state,
            "amount": 900, "created_at": BEFORE, "ticket_type_id": 1}  # fmt: skip


def _event(number: int, order: int, before: str | None, after: str | None) -> Row:
    return {"id": number, "order_id": order, "at": BEFORE, "actor": "anna@example.org", "from_state": before,
            "to_state": after, "note": ""}  # fmt: skip


def _mail(number: int, order: int) -> Row:
    return {"id": number, "kind": "tickets", "recipient": "anna@example.org", "payload": json.dumps({"order_id": order}),
            "created_at": BEFORE, "next_attempt_at": BEFORE, "attempts": 0}  # fmt: skip


# In the order in which they refer to each other. Columns and tables that a version did not have yet are left out.
ROWS: dict[str, list[Row]] = {
    "cinema": [CINEMA],
    "hall": [{"id": 1, "cinema_id": 1, "name": "Red", "turnaround_minutes": 15}],
    "seat": [
        {"id": place, "hall_id": 1, "label": f"A{place}", "row": "A", "place": str(place), "x": place, "y": 0,
         "kind": "standard", "zone": "standard"}
        for place in range(1, SEATS + 1)
    ],
    "price_list": [{"id": 1, "cinema_id": 1, "name": "Evening"}],
    "ticket_type": [{"id": 1, "cinema_id": 1, "code": "adult", "name": "Adult"}],
    "price": [{"price_list_id": 1, "zone": "standard", "ticket_type_id": 1, "amount": 900}],
    "film": [FILM],
    "screening": [SCREENING],
    "house_seat": [{"screening_id": 1, "seat_id": 6}],
    "users": [{"id": 1, "username": "anna@example.org", "password_hash": "x", "email_confirmed_at": BEFORE,
               "created_at": BEFORE}],
    "user_role": [{"user_id": 1, "role": "manager"}],
    "user_session": [{"token_hash": "f" * 64, "user_id": 1, "created_at": BEFORE, "expires_at": STARTS}],
    "sale_order": _orders(),
    "seat_claim": [
        {"screening_id": 1, "seat_id": seat, "order_id": order, "expires_at": ends}
        for seat, order, ends in ((1, 1, None), (2, 1, None), (3, 2, None), (4, 4, BEFORE))
    ],
    "order_line": [
        {"order_id": order, "seat_id": seat, "ticket_type_id": 1, "amount": 900}
        for order, seat in ((1, 1), (1, 2), (2, 3), (3, 5), (4, 4))
    ],
    "ticket": [_ticket(1, 1, 1, "valid"), _ticket(2, 1, 2, "valid"), _ticket(3, 2, 3, "valid"),
               _ticket(4, 3, 5, "refunded")],
    "order_event": [_event(1, 1, None, "paid"), _event(2, 2, None, "due"), _event(3, 3, None, "paid"),
                    _event(4, 3, "paid", "refunded"), _event(5, 4, None, "held")],
    "outbox": [_mail(1, 1), _mail(2, 2)],
    "payment": [
        {"id": number, "public_id": f"payment{number}", "provider": "counter", "amount": amount, "currency": "EUR",
         "state": "settled", "refunded_amount": back, "redirect_url": "", "created_at": BEFORE, "settled_at": BEFORE,
         "failure": ""}
        for number, amount, back in ((1, 1800, 0), (2, 900, 900))
    ],
    "order_payment": [{"payment_id": 1, "order_id": 1, "accepted": True},
                      {"payment_id": 2, "order_id": 3, "accepted": True}],
    "payment_refund": [{"id": 1, "public_id": "refund1", "payment_id": 2, "amount": 900, "reason": "", "state": "by_hand",
                        "created_at": BEFORE, "next_attempt_at": BEFORE, "attempts": 0, "last_error": ""}],
    "provider_event": [{"provider": "stripe", "event_id": "evt_1", "kind": "checkout.session.completed",
                        "received_at": BEFORE}],
    "voucher": [{"id": 1, "cinema_id": 1, "code_hash": "e" * 64, "code_hint": "GIFT", "initial_amount": 5000,
                 "balance": 4100, "currency": "EUR", "active": True, "created_at": BEFORE}],
    "voucher_entry": [{"id": 1, "voucher_id": 1, "payment_id": 1, "amount": -900, "at": BEFORE}],
    "admission": [{"ticket_id": f"TICKET{1:010}", "admitted_at": BEFORE, "admitted_by": "usher@example.org"}],
    "audit_entry": [{"id": 1, "at": BEFORE, "actor": "anna@example.org", "action": "hall.change", "subject": "hall:1",
                     "summary": "Hall Red: 6 seats", "details": "{}"}],
    "distributor": [{"id": 1, "name": "Films Ltd", "address": "", "email": ""}],
    "till_session": [{"id": 1, "cinema_id": 1, "clerk_id": 1, "clerk_name": "Anna", "opened_at": BEFORE,
                      "opening_float": 5000, "note": ""}],
    "till_entry": [{"id": 1, "session_id": 1, "at": BEFORE, "kind": "sale", "tender": "cash", "amount": 1800,
                    "order_id": 1, "payment_id": 1, "reference": "", "note": ""}],
    "door_scan": [{"id": 1, "device": "d", "sequence": 1, "door": "", "by": "usher@example.org", "deed": "scan",
                   "result": "welcome", "told": "", "ticket_id": f"TICKET{1:010}", "scanned_at": BEFORE,
                   "received_at": BEFORE, "offline": False}],
}  # fmt: skip


def config_for(connection: Connection, *, online: bool = False) -> Config:
    """What Alembic's commands are given."""
    config = Config()
    config.set_main_option("script_location", str(Path(matinee.db.migrations.__file__).parent))
    config.attributes["connection"] = connection
    config.attributes["online"] = online
    return config


def build_earlier(engine: Engine, revision: str) -> dict[str, int]:
    """Make the tables of `revision` and fill them; return how many rows each has."""
    with engine.begin() as connection:
        command.upgrade(config_for(connection), revision)
        counts = {}
        tables = set(inspect(connection).get_table_names())
        for name, rows in ROWS.items():
            if name in tables:
                _fill(connection, name, rows)
                counts[name] = len(rows)
        return counts


def _fill(connection: Connection, name: str, rows: list[Row]) -> None:
    # Without the tables that it refers to, nor those to which they do: nothing is needed of them.
    table = SqlTable(name, MetaData(), autoload_with=connection, resolve_fks=False)
    for row in rows:
        values = {column: value for column, value in row.items() if column in table.columns}
        for column, value in values.items():
            if isinstance(value, str) and value[:1] == "{" and connection.dialect.name == "postgresql":
                values[column] = json.loads(value)
        connection.execute(insert(table).values(values))
    if (
        connection.dialect.name == "postgresql"
        and "id" in table.columns
        and isinstance(rows[0].get("id"), int)
    ):
        # Rows with numbers of ours do not move the sequence that numbers the next ones.
        last = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"
        connection.execute(text(last))
