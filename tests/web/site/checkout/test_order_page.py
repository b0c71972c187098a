"""GET /orders/<code>: one page for whatever an order is"""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar

from tests.boxoffice.selling import END, GUEST, PAYMENT, Sale
from tests.building import NOW, Buyer, clock_at, on_one_database
from tests.web.conftest import OpenApp
from tests.web.site.checkout.conftest import HERE, Browser


def test_a_held_order_shows_its_seats_its_sum_and_its_end(browser: Browser, sale: Sale) -> None:
    code = browser.has(sale.hold("A1", "B1", known=False, email=None))
    answer = browser.look(code)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    # In Kyiv, three hours later than in UTC.
    for told in ("Café", "A1", "B1", "370.00", "12:10", "Where the tickets go", code):
        assert told in answer.text, told
    # Nobody pays before it is known where the tickets go.
    assert 'name="provider"' not in answer.text


def test_nobody_else_sees_or_changes_an_order(browser: Browser, stranger: Browser, sale: Sale) -> None:
    held = sale.hold("A1", known=False)
    code = browser.has(held)
    before = sale.order(held)
    unknown = stranger.look("ABCDEFGHJK")
    assert unknown.status_code == 404
    assert stranger.look(code).text.replace(code, "ABCDEFGHJK") == unknown.text
    for path in ("/state", "/screening.ics", "/return", "/exchange"):
        assert stranger.look(code, path).status_code == 404, path
    forms = ("types", "time", "release", "promo", "contact", "payment", "payment/end", "voucher")
    for path in (*forms, "returned", "exchanged"):
        answer = stranger.send(code, path, provider="counter", email="thief@example.org")
        assert answer.status_code == 404, path
    after = sale.order(held)
    assert (after.state, after.contact_email, after.hold_expires_at) == (
        "held",
        GUEST,
        before.hold_expires_at,
    )


@on_one_database
@pytest.mark.parametrize("path", ["types", "release", "payment", "contact", "returned", "exchanged", "time"])
def test_a_form_without_its_token_changes_nothing(browser: Browser, sale: Sale, path: str) -> None:
    held = sale.hold("A1", known=False)
    code = browser.has(held)
    assert browser.client.post(f"/orders/{code}/{path}", data={"provider": "counter"}).status_code == 400
    assert sale.state(held) == "held"


def test_an_order_without_an_address_cannot_be_paid(browser: Browser, sale: Sale) -> None:
    held = sale.hold("A1", known=False, email=None)
    code = browser.has(held)
    assert "Say where we send the tickets." in browser.press(code, "payment", provider="demo")
    assert "This is no mail address." in browser.press(code, "contact", email="nowhere")
    page = browser.press(code, "contact", email=" Guest@Example.org ")
    assert "guest@example.org" in page
    assert 'value="demo"' in page
    assert sale.order(held).contact_email == "guest@example.org"


def test_the_page_follows_an_order_from_the_hold_to_the_tickets(browser: Browser, sale: Sale) -> None:
    held = sale.hold("A1", known=False)
    code = browser.has(held)
    led = browser.send(code, "payment", provider="demo")
    assert led.headers["Location"].startswith("http://localhost:8000/demo-payment/")
    waiting = browser.look(code).text
    assert "We wait for the payment service" in waiting
    assert "You came back without paying" in browser.look(code, "?back=1").text
    # A second tab, and the way back: the same payment.
    assert browser.send(code, "payment", provider="demo").headers["Location"] == led.headers["Location"]
    declined = browser.pay(code, "decline")
    assert "back=1" in declined.headers["Location"]
    assert "did not go through" in browser.look(code).text
    browser.pay(code)
    page = browser.look(code).text
    ticket = sale.tickets(held)["A1"]
    assert f"/tikets/{ticket.id}.svg" in page
    assert f"/tickets/{ticket.id}" in page
    assert f"We sent the tickets to {GUEST}." in page
    assert sale.mails() == ["tickets"]


def test_a_payment_that_is_late_says_what_becomes_of_the_money(browser: Browser, sale: Sale) -> None:
    held = sale.hold("A1", known=False)
    code = browser.has(held)
    sale.ask(sale.intend(held, "demo"))
    with clock_at(NOW + PAYMENT):
        assert "the tickets come by mail" in browser.look(code).text


def test_a_hold_that_ran_out_says_so_before_anybody_swept_it(browser: Browser, sale: Sale) -> None:
    held = sale.hold("A1", "A2", known=False)
    code = browser.has(held)
    with clock_at(END):
        page = browser.look(code).text
        assert sale.state(held) == "held"
    for told in (
        "The time is over",
        "Seats A1, A2 are free for others again",
        "Nothing was charged",
        "Choose",
    ):
        assert told in page


def test_what_is_paid_at_the_till_is_kept_with_its_code(browser: Browser, sale: Sale) -> None:
    held = sale.hold("A1", known=False)
    code = browser.has(held)
    page = browser.press(code, "payment", provider="counter")
    assert "Kept for you at the till" in page
    assert "Sat, 18 May, 20:00" in page
    # Changed again: it is a hold as before.
    assert "Where the tickets go" in browser.press(code, "payment/end")
    assert sale.state(held) == "held"


def test_an_order_for_nothing_is_had_with_one_press(browser: Browser, sale: Sale) -> None:
    held = sale.hold("1", "2", known=False, screening=sale.house.first_hall)
    code = browser.has(held)
    assert "Nothing is to pay" in browser.look(code).text
    assert "Your tickets" in browser.press(code, "payment", provider="free")
    assert sale.state(held) == "paid"


def test_a_choice_that_leaves_a_seat_alone_is_not_paid(browser: Browser, sale: Sale) -> None:
    held = sale.hold("2", known=False, screening=sale.house.first_hall)
    code = browser.has(held)
    answer = browser.send(code, "payment", provider="free")
    assert answer.headers["Location"] == f"/screenings/{sale.house.first_hall}"
    assert sale.state(held) == "held"
    assert "would stay empty by itself" in browser.client.get("/orders").text


def test_a_member_takes_over_the_order_that_he_began_as_a_guest(
    browser: Browser, stranger: Browser, sale: Sale, buyer: Buyer
) -> None:
    held = sale.hold("A1", known=False, email=None)
    code = browser.has(held)
    browser.sign_in(buyer)
    # Looking changes nothing.
    assert buyer.username in browser.look(code).text
    assert sale.order(held).user_id is None
    browser.pay(code)
    order = sale.order(held)
    assert (order.state, order.user_id, order.secret_hash) == ("paid", buyer.id, None)
    # Also on another machine.
    stranger.sign_in(buyer)
    assert stranger.look(code).status_code == 200


def test_mails_are_in_the_language_in_which_the_order_was_made(browser: Browser, sale: Sale) -> None:
    held = sale.hold("A1", known=False)
    code = browser.has(held)
    data = {"csrf_token": browser.token(), "email": GUEST}
    answer = browser.client.post(f"/uk/orders/{code}/contact", data=data)
    assert answer.headers["Location"] == f"/uk/orders/{code}"
    assert sale.order(held).language == "uk"


def test_the_calendar_has_the_screening(browser: Browser, sale: Sale) -> None:
    sold = sale.sold("A1", "A2", known=False)
    answer = browser.look(browser.has(sold), "/screening.ics")
    event = Calendar.from_ical(answer.data).walk("VEVENT")[0]
    assert (event["summary"], event["dtstart"].dt) == ("Café", NOW + timedelta(days=1, hours=8, minutes=30))
    assert "Seats A1, A2" in event["description"]


def test_scripts_learn_when_the_page_is_another(browser: Browser, sale: Sale) -> None:
    held = sale.hold("A1", known=False)
    code = browser.has(held)
    first = browser.look(code, "/state").get_json()
    assert first["expires_at"] == END.timestamp() * 1000
    assert first["now"] == NOW.timestamp() * 1000
    assert f'data-expires="{first["expires_at"]}"' in browser.look(code).text
    sale.pay(held)
    paid = browser.look(code, "/state").get_json()
    assert paid["version"] != first["version"]
    assert paid["expires_at"] is None


@on_one_database
def test_the_form_may_lead_to_the_page_of_stripe_where_that_is_set_up(
    open_app: OpenApp, browser: Browser, sale: Sale
) -> None:
    keys = {"stripe_secret_key": "sk_test_x", "stripe_webhook_secret": "whsec_x"}
    app = open_app(base_url=HERE, **keys)
    shop = Browser(app.test_client(), sale)
    held = sale.hold("A1", known=False)
    code = shop.has(held)
    answer = shop.look(code)
    assert "Pay by card" in answer.text
    assert "form-action 'self' https://checkout.stripe.com;" in answer.headers["Content-Security-Policy"]
    # Nowhere else, where there is nothing to pay by card.
    assert "form-action 'self';" in browser.look(browser.has(held)).headers["Content-Security-Policy"]
