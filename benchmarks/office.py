"""How long the server takes for the house today, with a million tickets sold before; on both databases.

In this process: the page where something was sold since the last look, so that every figure is read anew; the page as it
stands; and the question whether anything changed, which an open page asks every few seconds. The databases are asked how
they answer, too: a table that grows with every sale must not be read from one end to the other.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import quantiles

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.office_seed import seed_postgresql, seed_sqlite
from benchmarks.postgres import Postgres
from benchmarks.result import Plan, Result
from matinee.accounts.models import User
from matinee.accounts.roles import grant_role
from matinee.accounts.sessions import start_session
from matinee.app import create_app
from matinee.boxoffice.models import Ticket
from matinee.db.version import announce_change
from matinee.kernel import clock
from matinee.outbox.heartbeat import sign_heartbeat
from matinee.reports.today.house_today import house_today
from matinee.settings import Settings
from matinee.web.shared.services import Services, services_of
from tests.databases import make_tables
from tests.query_plans import read_whole, statements_of

TICKETS = 1_000_000
TARGET_MS = 100.0
LOOKS_PER_ROUND, WARM_UP = 40, 5
PAGE = "/backoffice/at/bench/today"
# What does not grow with sales may be read whole.
SMALL = {"cinema", "hall", "seat", "film"}
BROWSER = {"Accept": "text/html", "Accept-Encoding": "gzip, br"}


def measure(postgres: Postgres, plan: Plan) -> list[Result]:
    """The page of the house today on each database. RuntimeError where a table of sales is read whole."""
    found = []
    with tempfile.TemporaryDirectory() as name:
        for kind, address in (
            ("SQLite", f"sqlite:///{Path(name) / 'office.sqlite'}"),
            ("PostgreSQL", postgres.fresh_database("office")),
        ):
            began = time.perf_counter()
            if kind == "SQLite":
                make_tables(address)
                seed_sqlite(Path(name) / "office.sqlite", tickets=TICKETS)
            else:
                seed_postgresql(address, tickets=TICKETS)
            plan.say(f"office: {kind} filled in {time.perf_counter() - began:.0f} s")
            found += _on(kind, address, Path(name) / kind, plan)
    return found


def _on(kind: str, address: str, data_dir: Path, plan: Plan) -> list[Result]:
    app = create_app(
        Settings(data_dir=data_dir, database_url=address, ratelimit="off", access_log="off", base_url="http://127.0.0.1")
    )  # fmt: skip
    services, client = services_of(app), app.test_client()
    try:
        tickets = services.transactions.read(lambda s: s.scalar(select(func.count()).select_from(Ticket)))
        plan.say(f"office: {kind}, {tickets:,} tickets")
        client.set_cookie("token", services.transactions.write(_join))
        _require_indexes(services)
        return _looks(kind, client, services, plan)
    finally:
        if services.direct is not None:
            services.direct.close_mine()
        services.engine.dispose()


def _looks(kind: str, client: FlaskClient, services: Services, plan: Plan) -> list[Result]:
    found = []
    shown = client.get(PAGE, headers=BROWSER | {"Accept-Encoding": "identity"}).text
    seen = re.search(r'hx-get="([^"]+)"', shown)
    assert seen, "the page asks for nothing again"

    def change() -> None:
        # A row, too: SQLite's own version moves with nothing less.
        services.transactions.write(_write_something)

    for what, path, status, before in (
        ("after a change", PAGE, 200, change),
        ("as it stands", PAGE, 200, None),
        ("nothing new", seen[1], 204, None),
    ):
        rounds = [_times(client, path, status, before) for _ in range(plan.rounds)]
        for name, position in (("median", 9), ("p95", 18)):
            values = [quantiles(taken, n=20)[position] for taken in rounds]
            target = TARGET_MS if status == 200 else None
            found.append(Result(f"house today on {kind}, {what}, {name}", values, "ms", target=target))
        plan.say(f"office: {kind}, {what}: {found[-2].value:.1f} ms, p95 {found[-1].value:.1f} ms")
    return found


def _times(client: FlaskClient, path: str, status: int, before: Callable[[], None] | None) -> list[float]:
    """Milliseconds of each look."""
    taken = []
    for number in range(WARM_UP + LOOKS_PER_ROUND):
        if before is not None:
            before()
        began = time.perf_counter()
        answered = client.get(path, headers=BROWSER).status_code
        seconds = time.perf_counter() - began
        # While one looks, a minute may begin: then there is something new.
        if answered not in (status, 200):
            raise RuntimeError(f"{path} answered {answered}")
        if number >= WARM_UP:
            taken.append(seconds * 1000)
    return taken


def _write_something(session: Session) -> None:
    now = clock.now()
    sign_heartbeat(session, name="benchmark", started_at=now, now=now)
    announce_change(session)


def _require_indexes(services: Services) -> None:
    now = clock.now()
    with statements_of(services.engine) as asked:
        services.transactions.read(lambda session: house_today(session, cinema_id=1, now=now))
    with services.engine.connect() as connection:
        whole = {table for statement, values in asked for table in read_whole(connection, statement, values)}
    if whole - SMALL:
        raise RuntimeError(f"{services.engine.dialect.name} reads {', '.join(sorted(whole - SMALL))} whole")


def _join(session: Session) -> str:
    now = clock.now()
    user = User(username="manager@example.org", password_hash="", created_at=now, email_confirmed_at=now)
    session.add(user)
    session.flush()
    grant_role(session, user=user, role="manager")
    return start_session(session, user=user, lifetime=timedelta(days=1), now=now)[0]
