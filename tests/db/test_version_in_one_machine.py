"""The version of the data: processes of one machine see each other's changes also while another machine joins"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from matinee.db import version as version_module
from matinee.db.errors import DatabaseUnavailable
from matinee.db.version import PostgresVersion, SqliteVersion
from tests.db.test_version_over_machines import process_on


def test_a_process_that_has_not_noticed_the_other_machine_is_seen_by_one_that_has(
    postgresql_url: str, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    with (
        process_on(here, postgresql_url) as seller,
        process_on(here, postgresql_url) as reader,
        process_on(tmp_path / "there", postgresql_url) as joining,
    ):
        reader.current()
        time.sleep(version_module.JOIN_SECONDS)
        seller.current()
        assert seller._is_alone()
        joining.current()
        reader._looked_until = 0.0
        before = reader.current()
        assert reader.current() == before
        assert not reader._is_alone()

        seller.move()

        assert reader.current() != before


def test_a_machine_counts_its_silence_from_before_it_last_spoke(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with process_on(tmp_path / "here", postgresql_url) as version:
        fetch_all = version._connections.fetch_all

        def slow(statement: str, *arguments: object, **more: bool) -> object:
            rows = fetch_all(statement, *arguments, **more)  # type: ignore[arg-type]
            time.sleep(0.2)
            return rows

        monkeypatch.setattr(version._connections, "fetch_all", slow)
        began = time.monotonic()
        version.current()

        assert isinstance(version, PostgresVersion)
        assert version._registered_at < began + 0.2


def test_a_connection_that_was_opened_anew_says_nothing_that_was_said_before(sqlite_url: str) -> None:
    version = SqliteVersion(sqlite_url.removeprefix("sqlite:///"))
    before = version.current()
    assert version.current() == before
    assert version._connection is not None
    version._connection.close()
    with pytest.raises(DatabaseUnavailable):
        version.current()
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as other:
        other.execute("CREATE TABLE changed (id INTEGER)")

    assert version.current() != before
