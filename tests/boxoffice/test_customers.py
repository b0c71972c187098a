"""Customers and guests as staff sees them, and what is known of a guest"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.customers import customers_with_account, guests
from matinee.boxoffice.guests import forget_guest, guest_data
from tests.boxoffice.selling import GUEST, Sale
from tests.building import NOW, PRICE_A, PRICE_B

LONG_AFTER = NOW + timedelta(days=30)


def test_a_customers_orders_coming_tickets_and_money_are_counted(sale: Sale) -> None:
    sale.sold("A1", "B1")
    order_id = sale.sold("A2", "A3")
    sale.refund_some(order_id, "A2")
    sale.hold("A4")

    def figures(now: object) -> tuple[int, int, dict[str, int]]:
        def read(session: Session) -> tuple[int, int, dict[str, int]]:
            user = session.get_one(User, sale.buyer.id)
            [one] = customers_with_account(session, users=[user], now=now)  # type: ignore[arg-type]
            return one.figures.orders, one.figures.coming, dict(one.figures.kept)

        return sale.read(read)

    assert figures(NOW) == (3, 3, {"UAH": PRICE_A * 2 + PRICE_B})
    assert figures(LONG_AFTER)[1] == 0


def test_somebody_who_never_ordered_is_a_customer_with_nothing(sale: Sale) -> None:
    [one] = sale.read(lambda s: customers_with_account(s, users=[s.get_one(User, sale.buyer.id)], now=NOW))
    assert (one.address, one.figures.orders, one.figures.coming) == (sale.buyer.username, 0, 0)


def test_guests_are_listed_by_address_and_members_are_no_guests(sale: Sale) -> None:
    sale.sold("A1", known=False)
    sale.sold("A2", known=False, email="anna@example.org")
    sale.sold("A3", known=False, email="anna@example.org")
    sale.sold("A4")

    def listed(**options: object) -> list[tuple[str, int]]:
        values = {"address": None, "offset": 0, "limit": 9, **options}
        return [
            (one.address, one.figures.orders) for one in sale.read(lambda s: guests(s, now=NOW, **values))
        ]  # type: ignore[arg-type]

    assert listed() == [("anna@example.org", 2), (GUEST, 1)]
    assert listed(offset=1) == [(GUEST, 1)]
    assert listed(address="anna@example.org") == [("anna@example.org", 2)]
    assert listed(address=sale.buyer.username) == []


def test_a_guests_data_is_all_of_it_and_nobody_elses(sale: Sale) -> None:
    sale.sold("A1", known=False)
    sale.sold("A2", known=False, email="anna@example.org")
    data = sale.read(lambda s: guest_data(s, address=GUEST))
    assert [order["seats"] for order in data["orders"]] == [["A1"]]
    assert [mail["about"] for mail in data["mails"]] == ["tickets"]
    assert data["orders"][0]["mails_go_to"] == GUEST
    assert "anna" not in str(data)


def test_a_guest_is_forgotten_and_the_tickets_stay_valid(sale: Sale) -> None:
    sold = sale.sold("A1", known=False)
    held = sale.hold("A2", known=False)
    other = sale.sold("A3", known=False, email="anna@example.org")
    assert sale.write(lambda s: forget_guest(s, address=GUEST, now=NOW)) == 2
    assert sale.order(sold).contact_email is None
    assert sale.order(sold).secret_hash is None
    assert sale.tickets(sold).keys() == {"A1"}
    assert sale.state(held) == "cancelled"
    assert sale.claimed(held) == {}
    assert GUEST not in {message.recipient for message in sale.messages()}
    assert sale.order(other).contact_email == "anna@example.org"
    assert sale.write(lambda s: forget_guest(s, address=GUEST, now=NOW)) == 0
