"""The SQL of a sale: one text for both databases wherever they allow it.

`CLAIM` is the heart. It asks for all seats at once, in the order of their keys, so that two buyers of overlapping seats
meet at the same seat first and neither waits for the other in a circle. An existing claim is taken over only if its hold
has run out, or is renewed by the order that has it; otherwise the seat is simply not returned. Buyers of different seats
never wait for each other, but for those whom one statement serves (`purchase_statements`).
"""

from __future__ import annotations

# The seats of a screening that were asked for, by label, with their price; never one that the house keeps back, and none
# of a screening that was cancelled, be it since the facts were read. A zone without a price of its own costs what the
# standard zone does; the cinema's first ticket type is meant. A seat that should cost something and has no price is not for
# sale: it is not given away.
CHOSEN = """
    SELECT {more}seat.id AS seat_id, COALESCE(own.amount, standard.amount, 0) AS amount, {outdated} AS outdated
    FROM {screenings}
    JOIN seat ON seat.hall_id = screening.hall_id
    LEFT JOIN ticket_type ON ticket_type.id = (
        SELECT MIN(first_type.id) FROM ticket_type AS first_type WHERE first_type.cinema_id = screening.cinema_id)
    LEFT JOIN price AS own ON own.price_list_id = screening.price_list_id
        AND own.ticket_type_id = ticket_type.id AND own.zone = seat.zone
    LEFT JOIN price AS standard ON standard.price_list_id = screening.price_list_id
        AND standard.ticket_type_id = ticket_type.id AND standard.zone = 'standard'
    WHERE {asked} AND screening.cancelled_at IS NULL AND NOT screening.draft
        AND NOT EXISTS (SELECT 1 FROM house_seat
            WHERE house_seat.screening_id = screening.id AND house_seat.seat_id = seat.id)
        AND (screening.price_list_id IS NULL OR own.amount IS NOT NULL OR standard.amount IS NOT NULL)
    {shared_lock}
"""

CLAIM = """
    INSERT INTO seat_claim AS claim (screening_id, seat_id, order_id, expires_at)
    SELECT {screening_id}, chosen.seat_id, {order_id}, {expires_at} FROM {chosen}
    WHERE true ORDER BY {screening_id}, chosen.seat_id
    ON CONFLICT (screening_id, seat_id) DO UPDATE
        SET order_id = excluded.order_id, expires_at = excluded.expires_at
        WHERE claim.expires_at <= {now} OR claim.order_id = excluded.order_id
    RETURNING seat_id, order_id
"""

# Shared with all buyers of the screening, see `locks`: whoever moves or cancels it waits, and is waited for. A row that was
# changed while this waited is looked at again, as it is then: a seat of the hall from which the screening moved is not
# chosen, nor one at the price of another list. The seats are shared, too, a little more than the claim that refers to them
# would: one that was taken out of the hall meanwhile is looked at again as well, and is not chosen.
#
# Nothing else is looked at again, such as what is kept back. But whoever had the screening alone has moved its version on:
# where that of the locked row is not the one that the statement has seen, the seats are `outdated`. They must not be sold
# then, but chosen by another statement.
SHARED_LOCK = "FOR KEY SHARE OF screening FOR SHARE OF seat"
OUTDATED = "screening.lock_version <> {seen}"
_SEEN = "(SELECT seen.lock_version FROM screening AS seen WHERE seen.id = :screening_id)"
_ASKED = {
    "postgresql": "screening.id = :screening_id AND seat.label = ANY(:labels)",
    "sqlite": "screening.id = :screening_id AND seat.label IN (SELECT value FROM json_each(:labels))",
}


def chosen_sql(dialect: str) -> str:
    """The asked-for seats of a screening, with their prices, and whether they are outdated."""
    locks = dialect == "postgresql"
    return CHOSEN.format(
        more="",
        screenings="screening",
        asked=_ASKED[dialect],
        outdated=OUTDATED.format(seen=_SEEN) if locks else "FALSE",
        shared_lock=SHARED_LOCK if locks else "",
    )


def claim_sql(
    *, chosen: str, order_id: str, expires_at: str, screening_id: str = ":screening_id", now: str = ":now"
) -> str:
    """The claim of the seats that `chosen` (a table expression with the alias `chosen`) gives."""
    return CLAIM.format(
        chosen=chosen, order_id=order_id, expires_at=expires_at, screening_id=screening_id, now=now
    )
