"""The service worker of the door: keeps the page as a whole, and nothing that somebody could take for the truth."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from matinee.web.door import worker
from matinee.web.shared import assets
from matinee.web.shared.assets import assets_version
from tests.browser.conftest import OpenVisit, Site, Visit
from tests.browser.door.conftest import tab
from tests.browser.door.scanner import until
from tests.browser.door.server import Server
from tests.browser.door.tickets import Sold
from tests.building import on_one_database

pytestmark = on_one_database
KEEP = """
async (version) => {
  const {keepPageOffline} = await import(`/static/site/${version}/js/door/kept_offline.js`);
  window.renewed = 0;
  await keepPageOffline({worker: "/door/worker.js", renewed: () => { window.renewed += 1; }});
}
"""
KEPT = """
async () => {
  const found = {};
  for (const name of await caches.keys())
    found[name] = (await (await caches.open(name)).keys()).map(({url}) => new URL(url).pathname);
  return found;
}
"""
# Everything that tells of tickets.
CALLS = (
    "list?screenings=1&salt=AAAAAAAAAAAAAAAAAAAAAA",
    "screenings",
    "counts?screenings=1",
    "search?q=anna&screenings=1",
    "me",
)


@pytest.fixture
def page(usher: Visit) -> Page:
    """The door's page, kept."""
    opened = tab(usher)
    opened.goto("/door/")
    opened.evaluate(KEEP, assets_version())
    until(opened, "navigator.serviceWorker.controller !== null")
    return opened


def kept(page: Page) -> dict[str, list[str]]:
    """The names of caches, the oldest first, and the paths in each."""
    return page.evaluate(KEPT)  # type: ignore[no-any-return]


def go_out(server: Server, page: Page) -> None:
    server.stop()
    page.context.set_offline(True)


def other_version(monkeypatch: pytest.MonkeyPatch, version: str) -> str:
    """As after an upgrade: every asset has another address."""
    for module in (assets, worker):
        monkeypatch.setattr(module, "assets_version", lambda: version)
    return version


def look_for_newer(page: Page) -> None:
    page.evaluate("navigator.serviceWorker.getRegistration().then(found => found.update())")


def test_the_page_opens_without_a_network_and_lacks_no_part(page: Page, server: Server) -> None:
    go_out(server, page)
    missed: list[str] = []
    page.on("requestfailed", lambda request: missed.append(request.url))
    page.reload()
    expect(page.get_by_role("heading", name="Door").first).to_be_attached()
    page.evaluate("document.fonts.ready.then(() => true)")
    assert page.evaluate("getComputedStyle(document.body).fontFamily") != ""
    assert [url for url in missed if "/static/" in url] == []
    # Other pages are not its business.
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        page.goto("/en/")


def test_only_the_page_and_its_parts_are_kept(page: Page, sold: Sold) -> None:
    for call in CALLS:
        page.evaluate("url => fetch(url).then(answer => answer.text())", f"/door/{call}")
    [(name, paths)] = kept(page).items()
    assert name == f"door-{assets_version()}"
    others = [path for path in paths if not path.startswith(f"/static/site/{assets_version()}/")]
    assert sorted(others) == ["/door/", "/door/app.webmanifest"]
    names = {path.removeprefix(f"/static/site/{assets_version()}/") for path in paths}
    assert {"js/door/engine.js", "vendor/noble-ed25519/ed25519.js", "css/house.css"} <= names
    assert set(worker.parts()) <= names


def test_a_new_version_takes_over_and_the_page_that_is_open_keeps_its_own(
    page: Page, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = assets_version()
    second = other_version(monkeypatch, "a" * 12)
    look_for_newer(page)
    until(page, "window.renewed === 1")
    until(page, "navigator.serviceWorker.getRegistration().then(({active}) => active.state === 'activated')")
    assert list(kept(page)) == [f"door-{first}", f"door-{second}"]
    go_out(server, page)
    # A part that it had not needed yet.
    part = f"/static/site/{first}/vendor/noble-ed25519/ed25519.js"
    assert page.evaluate("part => fetch(part).then(answer => answer.ok)", part) is True
    page.reload()
    assert second in page.content()
    assert first not in page.content()

    page.context.set_offline(False)
    server.start()
    third = other_version(monkeypatch, "b" * 12)
    look_for_newer(page)
    until(page, f"caches.keys().then(names => names.join() === 'door-{second},door-{third}')")


def test_a_version_that_cannot_be_kept_as_a_whole_does_not_take_over(
    page: Page, server: Server, usher: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = assets_version()
    usher.context.clear_cookies(name="token")
    other_version(monkeypatch, "a" * 12)
    page.evaluate(
        """async () => {
          const registration = await navigator.serviceWorker.getRegistration();
          const gone = new Promise((keep) => registration.addEventListener("updatefound", () => {
            const {installing} = registration;
            installing.addEventListener("statechange", () => installing.state === "redundant" && keep());
          }));
          await registration.update().catch(() => {});
          await gone;
        }"""
    )
    go_out(server, page)
    page.reload()
    assert first in page.content()


def test_a_page_that_is_newer_is_shown_with_a_network(
    page: Page, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = other_version(monkeypatch, "a" * 12)
    page.reload()
    assert second in page.content()


def test_a_page_whose_parts_are_not_here_is_not_kept(
    page: Page, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two servers one is newer, and the worker is still of the other."""
    first = assets_version()
    monkeypatch.setattr(assets, "assets_version", lambda: "a" * 12)
    page.reload()
    assert "a" * 12 in page.content()
    go_out(server, page)
    page.reload()
    assert first in page.content()
    assert "a" * 12 not in page.content()


def test_whoever_is_signed_out_is_led_to_signing_in_where_there_is_a_network(
    page: Page, usher: Visit
) -> None:
    usher.context.clear_cookies(name="token")
    page.goto("/door/")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_a_phone_installs_the_page(page: Page, usher: Visit) -> None:
    device = usher.context.new_cdp_session(page)
    manifest: dict[str, Any] = device.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].endswith("/door/app.webmanifest")
    # A browser of a test is as one in which nothing is kept; nothing else must be in the way.
    faults = device.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {fault["errorId"] for fault in faults} <= {"in-incognito"}


def test_pages_beside_the_door_are_none_of_its_business(page: Page, open_staff: OpenVisit) -> None:
    page.goto("/en/")
    assert page.evaluate("navigator.serviceWorker.controller") is None
