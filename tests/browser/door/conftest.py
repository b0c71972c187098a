"""At the door: a server that goes away and comes back, tickets that were sold, and a scanner."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from matinee.app import create_app
from matinee.kernel import clock
from matinee.programme.demo import store_demo_programme
from matinee.settings import Settings
from matinee.web.shared.services import services_of
from tests.browser.conftest import OpenVisit, Site, Visit
from tests.browser.door.scanner import Scanner
from tests.browser.door.server import Server
from tests.browser.door.tickets import Sold, screenings_soon, sell


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    """The demonstration's cinema, at a server that can be stopped."""
    app = create_app(settings)
    services = services_of(app)
    services.transactions.write(
        lambda session: store_demo_programme(session, timezone="Europe/Kyiv", currency="EUR", now=clock.now())
    )
    server = Server(app, int(settings.base_url.rpartition(":")[2]))
    server.start()
    yield server
    server.stop()
    services.engine.dispose()


@pytest.fixture
def site(server: Server, settings: Settings) -> Site:
    return Site(settings.base_url, server.app, services_of(server.app))


@pytest.fixture
def sold(site: Site) -> Sold:
    site.services.seal(b"the first one makes the key")
    return sell(site, screenings_soon(site)[0], 8)


@pytest.fixture
def usher(open_staff: OpenVisit) -> Visit:
    return open_staff("usher")


def tab(visit: Visit) -> Page:
    """A tab that may miss the server, but whose scripts must not fail."""
    page = visit.context.new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: visit.faults.append(f"script: {error}"))
    page.on(
        "console",
        lambda message: (
            visit.faults.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    return page


@pytest.fixture
def scanner(usher: Visit, sold: Sold) -> Scanner:
    """A scanner at the door of the screening, ready."""
    made = Scanner(tab(usher), screenings=[sold.screening])
    made.ready()
    return made
