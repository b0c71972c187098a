"""The SQL of a sale: one text for both databases wherever they allow it.

`CLAIM` is the heart. It asks for all seats at once, in the order of their keys, so that two buyers of overlapping seats
meet at the same seat first and neither waits for the other in a circle. An existing claim is taken over only if its hold
has run out, or is renewed by the order that has it; otherwise the seat is simply not returned. Buyers of different seats
never wait for each other.
"""

from __future__ import annotations

import re

# The seats of a screening that were asked for, by label, with their price; never one that the house keeps back, and none
# of a screening that was cancelled, be it since the facts were read. A zone without a price of its own costs what the
# standard zone does; the cinema's first ticket type is meant. A seat that should cost something and has no price is not for
# sale: it is not given away.
CHOSEN = """
    SELECT seat.id AS seat_id, COALESCE(own.amount, standard.amount, 0) AS amount
    FROM screening
    JOIN seat ON seat.hall_id = screening.hall_id
    LEFT JOIN ticket_type ON ticket_type.id = (
        SELECT MIN(first_type.id) FROM ticket_type AS first_type WHERE first_type.cinema_id = screening.cinema_id)
    LEFT JOIN price AS own ON own.price_list_id = screening.price_list_id
        AND own.ticket_type_id = ticket_type.id AND own.zone = seat.zone
    LEFT JOIN price AS standard ON standard.price_list_id = screening.price_list_id
        AND standard.ticket_type_id = ticket_type.id AND standard.zone = 'standard'
    WHERE screening.id = :screening_id AND screening.cancelled_at IS NULL AND NOT screening.draft AND {label_is_asked}
        AND NOT EXISTS (SELECT 1 FROM house_seat
            WHERE house_seat.screening_id = screening.id AND house_seat.seat_id = seat.id)
        AND (screening.price_list_id IS NULL OR own.amount IS NOT NULL OR standard.amount IS NOT NULL)
    {shared_lock}
"""

CLAIM = """
    INSERT INTO seat_claim AS claim (screening_id, seat_id, order_id, expires_at)
    SELECT :screening_id, chosen.seat_id, {order_id}, {expires_at} FROM {chosen} WHERE true ORDER BY chosen.seat_id
    ON CONFLICT (screening_id, seat_id) DO UPDATE
        SET order_id = excluded.order_id, expires_at = excluded.expires_at
        WHERE claim.expires_at <= :now OR claim.order_id = excluded.order_id
    RETURNING seat_id
"""

# Shared with all buyers of the screening, see `locks`: whoever moves or cancels it waits, and is waited for. A row that was
# changed while this waited is looked at again, as it is then: a seat of the hall from which the screening moved is not
# chosen, nor one at the price of another list. The seats are shared, too, a little more than the claim that refers to them
# would: one that was taken out of the hall meanwhile is looked at again as well, and is not chosen.
_SHARED_LOCK = {"postgresql": "FOR KEY SHARE OF screening FOR SHARE OF seat", "sqlite": ""}
_LABEL_IS_ASKED = {
    "postgresql": "seat.label = ANY(:labels)",
    "sqlite": "seat.label IN (SELECT value FROM json_each(:labels))",
}


def chosen_sql(dialect: str) -> str:
    """The asked-for seats of a screening, with their prices."""
    return CHOSEN.format(label_is_asked=_LABEL_IS_ASKED[dialect], shared_lock=_SHARED_LOCK[dialect])


def claim_sql(*, chosen: str, order_id: str, expires_at: str) -> str:
    """The claim of the seats that `chosen` (a table expression with the alias `chosen`) gives."""
    return CLAIM.format(chosen=chosen, order_id=order_id, expires_at=expires_at)


def for_psycopg(statement: str) -> str:
    """`:name` as psycopg writes it; a cast (`::text`) stays."""
    return re.sub(r"(?<!:):(\w+)", r"%(\1)s", statement)


# What `announce_event` does for an order that is paid, as a part of the purchase. `position` and not LIKE: a percent sign
# is the driver's. The comparison of the key lets the few rows be found by it: in these connections reading a whole table
# counts as dear beyond measure, and PostgreSQL before 18 would compile such a plan anew for each purchase.
ANNOUNCE_PAID = """
    INSERT INTO outbox (channel, kind, endpoint_id, recipient, about, payload, created_at, next_attempt_at, attempts)
    SELECT 'webhook', 'order.paid', endpoint.id, endpoint.public_id, 'order:' || new_order.id,
        jsonb_build_object('order_id', new_order.id, 'event_id', CAST(:event_id AS text)), :now, :now, 0
    FROM new_order JOIN webhook_endpoint AS endpoint ON endpoint.id > 0
    WHERE new_order.state = 'paid' AND endpoint.active AND position(' order.paid ' IN endpoint.events) > 0
"""

# A whole purchase in one statement, which is a transaction by itself: 1 round trip in place of 8. PostgreSQL only,
# since SQLite has no data-modifying WITH (and no round trips). Every part sees the database as it was before the
# statement, so what one part needs of another it takes from its RETURNING. Fewer claims than seats asked for violate
# ck_sale_order_all_seats_claimed, which undoes all of it.
PURCHASE = for_psycopg(
    f"""
WITH order_number AS MATERIALIZED (SELECT nextval(pg_get_serial_sequence('sale_order', 'id')) AS id),
chosen AS MATERIALIZED ({chosen_sql("postgresql")}),
claimed AS ({claim_sql(chosen="chosen", order_id="(SELECT id FROM order_number)", expires_at="NULL::timestamptz")}),
priced AS MATERIALIZED (
    SELECT claimed.seat_id, chosen.amount, row_number() OVER (ORDER BY claimed.seat_id) AS number
    FROM claimed JOIN chosen ON chosen.seat_id = claimed.seat_id),
total AS MATERIALIZED (SELECT count(*) AS seats, COALESCE(sum(amount), 0)::int AS amount FROM priced),
new_order AS (
    INSERT INTO sale_order (id, code, screening_id, user_id, state, channel, seats_asked, seats_claimed,
        total_amount, paid_amount, currency, created_at, language)
    SELECT order_number.id, :code, :screening_id, :user_id, CASE WHEN total.amount > 0 THEN 'due' ELSE 'paid' END,
        :channel, :seats_asked, total.seats, total.amount, 0, :currency, :now, :language
    FROM order_number, total
    RETURNING id, state),
issued AS (
    INSERT INTO ticket (id, order_id, screening_id, seat_id, state, amount, created_at, sold_at)
    SELECT (CAST(:ticket_ids AS text[]))[priced.number], order_number.id, :screening_id, priced.seat_id, 'valid',
        priced.amount, :now, CASE WHEN total.amount = 0 THEN CAST(:now AS timestamptz) END
    FROM priced, order_number, total
    RETURNING id, seat_id),
audit AS (
    INSERT INTO order_event (order_id, at, actor, from_state, to_state, note)
    SELECT id, :now, :actor, NULL, state, '' FROM new_order),
mail AS (
    INSERT INTO outbox (kind, recipient, about, payload, created_at, next_attempt_at, attempts)
    SELECT 'tickets', :recipient, 'order:' || id, jsonb_build_object('order_id', id), :now, :now, 0 FROM new_order),
webhooks AS ({ANNOUNCE_PAID})
SELECT seat.label, issued.id, new_order.state FROM issued JOIN seat ON seat.id = issued.seat_id CROSS JOIN new_order
"""  # noqa: S608 - put together from constants
)

# Everything that decides who buys and what: the buyer, the session, the screenings of that title on that day.
# One row where the title is not shown, one for each screening where it is; no row where there is no such user.
FACTS = """
SELECT users.id AS user_id, users.username, users.language, users.email_confirmed_at, user_session.token_hash,
    user_session.expires_at AS session_expires_at, cinema.id AS cinema_id, cinema.currency, cinema.sells_priced_unpaid,
    EXISTS (SELECT 1 FROM screening AS any_screening
        WHERE any_screening.cinema_id = cinema.id AND any_screening.day = :day
            AND any_screening.cancelled_at IS NULL AND NOT any_screening.draft) AS day_is_shown,
    shown.id AS screening_id, shown.time, shown.starts_at, shown.sales_end_at, shown.price_list_id, shown.hall_name
FROM users
LEFT JOIN cinema ON {cinema_is_meant}
LEFT JOIN user_session ON user_session.token_hash = :token_hash AND user_session.user_id = users.id
LEFT JOIN (
    SELECT screening.*, hall.name AS hall_name FROM screening
    JOIN hall ON hall.id = screening.hall_id
    JOIN film ON film.id = screening.film_id
    WHERE film.title = :title AND screening.day = :day AND screening.cancelled_at IS NULL AND NOT screening.draft
    ) AS shown ON shown.cinema_id = cinema.id
WHERE users.username = :username
"""

FACTS_OF_DEFAULT_CINEMA = FACTS.format(cinema_is_meant="cinema.id = (SELECT MIN(id) FROM cinema)")
FACTS_OF_NAMED_CINEMA = FACTS.format(cinema_is_meant="cinema.slug = :cinema")
