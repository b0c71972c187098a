"""A PostgreSQL server for the measurements alone, as durable as it is by default: every commit is on disk."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.databases import PostgresServer, create_database, find_postgres, make_tables

# Nothing here makes it less durable: fsync, synchronous_commit and full_page_writes stay on, for both sides.
SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "listen_addresses": "127.0.0.1",
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """The running server, and its pgbench."""

    server: PostgresServer
    pgbench: Path
    described: str

    @property
    def pid(self) -> int:
        """Of the process from which all of its others come."""
        return int((self.server.folder / "data" / "postmaster.pid").read_text().split("\n", 1)[0])

    def fresh_database(self, name: str) -> str:
        """Make a database with the schema in place; return its address, over the Unix socket."""
        create_database(self.server.url("postgres"), name)
        address = self.server.socket_url(name)
        make_tables(address)
        return address


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Started on an empty folder, removed at the end."""
    programs = find_postgres()
    pgbench = _find_pgbench(programs.folder)
    # In memory, where tests have theirs, a commit would wait for nothing.
    server = PostgresServer(programs, SETTINGS, inside=Path(tempfile.gettempdir()))
    try:
        server.start()
        said = subprocess.run([pgbench, "--version"], capture_output=True, text=True, check=True).stdout
        match = re.search(r"\d+(\.\d+)*", said)
        described = f"{programs.version} ({programs.source}), durable; pgbench {match[0] if match else said}"
        yield Postgres(server, pgbench, described)
    finally:
        server.remove()


def _find_pgbench(programs: Path) -> Path:
    if (programs / "pgbench").exists():
        return programs / "pgbench"
    on_path = shutil.which("pgbench")
    candidates = [
        *([Path(on_path)] if on_path else []),
        *sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench")),
    ]
    if not candidates:
        raise FileNotFoundError("pgbench is needed for the baseline (Debian: apt install postgresql-contrib)")
    return candidates[-1]
