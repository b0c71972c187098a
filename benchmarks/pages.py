"""How long the server takes for each kind of page, with the programme of a house with 2 cinemas, 8 halls and 4 weeks.

In this process first: what our code takes, when nothing changed since the last page, and when something did before each.
Then over HTTP, one request after the other: what a visitor's browser waits for, the network aside.
"""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient

from benchmarks.pages_seed import SCREENINGS, seed_programme
from benchmarks.postgres import Postgres
from benchmarks.result import Plan, Result
from benchmarks.servers import exchange, running_matinee
from matinee.app import create_app
from matinee.db.version import announce_change
from matinee.settings import Settings
from matinee.web.shared.services import Services, services_of

TARGET_MS = 25.0
PAGES_PER_ROUND = 40
WARM_UP = 5
BROWSER = {"Accept": "text/html", "Accept-Encoding": "gzip, br"}


def measure(postgres: Postgres, plan: Plan) -> list[Result]:
    """Every page that there is; one that is not found is left out, and said."""
    address = postgres.fresh_database("pages")
    seed_programme(address)
    plan.say(f"pages: {SCREENINGS:,} screenings, a third of their seats sold")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = _in_process(address, folder / "in_process", plan)
        with running_matinee(
            address, folder / "served", workers=plan.workers, threads=plan.threads, log=folder / "log"
        ) as server:
            for path in _pages():
                rounds = [
                    _median_ms(lambda path=path: exchange(server.port, path, headers=BROWSER)[0])  # type: ignore[misc]
                    for _ in range(plan.rounds)
                ]
                if None not in rounds:
                    found.append(Result(f"{path} over HTTP", [each for each in rounds if each], "ms"))
    return found


def _pages() -> list[str]:
    day = (datetime.now(UTC).date() + timedelta(days=3)).isoformat()
    return [
        "/en/",
        f"/uk/?day={day}&view=time",
        f"/en/?day={day}&spoken=de&access=wheelchair",
        "/en/cinemas/house-2",
        "/en/films",
        "/en/films/7",
        "/en/screenings/100",
        "/en/orders",
        "/en/sign-in",
        "/en/account/register",
        "/en/feed.xml",
        "/en/programme.ics",
        "/sitemap.xml",
    ]


def _in_process(address: str, data_dir: Path, plan: Plan) -> list[Result]:
    settings = Settings(
        data_dir=data_dir,
        database_url=address,
        ratelimit="off",
        access_log="off",
        base_url="http://127.0.0.1",
    )
    app = create_app(settings)
    services, client = services_of(app), app.test_client()
    found = []
    try:
        for path in _pages():
            kept, anew = [], []
            for _ in range(plan.rounds):
                kept.append(_median_ms(lambda path=path: _get(client, path)))  # type: ignore[misc]
                anew.append(
                    _median_ms(lambda path=path: _get(client, path), before=lambda: _change(services))
                )  # type: ignore[misc]
            if None in kept or None in anew:
                plan.say(f"{path}: there is no such page yet")
                continue
            plan.say(f"{path}: {kept[-1]:.1f} ms, after a change {anew[-1]:.1f} ms")
            found.append(Result(path, [each for each in kept if each], "ms", target=TARGET_MS))
            found.append(Result(f"{path} after a change", [each for each in anew if each], "ms"))
    finally:
        if services.direct is not None:
            services.direct.close_mine()
        services.engine.dispose()
    return found


def _get(client: FlaskClient, path: str) -> int:
    return client.get(path, headers=BROWSER).status_code


def _change(services: Services) -> None:
    services.transactions.write(announce_change)


def _median_ms(ask, *, before=None) -> float | None:
    """The median of many; None where it is not found."""
    taken = []
    for number in range(WARM_UP + PAGES_PER_ROUND):
        if before is not None:
            before()
        began = time.perf_counter()
        status = ask()
        seconds = time.perf_counter() - began
        if status == 404:
            return None
        if status != 200:
            raise RuntimeError(f"a page answered {status}")
        if number >= WARM_UP:
            taken.append(seconds * 1000)
    return median(taken)
