"""How long the server takes for the week plan of the back office: 8 halls, 7 days, 6 screenings each; a million tickets."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import psycopg
from flask.testing import FlaskClient
from sqlalchemy import event

from benchmarks.postgres import Postgres
from benchmarks.result import Plan, Result
from benchmarks.seed import refresh_statistics
from matinee.accounts.models import User
from matinee.accounts.roles import grant_role
from matinee.accounts.sessions import start_session
from matinee.app import create_app
from matinee.kernel import clock
from matinee.settings import Settings
from matinee.web.shared.services import Services, services_of

TARGET_MS = 100.0
PAGES_PER_ROUND = 30
WARM_UP = 5
HALLS, SEATS, FILMS = 8, 250, 40
STARTS = (10, 12, 14, 17, 19, 22)
# Weeks in the past that brought the tickets to a million, and the one that is looked at, half sold.
WEEKS = 24
TICKETS = 1_000_000
SOLD_SEATS = SEATS // 2
PATH = "/backoffice/at/bench/week"


def first_day() -> date:
    """The first day of the week that is looked at: a Thursday to come."""
    today = datetime.now(UTC).date()
    return today + timedelta(days=(4 - today.isoweekday()) % 7 or 7)


def seed_week(address: str) -> None:
    """Fill an empty database: the week, `WEEKS` weeks before it, and `TICKETS` tickets or some more."""
    starts = ", ".join(map(str, STARTS))
    statements = (
        "INSERT INTO cinema (id, slug, name, address, timezone, currency, sells_priced_unpaid)"
        " VALUES (1, 'bench', 'Bench', '', 'UTC', 'EUR', true)",
        f"INSERT INTO hall (id, cinema_id, name, turnaround_minutes)"
        f" SELECT i, 1, 'Hall ' || i, 15 FROM generate_series(1, {HALLS}) i",
        f"""INSERT INTO seat (id, hall_id, label, "row", place, x, y, kind, zone)
            SELECT (h - 1) * {SEATS} + n, h, n, '', n, n, 0, 'standard', 'standard'
            FROM generate_series(1, {HALLS}) h, generate_series(1, {SEATS}) n""",
        f"""INSERT INTO film (id, title, duration_minutes, trailer_url, poster_url, certificate, synopsis)
            SELECT i, 'A film of number ' || i, 95, '', '', '12', repeat('What happens in it. ', 20)
            FROM generate_series(1, {FILMS}) i""",
        f"""INSERT INTO screening (cinema_id, hall_id, film_id, starts_at, ends_at, day, time, draft, format, language)
            SELECT 1, h, mod(h * 5 + d + hour, {FILMS}) + 1, moment, moment + interval '95 minutes',
                moment::date, to_char(hour, 'FM00') || ':00', d >= {WEEKS * 7} AND mod(h, 4) = 0, '2D', 'en'
            FROM generate_series(1, {HALLS}) h, generate_series(0, {WEEKS * 7 + 6}) d, unnest(ARRAY[{starts}]) hour,
                LATERAL (SELECT (%(first)s::timestamp + (d - {WEEKS * 7}) * interval '1 day'
                    + hour * interval '1 hour') AT TIME ZONE 'UTC' AS moment) at""",
        f"""INSERT INTO sale_order (code, screening_id, state, channel, seats_asked, seats_claimed, total_amount,
                paid_amount, currency, created_at)
            SELECT 'B' || id, id, 'paid', 'v1', {SOLD_SEATS}, {SOLD_SEATS}, 0, 0, 'EUR', now() FROM screening""",
        f"""INSERT INTO ticket (id, order_id, screening_id, seat_id, state, amount, created_at, sold_at)
            SELECT 'T' || o.id || '-' || n, o.id, s.id, (s.hall_id - 1) * {SEATS} + n, 'valid', 900, now(), now()
            FROM screening s JOIN sale_order o ON o.screening_id = s.id, generate_series(1, {SOLD_SEATS}) n""",
    )
    with psycopg.connect(address, options="-c timezone=UTC") as connection:
        for statement in statements:
            values = {"first": first_day()} if "%(first)s" in statement else None
            connection.execute(statement, values)  # type: ignore[arg-type]
    refresh_statistics(address)


def measure(postgres: Postgres, plan: Plan) -> list[Result]:
    """The page, and the board that is read anew after each step."""
    address = postgres.fresh_database("office_week")
    seed_week(address)
    with psycopg.connect(address) as connection:
        tickets = connection.execute("SELECT count(*) FROM ticket").fetchone()
        assert tickets is not None
        assert tickets[0] >= TICKETS, tickets
    with tempfile.TemporaryDirectory() as name:
        app = create_app(
            Settings(
                data_dir=Path(name),
                database_url=address,
                ratelimit="off",
                access_log="off",
                base_url="http://127.0.0.1",
            )
        )
        services, client = services_of(app), app.test_client()
        try:
            client.set_cookie("token", services.transactions.write(_join))
            return [
                _measured("week plan", client, services, plan, {}),
                _measured("week plan, its board", client, services, plan, {"HX-Target": "week-board"}),
            ]
        finally:
            if services.direct is not None:
                services.direct.close_mine()
            services.engine.dispose()


def _join(session) -> str:  # type: ignore[no-untyped-def]
    now = clock.now()
    user = User(username="bench@example.org", password_hash="", created_at=now, email_confirmed_at=now)
    session.add(user)
    session.flush()
    grant_role(session, user=user, role="programmer")
    return start_session(session, user=user, lifetime=timedelta(days=1), now=now)[0]


def _measured(
    what: str, client: FlaskClient, services: Services, plan: Plan, headers: dict[str, str]
) -> Result:
    asked: list[str] = []
    event.listen(services.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    rounds = []
    for _ in range(plan.rounds):
        taken = []
        for number in range(WARM_UP + PAGES_PER_ROUND):
            asked.clear()
            began = time.perf_counter()
            answer = client.get(f"{PATH}?start={first_day()}", headers={"Accept": "text/html", **headers})
            seconds = time.perf_counter() - began
            assert answer.status_code == 200, answer.status_code
            if number >= WARM_UP:
                taken.append(seconds * 1000)
        rounds.append(median(taken))
    plan.say(f"{what}: {rounds[-1]:.1f} ms, {len(asked)} statements")
    return Result(f"{what} (8 halls, a million tickets)", rounds, "ms", target=TARGET_MS)
