"""Customers: those with an account, and guests"""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts import search
from matinee.accounts.models import AttemptCount, User, UserSession
from matinee.accounts.throttling import LIMITS, account_key
from matinee.boxoffice.models import Order
from matinee.outbox.models import Message
from matinee.web.shared.services import Services
from tests.boxoffice.selling import GUEST, Sale
from tests.building import NOW, add_buyer, count_rows, mailed_codes, on_one_database
from tests.web.backoffice.conftest import OpenOffice

CUSTOMERS = "/backoffice/customers"
GUEST_PAGE = f"/backoffice/guest?address={GUEST}"


def page_of(sale: Sale) -> str:
    return f"{CUSTOMERS}/{sale.buyer.id}"


def test_customers_are_listed_with_what_they_bought(office: OpenOffice, sale: Sale) -> None:
    sale.sold("A1", "A2")
    auditor = office("auditor")
    page = auditor.get(CUSTOMERS).text
    assert sale.buyer.username in page
    assert "300.00" in page
    assert sale.buyer.username in auditor.get(f"{CUSTOMERS}?address=USER@EX").text
    assert "Nobody has such an address" in auditor.get(f"{CUSTOMERS}?address=anna").text
    assert sale.buyer.username in auditor.get(f"{CUSTOMERS}?format=csv").text


def test_the_file_has_whoever_has_the_part_in_his_address(
    office: OpenOffice, sale: Sale, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LATEST_ACCOUNTS", 0)
    clerk, part = office("counter"), sale.buyer.username[1:6]
    assert f">{sale.buyer.username}<" not in clerk.get(f"{CUSTOMERS}?address={part}").text
    assert sale.buyer.username in clerk.get(f"{CUSTOMERS}?address={part}&format=csv").text


def test_a_guest_is_found_by_the_whole_address_or_among_the_guests(office: OpenOffice, sale: Sale) -> None:
    sale.sold("A1", known=False)
    clerk = office("counter")
    for query in (f"address={GUEST}", "kind=guests", f"kind=guests&address={GUEST}"):
        assert GUEST in clerk.get(f"{CUSTOMERS}?{query}").text, query
    for query in ("address=guest", "kind=accounts", "kind=guests&address=guest"):
        assert f">{GUEST}<" not in clerk.get(f"{CUSTOMERS}?{query}").text, query


def test_the_page_of_a_customer_tells_of_orders_tickets_and_devices(office: OpenOffice, sale: Sale) -> None:
    order_id = sale.sold("A1", "A2")
    page = office("counter").get(page_of(sale)).text
    for told in (sale.order(order_id).code, "Café", "300.00", "confirmed", "Signed in", "A1"):
        assert told in page, told
    assert "/delete" not in page
    assert f"{page_of(sale)}/sign-out" not in page


def test_the_page_of_a_guest_tells_of_the_orders(office: OpenOffice, sale: Sale) -> None:
    order_id = sale.sold("A1", known=False)
    clerk = office("counter")
    page = clerk.get(GUEST_PAGE).text
    assert sale.order(order_id).code in page
    assert "/reset" not in page
    assert clerk.get("/backoffice/guest?address=nobody@example.org").status_code == 404
    # A member's address is no guest's.
    assert clerk.get(f"/backoffice/guest?address={sale.buyer.username}").status_code == 404


@on_one_database
@pytest.mark.parametrize("path", ["/backoffice/guest", "/backoffice/guest?address=%00@x.org", f"{CUSTOMERS}/0",
                                  f"{CUSTOMERS}/99999999999999999999", f"{CUSTOMERS}/4711"])  # fmt: skip
def test_nobody_is_not_found(office: OpenOffice, path: str) -> None:
    assert office("counter").get(path).status_code == 404


def test_a_customer_is_helped_to_sign_in(office: OpenOffice, sale: Sale, services: Services) -> None:
    clerk, page = office("counter"), page_of(sale)
    clerk.post(f"{page}/reset")
    [code] = services.transactions.read(lambda s: mailed_codes(s, "reset_password"))
    shown = clerk.get(page).text
    assert "New password" in shown
    assert code not in shown
    clerk.post(f"{page}/language", {"language": "uk"})
    assert services.transactions.read(lambda s: s.get_one(User, sale.buyer.id).language) == "uk"
    clerk.post(f"{page}/language", {"language": "xx"})
    assert services.transactions.read(lambda s: s.get_one(User, sale.buyer.id).language) == "uk"
    clerk.post(f"{page}/confirmation")
    assert "confirmed already" in clerk.get(page).text
    subject = f"user:{sale.buyer.id}"
    assert clerk.trail() == [("user.send_reset", subject), ("user.language", subject)]


def test_a_manager_confirms_an_address(office: OpenOffice, services: Services) -> None:
    user = services.transactions.write(lambda s: add_buyer(s, "new@example.org", confirmed=False))
    manager = office("manager")
    page = f"{CUSTOMERS}/{user.id}"
    assert "not confirmed" in manager.get(page).text
    manager.post(f"{page}/confirmation")
    assert len(services.transactions.read(lambda s: mailed_codes(s, "confirm_email"))) == 1
    manager.post(f"{page}/confirmed")
    assert services.transactions.read(lambda s: s.get_one(User, user.id).email_confirmed_at) == NOW
    assert [action for action, _ in manager.trail()] == ["user.send_confirmation", "user.confirm"]


def test_a_manager_signs_a_customer_out(office: OpenOffice, sale: Sale, services: Services) -> None:
    manager, page = office("manager"), page_of(sale)

    def devices(session: Session) -> list[str]:
        wanted = select(UserSession.token_hash).where(UserSession.user_id == sale.buyer.id)
        return list(session.scalars(wanted))

    [device] = services.transactions.read(devices)
    assert device[:16] in manager.get(page).text
    assert device not in manager.get(page).text
    manager.post(f"{page}/sign-out", {"session": "nonsense\0"})
    assert services.transactions.read(devices) == [device]
    manager.post(f"{page}/sign-out", {"session": device[:16]})
    assert services.transactions.read(devices) == []
    manager.post(f"{page}/sign-out")
    assert [action for action, _ in manager.trail()] == ["user.sign_out"] * 2


def test_a_manager_unlocks_a_customer(office: OpenOffice, sale: Sale, services: Services) -> None:
    limit = LIMITS["login"][0]
    key = limit.key_for("login", account_key(sale.buyer.username))

    def lock(session: Session) -> None:
        session.add(AttemptCount(key=key, count=limit.amount, expires_at=NOW.replace(hour=10)))

    services.transactions.write(lock)
    manager, page = office("manager"), page_of(sale)
    assert "locked until" in manager.get(page).text
    manager.post(f"{page}/unlock")
    assert "locked until" not in manager.get(page).text
    assert manager.trail() == [("user.unlock", f"user:{sale.buyer.id}")]


def test_a_customers_data_is_handed_out_and_that_is_kept(office: OpenOffice, sale: Sale) -> None:
    order_id = sale.sold("A1")
    manager = office("manager")
    answer = manager.post(f"{page_of(sale)}/data")
    data = json.loads(answer.data)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert data["account"]["address"] == sale.buyer.username
    assert [order["code"] for order in data["orders"]] == [sale.order(order_id).code]
    assert manager.trail() == [("user.export", f"user:{sale.buyer.id}")]


def test_a_guests_data_is_handed_out(office: OpenOffice, sale: Sale) -> None:
    order_id = sale.sold("A1", known=False)
    manager = office("manager")
    data = json.loads(manager.post("/backoffice/guest/data", {"address": GUEST}).data)
    assert [order["code"] for order in data["orders"]] == [sale.order(order_id).code]
    assert manager.trail() == [("guest.export", "guest")]


def test_an_account_is_deleted_once_the_word_was_typed(office: OpenOffice, sale: Sale) -> None:
    order_id = sale.sold("A1", "A2")
    manager, page = office("manager"), page_of(sale)
    sure = manager.get(f"{page}/delete").text
    for told in (sale.buyer.username, "2, which stay valid", "300.00"):
        assert told in sure, told
    manager.post(f"{page}/delete", {"typed": "yes"})
    assert manager.get(page).status_code == 200
    manager.post(f"{page}/delete", {"typed": "delete"})
    assert manager.get(page).status_code == 404
    assert sale.order(order_id).user_id is None
    assert sale.tickets(order_id).keys() == {"A1", "A2"}
    assert manager.trail() == [("user.delete", f"user:{sale.buyer.id}")]


def test_an_account_of_staff_is_not_deleted(office: OpenOffice, services: Services) -> None:
    office("usher")
    usher = services.transactions.read(
        lambda s: s.scalars(select(User.id).where(User.username == "usher@example.org")).one()
    )
    manager = office("manager")
    manager.post(f"{CUSTOMERS}/{usher}/delete", {"typed": "delete"})
    assert "account of staff" in manager.get(f"{CUSTOMERS}/{usher}").text
    assert manager.trail() == []


def test_a_guest_is_forgotten_once_the_word_was_typed(
    office: OpenOffice, sale: Sale, services: Services
) -> None:
    order_id = sale.sold("A1", known=False)
    manager = office("manager")
    assert GUEST in manager.get(f"/backoffice/guest/delete?address={GUEST}").text
    manager.post("/backoffice/guest/delete", {"address": GUEST, "typed": ""})
    assert sale.order(order_id).contact_email == GUEST
    manager.post("/backoffice/guest/delete", {"address": GUEST, "typed": "delete"})
    assert sale.order(order_id).contact_email is None
    assert manager.get(GUEST_PAGE).status_code == 404
    assert manager.trail() == [("guest.delete", "guest")]
    assert services.transactions.read(lambda s: count_rows(s, Order)) == 1
    recipients = select(Message.recipient)
    assert GUEST not in services.transactions.read(lambda s: list(s.scalars(recipients)))
    trail = manager.get("/backoffice/audit?action=guest").text
    assert GUEST not in trail
