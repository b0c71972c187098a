"""What is read, at several numbers of clients: the calls of both APIs and the website, beside an empty route."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from benchmarks import load
from benchmarks.curves import Figure, Measured
from benchmarks.first_server_rounds import first_server_in
from benchmarks.pages_seed import seed_programme
from benchmarks.postgres import Postgres
from benchmarks.result import Plan
from benchmarks.seed import USUAL_CINEMA, seed_house
from benchmarks.servers import ServerOptions, fetch, require_no_faults, running_bare, running_matinee
from benchmarks.turns import CLIENTS, SIZE_NAME, Ask, Rounds, compare, curve, measure_in_turns

EMPTY = "empty route"
OURS, FIRST = "Matinee", "the first server"
TIMES_OF_FIRST = 10.0
FIRST_CLIENTS = (8, 32)
# Of the website and of 160 kB that are written anew, 99 of 100 in a second would be few.
SLOW_FACTOR = 2
BROWSER = {"Accept": "text/html", "Accept-Encoding": "gzip"}
# Of the programme with two cinemas; the others are of the usual cinema.
SEATS, START, FILM = "/api/v1/screenings/100/seats", "/en/", "/en/films/7"


def measure_reads(postgres: Postgres, plan: Plan) -> Measured:
    """Nothing is sold meanwhile, on either side."""
    usual, programme = (postgres.fresh_database(f"grid_{name}") for name in ("read", "programme"))
    first_day = seed_house(usual, USUAL_CINEMA)
    seed_programme(programme)
    longer = plan.seconds * SLOW_FACTOR
    day, schedule = f"/getDay?date={first_day}", "/fullSchedule"
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        folder = Path(name)
        log = folder / "log"
        options: ServerOptions = {"workers": plan.workers, "threads": plan.threads, "log": log}
        bare = running.enter_context(running_bare("bridge", **options)).port
        ours = running.enter_context(running_matinee(usual, folder / "usual", **options)).port
        site = running.enter_context(running_matinee(programme, folder / "programme", **options)).port
        first = running.enter_context(first_server_in(USUAL_CINEMA, folder / "first", first_day)).port
        for path in (day, schedule):
            _require_the_same(ours, first, path)
        asked = {
            "getDay": _reading(ours, day, plan.seconds),
            "fullSchedule": _reading(ours, schedule, plan.seconds),
            "seats of a screening": _reading(site, SEATS, plan.seconds, {"Accept-Encoding": "gzip"}),
            "start page": _reading(site, START, longer, BROWSER),
            "page of a film": _reading(site, FILM, longer, BROWSER),
            EMPTY: _reading(bare, "/", plan.seconds),
            f"getDay, {FIRST}": _reading(first, day, plan.seconds),
            f"fullSchedule, {FIRST}": _reading(first, schedule, longer),
        }
        found = measure_in_turns(asked, clients=CLIENTS, rounds=plan.rounds, say=plan.say)
        require_no_faults(log)
    beside = compare(
        "getDay of a usual cinema",
        found["getDay"],
        found[f"getDay, {FIRST}"],
        FIRST,
        clients=FIRST_CLIENTS,
        target=TIMES_OF_FIRST,
    )
    return Measured(beside, _figures(found))


def _figures(found: Mapping[str, Rounds]) -> list[Figure]:
    beside_empty = tuple(curve(name, rounds) for name, rounds in found.items() if FIRST not in name)
    figures = [Figure("clients-reading", "Reading", SIZE_NAME, beside_empty, baseline=EMPTY)]
    for name, target in (("getDay", TIMES_OF_FIRST), ("fullSchedule", None)):
        curves = (curve(OURS, found[name]), curve(FIRST, found[f"{name}, {FIRST}"]))
        figures.append(
            Figure(
                f"clients-first-server-{name}",
                f"{name} of a usual cinema",
                SIZE_NAME,
                curves,
                baseline=FIRST,
                share_least=target,
            )
        )
    return figures


def _reading(port: int, path: str, seconds: float, headers: Mapping[str, str] | None = None) -> Ask:
    def ask(clients: int) -> load.Measured:
        # Answered after what the load before left behind: its last requests were cut off, and are worked on still.
        status, _ = fetch(port, path, headers=headers)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        return load.get(port, path, clients=clients, seconds=seconds, headers=headers)

    return ask


def _require_the_same(ours: int, first: int, path: str) -> None:
    """Raise RuntimeError unless both show the same screenings with as many free seats."""
    shown = [_seats_of(port, path) for port in (ours, first)]
    if not shown[0] or shown[0] != shown[1]:
        raise RuntimeError(f"{path} shows another programme than the first server's")


def _seats_of(port: int, path: str) -> list[tuple[str, str, str, int]]:
    status, body = fetch(port, path)
    said = json.loads(body)
    if status != 200 or said["message"] != "success":
        raise RuntimeError(f"{path} answered {status}: {body[:200]!r}")
    days = said.get("schedule") or {"": said["day"]}
    return sorted(
        (day, film["title"], film["beginTime"], len(film["aviableTikets"]))
        for day, films in days.items()
        for film in films
    )
