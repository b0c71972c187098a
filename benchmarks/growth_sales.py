"""The rows that a sale leaves in every table, for many sales at once: each of two seats, paid, most of them used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg

# The tables that are written.
SALES = (
    "sale_order",
    "order_event",
    "order_line",
    "ticket",
    "seat_claim",
    "payment",
    "order_payment",
    "payment_refund",
    "till_entry",
    "admission",
    "door_scan",
    "outbox",
    "audit_entry",
)
PRICE = 900
CLERK = "clerk@example.org"
MAILS_KEPT_DAYS, SCANS_KEPT_DAYS = 30, 60

_TABLE = """
    CREATE TEMP TABLE sales (order_id bigint, screening_id int, seat_id bigint, user_id bigint, contact_email text,
        counter bool,
        refunded bool, at timestamptz, starts_at timestamptz, till_id bigint) ON COMMIT DROP
"""
# As the real ones: letters and digits in no order, so that an index gets them all over itself.
_CODE = "upper(substr(translate(encode(sha256(('{0}' || {1})::bytea), 'base64'), '+/', 'XY'), 1, {2}))"
_ORDER_CODE = _CODE.format("o", "order_id", 10)
_TICKET_ID = _CODE.format("t", "order_id * 2 + n", 16)
_PUBLIC_ID = _CODE.format("p", "order_id", 20)
_REFUND_ID = _CODE.format("r", "order_id", 20)
_BUYER = f"coalesce(contact_email, 'user' || user_id || '@example.org', '{CLERK}')"
_TICKETS = "FROM pg_temp.sales, generate_series(0, 1) n"

_STATEMENTS = (
    f"""INSERT INTO sale_order (id, code, screening_id, user_id, state, channel, seats_asked, seats_claimed,
            total_amount,
            paid_amount, refunded_amount, currency, created_at, contact_email)
        SELECT order_id, {_ORDER_CODE}, screening_id, user_id, CASE WHEN refunded THEN 'refunded' ELSE 'paid' END,
            CASE WHEN counter THEN 'counter' ELSE 'site' END, 2, 2, {2 * PRICE}, {2 * PRICE},
            CASE WHEN refunded THEN {2 * PRICE} ELSE 0 END, 'EUR', at, contact_email FROM pg_temp.sales""",
    f"""INSERT INTO order_event (order_id, at, actor, from_state, to_state, note)
        SELECT order_id, at, {_BUYER}, NULL, 'held', '' FROM pg_temp.sales
        UNION ALL SELECT order_id, at, {_BUYER}, 'held', 'paid', '' FROM pg_temp.sales
        UNION ALL SELECT order_id, at, {_BUYER}, 'paid', 'refunded', '' FROM pg_temp.sales WHERE refunded""",
    f"""INSERT INTO order_line (order_id, seat_id, ticket_type_id, amount)
        SELECT order_id, seat_id + n, 1, {PRICE} {_TICKETS}""",
    f"""INSERT INTO ticket (id, order_id, screening_id, seat_id, state, amount, ticket_type_id, created_at, sold_at,
            returned_at)
        SELECT {_TICKET_ID}, order_id, screening_id, seat_id + n, CASE WHEN refunded THEN 'refunded' ELSE 'valid' END,
            {PRICE}, 1,
            at, at, CASE WHEN refunded THEN at END {_TICKETS}""",
    f"""INSERT INTO seat_claim (screening_id, seat_id, order_id)
        SELECT screening_id, seat_id + n, order_id {_TICKETS} WHERE NOT refunded""",
    f"""INSERT INTO payment (id, public_id, provider, provider_ref, amount, currency, state, refunded_amount,
            redirect_url,
            created_at, settled_at, failure)
        SELECT order_id, {_PUBLIC_ID}, CASE WHEN counter THEN 'counter' ELSE 'stripe' END, {_PUBLIC_ID}, {2 * PRICE},
            'EUR',
            'settled', CASE WHEN refunded THEN {2 * PRICE} ELSE 0 END, '', at, at, '' FROM pg_temp.sales""",
    "INSERT INTO order_payment (payment_id, order_id, accepted) SELECT order_id, order_id, true FROM pg_temp.sales",
    f"""INSERT INTO payment_refund (id, public_id, payment_id, amount, reason, state, created_at, next_attempt_at,
            attempts,
            finished_at, last_error)
        SELECT order_id, {_REFUND_ID}, order_id, {2 * PRICE}, '', 'succeeded', at, at, 1, at, '' FROM pg_temp.sales
        WHERE refunded""",
    f"""INSERT INTO till_entry (session_id, at, kind, tender, amount, order_id, payment_id, reference, note)
        SELECT till_id, at, 'sale', 'cash', {2 * PRICE}, order_id, order_id, '', '' FROM pg_temp.sales WHERE counter""",
    f"""INSERT INTO admission (ticket_id, screening_id, admitted_at, admitted_by, door)
        SELECT {_TICKET_ID}, screening_id, starts_at, '{CLERK}', 'North' {_TICKETS}
        WHERE NOT refunded AND starts_at < now() AND mod(order_id, 10) > 0""",
    f"""INSERT INTO door_scan (device, sequence, door, by, deed, result, told, ticket_id, scanned_at, received_at,
            offline)
        SELECT 'bench', order_id * 2 + n, 'North', '{CLERK}', 'scan', 'welcome', '', {_TICKET_ID}, starts_at,
            starts_at, false
        {_TICKETS} WHERE NOT refunded AND starts_at < now() AND starts_at > now() - interval '{SCANS_KEPT_DAYS} days'
            AND mod(order_id, 10) > 0""",
    f"""INSERT INTO outbox (kind, recipient, about, payload, created_at, next_attempt_at, attempts, sent_at)
        SELECT 'tickets', {_BUYER}, 'order:' || order_id, jsonb_build_object('order_id', order_id), at, at, 1, at
        FROM pg_temp.sales WHERE at > now() - interval '{MAILS_KEPT_DAYS} days'""",
    f"""INSERT INTO audit_entry (at, actor, cinema_id, action, subject, summary, details)
        SELECT at, '{CLERK}', 1, 'order.refunded', 'order:' || {_ORDER_CODE}, 'Money went back.', '{{}}'
        FROM pg_temp.sales WHERE refunded""",
)


def write_sales(connection: psycopg.Connection[Any], filling: str, values: Mapping[str, int]) -> None:
    """Write the sales with which `filling` fills the table `sales`, in the transaction that is running."""
    connection.execute(_TABLE)
    connection.execute(filling, values)
    connection.execute("ANALYZE sales")
    for statement in _STATEMENTS:
        connection.execute(statement)
