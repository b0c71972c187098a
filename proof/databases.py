"""A database of each kind for the scenarios that have no wish of their own."""

from __future__ import annotations

from collections.abc import Iterator

from proof.postgres import DATABASE, running_postgres
from proof.scenario import Plan
from tests.databases import make_tables


def sqlite_database(plan: Plan, name: str) -> str:
    """The address of a new file with the tables in it."""
    folder = plan.folder / f"{name}-database"
    folder.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{folder / 'matinee.sqlite'}"
    make_tables(url)
    return url


def fresh_databases(plan: Plan, name: str) -> Iterator[tuple[str, str]]:
    """The name of the kind and the address, one after the other; each is there until the next is asked for."""
    yield "SQLite", sqlite_database(plan, name)
    with running_postgres() as server:
        yield "PostgreSQL", server.url(DATABASE)
