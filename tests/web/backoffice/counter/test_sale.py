"""Selling at the counter"""

from __future__ import annotations

import pytest

from tests.building import HOUSE_SEAT, PRICE_A, PRICE_B, on_one_database
from tests.web.backoffice.counter.conftest import COUNTER, Desk, OpenDesk


def test_the_counter_lists_what_can_be_sold_with_keys(desk: Desk) -> None:
    # The one of today began an hour ago: too long.
    assert "Nothing can be sold on this day" in desk.get(COUNTER)
    page = desk.get(f"{COUNTER}?day=2030-05-18")
    assert 'data-key="1"' in page
    assert "Café" in page
    assert page.index("18:00") < page.index("20:30")
    assert "21:30" not in page
    assert desk.office.get(f"{COUNTER}?day=never").status_code == 400


def test_the_best_seats_are_held_and_paid_in_cash_with_change(desk: Desk) -> None:
    panel = desk.send(desk.screening("/best"), part=True, count="2")
    assert "<html" not in panel.text
    assert f'data-total="{2 * PRICE_A}"' in panel.text
    code = desk.latest().code
    sold = desk.send(f"{COUNTER}/sales/{code}/pay", part=True, tender="cash", received="500")
    assert "Change" in sold.text
    assert "200.00" in sold.text
    order = desk.order(code)
    assert (order.state, order.channel, order.paid_amount) == ("paid", "counter", 2 * PRICE_A)
    assert [action for action, _ in desk.office.trail()] == ["till.open", "counter.hold", "counter.sell"]
    page = desk.get(f"{COUNTER}/orders/{code}")
    assert "200.00" in page
    pdf = desk.office.get(f"{COUNTER}/orders/{code}/tickets.pdf")
    assert pdf.data.startswith(b"%PDF")
    desk.sale.check_books()


def test_the_reference_of_the_card_terminal_is_kept(desk: Desk) -> None:
    desk.sell(1, tender="card", reference="4711")
    assert "4711" in desk.get(COUNTER.replace("/counter", "/till"))


def test_chosen_seats_follow_the_map_and_keep_their_types(desk: Desk) -> None:
    panel = desk.send(desk.screening("/seats"), part=True, seats="A1,A2")
    assert '"mine": ["A1", "A2"]' in panel.text.replace("&#34;", '"')
    code = desk.latest().code
    desk.send(desk.screening("/types"), part=True, more="child")
    assert desk.order(code).total_amount == PRICE_A + 100
    desk.send(desk.screening("/seats"), part=True, seats="A2,B1")
    assert desk.order(code).total_amount == 100 + PRICE_B
    desk.send(desk.screening("/types"), part=True, **{"type-A2": "adult"})
    assert desk.order(code).total_amount == PRICE_A + PRICE_B
    desk.send(desk.screening("/seats"), part=True, seats="")
    assert desk.order(code).state == "cancelled"


def test_seats_that_somebody_took_meanwhile_leave_the_rest_as_it_was(desk: Desk) -> None:
    desk.send(desk.screening("/seats"), seats="A1")
    code = desk.latest().code
    desk.sale.sold("A2")
    refused = desk.send(desk.screening("/seats"), part=True, seats="A1,A2")
    assert refused.status_code == 404
    assert refused.headers["HX-Retarget"] == "#notices"
    assert "not" in refused.text
    assert desk.sale.claimed(desk.order(code).id).keys() == {"A1"}
    assert '"sold": ["A2"]' in desk.get(desk.screening("/states")).replace("&#34;", '"')


def test_too_little_money_sells_nothing(desk: Desk) -> None:
    code = desk.hold(1)
    for received in ("149.99", "x"):
        refused = desk.send(f"{COUNTER}/sales/{code}/pay", part=True, tender="cash", received=received)
        assert refused.status_code == 422
    assert desk.order(code).state == "held"


def test_promo_codes_vouchers_and_addresses(desk: Desk) -> None:
    desk.sale.promo("TEN")
    code = desk.hold(1)
    sales = f"{COUNTER}/sales/{code}"
    assert "Promo code TEN" in desk.send(f"{sales}/promo", part=True, promo="ten").text
    assert "Promo code TEN" not in desk.send(f"{sales}/promo", part=True, promo="").text
    assert desk.send(f"{sales}/promo", part=True, promo="NONE").status_code == 422
    assert desk.send(f"{sales}/voucher", part=True, voucher="none").status_code == 422
    assert "b@example.org" in desk.send(f"{sales}/mail", part=True, email="B@example.org").text
    assert desk.send(f"{sales}/mail", part=True, email="nobody").status_code == 422
    assert (
        "Paid by voucher" in desk.send(f"{sales}/voucher", part=True, voucher=desk.sale.voucher(5_000)).text
    )
    assert "Sold" in desk.send(f"{sales}/voucher", part=True, voucher=desk.sale.voucher(50_000)).text
    assert desk.sale.mails() == ["tickets"]
    again = desk.send(f"{sales}/mail", email="c@example.org")
    assert "/orders/" in again.headers["Location"]
    assert desk.sale.mails() == ["tickets", "tickets"]
    desk.sale.check_books()


def test_tickets_are_given_away_for_a_reason_only(desk: Desk) -> None:
    code = desk.hold(2)
    assert desk.send(f"{COUNTER}/sales/{code}/away", part=True, reason=" ").status_code == 422
    assert "Given away" in desk.send(f"{COUNTER}/sales/{code}/away", part=True, reason="the press").text
    assert (desk.order(code).comp_reason, desk.order(code).total_amount) == ("the press", 0)
    assert "the press" in desk.get(f"{COUNTER}/orders/{code}")


def test_what_costs_nothing_is_given_out_and_house_seats_are_sold_here(desk: Desk) -> None:
    seats = f"{COUNTER}/screenings/{desk.house.first_hall}/seats"
    panel = desk.send(seats, part=True, seats=f"1,{HOUSE_SEAT}")
    assert "Give the tickets out" in panel.text
    code = desk.latest().code
    desk.send(f"{COUNTER}/sales/{code}/pay")
    assert desk.order(code).state == "paid"


def test_a_sale_is_given_up_or_left_for_another(desk: Desk) -> None:
    first = desk.hold(1)
    assert "You still hold 1 seat for Café" in desk.get(COUNTER)
    assert "data-total" in desk.get(desk.screening())
    second = desk.hold(2)
    assert (desk.order(first).state, desk.order(second).state) == ("cancelled", "held")
    assert desk.send(f"{COUNTER}/give-up").headers["Location"].endswith("/counter")
    assert desk.order(second).state == "cancelled"
    assert desk.send(desk.screening("/types"), part=True, more="child").status_code == 410


def test_a_whole_class_is_seated_at_once(desk: Desk) -> None:
    best = f"{COUNTER}/screenings/{desk.house.second_hall}/best"
    assert desk.send(best, count="12").status_code == 303
    assert desk.latest().seats_claimed == 12
    assert desk.send(best, part=True, count="13").status_code == 409
    assert desk.send(best, part=True, count="101").status_code == 422
    assert desk.send(best, count="x").status_code == 400
    assert desk.send(best, count="0").status_code == 422


@on_one_database
@pytest.mark.parametrize("rest", ["", "/states", "/blocked"])
def test_screenings_of_others_and_none_are_not_found(desk: Desk, rest: str) -> None:
    for screening in (desk.house.elsewhere, 9999, "99999999999999999999"):
        assert desk.office.get(f"{COUNTER}/screenings/{screening}{rest}").status_code == 404
    assert desk.send(f"{COUNTER}/screenings/{desk.house.elsewhere}/best", count="1").status_code == 404


@on_one_database
def test_orders_of_another_cinema_are_not_found(desk: Desk) -> None:
    elsewhere = desk.sale.order(desk.sale.hold("1", screening=desk.house.elsewhere)).code
    for code in (elsewhere, "NOTHINGATALL", "ÄÖÜ"):
        assert desk.office.get(f"{COUNTER}/orders/{code}").status_code == 404
        assert desk.send(f"{COUNTER}/sales/{code}/pay").status_code == 404


@on_one_database
def test_a_clerk_alone_sells(open_desk: OpenDesk) -> None:
    for role in ("usher", "auditor", "programmer"):
        assert open_desk(role, till=False).office.get(COUNTER).status_code == 403
