"""A real Chromium on a real server of Matinee: the demonstration's cinema, on each kind of database."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from matinee.accounts.models import User
from matinee.accounts.roles import grant_role
from matinee.accounts.sessions import start_session
from matinee.app import create_app
from matinee.assembly import MAIL_COMPOSERS
from matinee.kernel import clock
from matinee.outbox.assembly import build_delivery
from matinee.programme.demo import store_demo_programme
from matinee.settings import Settings
from matinee.web.shared.services import Services, services_of
from tests.browser.chromium import ARGUMENTS, browser_is_required, find_chromium
from tests.databases import free_port

PICTURES = Path("test-results")
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    if call.when == "call":
        item.stash[FAILED] = call.excinfo is not None


FAILED = pytest.StashKey[bool]()


# For a module and not for the session: while it is there, an event loop seems to run, in which others cannot begin theirs.
@pytest.fixture(scope="module")
def playwright_driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def browser(playwright_driver: Playwright) -> Iterator[Browser]:
    """One Chromium for the tests of a module."""
    path = find_chromium()
    if path is None:
        if browser_is_required():
            pytest.fail("there is no Chromium, and one is required")
        pytest.skip("no Chromium on this machine: on Debian, apt install chromium")
    opened = playwright_driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
    yield opened
    opened.close()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings for a server that a browser reaches, with play money."""
    return Settings(
        data_dir=tmp_path / "data",
        database_url=database_url,
        base_url=f"http://127.0.0.1:{free_port()}",
        timezone="Europe/Kyiv",
        currency="EUR",
        password_cost="cheap",
        ratelimit="off",
        demo_payments="on",
        access_log="off",
    )


@dataclass
class Site:
    """The running website."""

    url: str
    app: APIFlask
    services: Services


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    """The demonstration's cinema, served."""
    app = create_app(settings)
    services = services_of(app)
    services.transactions.write(
        lambda session: store_demo_programme(
            session, timezone=settings.timezone, currency=settings.currency, now=clock.now()
        )
    )
    port = int(settings.base_url.rpartition(":")[2])
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(settings.base_url, app, services)
    server.shutdown()
    thread.join()
    server.server_close()
    if services.direct is not None:
        services.direct.close_mine()
    services.engine.dispose()


@dataclass
class Visit:
    """One person's browser, and everything in it that must not be."""

    context: BrowserContext
    site: Site
    faults: list[str] = field(default_factory=list)
    # Statuses of 400 and more that a test provokes on purpose.
    expected: set[int] = field(default_factory=set)

    def page(self) -> Page:
        """A new tab, which notes errors of scripts, of the console, and requests to other hosts."""
        page = self.context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", self._note)
        page.on("request", lambda request: self._note_request(request.url))
        return page

    def _note(self, message: Any) -> None:
        if message.type not in ("error", "warning"):
            return
        refused = re.search(r"status of (\d{3})", message.text)
        if refused and int(refused[1]) in self.expected:
            return
        self.faults.append(f"console: {message.text}")

    def _note_request(self, url: str) -> None:
        if not url.startswith((self.site.url, "data:", "blob:")):
            self.faults.append(f"another host: {url}")


OpenVisit = Callable[..., Visit]


@pytest.fixture
def open_visit(browser: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[OpenVisit]:
    """Opens a browser of a person of its own. Options are those of a Playwright context."""
    visits: list[Visit] = []

    def open_one(**options: Any) -> Visit:
        context = browser.new_context(
            **{"base_url": site.url, "viewport": DESKTOP, "locale": "en-GB", **options}
        )
        visits.append(Visit(context, site))
        return visits[-1]

    yield open_one
    failed = request.node.stash.get(FAILED, False)
    for number, visit in enumerate(visits):
        for position, page in enumerate(visit.context.pages):
            if failed or visit.faults:
                PICTURES.mkdir(exist_ok=True)
                name = re.sub(r"[^\w.-]+", "_", request.node.nodeid)[-120:]
                page.screenshot(path=PICTURES / f"{name}-{number}-{position}.png", full_page=True)
        visit.context.close()
    faults = [fault for visit in visits for fault in visit.faults]
    assert failed or not faults, faults


@pytest.fixture
def open_staff(open_visit: OpenVisit, site: Site) -> OpenVisit:
    """Opens a browser of a member of the staff with these roles, signed in. Options are those of `open_visit`."""

    def open_one(*roles: str, **options: Any) -> Visit:
        def join(session: Session) -> str:
            now = clock.now()
            user = User(username=f"{'-'.join(roles)}@aurora.example", password_hash="", created_at=now,
                        email_confirmed_at=now)  # fmt: skip
            session.add(user)
            session.flush()
            for role in roles:
                grant_role(session, user=user, role=role)
            return start_session(session, user=user, lifetime=timedelta(days=1), now=now)[0]

        visit = open_visit(**options)
        token = site.services.transactions.write(join)
        visit.context.add_cookies([{"name": "token", "value": token, "url": site.url}])
        return visit

    return open_one


@pytest.fixture
def visit(open_visit: OpenVisit) -> Visit:
    """One person with a desktop."""
    return open_visit()


@pytest.fixture
def page(visit: Visit) -> Page:
    """The tab of one person with a desktop."""
    return visit.page()


def axe_violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands, once it is loaded (WCAG 2.2 A and AA, and best practices)."""
    page.wait_for_load_state()
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {each['help']}: {[node['target'] for node in each['nodes']][:5]}"
        for each in found["violations"]
    ]


def deliver_mails(site: Site, data_dir: Path) -> list[EmailMessage]:
    """Deliver what waits in the outbox, as the worker does; all mails so far, the newest last."""
    delivery = build_delivery(
        transactions=site.services.transactions,
        composers=MAIL_COMPOSERS,
        smtp_url="",
        mail_from="Aurora <tickets@aurora.example>",
        base_url=site.url,
        seal=site.services.seal,
        data_dir=data_dir,
    )
    delivery.deliver_all_due()
    delivery.finish()
    files = sorted((data_dir / "mails").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    return [message_from_bytes(path.read_bytes(), policy=default) for path in files]  # type: ignore[misc]


@pytest.fixture
def mails(site: Site, settings: Settings) -> Callable[[], list[EmailMessage]]:
    """Delivers what waits, and gives all mails so far."""
    return lambda: deliver_mails(site, settings.data_dir)
