"""Giving tickets back, exchanging them, and having them mailed again"""

from __future__ import annotations

from datetime import timedelta

from matinee.programme.models import Screening
from tests.boxoffice.selling import Sale
from tests.building import DAY, NOW, PRICE_A, add_screening, clock_at, on_one_database
from tests.web.conftest import OpenApp
from tests.web.site.checkout.conftest import HERE, Browser

# An hour before the start nothing is given back any more.
TOO_LATE = NOW + timedelta(days=1, hours=7, minutes=30)


def test_a_buyer_is_told_what_comes_back_and_gets_it(browser: Browser, sale: Sale) -> None:
    sold = sale.sold("A1", "A2", known=False)
    code = browser.has(sold)
    first, second = (ticket.id for ticket in sale.tickets(sold).values())
    choice = browser.look(code, "/return").text
    assert choice.count('name="seat"') == 2
    sure = browser.look(code, "/return?seat=A1").text
    assert "150.00" in sure
    assert sale.sums(sold).refunded == 0
    page = browser.press(code, "returned", seat="A1")
    assert "The ticket was given back." in page
    assert first not in page
    assert second in page
    assert sale.refunds() == [(PRICE_A, "pending")]
    # One alone needs no choice.
    assert 'value="A2"' in browser.look(code, "/return").text
    assert "The tickets were given back" in browser.press(code, "returned", seat="A2")
    assert "not valid any more" not in browser.look(code).text
    sale.check_books()


def test_another_order_s_tickets_are_not_given_back(browser: Browser, sale: Sale) -> None:
    code = browser.has(sale.sold("A1", known=False))
    other = sale.sold("A2", known=False)
    assert browser.look(code, "/return?seat=A2").status_code == 303
    browser.press(code, "returned", seat="A2")
    assert sale.tickets(other)["A2"].state == "valid"


def test_it_is_too_late_shortly_before_the_start(browser: Browser, sale: Sale) -> None:
    sold = sale.sold("A1", known=False)
    code = browser.has(sold)
    with clock_at(TOO_LATE):
        assert "Give back" not in browser.look(code).text
        for path in ("/return", "/exchange"):
            assert browser.look(code, path).headers["Location"] == f"/orders/{code}"
        assert "too late" in browser.press(code, "returned", seat="A1")
        browser.press(code, "exchanged", to=sale.house.lettered, seat="A2")
    assert sale.tickets(sold)["A1"].state == "valid"


def test_tickets_are_exchanged_for_another_screening_of_the_film(browser: Browser, sale: Sale) -> None:
    sold = sale.sold("A1", "A2", known=False)
    code = browser.has(sold)

    def later(session):
        own = session.get_one(Screening, sale.house.lettered)
        return add_screening(
            session, hall=own.hall, film=own.film, day=DAY + timedelta(days=1), time="20:30",
            price_list_id=own.price_list_id,
        ).id  # fmt: skip

    other = sale.write(later)
    choice = browser.look(code, "/exchange").text
    assert f"to={other}" in choice
    # Another film is no way to go.
    assert f"to={sale.house.first_hall}" not in choice
    proposed = browser.look(code, f"/exchange?to={other}").text
    assert proposed.count("<select") == 2
    dearer = browser.look(code, f"/exchange?to={other}&seat=B1&seat=B2").text
    assert "To pay after that" in dearer
    assert sale.tickets(sold).keys() == {"A1", "A2"}
    page = browser.press(code, "exchanged", to=str(other), seat=["B1", "B2"])
    assert "are still to be paid" in page
    assert (sale.tickets(sold).keys(), sale.state(sold)) == ({"B1", "B2"}, "due")
    # What is left is paid as anything is.
    browser.pay(code)
    assert sale.state(sold) == "paid"
    sale.check_books()


def test_the_page_knows_nothing_of_a_ticket_that_a_friend_has(browser: Browser, sale: Sale) -> None:
    sold = sale.sold("A1", "A2", known=False)
    code = browser.has(sold)
    mine = sale.tickets(sold)["A2"].id
    form = {"ticket": sale.tickets(sold)["A1"].id, "email": "friend@example.org"}
    assert browser.send(code, "hand-overs", **form).status_code == 303
    friends = sale.tickets(sold)["A1"].id
    pages = [browser.look(code, path).text for path in ("", "/return", "/return?seat=A1", "/exchange")]
    assert [page for page in pages if friends in page] == []
    assert mine in pages[0]
    assert "Handed over to friend@example.org" in pages[0]
    # The buyer paid for it, and may give it back: the friend is told.
    browser.press(code, "returned", seat="A1")
    assert sale.tickets(sold).keys() == {"A2"}
    assert "ticket_withdrawn" in sale.mails()


def test_a_seat_that_is_taken_cannot_be_had_in_exchange(browser: Browser, sale: Sale) -> None:
    code = browser.has(sale.sold("A1", known=False))
    sale.sold("B1")
    answer = browser.look(code, f"/exchange?to={sale.house.lettered}&seat=B1")
    assert answer.status_code == 303
    assert "B1 was taken" in browser.press(code, "exchanged", to=str(sale.house.lettered), seat="B1")


@on_one_database
def test_the_tickets_are_mailed_again_but_not_without_end(open_app: OpenApp, sale: Sale) -> None:
    app = open_app(base_url=HERE, ratelimit="on")
    browser = Browser(app.test_client(), sale)
    code = browser.has(sale.sold("A1", known=False))
    for _ in range(10):
        assert "on their way" in browser.press(code, "mails")
    assert "Too many attempts" in browser.press(code, "mails")
    assert sale.mails() == ["tickets"] * 11
