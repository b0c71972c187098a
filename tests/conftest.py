"""Fixtures that every test may use: fresh databases of both kinds, and Matinee on them.

One PostgreSQL server serves the whole run: under pytest-xdist the controlling process starts it and tells the workers.
"""

from __future__ import annotations

import functools
import gc
import os
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from matinee.settings import Settings
from tests.building import Buyer, House, add_buyer
from tests.database_pool import DatabasePool
from tests.databases import (
    TEMPLATE,
    NoPostgres,
    PostgresPrograms,
    PostgresServer,
    copy_sqlite,
    create_database,
    drop_database,
    find_postgres,
    make_tables,
)

if TYPE_CHECKING:
    from apiflask import APIFlask
    from flask.testing import FlaskClient

    from matinee.web.shared.services import Services

from tests.apps import opened_app
from tests.claims_only import hold_to_announcements
from tests.kept_connections import keep_connections
from tests.memory import folder_in_memory, remove_what_was_left
from tests.quick_apps import compile_once

PROGRAMS = pytest.StashKey[PostgresPrograms]()
SERVER = pytest.StashKey[PostgresServer]()
ADDRESS_FOR_WORKERS = "matinee_postgres_url"


# As many as a parser of hostile input is tried with in `make fuzz`.
FUZZ_EXAMPLES = 20_000


# Before the plugin of hypothesis asks for the profile.
@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    _choose_examples(config)
    compile_once()
    keep_connections()
    hold_to_announcements()
    _put_files_into_memory()
    try:
        config.stash[PROGRAMS] = find_postgres()
    except NoPostgres as error:
        # Half of the promise would go untested: the suite fails, it does not skip.
        raise pytest.UsageError(str(error)) from None


def _choose_examples(config: pytest.Config) -> None:
    from hypothesis import settings

    # The same examples each time: where the suite fails, it is by what was changed. Other ones are what `make fuzz` is for.
    settings.register_profile("suite", derandomize=True, database=None)
    settings.register_profile("fuzz", max_examples=FUZZ_EXAMPLES, derandomize=False, print_blob=True)
    if config.getoption("--hypothesis-profile", None) is None:
        settings.load_profile("suite")


def _put_files_into_memory() -> None:
    folder = folder_in_memory()
    if folder is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder))


def pytest_collection_finish() -> None:
    # What is imported by now stays to the end: the garbage collector need not look through all of it again and again.
    gc.freeze()
    # And not after every 700th object: an app alone is ten thousands, which stay until its test ends.
    gc.set_threshold(50_000, 20, 50)


def pytest_report_header(config: pytest.Config) -> str:
    programs = config.stash[PROGRAMS]
    return f"databases: SQLite {sqlite3.sqlite_version}, PostgreSQL {programs.version} ({programs.source})"


def shared_server_url(config: pytest.Config) -> str:
    """The address of the run's PostgreSQL server, with the template database in place; started when first asked for."""
    told: dict[str, Any] = getattr(config, "workerinput", {})
    if ADDRESS_FOR_WORKERS in told:
        return str(told[ADDRESS_FOR_WORKERS])
    server = config.stash.get(SERVER, None)
    if server is None:
        remove_what_was_left()
        server = config.stash[SERVER] = PostgresServer(config.stash[PROGRAMS])
        server.start()
        make_tables(create_database(server.url("postgres"), TEMPLATE))
    return server.url("postgres")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Called by pytest-xdist in the controlling process, for each worker before it starts."""
    node.workerinput[ADDRESS_FOR_WORKERS] = shared_server_url(node.config)


def pytest_unconfigure(config: pytest.Config) -> None:
    server = config.stash.get(SERVER, None)
    if server is not None:
        server.remove()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MATINEE_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema in place, which nobody has open."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite"
    make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """The address of a fresh SQLite database with the schema in place."""
    return copy_sqlite(sqlite_template, tmp_path / "matinee.sqlite")


@pytest.fixture(scope="session")
def database_pool(request: pytest.FixtureRequest) -> DatabasePool:
    """The PostgreSQL databases of this process."""
    return DatabasePool(shared_server_url(request.config))


@pytest.fixture
def postgresql_url(database_pool: DatabasePool) -> Iterator[str]:
    """The address of a fresh PostgreSQL database with the schema in place."""
    address = database_pool.take()
    yield address
    database_pool.give_back(address)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database with the schema in place; the test runs once with each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table; the test runs once with each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    server = shared_server_url(request.config)
    name = f"empty_{uuid.uuid4().hex}"
    yield create_database(server, name)
    drop_database(server, name)


@pytest.fixture(scope="session")
def postgres_to_copy(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    """A server that has stopped, with a database "matinee" that has the schema in place."""
    server = PostgresServer(request.config.stash[PROGRAMS])
    try:
        server.start()
        make_tables(create_database(server.url("postgres"), "matinee"))
        server.stop()
        yield server
    finally:
        server.remove()


@pytest.fixture
def own_postgres(
    request: pytest.FixtureRequest, postgres_to_copy: PostgresServer
) -> Iterator[PostgresServer]:
    """A server for this test alone, which it may stop and start. Its database "matinee" has the schema in place."""
    server = PostgresServer(request.config.stash[PROGRAMS], like=postgres_to_copy)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@functools.cache
def _usual_settings() -> Settings:
    return Settings(base_url="http://testserver", password_cost="cheap", ratelimit="off")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings for the fresh database: cheap passwords, no limits on attempts, mails as files."""
    # To look for all of them in the environment takes as long as a fifth of an app.
    return _usual_settings().model_copy(update={"data_dir": tmp_path / "data", "database_url": database_url})


@pytest.fixture
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment from which commands read `settings`; set in this process, and given for starting others."""
    ours = {
        "MATINEE_DATA_DIR": str(settings.data_dir),
        "MATINEE_DATABASE_URL": settings.database_url,
        "MATINEE_BASE_URL": settings.base_url,
        "MATINEE_PASSWORD_COST": settings.password_cost,
        "MATINEE_RATELIMIT": settings.ratelimit,
    }
    for name, value in ours.items():
        monkeypatch.setenv(name, value)
    return {**os.environ, **ours}


@pytest.fixture
def app(settings: Settings) -> Iterator[APIFlask]:
    """Matinee on the fresh database, with an application context."""
    with opened_app(settings) as made:
        yield made


@pytest.fixture
def services(app: APIFlask) -> Services:
    """What the surfaces of `app` work with."""
    from matinee.web.shared.services import services_of

    return services_of(app)


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    """A client of `app`, without a network."""
    return app.test_client()


@pytest.fixture
def house(services: Services) -> House:
    """A small programme; see `tests.building`."""
    # Imported here, as above.
    from tests.kept_house import store_house

    return services.transactions.write(store_house)


@pytest.fixture
def buyer(services: Services) -> Buyer:
    """A confirmed user with a session."""
    return services.transactions.write(add_buyer)
