"""The SQL of a purchase by name, on PostgreSQL: everything that it writes in one statement, for one buyer or for several.

Every part of such a statement sees the database as it was before, so what one part needs of another it takes from its
RETURNING.
"""

from __future__ import annotations

from matinee.boxoffice.purchase_facts import DEFAULT_CINEMA
from matinee.boxoffice.statements import CHOSEN, OUTDATED, SHARED_LOCK, chosen_sql, claim_sql

CHANNEL = "given"

# What `announce_event` does for an order that is paid, as a part of the purchase. The comparison of the key lets the few
# rows be found by it: in these connections reading a whole table counts as dear beyond measure, and PostgreSQL before 18
# would compile such a plan anew for each purchase.
ANNOUNCE_PAID = """
    INSERT INTO outbox (channel, kind, endpoint_id, recipient, about, payload, created_at, next_attempt_at, attempts)
    SELECT 'webhook', 'order.paid', endpoint.id, endpoint.public_id, 'order:' || {order_id},
        jsonb_build_object('order_id', {order_id}, 'event_id', {event_id}), {now}, {now}, 0
    FROM {sold} AS sold JOIN webhook_endpoint AS endpoint ON endpoint.id > 0
    WHERE sold.state = 'paid' AND endpoint.active AND position(' order.paid ' IN endpoint.events) > 0
"""

# A whole purchase in one statement, which is a transaction by itself: 1 round trip in place of 8. PostgreSQL only,
# since SQLite has no data-modifying WITH (and no round trips). Fewer claims than seats asked
# for violate ck_sale_order_all_seats_claimed, which undoes all of it. Where what it saw is outdated, it writes nothing and
# has no rows.
_CLAIM_FOR_GOOD = claim_sql(
    chosen="(SELECT * FROM chosen WHERE NOT outdated) AS chosen",
    order_id="(SELECT id FROM order_number)",
    expires_at="NULL::timestamptz",
)
_ANNOUNCE = ANNOUNCE_PAID.format(
    sold="new_order", order_id="sold.id", event_id="CAST(:event_id AS text)", now=":now"
)
PURCHASE = f"""
WITH order_number AS MATERIALIZED (SELECT nextval(pg_get_serial_sequence('sale_order', 'id')) AS id),
chosen AS MATERIALIZED ({chosen_sql("postgresql")}),
claimed AS ({_CLAIM_FOR_GOOD}),
priced AS MATERIALIZED (
    SELECT claimed.seat_id, chosen.amount, row_number() OVER (ORDER BY claimed.seat_id) AS number
    FROM claimed JOIN chosen ON chosen.seat_id = claimed.seat_id),
total AS MATERIALIZED (SELECT count(*) AS seats, COALESCE(sum(amount), 0)::int AS amount FROM priced),
new_order AS (
    INSERT INTO sale_order (id, code, screening_id, user_id, state, channel, seats_asked, seats_claimed,
        total_amount, paid_amount, currency, created_at, language)
    SELECT order_number.id, :code, :screening_id, :user_id, CASE WHEN total.amount > 0 THEN 'due' ELSE 'paid' END,
        '{CHANNEL}', :seats_asked, total.seats, total.amount, 0, :currency, :now, :language
    FROM order_number, total
    WHERE NOT EXISTS (SELECT 1 FROM chosen WHERE outdated)
    RETURNING id, state),
issued AS (
    INSERT INTO ticket (id, order_id, screening_id, seat_id, state, amount, created_at, sold_at)
    SELECT (CAST(:ticket_ids AS text[]))[priced.number], order_number.id, :screening_id, priced.seat_id, 'valid',
        priced.amount, :now, CASE WHEN total.amount = 0 THEN CAST(:now AS timestamptz) END
    FROM priced, order_number, total
    RETURNING id, seat_id),
audit AS (
    INSERT INTO order_event (order_id, at, actor, from_state, to_state, note)
    SELECT id, :now, :username, NULL, state, '' FROM new_order),
mail AS (
    INSERT INTO outbox (kind, recipient, about, payload, created_at, next_attempt_at, attempts)
    SELECT 'tickets', :username, 'order:' || id, jsonb_build_object('order_id', id), :now, :now, 0 FROM new_order),
webhooks AS ({_ANNOUNCE})
SELECT seat.label, issued.id, new_order.state FROM issued JOIN seat ON seat.id = issued.seat_id CROSS JOIN new_order
"""  # noqa: S608 - put together from constants

# Purchases of one seat each, by name, that several buyers ask for at the same moment: all in one statement, which takes
# little longer than one of them alone. Each array has one element for each purchase.
#
# `wanted` has those for which everything that `FACTS` is looked through for is as it should be, and one screening alone
# is meant; what is wrong with the others is found out for each by itself. Of those that are wanted the answer tells
# which were sold: a seat that is another's is not claimed, and what is not claimed gets no order, so that nobody's
# purchase undoes another's. Where two ask for the same seat it is the first one's. Claims are asked for in the same
# order as by all other statements, and rows locked in the order of their keys. Those for which what was seen is outdated
# are left out of the answer, as if they were not wanted.
#
# What is meant is looked up for each buyer, by its key (OFFSET keeps the planner from reading all sessions that are not
# over, all screenings to come or all users in its place, as it does where it takes them to be few).
#
# All of them wait where one has to, hence the limit for waiting: whoever changes a screening keeps the buyers of others
# no longer than that. It holds until the statement ends.
PATIENCE_MILLISECONDS = 100
_CHOSEN_TOGETHER = CHOSEN.format(
    more="wanted.*, ",
    screenings="wanted JOIN screening ON screening.id = wanted.screening_id",
    asked="seat.label = wanted.label",
    outdated=OUTDATED.format(seen="wanted.lock_version"),
    shared_lock=f"ORDER BY screening.id, seat.id {SHARED_LOCK}",
)
_CLAIM_TOGETHER = claim_sql(
    chosen="numbered AS chosen",
    order_id="chosen.order_id",
    expires_at="NULL::timestamptz",
    screening_id="chosen.screening_id",
    now="(SELECT now FROM moment)",
)
_ANNOUNCE_TOGETHER = ANNOUNCE_PAID.format(
    sold="sold", order_id="sold.order_id", event_id="sold.event_id", now="sold.now"
)
_TOGETHER = f"""
WITH patience AS MATERIALIZED (SELECT set_config('lock_timeout', '{PATIENCE_MILLISECONDS}', true)),
asked AS MATERIALIZED (
    SELECT purchase.* FROM patience CROSS JOIN
        unnest(CAST(:username AS text[]), CAST(:token_hash AS text[]), CAST(:cinema AS text[]), CAST(:day AS date[]),
            CAST(:title AS text[]), CAST(:time AS text[]), CAST(:label AS text[]), CAST(:code AS text[]),
            CAST(:ticket_id AS text[]), CAST(:event_id AS text[]), CAST(:now AS timestamptz[]))
        WITH ORDINALITY AS purchase (username, token_hash, cinema, day, title, "time", label, code, ticket_id, event_id,
            now, number)),
moment AS MATERIALIZED (SELECT max(now) AS now FROM asked),
wanted AS MATERIALIZED (
    SELECT asked.number, asked.label, asked.code, asked.ticket_id, asked.event_id, min(screening.id) AS screening_id,
        min(screening.lock_version) AS lock_version, buyer.id AS user_id, buyer.username, buyer.language, cinema.currency
    FROM asked
    CROSS JOIN moment
    CROSS JOIN LATERAL (
        SELECT users.id, users.username, users.language FROM users
        WHERE users.username = asked.username AND users.email_confirmed_at IS NOT NULL
        OFFSET 0) AS buyer
    CROSS JOIN LATERAL (
        SELECT 1 FROM user_session
        WHERE user_session.token_hash = asked.token_hash AND user_session.user_id = buyer.id
            AND user_session.expires_at > moment.now
        OFFSET 0) AS session
    JOIN cinema ON {{cinema_is_meant}}
    CROSS JOIN LATERAL (SELECT film.id FROM film WHERE film.title = asked.title OFFSET 0) AS film
    CROSS JOIN LATERAL (
        SELECT screening.id, screening.lock_version FROM screening
        WHERE screening.film_id = film.id AND screening.cinema_id = cinema.id AND screening.day = asked.day
            AND screening.time = asked.time AND screening.starts_at > moment.now
            AND (screening.sales_end_at IS NULL OR screening.sales_end_at > moment.now)
            AND screening.cancelled_at IS NULL AND NOT screening.draft
            AND (screening.price_list_id IS NULL OR cinema.sells_priced_unpaid)
        OFFSET 0) AS screening
    GROUP BY asked.number, asked.label, asked.code, asked.ticket_id, asked.event_id, buyer.id, buyer.username,
        buyer.language, cinema.id
    HAVING count(*) = 1),
chosen AS MATERIALIZED ({_CHOSEN_TOGETHER}),
numbered AS MATERIALIZED (
    SELECT first.*, CASE WHEN first.amount > 0 THEN 'due' ELSE 'paid' END AS state,
        nextval(pg_get_serial_sequence('sale_order', 'id')) AS order_id
    FROM (SELECT DISTINCT ON (screening_id, seat_id) * FROM chosen WHERE NOT outdated
        ORDER BY screening_id, seat_id, number) AS first),
claimed AS ({_CLAIM_TOGETHER}),
sold AS MATERIALIZED (
    SELECT numbered.*, moment.now FROM claimed JOIN numbered ON numbered.order_id = claimed.order_id CROSS JOIN moment),
new_order AS (
    INSERT INTO sale_order (id, code, screening_id, user_id, state, channel, seats_asked, seats_claimed,
        total_amount, paid_amount, currency, created_at, language)
    SELECT order_id, code, screening_id, user_id, state, '{CHANNEL}', 1, 1, amount, 0, currency, now, language FROM sold
    RETURNING id, state),
issued AS (
    INSERT INTO ticket (id, order_id, screening_id, seat_id, state, amount, created_at, sold_at)
    SELECT ticket_id, order_id, screening_id, seat_id, 'valid', amount, now, CASE WHEN amount = 0 THEN now END FROM sold),
audit AS (
    INSERT INTO order_event (order_id, at, actor, from_state, to_state, note)
    SELECT order_id, now, username, NULL, state, '' FROM sold),
mail AS (
    INSERT INTO outbox (kind, recipient, about, payload, created_at, next_attempt_at, attempts)
    SELECT 'tickets', username, 'order:' || order_id, jsonb_build_object('order_id', order_id), now, now, 0 FROM sold),
webhooks AS ({_ANNOUNCE_TOGETHER})
SELECT wanted.number, sold.state FROM wanted
LEFT JOIN chosen ON chosen.number = wanted.number
LEFT JOIN sold ON sold.number = wanted.number
WHERE chosen.outdated IS NOT TRUE
"""  # noqa: S608 - put together from constants
TOGETHER_IN_DEFAULT_CINEMA = _TOGETHER.format(cinema_is_meant=DEFAULT_CINEMA)
TOGETHER_IN_NAMED_CINEMA = _TOGETHER.format(cinema_is_meant="cinema.slug = asked.cinema")
