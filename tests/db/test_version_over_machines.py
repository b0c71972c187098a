"""The version of the data on PostgreSQL, with one machine and with several."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from matinee.db import version as version_module
from matinee.db.direct import DirectConnections
from matinee.db.engine import database_url
from matinee.db.machine_cell import MachineCell
from matinee.db.version import PostgresVersion


@contextmanager
def process_on(machine: Path, address: str) -> Iterator[PostgresVersion]:
    """What a process whose data directory is `machine` works with."""
    machine.mkdir(exist_ok=True)
    engine = create_engine(database_url(address))
    connections = DirectConnections(engine)
    try:
        yield PostgresVersion(connections, MachineCell(machine))
    finally:
        connections.close_mine()
        engine.dispose()


@contextmanager
def two_machines(folder: Path, address: str) -> Iterator[tuple[PostgresVersion, PostgresVersion]]:
    """What processes of two machines work with that know of each other."""
    with process_on(folder / "here", address) as one, process_on(folder / "there", address) as other:
        one.current()
        other.current()
        time.sleep(version_module.JOIN_SECONDS)
        yield one, other


def test_a_change_is_seen_by_another_process_of_the_machine_at_once(
    postgresql_url: str, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    with process_on(here, postgresql_url) as seller, process_on(here, postgresql_url) as reader:
        before = reader.current()
        assert reader.current() == before

        seller.move()

        assert reader.current() != before


def test_a_change_is_seen_on_another_machine_at_once(postgresql_url: str, tmp_path: Path) -> None:
    with two_machines(tmp_path, postgresql_url) as (seller, reader):
        before = reader.current()
        assert reader.current() == before

        seller.move()

        assert reader.current() != before


def test_a_machine_that_joins_keeps_nothing_until_the_others_know_it(
    postgresql_url: str, tmp_path: Path
) -> None:
    with (
        process_on(tmp_path / "here", postgresql_url) as first,
        process_on(tmp_path / "there", postgresql_url) as joining,
    ):
        first.current()

        assert joining.current() != joining.current()


def test_a_machine_that_joins_acknowledges_only_when_the_others_know_it(
    postgresql_url: str, tmp_path: Path
) -> None:
    with (
        process_on(tmp_path / "here", postgresql_url) as reader,
        process_on(tmp_path / "there", postgresql_url) as joining,
    ):
        before = reader.current()

        joining.move()  # returns when the reader's last look, in which it was alone, is no longer believed

        assert reader.current() != before


def test_a_machine_that_fell_silent_is_forgotten(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        process_on(tmp_path / "here", postgresql_url) as staying,
        process_on(tmp_path / "there", postgresql_url) as leaving,
    ):
        leaving.current()
        staying.current()
        assert not staying._is_alone()
        # What half a minute of silence leaves behind.
        leaving._connections.fetch_all(
            "UPDATE machine SET seen_at = seen_at - interval '31 seconds' WHERE id = :id RETURNING id",
            {"id": leaving._cell.machine},
            may_repeat=False,
        )
        monkeypatch.setattr(staying, "_looked_until", 0.0)

        assert staying._is_alone()


def test_processes_of_one_machine_share_its_name_and_machines_do_not(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()

    one, same, other = (MachineCell(tmp_path / name) for name in ("one", "one", "two"))

    assert one.machine == same.machine != other.machine


def test_a_renewed_value_was_never_there(tmp_path: Path) -> None:
    cell = MachineCell(tmp_path)
    seen = {cell.read()}
    for _ in range(100):
        for renew in (cell.renew_claims, cell.renew_programme):
            renew()
            assert cell.read() not in seen
            seen.add(cell.read())


def test_a_look_that_ends_while_it_is_asked_what_is_known_counts(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with process_on(tmp_path / "here", postgresql_url) as process:
        process.current()
        process.current()
        assert process.current_if_known() is not None
        process._looked_until = 0.0

        def end_a_look() -> float:
            # Another thread, which has just learned that there is another machine.
            process._alone, process._looked_until = False, real() + 1.0
            return real()

        real = time.monotonic
        monkeypatch.setattr(version_module.time, "monotonic", end_a_look)
        assert process.current_if_known() is None
