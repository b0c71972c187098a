"""The version of the programme on PostgreSQL: beside claims, over several machines, and while an upgrade goes on"""

from __future__ import annotations

import fcntl
import mmap
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine

from matinee.db import version as version_module
from matinee.db.direct import DirectConnections
from matinee.db.engine import database_url
from matinee.db.machine_cell import _BOOT_ID, MachineCell
from matinee.db.version import Change, PostgresVersion, SqliteVersion
from tests.db.test_version_over_machines import process_on, two_machines


class EarlierCell:
    """As the version of Matinee had it that did not tell claims apart: a name and a single value, in a file of its own."""

    def __init__(self, data_dir: Path) -> None:
        boot = _BOOT_ID.read_text().strip()[:8] if _BOOT_ID.exists() else "machine"
        file = os.open(data_dir / f"changes-{boot}", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file).st_size < 32:
            os.pwrite(file, secrets.token_bytes(32), 0)
        self._memory = mmap.mmap(file, 32)
        fcntl.flock(file, fcntl.LOCK_UN)
        os.close(file)
        self.machine = self._memory[:16].hex()

    def read(self) -> bytes:
        return self._memory[16:]

    def renew_programme(self) -> None:
        self._memory[16:] = secrets.token_bytes(16)


@contextmanager
def earlier_process_on(data_dir: Path, address: str) -> Iterator[PostgresVersion]:
    data_dir.mkdir(exist_ok=True)
    engine = create_engine(database_url(address))
    connections = DirectConnections(engine)
    try:
        yield PostgresVersion(connections, EarlierCell(data_dir))  # type: ignore[arg-type]
    finally:
        connections.close_mine()
        engine.dispose()


def test_claims_leave_it_as_it_is_and_anything_else_moves_it_in_every_process(
    postgresql_url: str, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    with process_on(here, postgresql_url) as seller, process_on(here, postgresql_url) as reader:
        whole, programme = reader.current(), reader.programme()

        seller.move(Change.CLAIMS)

        assert reader.current() != whole
        assert reader.programme() == programme
        whole = reader.current()

        seller.move()

        assert reader.current() != whole
        assert reader.programme() != programme


def test_with_several_machines_nothing_is_known_of_the_programme_alone(
    postgresql_url: str, tmp_path: Path
) -> None:
    with two_machines(tmp_path, postgresql_url) as (seller, reader):
        before = reader.current()
        assert reader.current() == before

        seller.move(Change.CLAIMS)

        assert reader.current() != before
        assert reader.programme() != reader.programme()


def test_what_another_machine_changed_before_it_fell_silent_is_not_forgotten(
    postgresql_url: str, tmp_path: Path
) -> None:
    with (
        process_on(tmp_path / "here", postgresql_url) as staying,
        process_on(tmp_path / "there", postgresql_url) as leaving,
    ):
        before = staying.programme()
        leaving.move()
        # What half a minute of silence leaves behind.
        leaving._connections.fetch_all(
            "UPDATE machine SET seen_at = seen_at - interval '31 seconds' WHERE id = :id RETURNING id",
            {"id": leaving._cell.machine},
            may_repeat=False,
        )
        staying._looked_until = 0.0

        assert staying._is_alone()
        assert staying.programme() == staying.programme() != before


def test_a_process_of_the_version_before_counts_as_another_machine(
    postgresql_url: str, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    with earlier_process_on(here, postgresql_url) as earlier, process_on(here, postgresql_url) as later:
        earlier.current()
        later.current()
        time.sleep(version_module.JOIN_SECONDS)
        seen_by_later, seen_by_earlier = later.current(), earlier.current()
        assert (later.current(), earlier.current()) == (seen_by_later, seen_by_earlier)

        earlier.move()

        assert later.current() != seen_by_later
        assert later.programme() != later.programme()
        seen_by_earlier = earlier.current()

        later.move(Change.CLAIMS)

        assert earlier.current() != seen_by_earlier


def test_a_process_of_the_version_before_that_was_alone_hears_of_the_first_change_after_the_upgrade(
    postgresql_url: str, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    with earlier_process_on(here, postgresql_url) as earlier, process_on(here, postgresql_url) as later:
        before = earlier.current()

        later.move(Change.CLAIMS)

        assert earlier.current() != before


def test_the_two_layouts_do_not_share_a_file(tmp_path: Path) -> None:
    earlier, later = EarlierCell(tmp_path), MachineCell(tmp_path)
    before = later.read(), later.read_programme()
    earlier.renew_programme()
    assert (later.read(), later.read_programme()) == before
    assert earlier.machine != later.machine
    assert len(list(tmp_path.iterdir())) == 2


def test_on_sqlite_nothing_is_known_of_it(sqlite_url: str) -> None:
    version = SqliteVersion(sqlite_url.removeprefix("sqlite:///"))
    assert version.programme() != version.programme()
