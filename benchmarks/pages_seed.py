"""The programme that the pages are measured with: 2 cinemas, 8 halls of 250 seats, 4 weeks, a third of all seats sold."""

from __future__ import annotations

import psycopg

from benchmarks.seed import refresh_statistics

CINEMAS, HALLS, SEATS, FILMS = 2, 8, 250, 24
DAYS = 28
STARTS = (11, 14, 17, 20, 22)
SCREENINGS = HALLS * DAYS * len(STARTS)
_STARTS = ", ".join(str(hour) for hour in STARTS)

_STATEMENTS = (
    f"""INSERT INTO cinema (id, slug, name, address, timezone, currency, sells_priced_unpaid)
        SELECT i, 'house-' || i, 'House ' || i, 'A street', 'UTC', 'EUR', true FROM generate_series(1, {CINEMAS}) i""",
    f"""INSERT INTO hall (id, cinema_id, name, turnaround_minutes)
        SELECT i, mod(i, {CINEMAS}) + 1, 'Hall ' || i, 0 FROM generate_series(1, {HALLS}) i""",
    f"""INSERT INTO seat (id, hall_id, label, "row", place, x, y, kind, zone)
        SELECT (h - 1) * {SEATS} + n, h, chr(65 + n / 25) || mod(n, 25) + 1, chr(65 + n / 25), mod(n, 25) + 1,
            mod(n, 25), n / 25, CASE WHEN n < 3 THEN 'wheelchair' ELSE 'standard' END, 'standard'
        FROM generate_series(1, {HALLS}) h, generate_series(0, {SEATS - 1}) n""",
    f"""INSERT INTO film (id, title, duration_minutes, trailer_url, poster_url, certificate, synopsis)
        SELECT i, 'A film of number ' || i, 100, '', '', (ARRAY['0', '6', '12', '16'])[mod(i, 4) + 1],
            repeat('What happens in it, told at some length. ', 12)
        FROM generate_series(1, {FILMS}) i""",
    """INSERT INTO ticket_type (id, cinema_id, code, name) SELECT id, id, 'adult', 'Adult' FROM cinema""",
    "INSERT INTO price_list (id, cinema_id, name) SELECT id, id, 'Standard' FROM cinema",
    """INSERT INTO price (price_list_id, zone, ticket_type_id, amount)
       SELECT id, 'standard', id, 900 FROM price_list""",
    f"""INSERT INTO screening (cinema_id, hall_id, film_id, starts_at, ends_at, day, time, price_list_id, format,
            language, subtitles, access_features)
        SELECT h.cinema_id, h.id, mod(h.id * 5 + d * 3 + hour, {FILMS}) + 1, moment, moment + interval '100 minutes',
            current_date + d, to_char(hour, 'FM00') || ':00', h.cinema_id, (ARRAY['', '3D', '4K'])[mod(d + hour, 3) + 1],
            (ARRAY['uk', 'en', 'de'])[mod(h.id, 3) + 1], (ARRAY['', 'uk'])[mod(d, 2) + 1],
            (ARRAY['', 'hearing_loop', 'captions'])[mod(hour, 3) + 1]
        FROM hall h, generate_series(1, {DAYS}) d, unnest(ARRAY[{_STARTS}]) hour,
            LATERAL (SELECT (current_date + d + hour * interval '1 hour') AT TIME ZONE 'UTC' AS moment) at""",
    f"""INSERT INTO sale_order (code, screening_id, state, channel, seats_asked, seats_claimed, total_amount, paid_amount,
            currency, created_at)
        SELECT 'BENCH' || id, id, 'paid', 'v1', {SEATS // 3}, {SEATS // 3}, 0, 0, 'EUR', now() FROM screening""",
    f"""INSERT INTO seat_claim (screening_id, seat_id, order_id)
        SELECT s.id, (s.hall_id - 1) * {SEATS} + n * 3, o.id
        FROM screening s JOIN sale_order o ON o.screening_id = s.id, generate_series(1, {SEATS // 3}) n""",
)


def seed_programme(address: str) -> None:
    """Fill an empty database. Days are those of UTC, from tomorrow on."""
    with psycopg.connect(address, options="-c timezone=UTC") as connection:
        for statement in _STATEMENTS:
            connection.execute(statement)  # type: ignore[arg-type]
    refresh_statistics(address)
