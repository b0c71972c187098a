"""A database with sales in it, and what a backup of it is made by."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from matinee.backups.databases import open_database
from matinee.backups.making import Made, Plan, make_backup
from matinee.backups.pruning import Keeping
from matinee.backups.restoring import Restored, Target, restore_backup
from matinee.backups.stores import FolderStore, Store
from matinee.web.shared.services import Services
from tests import kept_connections
from tests.boxoffice.selling import Sale
from tests.building import NOW, Buyer, House
from tests.conftest import shared_server_url
from tests.databases import create_database, drop_database

SECRET_KEY = "k" * 40
Make = Callable[..., Made]
Restore = Callable[..., Restored]


@pytest.fixture
def sale(services: Services, house: House, buyer: Buyer) -> Sale:
    """What buyers do, by the domain's own operations."""
    return Sale(services, house, buyer)


@pytest.fixture
def sold(sale: Sale) -> Sale:
    """A database in which somebody bought and somebody else is about to."""
    sale.sold("A1", "A2")
    sale.hold("B1")
    return sale


@pytest.fixture
def stop(services: Services, database_url: str) -> Callable[[], None]:
    """Does what stopping Matinee does: no connection to the database is left."""

    def stopped() -> None:
        services.engine.dispose()
        if services.direct is not None:
            services.direct.close_mine()
        watching = getattr(services.version, "_connection", None)
        if watching is not None:
            watching.close()
            services.version._connection = None  # type: ignore[attr-defined]
        kept_connections.end_all(database_url)

    return stopped


@pytest.fixture
def empty_database_url(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table, of the kind that the test's other one is."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    server, name = shared_server_url(request.config), f"empty_{uuid.uuid4().hex}"
    yield create_database(server, name)
    drop_database(server, name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the backups of the test are kept."""
    return tmp_path / "backups"


@pytest.fixture
def make(database_url: str, tmp_path: Path, folder: Path) -> Iterator[Make]:
    """Makes a backup of the test's database; kept in `folder` unless `stores` says otherwise."""
    engine = open_database(database_url)

    def made(
        *,
        verify: bool = False,
        now: datetime = NOW,
        recipients: tuple[str, ...] = (),
        stores: list[Store] | None = None,
        keeping: Keeping = Keeping(newest=100, days=0),  # noqa: B008 - frozen
        secret_key: str | None = SECRET_KEY,
        of: Engine | None = None,
    ) -> Made:
        plan = Plan(
            engine=of or engine, data_dir=tmp_path / "data", matinee_version="1.2.3", secret_key=secret_key,
            recipients=recipients, stores=stores or [FolderStore(folder)], keeping=keeping, scratch_url="",
        )  # fmt: skip
        # As the command does, which opens the database anew: `stop` may have ended what rested here.
        engine.dispose()
        return make_backup(plan, verify=verify, now=now)

    yield made
    engine.dispose()


@pytest.fixture
def restore(tmp_path: Path) -> Restore:
    """Brings a backup back into a database."""

    def restored(
        file: Path, address: str, *, identities: Any = (), overwrite: bool = False, key: str = ""
    ) -> Restored:
        engine = open_database(address)
        target = Target(engine, tmp_path / "other-data", key)
        try:
            return restore_backup(file, target, identities=identities, overwrite=overwrite, now=NOW)
        finally:
            engine.dispose()

    return restored
