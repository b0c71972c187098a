"""What a buyer does with a hold"""

from __future__ import annotations

from datetime import timedelta

from tests.boxoffice.selling import END, HOLD, Sale
from tests.building import NOW, PRICE_A, PRICE_B, clock_at, on_one_database
from tests.web.conftest import OpenApp
from tests.web.site.checkout.conftest import HERE, Browser


def test_each_seat_is_for_whom_the_buyer_says(browser: Browser, sale: Sale) -> None:
    held = sale.hold("A1", "A2", known=False)
    code = browser.has(held)
    browser.press(code, "types", **{"type-A1": "child", "type-A2": "adult"})
    assert sale.sums(held).total == 100 + PRICE_A
    # A kind that is not sold there is refused, and all stays as it was.
    assert "This kind of ticket is not sold" in browser.press(code, "types", **{"type-A1": "senior"})
    assert sale.sums(held).total == 100 + PRICE_A
    assert sale.order(held).hold_expires_at == END


def test_more_time_is_a_whole_lifetime_from_now_on(browser: Browser, sale: Sale) -> None:
    held = sale.hold("A1", known=False)
    code = browser.has(held)
    later = NOW + timedelta(minutes=9)
    with clock_at(later):
        assert "You have more time now." in browser.press(code, "time")
        assert sale.order(held).hold_expires_at == later + HOLD
        told = browser.client.post(
            f"/orders/{code}/time",
            headers={"Accept": "application/json", "X-CSRFToken": browser.token()},
        ).get_json()
        assert told["expires_at"] == (later + HOLD).timestamp() * 1000
        assert told["until"] == "12:19"


def test_a_script_is_told_why_there_is_no_more_time(browser: Browser, sale: Sale) -> None:
    code = browser.has(sale.hold("A1", known=False))
    headers = {"Accept": "application/json", "X-CSRFToken": browser.token()}
    with clock_at(END):
        answer = browser.client.post(f"/orders/{code}/time", headers=headers)
    assert answer.status_code == 410
    assert answer.get_json()["message"].startswith("The time to pay is over")


def test_whoever_gives_up_frees_the_seats(browser: Browser, sale: Sale) -> None:
    held = sale.hold("A1", "A2", known=False)
    code = browser.has(held)
    for _ in range(2):
        page = browser.press(code, "release")
        assert "The seats were given up" in page
    assert sale.state(held) == "cancelled"
    sale.hold("A1")


def test_a_promo_code_counts_until_it_is_removed(browser: Browser, sale: Sale) -> None:
    sale.promo("SPRING", value=50)
    held = sale.hold("B1", known=False)
    code = browser.has(held)
    page = browser.press(code, "promo", promo_code=" spring ")
    assert "Discount" in page
    assert sale.sums(held).total == PRICE_B // 2
    browser.press(code, "promo", remove="1")
    assert sale.sums(held).total == PRICE_B
    assert "This promo code is not valid here." in browser.press(code, "promo", promo_code="WINTER")


def test_a_voucher_pays_a_part_and_the_rest_is_left(browser: Browser, sale: Sale) -> None:
    held = sale.hold("B1", "B2", known=False)
    code = browser.has(held)
    page = browser.press(code, "voucher", voucher=sale.voucher(5000))
    assert "Paid already" in page
    assert sale.sums(held).outstanding == 2 * PRICE_B - 5000
    # What was paid for is not changed any more.
    assert 'name="type-B1"' not in page
    assert "This voucher is not valid here." in browser.press(code, "voucher", voucher="NONE")
    browser.pay(code)
    assert sale.state(held) == "paid"


@on_one_database
def test_codes_are_not_guessed_for_long(open_app: OpenApp, sale: Sale) -> None:
    app = open_app(base_url=HERE, ratelimit="on")
    guesser = Browser(app.test_client(), sale)
    code = guesser.has(sale.hold("A1", known=False))
    for number in range(30):
        assert "Too many" not in guesser.press(code, "promo", promo_code=f"TRY{number}")
    assert "Too many attempts" in guesser.press(code, "promo", promo_code="LAST")
