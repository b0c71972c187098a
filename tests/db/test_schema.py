"""The steps of the schema, on both databases."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text

import matinee.accounts.models
import matinee.boxoffice.models
import matinee.boxoffice.till_models
import matinee.db.migrations
import matinee.door.models
import matinee.outbox.models
import matinee.payments.models
import matinee.programme.models
import matinee.reports.models
import matinee.tickets.models
import matinee.web.v1.models
from matinee.db.base import Base
from matinee.db.engine import database_url as read_address
from matinee.db.engine import prepare_engine
from matinee.db.errors import SchemaNotCurrent
from matinee.db.schema import HEAD_REVISION, current_revision, schema_is_current, upgrade_schema
from matinee.db.version import SEQUENCE_NAME


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    made = opened(empty_database_url)
    yield made
    made.dispose()


def opened(address: str) -> Engine:
    engine = create_engine(read_address(address))
    prepare_engine(engine)
    return engine


def test_an_empty_database_has_no_revision(engine: Engine) -> None:
    assert current_revision(engine) is None
    assert not schema_is_current(engine)


def test_an_upgrade_says_where_it_came_from_and_where_it_is(engine: Engine) -> None:
    assert upgrade_schema(engine) == (None, HEAD_REVISION)
    assert upgrade_schema(engine) == (HEAD_REVISION, HEAD_REVISION)
    assert schema_is_current(engine)


def test_the_head_in_the_code_is_the_last_step() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(matinee.db.migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD_REVISION


def test_the_steps_make_what_the_models_say(engine: Engine) -> None:
    upgrade_schema(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_steps_make_the_same_checks_as_the_models(engine: Engine) -> None:
    # Alembic does not compare check constraints and conditions of indexes.
    upgrade_schema(engine)
    by_steps = checks_and_conditions(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
        Base.metadata.drop_all(connection)
        Base.metadata.create_all(connection)
    assert by_steps == checks_and_conditions(engine)
    assert by_steps


def checks_and_conditions(engine: Engine) -> set[tuple[str, str, str]]:
    found = set()
    inspector = inspect(engine)
    for table in Base.metadata.tables:
        for check in inspector.get_check_constraints(table):
            found.add((table, str(check["name"]), str(check["sqltext"])))
        for index in inspector.get_indexes(table):
            options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
            found.add((table, str(index["name"]), str(options)))
    return found


ROWS_OF_THE_FIRST_RELEASE = """
    INSERT INTO cinema VALUES (1, 'odeon', 'Odeon', '', 'UTC', 'EUR', true);
    INSERT INTO hall VALUES (1, 1, 'Red', 0);
    INSERT INTO seat VALUES (1, 1, 'A1', 'A', '1', 0, 0, 'standard', 'standard');
    INSERT INTO film VALUES (1, 'Faust', 107, '', '', '', '');
    INSERT INTO screening VALUES (1, 1, 1, 1, '2026-12-05 13:00', '2026-12-05 14:47', '2026-12-05', '14:00', NULL, NULL);
    INSERT INTO house_seat VALUES (1, 1)
"""


def test_what_is_there_survives_the_steps(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(matinee.db.migrations.__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in ROWS_OF_THE_FIRST_RELEASE.split(";"):
            connection.execute(text(statement))

    assert upgrade_schema(engine) == ("0001", HEAD_REVISION)

    with engine.connect() as connection:
        kept = "SELECT screening.time, house_seat.seat_id FROM screening JOIN house_seat ON screening_id = screening.id"
        assert [tuple(row) for row in connection.execute(text(kept))] == [("14:00", 1)]


def test_the_version_of_the_data_is_a_sequence_on_postgresql(engine: Engine) -> None:
    upgrade_schema(engine)
    sequences = (
        inspect(engine).get_sequence_names() if engine.dialect.name == "postgresql" else [SEQUENCE_NAME]
    )
    assert SEQUENCE_NAME in sequences


def test_a_database_of_a_newer_version_is_refused(engine: Engine) -> None:
    upgrade_schema(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not schema_is_current(engine)
    with pytest.raises(SchemaNotCurrent, match="9999"):
        upgrade_schema(engine)


def test_references_are_checked_again_after_an_upgrade(engine: Engine) -> None:
    upgrade_schema(engine)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def _upgrade(address: str, barrier: object, answers: object) -> None:
    engine = opened(address)
    barrier.wait()  # type: ignore[attr-defined]
    answers.put(upgrade_schema(engine))  # type: ignore[attr-defined]
    engine.dispose()


def test_two_processes_that_upgrade_at_once_both_succeed_and_one_does_the_work(
    empty_database_url: str,
) -> None:
    spawning = multiprocessing.get_context("spawn")
    barrier, answers = spawning.Barrier(2), spawning.Queue()
    processes = [
        spawning.Process(target=_upgrade, args=(empty_database_url, barrier, answers)) for _ in range(2)
    ]
    for process in processes:
        process.start()
    told = sorted((answers.get(timeout=60) for _ in processes), key=str)
    for process in processes:
        process.join(30)
        assert process.exitcode == 0
    assert told == [(HEAD_REVISION, HEAD_REVISION), (None, HEAD_REVISION)]
