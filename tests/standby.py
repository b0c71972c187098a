"""A PostgreSQL that follows another one of the tests."""

from __future__ import annotations

import subprocess

import psycopg

from tests.databases import FOLLOWED_SETTINGS, NoPostgres, PostgresPrograms, PostgresServer


class Standby(PostgresServer):
    """A copy of `primary`, made while that runs, which replays all that it writes."""

    def __init__(self, programs: PostgresPrograms, primary: PostgresServer) -> None:
        self._primary = primary
        super().__init__(programs, FOLLOWED_SETTINGS)

    def _initialise(self) -> None:
        copy = [
            self._programs / "pg_basebackup",
            "-D",
            self.folder / "data",
            "-d",
            self._primary.url("postgres"),
        ]
        made = subprocess.run(
            [*copy, "--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync"],
            user=self._user, cwd=self.folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode != 0:
            raise NoPostgres(f"pg_basebackup failed: {made.stderr}")

    def execute(self, statement: str) -> None:
        """Run a statement as the superuser."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())
