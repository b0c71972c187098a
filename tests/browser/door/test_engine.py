"""The engine of the door's page: loses no scan, and decides alone where nobody answers."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from playwright.sync_api import Page
from sqlalchemy import select, update

from matinee.boxoffice.cancellations import cancel_screening
from matinee.boxoffice.models import Order, Ticket
from matinee.door.admissions import take_back_admission
from matinee.kernel import clock
from tests.browser.conftest import OpenVisit, Site, Visit
from tests.browser.door.conftest import tab
from tests.browser.door.scanner import Scanner
from tests.browser.door.server import Server
from tests.browser.door.tickets import (
    Sold,
    admitted,
    let_in_elsewhere,
    refund,
    screenings_soon,
    sell,
    told_scans,
)
from tests.building import on_one_database

pytestmark = on_one_database
YEARS_MS = 20 * 365 * 24 * 3600 * 1000


class Held:
    """An answer that is held back until a test lets it go on; then it is lost."""

    def __init__(self) -> None:
        self.arrived, self.go_on = threading.Event(), threading.Event()

    def __call__(self) -> bool:
        self.arrived.set()
        return self.go_on.wait(10)

    def wait(self, page: Page) -> None:
        """Until the server is about to send it."""
        for _ in range(200):
            if self.arrived.is_set():
                return
            page.wait_for_timeout(25)
        raise AssertionError("nothing was asked")


def ticket(site: Site, ticket_id: str) -> Ticket:
    return site.services.transactions.read(lambda session: session.get_one(Ticket, ticket_id))


def test_online_the_server_decides_and_every_scan_has_a_number(
    scanner: Scanner, sold: Sold, site: Site
) -> None:
    first = scanner.scan(sold.codes[0])
    assert (first["result"], first["offline"], first["sequence"]) == ("welcome", False, 1)
    let_in_elsewhere(site, sold.ids[1])
    again = scanner.scan(sold.codes[1])
    assert (again["result"], again["first_door"]) == ("already_in", "South")
    assert scanner.counts()[sold.screening] == (8, 2)
    assert scanner.undo() == "undone"
    assert scanner.counts()[sold.screening] == (8, 1)
    assert scanner.undo() == "nothing_to_undo"
    assert [scan.sequence for scan in told_scans(site)] == [1, 2, 3]
    assert admitted(site) == [sold.ids[1]]


def test_a_lost_answer_is_told_again_and_changes_nothing(
    scanner: Scanner, sold: Sold, site: Site, server: Server
) -> None:
    server.dealt_with = lambda: True
    answer = scanner.scan(sold.codes[0])
    assert (answer["result"], answer["offline"]) == ("welcome", True)
    assert admitted(site) == sold.ids[:1]
    assert scanner.value("engine.waiting()") == 1
    server.dealt_with = lambda: False
    scanner.settled()
    [scan] = told_scans(site)
    assert (scan.sequence, scan.result) == (answer["sequence"], "welcome")
    assert scanner.value("said.conflict") == []
    assert scanner.counts()[sold.screening] == (8, 1)
    assert scanner.scan(sold.codes[0])["result"] == "already_in"


def test_what_the_server_let_in_and_the_scanner_did_not_is_out_again(
    scanner: Scanner, sold: Sold, site: Site, server: Server
) -> None:
    """The list said that it is not paid; that it was paid meanwhile is in the answer that was lost."""
    scanner.settled()  # a list that is still on its way would be taken for the one that is asked for below
    order_id = ticket(site, sold.ids[0]).order_id
    pay = update(Order).where(Order.id == order_id)
    site.services.transactions.write(lambda s: s.execute(pay.values(state="due")))
    scanner.value("engine.refresh()")
    server.dealt_with = lambda: True
    site.services.transactions.write(lambda s: s.execute(pay.values(state="paid")))
    assert scanner.scan(sold.codes[0])["result"] == "unpaid"
    assert admitted(site) == sold.ids[:1]
    server.dealt_with = lambda: False
    scanner.settled()
    assert admitted(site) == []
    assert scanner.scan(sold.codes[0])["result"] == "welcome"


def test_a_page_that_is_killed_while_it_settles_loses_nothing_and_does_nothing_twice(
    scanner: Scanner, sold: Sold, site: Site, server: Server, usher: Visit
) -> None:
    server.stop()
    assert scanner.results(sold.codes[:6]) == ["welcome"] * 6
    assert scanner.undo() == "undone"
    let_in_elsewhere(site, sold.ids[0])
    held = Held()
    server.dealt_with = held
    server.start()
    scanner.value("void engine.refresh()")
    held.wait(scanner.page)
    scanner.page.close()
    held.go_on.set()
    server.dealt_with = lambda: False
    assert len(told_scans(site)) == 7

    again = Scanner(tab(usher), screenings=[sold.screening])
    again.open()
    again.wait_for("engine.online && engine.waiting() === 0")
    assert admitted(site) == sorted(sold.ids[:5])
    scans = told_scans(site)
    assert [scan.sequence for scan in scans] == [1, 2, 3, 4, 5, 6, 7]
    assert [scan.result for scan in scans] == ["conflict", *["welcome"] * 5, "undone"]
    assert [conflict["sequence"] for conflict in again.value("engine.conflicts()")] == [1]
    assert again.scan(sold.codes[7])["sequence"] == 8


def test_an_answer_that_nobody_saw_lets_nobody_in(
    scanner: Scanner, sold: Sold, site: Site, server: Server, usher: Visit
) -> None:
    held = Held()
    server.dealt_with = held
    # On a busy machine it would have decided alone, and let somebody in, before it is closed.
    scanner.page.evaluate("AbortSignal.timeout = () => new AbortController().signal")
    scanner.page.evaluate("code => void engine.scan(code)", sold.codes[0])
    held.wait(scanner.page)
    scanner.page.close()
    held.go_on.set()
    assert admitted(site) == sold.ids[:1]
    server.dealt_with = lambda: False
    again = Scanner(tab(usher), screenings=[sold.screening])
    again.open()
    again.wait_for("engine.online && engine.waiting() === 0")
    assert admitted(site) == []
    assert again.scan(sold.codes[0])["result"] == "welcome"


def test_what_was_let_in_before_a_crash_is_in_though_the_list_that_was_kept_is_older(
    scanner: Scanner, sold: Sold, server: Server, usher: Visit
) -> None:
    assert scanner.scan(sold.codes[0])["result"] == "welcome"
    server.is_busy = True
    scanner.page.close()
    again = Scanner(tab(usher), screenings=[sold.screening])
    again.open()
    assert again.counts()[sold.screening] == (8, 1)
    assert again.results(sold.codes[:2]) == ["already_in", "welcome"]
    server.is_busy = False
    again.settled()
    assert again.counts()[sold.screening] == (8, 2)
    assert again.value("engine.conflicts()") == []


def test_what_should_not_have_come_in_is_said(
    scanner: Scanner, sold: Sold, site: Site, server: Server
) -> None:
    server.stop()
    assert scanner.results(sold.codes[:3]) == ["welcome"] * 3
    let_in_elsewhere(site, sold.ids[0])
    refund(site, sold.ids[1])
    server.start()
    scanner.settled()
    said = [(one["sequence"], one["answer"]["result"]) for one in scanner.value("said.conflict")]
    # Number 1 was sent, and is told again.
    assert said == [(1, "conflict"), (2, "conflict")]
    assert scanner.value("engine.conflicts()[0].answer.first_door") == "South"
    scanner.value("engine.dismissConflict(1)")
    assert [one["sequence"] for one in scanner.value("engine.conflicts()")] == [2]
    assert admitted(site) == sorted([sold.ids[0], sold.ids[2]])
    assert scanner.counts()[sold.screening] == (7, 2)


def test_a_name_of_a_door_that_the_server_would_not_take_holds_up_nothing(
    usher: Visit, sold: Sold, site: Site
) -> None:
    scanner = Scanner(
        tab(usher), screenings=[sold.screening], door="\u200b Nor\u200bth\u00a0\x00💥" + "x" * 80
    )
    scanner.ready()
    answer = scanner.scan(sold.codes[0])
    assert (answer["result"], answer["offline"]) == ("welcome", False)
    [scan] = told_scans(site)
    assert scan.door.startswith("North 💥xx")


def test_storage_that_the_browser_closed_is_opened_again(usher: Visit, sold: Sold, server: Server) -> None:
    page = tab(usher)
    page.add_init_script(
        """const {transaction} = IDBDatabase.prototype;
        IDBDatabase.prototype.transaction = function (...all) { window.db = this; return transaction.apply(this, all); };"""
    )
    scanner = Scanner(page, screenings=[sold.screening])
    scanner.ready()
    server.stop()
    assert scanner.scan(sold.codes[0])["result"] == "welcome"
    page.evaluate("db.close()")
    assert scanner.results(sold.codes[:2]) == ["already_in", "welcome"]
    assert scanner.value("engine.state.durable") is True


def test_a_list_that_was_made_before_a_scan_was_settled_takes_nobody_out(
    scanner: Scanner, sold: Sold, site: Site, server: Server
) -> None:
    held = Held()
    let_in_elsewhere(site, sold.ids[7])
    server.list_made = held
    scanner.value("void engine.refresh()")
    held.wait(scanner.page)
    assert scanner.scan(sold.codes[0])["result"] == "welcome"
    server.list_made = lambda: None
    listed = scanner.value("said.list.length")
    server.is_busy = True
    held.go_on.set()
    scanner.wait_for(f"said.list.length > {listed}")
    assert scanner.counts()[sold.screening] == (8, 2)
    # Nobody answers: by what it knows itself.
    assert scanner.results([sold.codes[0], sold.codes[7]]) == ["already_in", "already_in"]


def test_a_list_that_comes_while_something_is_undone_lets_nobody_in_again(
    scanner: Scanner, sold: Sold, site: Site, server: Server
) -> None:
    assert scanner.scan(sold.codes[0])["result"] == "welcome"
    scanner.value("engine.refresh()")
    let_in_elsewhere(site, sold.ids[7])
    held = server.list_made = Held()
    scanner.value("void engine.refresh()")
    held.wait(scanner.page)
    server.is_busy = True
    assert scanner.undo() == "undone"
    listed = scanner.value("said.list.length")
    server.list_made = lambda: None
    held.go_on.set()
    scanner.wait_for(f"said.list.length > {listed}")
    assert scanner.counts()[sold.screening] == (8, 1)
    assert scanner.scan(sold.codes[0])["result"] == "welcome"
    server.is_busy = False
    scanner.settled()
    assert admitted(site) == sorted([sold.ids[0], sold.ids[7]])
    assert scanner.value("said.conflict") == []


def test_undoing_works_without_a_network_for_what_waits_and_for_what_was_settled(
    scanner: Scanner, sold: Sold, site: Site, server: Server
) -> None:
    assert scanner.scan(sold.codes[0])["result"] == "welcome"
    # The list shows it by then.
    scanner.value("engine.refresh()")
    server.stop()
    assert scanner.undo() == "undone"
    assert scanner.counts()[sold.screening] == (8, 0)
    assert scanner.results([sold.codes[0], sold.codes[0], sold.codes[1]]) == [
        "welcome",
        "already_in",
        "welcome",
    ]
    assert scanner.undo() == "undone"
    assert scanner.undo() == "nothing_to_undo"
    assert scanner.scan(sold.codes[1])["result"] == "welcome"
    assert scanner.counts()[sold.screening] == (8, 2)
    server.start()
    scanner.settled()
    assert admitted(site) == sorted(sold.ids[:2])
    assert scanner.counts()[sold.screening] == (8, 2)
    assert scanner.value("said.conflict") == []
    # And when the next list is here.
    scanner.value("engine.refresh()")
    assert scanner.counts()[sold.screening] == (8, 2)


def test_late_changes_reach_the_scanner_within_seconds(scanner: Scanner, sold: Sold, site: Site) -> None:
    refund(site, sold.ids[0])
    let_in_elsewhere(site, sold.ids[1])
    scanner.wait_for(f"engine.counts().get({sold.screening}).inside === 1")
    assert scanner.counts()[sold.screening] == (7, 1)
    site.services.transactions.write(
        lambda s: take_back_admission(s, ticket_id=sold.ids[1], by="boris", note="", now=clock.now())
    )
    late = sell(site, sold.screening, 1)
    scanner.wait_for(f"engine.counts().get({sold.screening}).tickets === 8")
    assert scanner.counts()[sold.screening] == (8, 0)
    site.services.transactions.write(
        lambda s: cancel_screening(
            s, screening_id=sold.screening, reason="broken", actor="anna", now=clock.now()
        )
    )
    scanner.wait_for(f"said.list.some(({{cancelled}}) => cancelled.includes({sold.screening}))")
    assert late.ids
    assert scanner.value("engine.list()[0].cancelled") is True


def test_what_was_sold_since_the_list_was_made_comes_in_once(
    scanner: Scanner, sold: Sold, site: Site, server: Server
) -> None:
    server.stop()
    late = sell(site, sold.screening, 1)
    other = sell(site, screenings_soon(site)[1], 1)
    assert scanner.results([*late.codes, *late.codes]) == ["welcome", "already_in"]
    assert scanner.counts()[sold.screening] == (9, 1)
    answer = scanner.scan(other.codes[0])
    # Of which one, this door does not know.
    assert (answer["result"], answer["screening"]) == ("other_screening", None)
    # Without a signature nothing says that it is genuine.
    assert scanner.scan(late.ids[0])["result"] == "unknown"
    server.start()
    scanner.settled()
    assert admitted(site) == late.ids
    assert scanner.counts()[sold.screening] == (9, 1)


def test_signed_out_the_scanner_goes_on_and_the_queue_is_told_by_whoever_signs_in(
    scanner: Scanner, sold: Sold, site: Site, usher: Visit, open_staff: OpenVisit
) -> None:
    [mine] = [cookie for cookie in usher.context.cookies() if cookie["name"] == "token"]
    usher.context.clear_cookies(name="token")
    assert scanner.scan(sold.codes[0])["result"] == "welcome"
    assert scanner.value("engine.state.signedOut") is True
    assert scanner.results(sold.codes[:2]) == ["already_in", "welcome"]
    assert (admitted(site), scanner.value("engine.waiting()")) == ([], 2)
    scanner.page.reload()
    scanner.open()
    assert scanner.value("engine.waiting()") == 2
    manager = open_staff("manager")
    [theirs] = [cookie for cookie in manager.context.cookies() if cookie["name"] == "token"]
    assert theirs["value"] != mine["value"]
    usher.context.add_cookies([{"name": "token", "value": theirs["value"], "url": site.url}])
    scanner.settled()
    assert admitted(site) == sorted(sold.ids[:2])
    assert {scan.by for scan in told_scans(site)} == {"manager@aurora.example"}
    assert scanner.value("engine.state.signedOut") is False


def test_a_second_tab_says_so_and_can_take_over(scanner: Scanner, sold: Sold, usher: Visit) -> None:
    second = Scanner(tab(usher), screenings=[sold.screening])
    with pytest.raises(Exception, match="another tab holds the scanner"):
        second.open()
    second.open(take_over=True)
    scanner.wait_for("engine.state.elsewhere")
    with pytest.raises(Exception, match="the scanner is closed"):
        scanner.scan(sold.codes[0])
    assert second.scan(sold.codes[0])["result"] == "welcome"


def test_a_copy_of_a_device_takes_another_name_and_loses_nothing(
    scanner: Scanner, sold: Sold, site: Site, server: Server
) -> None:
    name = scanner.value("engine.device")
    server.stop()
    assert scanner.results(sold.codes[:3]) == ["welcome"] * 3
    server.start()
    # The copy told of something else as number 2.
    token = scanner.value("fetch('/door/me').then(r => r.json()).then(({token}) => token)")
    scanner.page.evaluate(
        """async ([device, token, screening, code]) => {
          const at = new Date().toISOString();
          const scans = [{sequence: 2, deed: "scan", code, at, offline: false, undoes: null}];
          const body = {device, door: "North", device_now: at, screenings: [screening], scans};
          const headers = {"Content-Type": "application/json", "X-CSRFToken": token};
          await fetch("/door/scans", {method: "POST", headers, body: JSON.stringify(body)});
        }""",
        [name, token, sold.screening, sold.codes[7]],
    )
    scanner.settled()
    assert scanner.value("engine.device") != name
    assert admitted(site) == sorted([*sold.ids[:3], sold.ids[7]])
    assert scanner.value("said.conflict") == []


@pytest.mark.parametrize("fault", ["missing", "full"])
def test_a_device_that_keeps_nothing_decides_nothing_alone(
    usher: Visit, sold: Sold, site: Site, server: Server, fault: str
) -> None:
    page = tab(usher)
    if fault == "missing":
        page.add_init_script("Object.defineProperty(window, 'indexedDB', {value: undefined})")
    scanner = Scanner(page, screenings=[sold.screening])
    scanner.open()
    scanner.wait_for("engine.online && engine.list().length > 0")
    if fault == "full":
        assert scanner.scan(sold.codes[1])["result"] == "welcome"
        page.evaluate(
            """() => { IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); } }"""
        )
    assert scanner.scan(sold.codes[0])["result"] == "welcome"
    assert (scanner.value("engine.state.durable"), scanner.value("engine.state.canDecide")) == (False, False)
    if fault == "full":
        assert scanner.value("said.state.some(({durable}) => !durable)") is True
    server.dealt_with = lambda: True
    assert scanner.scan(sold.codes[2])["result"] == "unavailable"
    assert scanner.scan(sold.codes[3])["result"] == "unavailable"
    server.dealt_with = lambda: False
    scanner.settled()
    # What the server let in before its answer was lost is out again.
    assert admitted(site) == sorted(sold.ids[: 2 if fault == "full" else 1])
    assert scanner.scan(sold.codes[2])["result"] == "welcome"


@pytest.mark.parametrize("years", [-1, 1])
def test_a_clock_that_is_years_off_does_not_matter(
    usher: Visit, sold: Sold, site: Site, server: Server, years: int
) -> None:
    scanner = Scanner(tab(usher), screenings=[sold.screening], clock_offset=years * YEARS_MS)
    scanner.ready()
    assert scanner.scan(sold.codes[0])["result"] == "welcome"
    server.stop()
    assert scanner.results(sold.codes[:3]) == ["already_in", "welcome", "welcome"]
    first = scanner.scan(sold.codes[1])["first_at"]
    assert first[:4] == str(clock.now().year)
    assert scanner.undo() == "undone"
    server.start()
    scanner.settled()
    assert admitted(site) == sorted(sold.ids[:2])
    assert all(clock.now() - scan.scanned_at < timedelta(minutes=1) for scan in told_scans(site))


def test_a_scan_that_the_server_does_not_take_holds_up_no_other(
    scanner: Scanner, sold: Sold, site: Site, server: Server
) -> None:
    server.stop()
    assert scanner.results(sold.codes[:2]) == ["welcome"] * 2
    # No server takes this number.
    scanner.value(
        """new Promise((keep) => {
          indexedDB.open("matinee-door").onsuccess = ({target: {result: db}}) => {
            const transaction = db.transaction("scans", "readwrite");
            const scans = transaction.objectStore("scans");
            scans.get(1).onsuccess = ({target}) => scans.put({...target.result, sequence: -1});
            scans.delete(1);
            transaction.oncomplete = keep;
          };
        })"""
    )
    server.start()
    scanner.page.reload()
    scanner.open()
    scanner.wait_for("engine.online")
    assert (scanner.value("engine.waiting()"), scanner.value("engine.state.stuck")) == (1, 1)
    assert admitted(site) == sold.ids[1:2]


def test_admissions_by_an_unpaid_order_wait_for_a_manager(
    usher: Visit, sold: Sold, site: Site, scanner: Scanner, server: Server
) -> None:
    order_id = ticket(site, sold.ids[0]).order_id
    site.services.transactions.write(
        lambda s: s.execute(update(Order).where(Order.id == order_id).values(state="due"))
    )
    assert scanner.let_in(sold.codes[0])["result"] == "unpaid"
    scanner.value("engine.refresh()")
    server.stop()
    assert scanner.scan(sold.codes[0])["result"] == "unpaid"
    assert scanner.let_in(sold.codes[0])["result"] == "welcome"
    server.start()
    scanner.settled()
    assert admitted(site) == sold.ids[:1]
    assert (
        site.services.transactions.read(
            lambda s: s.scalars(select(Order.state).where(Order.id == order_id)).one()
        )
        == "due"
    )
