"""The list of orders, and the page of one"""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from matinee.boxoffice.hand_overs import hand_over_ticket
from matinee.boxoffice.models import Order
from matinee.door.admissions import admit_ticket
from matinee.outbox.models import Message
from matinee.payments.models import PaymentRefund
from matinee.web.backoffice.orders import order_list
from tests.boxoffice.selling import GUEST, Sale
from tests.building import DAY, NOW, on_one_database
from tests.web.backoffice.conftest import OpenOffice

ORDERS = "/backoffice/orders"


def page_of(sale: Sale, order_id: int) -> str:
    return f"{ORDERS}/{sale.order(order_id).code}"


@pytest.fixture
def order_id(sale: Sale) -> int:
    """A guest's order of three seats."""
    return sale.sold("A1", "A2", "B1", known=False)


def test_orders_are_found_by_what_people_know(office: OpenOffice, sale: Sale, order_id: int) -> None:
    other = sale.sold("3", screening=sale.house.first_hall)
    clerk = office("counter")
    code, other_code = sale.order(order_id).code, sale.order(other).code
    ticket = sale.tickets(order_id)["A1"].id
    both = clerk.get(ORDERS).text
    assert both.index(other_code) < both.index(code), "the newest first"
    for query in (
        f"email={GUEST}", f"ticket={code.lower()}", f"ticket={ticket[-4:]}", "seat=A1", "film=caf", "q=caf",
        f"q={GUEST}", f"day={DAY}&film=Caf", "seat=A1&state=paid&channel=site",
    ):  # fmt: skip
        found = clerk.get(f"{ORDERS}?{query}").text
        assert code in found, query
        assert other_code not in found, query
    assert "No order fits" in clerk.get(f"{ORDERS}?seat=A1&state=refunded").text
    assert "No order fits" in clerk.get(f"{ORDERS}?email={GUEST}&film=Nosferatu").text


def test_a_whole_code_or_ticket_leads_to_the_order(office: OpenOffice, sale: Sale, order_id: int) -> None:
    clerk = office("counter")
    for text in (sale.order(order_id).code, sale.tickets(order_id)["A2"].id):
        answer = clerk.get(f"{ORDERS}?q={text}")
        assert answer.status_code == 303
        assert answer.headers["Location"].endswith(page_of(sale, order_id))
        part = clerk.get(f"{ORDERS}?q={text}", headers={"HX-Request": "true", "HX-Target": "list"})
        assert part.headers["HX-Redirect"].endswith(page_of(sale, order_id))


def test_orders_sort_and_go_into_a_file(office: OpenOffice, sale: Sale, order_id: int) -> None:
    cheap = sale.sold("3", screening=sale.house.first_hall)
    auditor = office("auditor")
    codes = sale.order(order_id).code, sale.order(cheap).code
    dear_first = auditor.get(f"{ORDERS}?sort=-total").text
    assert dear_first.index(codes[0]) < dear_first.index(codes[1])
    early_first = auditor.get(f"{ORDERS}?sort=starts").text
    assert early_first.index(codes[1]) < early_first.index(codes[0])
    answer = auditor.get(f"{ORDERS}?format=csv&q={codes[0]}")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [codes[0]]
    row = dict(zip(rows[0], rows[1], strict=True))
    assert (row["Buyer"], row["Total"], row["Currency"], row["State"]) == (GUEST, "520.00", "UAH", "paid")


def test_a_sorted_page_looks_at_the_latest_orders_and_the_file_at_more(
    office: OpenOffice, sale: Sale, order_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    latest = sale.sold("3", screening=sale.house.first_hall)
    monkeypatch.setattr(order_list, "LATEST_ORDERS_SORTED", 1)
    auditor = office("auditor")
    early, late = sale.order(order_id).code, sale.order(latest).code
    for query in ("sort=starts", "sort=-total"):
        page, file = (auditor.get(f"{ORDERS}?{query}{more}").text for more in ("", "&format=csv"))
        assert (early in page, late in page) == (False, True), query
        assert (early in file, late in file) == (True, True), query
        # Who says which orders has them all sorted.
        assert early in auditor.get(f"{ORDERS}?{query}&day={DAY}").text, query
    assert early in auditor.get(f"{ORDERS}?sort=created").text


def test_a_hold_that_ran_out_is_shown_as_expired(office: OpenOffice, sale: Sale) -> None:
    sale.hold("A1", now=NOW - timedelta(hours=1))
    clerk = office("counter")
    assert "Expired" in clerk.get(f"{ORDERS}?state=expired").text
    assert "No order fits" in clerk.get(f"{ORDERS}?state=held").text


@on_one_database
@pytest.mark.parametrize(
    "query",
    ["q=%00", "email=%00", "ticket=%00", "seat=%00", "film=%00", "q=" + "%25" * 70, "q=😀", "ticket=😀", "q=%5C",
     "email=@", "q=@", "cinema=odeon", "cinema=lux", "film=%27%22"],
)  # fmt: skip
def test_whatever_is_typed_is_answered(office: OpenOffice, order_id: int, query: str) -> None:
    assert office("counter").get(f"{ORDERS}?{query}").status_code == 200


@on_one_database
@pytest.mark.parametrize(
    "query", ["day=yesterday", "day=0001-01-01", "state=odd", "sort=code", "cinema=none"]
)
def test_what_cannot_be_wanted_is_refused(office: OpenOffice, query: str) -> None:
    assert office("counter").get(f"{ORDERS}?{query}").status_code == 400


def test_an_order_tells_its_whole_history(office: OpenOffice, sale: Sale, order_id: int) -> None:
    tickets = sale.tickets(order_id)

    def happen(session: Session) -> None:
        order = session.get_one(Order, order_id)
        hand_over_ticket(
            session,
            order=order,
            ticket_id=tickets["A1"].id,
            email="friend@example.org",
            actor="buyer",
            now=NOW,
        )
        admit_ticket(session, ticket_id=tickets["A2"].id, by="usher 1", now=NOW)

    sale.write(happen)
    sale.refund_some(order_id, "B1")
    clerk = office("counter")
    assert clerk.post(f"{page_of(sale, order_id)}/resend").status_code == 303
    page = clerk.get(page_of(sale, order_id)).text
    for told in (
        "Café", "Held → Being paid", "Being paid → Paid", "520.00 paid", "handed over: A1",
        "friend@example.org", "A2 came in", "usher 1", "given back: B1. ill", "to go back", "came back",
        "Waits to be sent: Tickets", "Waits to be sent: Refund", "Waits to be sent: Handed over ticket",
        "tickets sent again", "order.resend", GUEST,
    ):  # fmt: skip
        assert told in page, told
    # The whole id opens the door.
    assert f"…{tickets['A2'].id[-4:]}" in page
    assert all(ticket.id not in page for ticket in tickets.values())


def test_mails_and_events_about_an_order_are_found_when_their_payload_is_gone(
    office: OpenOffice, sale: Sale, order_id: int
) -> None:
    def send(session: Session) -> None:
        session.execute(update(Message).values(sent_at=NOW, payload={}))

    sale.write(send)
    page = office("auditor").get(page_of(sale, order_id)).text
    assert "Sent: Tickets" in page


@on_one_database
def test_an_auditor_looks_and_is_offered_nothing_to_change(
    office: OpenOffice, sale: Sale, order_id: int
) -> None:
    auditor = office("auditor")
    page = auditor.get(page_of(sale, order_id)).text
    for offered in ("/resend", "/refund", "/seats", "/exchange", "/contact", "tickets.pdf"):
        assert offered not in page, offered
    assert auditor.get(f"{ORDERS}/2222222222").status_code == 404


def test_the_tickets_are_sent_again_to_another_address(office: OpenOffice, sale: Sale, order_id: int) -> None:
    clerk, page = office("counter"), page_of(sale, order_id)
    clerk.post(f"{page}/contact", {"email": " Anna@Example.org "})
    clerk.post(f"{page}/resend")
    assert [mail.recipient for mail in sale.messages() if mail.kind == "tickets"] == [
        GUEST,
        "anna@example.org",
    ]
    assert [action for action, _ in clerk.trail()] == ["order.contact", "order.resend"]


@on_one_database
@pytest.mark.parametrize("typed", ["no address", "", "\0@example.org"])
def test_an_address_that_is_none_changes_nothing(
    office: OpenOffice, sale: Sale, order_id: int, typed: str
) -> None:
    clerk, page = office("counter"), page_of(sale, order_id)
    assert clerk.post(f"{page}/contact", {"email": typed}).status_code == 303
    assert 'class="notice notice-error"' in clerk.get(page).text
    assert sale.order(order_id).contact_email == GUEST
    assert clerk.trail() == []


def test_a_hold_is_let_go_once_the_word_was_typed(office: OpenOffice, sale: Sale) -> None:
    order_id = sale.hold("A1", "A2")
    clerk, page = office("counter"), page_of(sale, order_id)
    assert "2 seats are free again" in clerk.get(f"{page}/release").text
    clerk.post(f"{page}/release", {"typed": "no"})
    assert sale.state(order_id) == "held"
    clerk.post(f"{page}/release", {"typed": "Let go"})
    assert sale.state(order_id) == "cancelled"
    assert clerk.trail() == [("order.cancel_hold", f"order:{sale.order(order_id).code}")]
    clerk.post(f"{page}/release", {"typed": "let go"})
    assert "This cannot be done with the order any more" in clerk.get(page).text


@on_one_database
def test_the_tickets_are_printed_but_those_that_were_handed_over(
    office: OpenOffice, sale: Sale, order_id: int
) -> None:
    answer = office("counter").get(f"{page_of(sale, order_id)}/tickets.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Cache-Control"] == "no-store"
    assert office("manager").get(f"{page_of(sale, sale.hold('A3'))}/tickets.pdf").status_code == 404


def test_single_tickets_are_refunded_once_the_word_was_typed(
    office: OpenOffice, sale: Sale, order_id: int
) -> None:
    clerk, page = office("counter"), page_of(sale, order_id)
    tickets = sale.tickets(order_id)
    choice = clerk.get(f"{page}/refund").text
    assert all(f'value="{ticket.seat_id}"' in choice for ticket in tickets.values())
    asked = f"{page}/refund?seat={tickets['A1'].seat_id}&seat={tickets['B1'].seat_id}&reason=ill"
    sure = clerk.get(asked).text
    for told in ("2 tickets: A1, B1", "370.00", "Card, by Stripe", "the way it came", "ill", GUEST):
        assert told in sure, told
    form = {"seats": f"{tickets['A1'].seat_id},{tickets['B1'].seat_id}", "reason": "ill"}
    clerk.post(f"{page}/refunded", {**form, "typed": "yes"})
    assert sale.tickets(order_id).keys() == {"A1", "A2", "B1"}
    clerk.post(f"{page}/refunded", {**form, "typed": "refund"})
    assert sale.tickets(order_id).keys() == {"A2"}
    assert sale.refunds() == [(37000, "pending")]
    assert sale.mails()[-1] == "order_refunded"
    assert clerk.trail() == [("order.refund", f"order:{sale.order(order_id).code}")]
    # A second click on the same form.
    clerk.post(f"{page}/refunded", {**form, "typed": "refund"})
    assert "not valid any more" in clerk.get(page).text
    assert sale.refunds() == [(37000, "pending")]
    sale.check_books()


def test_a_whole_order_is_refunded(office: OpenOffice, sale: Sale, order_id: int) -> None:
    clerk, page = office("counter"), page_of(sale, order_id)
    assert "3 tickets" in clerk.get(f"{page}/refund?all=1&reason=ill").text
    seats = ",".join(str(ticket.seat_id) for ticket in sale.tickets(order_id).values())
    clerk.post(f"{page}/refunded", {"seats": seats, "reason": "ill", "typed": "REFUND"})
    assert sale.state(order_id) == "refunded"
    assert "no ticket that could be given back" in clerk.get(f"{page}/refund", follow_redirects=True).text


@on_one_database
@pytest.mark.parametrize(
    "form",
    [{"seats": "", "reason": "x"}, {"seats": "9" * 40, "reason": "x"}, {"seats": "a,-1,²", "reason": "x"},
     {"seats": "1", "reason": "  "}, {}],
)  # fmt: skip
def test_a_refund_of_nothing_changes_nothing(
    office: OpenOffice, sale: Sale, order_id: int, form: dict[str, str]
) -> None:
    clerk, page = office("counter"), page_of(sale, order_id)
    assert clerk.post(f"{page}/refunded", {"typed": "refund", **form}).status_code == 303
    assert clerk.get(f"{page}/refund?seat=x&seat=999999999999999999999&reason=y&step=1").status_code == 200
    assert len(sale.tickets(order_id)) == 3
    assert clerk.trail() == []


def test_somebody_who_came_in_is_told_of_before_the_refund(
    office: OpenOffice, sale: Sale, order_id: int
) -> None:
    ticket = sale.tickets(order_id)["A1"]
    sale.write(lambda s: admit_ticket(s, ticket_id=ticket.id, by="usher", now=NOW).ticket_id)
    sure = office("counter").get(f"{page_of(sale, order_id)}/refund?seat={ticket.seat_id}&reason=ill").text
    assert "Somebody came in with the ticket for A1" in sure


def test_a_refund_that_failed_is_asked_for_again(office: OpenOffice, sale: Sale, order_id: int) -> None:
    sale.refund(order_id)

    def fail(session: Session) -> None:
        session.execute(update(PaymentRefund).values(state="failed", last_error="The card is lost."))

    sale.write(fail)
    clerk, page = office("counter"), page_of(sale, order_id)
    refund_id = sale.read(lambda s: s.query(PaymentRefund).one().public_id)
    assert "The card is lost." in clerk.get(page).text
    clerk.post(f"{page}/refunds/{refund_id}/again")
    assert sale.refunds() == [(52000, "pending")]
    clerk.post(f"{page}/refunds/{refund_id}/again")
    assert "There is no such refund" in clerk.get(page).text
    assert [action for action, _ in clerk.trail()] == ["order.refund_again"]


@on_one_database
def test_a_refund_of_another_order_is_not_touched(office: OpenOffice, sale: Sale, order_id: int) -> None:
    sale.refund(order_id)
    sale.write(lambda s: s.execute(update(PaymentRefund).values(state="failed")))
    other = sale.sold("A4")
    refund_id = sale.read(lambda s: s.query(PaymentRefund).one().public_id)
    clerk = office("counter")
    clerk.post(f"{page_of(sale, other)}/refunds/{refund_id}/again")
    assert sale.refunds() == [(52000, "failed")]
    assert clerk.trail() == []


def test_an_order_gets_other_seats_of_its_screening(office: OpenOffice, sale: Sale, order_id: int) -> None:
    clerk, page = office("counter"), page_of(sale, order_id)
    choice = clerk.get(f"{page}/seats").text
    assert choice.count("<option selected>") == 3
    same = clerk.get(f"{page}/seats?seat=A3&seat=A4&seat=B1&reason=broken").text
    assert "A3, A4, B1" in same
    assert "Goes back" in same
    form = {"to": "", "seat": ["A3", "A4", "B1"], "reason": "A seat is broken."}
    clerk.post(f"{page}/seated", {**form, "reason": " "})
    assert sale.tickets(order_id).keys() == {"A1", "A2", "B1"}
    clerk.post(f"{page}/seated", form)
    assert sale.tickets(order_id).keys() == {"A3", "A4", "B1"}
    assert sale.mails()[-1] == "tickets"
    assert clerk.trail() == [("order.reseat", f"order:{sale.order(order_id).code}")]
    assert "A1, A2, B1 → A3, A4, B1" in clerk.get(page).text
    sale.check_books()


def test_what_other_seats_cost_is_said_before(office: OpenOffice, sale: Sale) -> None:
    order_id = sale.sold("A1")
    clerk, page = office("counter"), page_of(sale, order_id)
    dearer = clerk.get(f"{page}/seats?seat=B2&reason=x").text
    assert "Left to pay then" in dearer
    assert "70.00" in dearer
    clerk.post(f"{page}/seated", {"seat": "B2", "reason": "x"})
    assert sale.sums(order_id).outstanding == 7000


@on_one_database
def test_seats_that_others_have_are_refused_and_what_was_chosen_stays(
    office: OpenOffice, sale: Sale, order_id: int
) -> None:
    sale.sold("A4")
    clerk, page = office("counter"), page_of(sale, order_id)
    refused = clerk.get(f"{page}/seats?seat=A3&seat=A4&seat=B1&reason=why").text
    assert "A4 was taken" in refused
    assert 'value="why"' in refused
    assert "Give these seats" not in refused
    clerk.post(f"{page}/seated", {"seat": ["A3", "A4", "B1"], "reason": "x"})
    assert sale.tickets(order_id).keys() == {"A1", "A2", "B1"}
    assert clerk.trail() == []
    for query in (
        "to=999999999",
        "to=x",
        "seat=%00",
        "seat=A1&seat=A1&seat=A1",
        "seat=nowhere",
        "to=99999999999999999999",
    ):
        assert clerk.get(f"{page}/seats?{query}").status_code in (200, 404), query
    for form in (
        {"seat": "A1", "reason": "x"},
        {"seat": ["\0", "", "x"], "reason": "x"},
        {"reason": "x", "to": "77"},
    ):
        assert clerk.post(f"{page}/seated", form).status_code == 303, form
    assert clerk.trail() == []


def test_an_order_moves_to_another_screening(office: OpenOffice, sale: Sale) -> None:
    order_id = sale.sold("1", "2", screening=sale.house.first_hall)
    clerk, page = office("counter"), page_of(sale, order_id)
    others = clerk.get(f"{page}/exchange").text
    assert f"to={sale.house.second_hall}" in others
    assert f"to={sale.house.first_hall}" not in others, "it is there already"
    assert f"to={sale.house.closed}" not in others
    assert f"to={sale.house.elsewhere}" not in others
    assert "Nothing is on sale on that day" in clerk.get(f"{page}/exchange?day=2031-01-01").text
    proposed = clerk.get(f"{page}/seats?to={sale.house.second_hall}").text
    assert proposed.count("<option selected>") == 2
    clerk.post(f"{page}/seated", {"to": sale.house.second_hall, "seat": ["7", "8"], "reason": "ill"})
    assert sale.order(order_id).screening_id == sale.house.second_hall
    assert sale.tickets(order_id).keys() == {"7", "8"}
    assert clerk.trail() == [("order.exchange", f"order:{sale.order(order_id).code}")]


@on_one_database
def test_an_order_that_is_over_gets_no_seats(office: OpenOffice, sale: Sale, order_id: int) -> None:
    sale.refund(order_id)
    clerk, page = office("counter"), page_of(sale, order_id)
    for path in ("seats", "exchange"):
        assert "no ticket that could be exchanged" in clerk.get(f"{page}/{path}", follow_redirects=True).text
