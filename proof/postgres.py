"""A PostgreSQL of a scenario's own, as durable as it is by default."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.databases import PostgresServer, create_database, find_postgres, make_tables

# fsync, synchronous_commit and full_page_writes stay on.
SETTINGS = {"max_connections": "100", "shared_buffers": "64MB", "listen_addresses": "127.0.0.1"}
DATABASE = "matinee"


@contextmanager
def running_postgres(
    *, inside: Path | None = None, listen: str = "127.0.0.1", trusted: str = "", **more: str
) -> Iterator[PostgresServer]:
    """With the database "matinee" and its tables. Raises NoPostgres."""
    settings = {**SETTINGS, "listen_addresses": listen, **more}
    server = PostgresServer(find_postgres(), settings, inside=inside, trusted=trusted)
    try:
        server.start()
        make_tables(create_database(server.url("postgres"), DATABASE))
        yield server
    finally:
        server.remove()
