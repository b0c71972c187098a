"""Steps of the schema are made while the house sells: none may keep buyers waiting for as long as a table is long."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text

import matinee.db.migrations
from matinee.db.engine import database_url as read_address
from matinee.db.migrations import online
from matinee.db.schema import HEAD_REVISION, upgrade_schema
from tests.databases import create_database, drop_database
from tests.db.earlier import build_earlier, config_for
from tests.db.step_watch import GROWING, watched

# Steps that came before the rule: they brought a cinema of one machine, which was closed for it, to where it is.
BEFORE_THE_RULE = {"0001", "0002", "0003", "0004"}
STEPS = [
    (str(step.down_revision), step.revision)
    for step in reversed(
        list(ScriptDirectory(str(Path(matinee.db.migrations.__file__).parent)).walk_revisions())
    )
    if step.revision not in BEFORE_THE_RULE
]


@pytest.fixture
def engine(postgresql_url: str) -> Iterator[Engine]:
    """A PostgreSQL database without any table."""
    server, name = f"{postgresql_url.rpartition('/')[0]}/postgres", f"steps_{uuid.uuid4().hex}"
    made = create_engine(read_address(create_database(server, name)))
    yield made
    made.dispose()
    drop_database(server, name)


@pytest.mark.parametrize(("before", "revision"), STEPS)
def test_no_step_keeps_the_house_waiting(engine: Engine, before: str, revision: str) -> None:
    build_earlier(engine, before)
    with watched(engine) as watch, engine.connect() as connection:
        command.upgrade(config_for(connection, online=True), revision)
    assert watch.faults == []


def test_the_list_of_tables_that_grow_names_tables(engine: Engine) -> None:
    upgrade_schema(engine)
    assert set(GROWING) <= set(inspect(engine).get_table_names())


def test_every_table_that_grows_has_rows_so_that_a_plain_index_of_it_is_found_out(engine: Engine) -> None:
    build_earlier(engine, HEAD_REVISION)
    missed = []
    for table in GROWING:
        key = inspect(engine).get_pk_constraint(table)["constrained_columns"][0]
        with watched(engine) as watch, engine.begin() as connection:
            connection.execute(text(f"CREATE INDEX ix_planted_{table} ON {table} ({key})"))
        if not any(fault.startswith(f"reads the rows of {table} while") for fault in watch.faults):
            missed.append(table)
    assert missed == []


Change = Callable[[Operations], None]
CHECK = "ALTER TABLE outbox ADD CONSTRAINT ck_planted CHECK (attempts >= 0)"


def says(statement: str) -> Change:
    return lambda op: op.execute(statement)


PLANTED: dict[str, Change] = {
    "reads the rows of ticket while": lambda op: op.create_index("ix_planted", "ticket", ["amount"]),
    "writes ticket anew": says("ALTER TABLE ticket ALTER COLUMN amount TYPE BIGINT"),
    "writes sale_order anew": says("ALTER TABLE sale_order ADD planted TEXT DEFAULT random()::text"),
    "changes rows of ticket": says("UPDATE ticket SET amount = amount + 1"),
    "reads the rows of outbox while": says(CHECK),
    "reads the rows of seat_claim while": says("ALTER TABLE seat_claim ALTER COLUMN expires_at SET NOT NULL"),
}
HARMLESS: dict[str, Change] = {
    "a column with a constant default": says("ALTER TABLE ticket ADD planted INTEGER DEFAULT 0 NOT NULL"),
    "a column without one": says("ALTER TABLE sale_order ADD planted TEXT"),
    "a check of new rows": says(f"{CHECK} NOT VALID"),
    "an index of a small table": says("CREATE INDEX ix_planted ON cinema (name)"),
    "a table": says("CREATE TABLE planted (id INTEGER)"),
}


def faults_of(engine: Engine, change: Change) -> list[str]:
    build_earlier(engine, HEAD_REVISION)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM seat_claim WHERE expires_at IS NULL"))
    with watched(engine) as watch, engine.begin() as connection:
        change(Operations(MigrationContext.configure(connection)))
    return watch.faults


@pytest.mark.parametrize("fault", PLANTED)
def test_what_would_keep_the_house_waiting_is_found_out(engine: Engine, fault: str) -> None:
    found = faults_of(engine, PLANTED[fault])
    assert len(found) == 1, found
    assert found[0].startswith(fault)


@pytest.mark.parametrize("harmless", HARMLESS)
def test_what_takes_a_moment_is_let_through(engine: Engine, harmless: str) -> None:
    assert faults_of(engine, HARMLESS[harmless]) == []


def run_online(engine: Engine, change: Callable[[], None], *, as_online: bool = True) -> None:
    """Do what a step does, as `upgrade_schema` would."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"transaction_per_migration": True})
        config = config_for(connection, online=as_online)
        from alembic.runtime.environment import EnvironmentContext

        with EnvironmentContext(config, ScriptDirectory.from_config(config)) as environment:
            environment._migration_context = context
            with Operations.context(context), context.begin_transaction(_per_migration=True):
                change()


def test_an_index_whose_building_was_cut_off_is_built_anew(engine: Engine) -> None:
    build_earlier(engine, HEAD_REVISION)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE INDEX ix_planted ON ticket (amount)"))
        connection.execute(
            text("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_planted'::regclass")
        )
    for _ in range(2):  # again where it is there already
        run_online(
            engine, lambda: online.create_index("ix_planted", "ticket", ["amount"], where="amount > 0")
        )
        with engine.connect() as connection:
            found = connection.execute(
                text(
                    "SELECT indisvalid, pg_get_expr(indpred, indrelid) FROM pg_index "
                    "WHERE indexrelid = 'ix_planted'::regclass"
                )
            ).one()
        assert tuple(found) == (True, "(amount > 0)")


def test_a_check_and_a_reference_are_added_beside_sales_and_hold(engine: Engine) -> None:
    build_earlier(engine, HEAD_REVISION)

    def change() -> None:
        online.create_check("ck_planted", "ticket", "amount < 1000000")
        online.create_foreign_key("fk_planted", "ticket", "ticket_type_id", "ticket_type (id)")

    with watched(engine) as watch:
        for _ in range(2):
            run_online(engine, change)
    assert watch.faults == []
    with engine.connect() as connection:
        found = connection.execute(
            text(
                "SELECT conname, convalidated FROM pg_constraint "
                "WHERE conname IN ('ck_planted', 'fk_planted') ORDER BY 1"
            )
        ).all()
    assert [tuple(row) for row in found] == [("ck_planted", True), ("fk_planted", True)]


def test_a_sale_that_is_not_done_yet_waits_for_no_upgrade(engine: Engine) -> None:
    """A buyer in the middle of his sale: the index waits for him, and others sell meanwhile."""
    before, _ = STEPS[0]
    build_earlier(engine, before)
    upgraded = threading.Thread(target=upgrade_schema, args=(engine,), daemon=True)
    with engine.connect() as buyer, buyer.begin():
        buyer.execute(text("UPDATE ticket SET amount = amount WHERE id = 'TICKET0000000001'"))
        upgraded.start()
        upgraded.join(1.0)
        assert upgraded.is_alive(), "it did not wait, so that this shows nothing"
        with engine.begin() as another:
            another.execute(text("SET LOCAL lock_timeout = '2s'"))
            another.execute(text("UPDATE ticket SET amount = amount WHERE id = 'TICKET0000000002'"))
    upgraded.join(30)
    assert not upgraded.is_alive()
    with engine.connect() as connection:
        assert (
            connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == HEAD_REVISION
        )
