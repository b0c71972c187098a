"""How long somebody at the door waits: from the moment a code was read off the camera to the answer on the page.

A Chromium whose camera sees one ticket after the other, each held at a slant, at the page of a server on PostgreSQL: with a
network, and without one. Two figures each: until the answer is in the page, and until the screen's next picture has it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

from playwright.sync_api import Page, sync_playwright
from sqlalchemy.orm import Session

from benchmarks.postgres import Postgres
from benchmarks.result import Plan, Result
from benchmarks.servers import Running, running_matinee
from matinee.accounts.models import User
from matinee.accounts.roles import grant_role
from matinee.accounts.sessions import start_session
from matinee.app import create_app
from matinee.kernel import clock
from matinee.programme.demo import store_demo_programme
from matinee.settings import Settings
from matinee.web.shared.services import services_of
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.door_house import DoorHouse, furnish_door, write_camera

TICKETS = 25
TARGET_MS = {"online": 100.0, "offline": 30.0}
PHONE = {"width": 360, "height": 740}
SECONDS_MAX = 180
# Each is seen for longer than the page leaves an answer alone; what was missed comes again.
SEEN_SECONDS, BETWEEN_SECONDS = 1.0, 0.1
MEASURES = {"answer-after": "in the page", "seen-after": "on the screen"}
TAKEN = """offline => Object.fromEntries(["answer-after", "seen-after"].map((name) => [name,
  performance.getEntriesByName(`door:${name}`)
    .filter(({ detail }) => detail.result === "welcome" && detail.offline === offline)
    .map(({ duration }) => duration)]))"""
READING = """async (pictures) => {
  const { openDecoder } = await import(new URL("decoder.js", document.querySelector("script[src*='/js/door/page.js']").src));
  const read = await openDecoder(JSON.parse(document.getElementById("door-told").textContent));
  const video = document.getElementById("video");
  const taken = [];
  for (let number = 0; number < pictures; number += 1) {
    const began = performance.now();
    await read(video);
    taken.push(performance.now() - began);
    await new Promise((go) => setTimeout(go, 30));
  }
  return taken;
}"""


def measure(postgres: Postgres, plan: Plan) -> list[Result]:
    """Both ways, and how long the reading of one picture takes. RuntimeError where a ticket is not answered."""
    address = postgres.fresh_database("scanning")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        house, token = _furnish(address, folder, seats=TICKETS * 2 * plan.rounds)
        with running_matinee(
            address, folder / "data", workers=plan.workers, threads=plan.threads, log=folder / "log"
        ) as server:
            return _rounds(server, token, house, folder / "camera.mjpeg", plan)


def _furnish(address: str, folder: Path, *, seats: int) -> tuple[DoorHouse, str]:
    app = create_app(
        Settings(data_dir=folder / "data", database_url=address, ratelimit="off", access_log="off", base_url="http://127.0.0.1")
    )  # fmt: skip
    services = services_of(app)
    try:
        services.transactions.write(
            lambda session: store_demo_programme(
                session, timezone="Europe/Kyiv", currency="EUR", now=clock.now()
            )
        )
        token = services.transactions.write(_join)
        return furnish_door(services, base_url="http://127.0.0.1", seats=seats), token
    finally:
        if services.direct is not None:
            services.direct.close_mine()
        services.engine.dispose()


def _rounds(server: Running, token: str, house: DoorHouse, camera: Path, plan: Plan) -> list[Result]:
    taken: dict[tuple[str, str], list[list[float]]] = {}
    reading = []
    for number in range(2 * plan.rounds):
        way = ("online", "offline")[number % 2]
        codes = house.codes[number * TICKETS : (number + 1) * TICKETS]
        write_camera(camera, codes, seconds=SEEN_SECONDS, blank_seconds=BETWEEN_SECONDS)
        with _at_the_door(server, token, house, camera) as page:
            found = _scan_all(page, offline=way == "offline")
            reading.append(page.evaluate(READING, 40))
        for what, milliseconds in found.items():
            taken.setdefault((way, what), []).append(milliseconds)
        plan.say(
            f"scanning {way}: {_figures(found['answer-after'])}, on the screen {_figures(found['seen-after'])}"
        )
    results = [
        result
        for (way, what), rounds in sorted(taken.items(), reverse=True)
        for result in _results(f"scanning {way}, answer {MEASURES[what]}", rounds, TARGET_MS[way])
    ]
    return [*results, *_results("reading a picture of 640 x 480", reading, None)]


@contextmanager
def _at_the_door(server: Running, token: str, house: DoorHouse, camera: Path) -> Iterator[Page]:
    url = f"http://127.0.0.1:{server.port}"
    seeing = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={camera}",
    ]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=[*ARGUMENTS, *seeing])
        context = browser.new_context(base_url=url, viewport=PHONE, locale="en-GB")
        context.add_cookies([{"name": "token", "value": token, "url": url}])
        context.add_init_script("localStorage['door-camera-off'] ??= 'true'")
        page = context.new_page()
        page.goto("/door/")
        page.locator(f"input[value='{house.screening}']").check()
        page.locator("#begin").click()
        page.locator("#counts li").wait_for()
        yield page
        browser.close()


def _scan_all(page: Page, *, offline: bool) -> dict[str, list[float]]:
    page.context.set_offline(offline)
    page.locator(f"[data-network={'offline' if offline else 'online'}]").wait_for()
    page.locator("#tool-camera").click()
    for _ in range(SECONDS_MAX * 2):
        found: dict[str, Any] = page.evaluate(TAKEN, offline)
        if len(found["seen-after"]) >= TICKETS:
            return {what: milliseconds[:TICKETS] for what, milliseconds in found.items()}
        page.wait_for_timeout(500)
    raise RuntimeError(f"of {TICKETS} tickets {len(found['seen-after'])} were answered")


def _results(what: str, rounds: Sequence[Sequence[float]], target: float | None) -> list[Result]:
    return [
        Result(
            f"{what}, {name}",
            [quantiles(taken, n=20)[position] for taken in rounds],
            "ms",
            target=target if name == "median" else None,
        )
        for name, position in (("median", 9), ("p95", 18))
    ]


def _figures(taken: Sequence[float]) -> str:
    parts = quantiles(taken, n=20)
    return f"median {parts[9]:.1f} ms, p95 {parts[18]:.1f} ms"


def _join(session: Session) -> str:
    now = clock.now()
    user = User(username="usher@example.org", password_hash="", created_at=now, email_confirmed_at=now)
    session.add(user)
    session.flush()
    grant_role(session, user=user, role="usher")
    return start_session(session, user=user, lifetime=timedelta(days=1), now=now)[0]
