"""An evening at a door that loses its network: the whole of it, on the page, in a real browser."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from matinee.boxoffice.models import Order
from matinee.door.conflicts import conflicts_in_order
from tests.browser.conftest import PHONE, OpenVisit, Site, Visit
from tests.browser.door.conftest import tab
from tests.browser.door.scanner import until
from tests.browser.door.server import Server
from tests.browser.door.tickets import (
    Sold,
    admitted,
    let_in_elsewhere,
    order_of,
    refund,
    screenings_soon,
    sell,
    told_scans,
)

UNKNOWN = "https://tickets.example.org/tikets/AAAAAAAAAAAAAAAA"
# As fast as a hand scanner types, which ends each code with Enter.
TYPE = """
(code) => {
  for (const key of [...code, "Enter"])
    document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
}
"""


@dataclass
class Evening:
    """Two screenings, and who has come for which."""

    ours: Sold
    theirs: Sold


@pytest.fixture
def evening(site: Site) -> Evening:
    """56 tickets of this door: two of them refunded, two came in before, four were never paid; and two of another door."""
    site.services.seal(b"the first one makes the key")
    here, there = screenings_soon(site)
    ours = sell(site, here, 56)
    refund(site, ours.ids[50])
    refund(site, ours.ids[51])
    let_in_elsewhere(site, ours.ids[46])
    let_in_elsewhere(site, ours.ids[47])
    unpaid = update(Order).where(Order.id == order_of(site, ours.ids[52]))
    site.services.transactions.write(lambda session: session.execute(unpaid.values(state="due")))
    return Evening(ours, sell(site, there, 2))


@pytest.fixture
def phone(open_staff: OpenVisit) -> Visit:
    """A usher's, whose camera is off: codes are read by a hand scanner."""
    visit = open_staff("usher", viewport=PHONE)
    visit.context.add_init_script("localStorage['door-camera-off'] ??= 'true'")
    return visit


def stand_at_door(visit: Visit, evening: Evening) -> Page:
    """Open the page, choose the screening, and wait until everything is on the phone."""
    page = tab(visit)
    page.goto("/door/")
    page.locator(f"input[value='{evening.ours.screening}']").check()
    page.get_by_label("Name of the door").fill("North")
    page.get_by_role("button", name="Start scanning").click()
    expect(page.locator("#counts")).to_contain_text("2 / 54")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    until(page, "navigator.serviceWorker.controller !== null")
    return page


def scan(page: Page, code: str) -> str:
    """What the page answers."""
    page.evaluate("document.getElementById('answer').dataset.answer = ''")
    page.evaluate(TYPE, code)
    until(page, "document.getElementById('answer').dataset.answer !== ''")
    return str(page.evaluate("document.getElementById('answer').dataset.answer"))


def test_fifty_scans_without_a_network_are_settled_once_and_conflicts_are_shown(
    phone: Visit, evening: Evening, site: Site, server: Server
) -> None:
    page = stand_at_door(phone, evening)
    ours = evening.ours
    # It can be installed, apart from what a browser of a test never does.
    faults = phone.context.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {fault["errorId"] for fault in faults} <= {"in-incognito"}

    server.stop()
    phone.context.set_offline(True)
    page.reload()
    expect(page.locator("#counts")).to_contain_text("2 / 54")
    came = [
        *ours.codes[:40],
        ours.codes[0],
        UNKNOWN,
        *ours.codes[46:48],
        *ours.codes[50:54],
        *evening.theirs.codes,
    ]
    assert len(came) == 50
    answers = Counter(scan(page, code) for code in came)
    assert answers == {
        "welcome": 40, "already_in": 3, "unknown": 1, "refunded": 2, "unpaid": 2, "other_screening": 2,
    }  # fmt: skip
    expect(page.locator("#counts")).to_contain_text("42 / 54")
    expect(page.locator("#network-waiting")).to_contain_text("40")

    # Meanwhile, at the other door and at the counter.
    let_in_elsewhere(site, ours.ids[5])
    refund(site, ours.ids[6])
    assert told_scans(site) == []

    server.start()
    phone.context.set_offline(False)
    expect(page.locator("#conflicts-words")).to_contain_text("2", timeout=20_000)
    expect(page.locator("#counts")).to_contain_text("41 / 53")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#answer")).to_have_attribute("data-answer", "conflict")

    scans = told_scans(site)
    assert [one.sequence for one in scans] == list(range(1, 41))
    assert Counter(one.result for one in scans) == {"welcome": 38, "conflict": 2}
    # Each once: the two of before, and the forty without the one that was refunded meanwhile.
    there = set(ours.ids[:40]) - {ours.ids[6]} | set(ours.ids[46:48])
    assert admitted(site) == sorted(there)
    found = site.services.transactions.read(
        lambda session: conflicts_in_order(session, only_open=True, limit=10)
    )
    assert {conflict.ticket_id for conflict in found} == {ours.ids[5], ours.ids[6]}
    assert {conflict.door for conflict in found} == {"North"}
    # Nothing is told again.
    page.reload()
    expect(page.locator("#counts")).to_contain_text("41 / 53")
    assert scan(page, ours.codes[0]) == "already_in"
    assert len(told_scans(site)) == 41
