"""Orders at the counter: money for what was reserved, refunds, exchanges"""

from __future__ import annotations

from sqlalchemy import select

from matinee.payments.carry_out import carry_out_refunds
from matinee.payments.models import PaymentRefund
from tests.building import NOW, PRICE_A, PRICE_B, on_one_database
from tests.web.backoffice.conftest import CINEMA
from tests.web.backoffice.counter.conftest import COUNTER, Desk, OpenDesk

ORDERS = f"{COUNTER}/orders"


def ids_of(desk: Desk, code: str) -> dict[str, str]:
    return {label: one.id for label, one in desk.sale.tickets(desk.order(code).id).items()}


def test_money_is_taken_for_what_was_reserved_online(desk: Desk) -> None:
    order_id = desk.sale.hold("A1")
    desk.sale.intend(order_id, "counter")
    other = desk.sale.hold("A2")
    code = desk.sale.order(order_id).code
    listed = desk.get(ORDERS)
    assert code in listed
    assert desk.sale.order(other).code not in listed
    assert code in desk.get(f"{ORDERS}?code={code[:4]}&film=caf")
    found = desk.office.get(f"{ORDERS}?code={code.lower()}")
    assert found.headers["Location"].endswith(f"/orders/{code}")
    assert "Take the money" in desk.get(found.headers["Location"])
    desk.send(f"{COUNTER}/sales/{code}/pay", tender="cash", received="200")
    assert desk.sale.state(order_id) == "paid"
    assert desk.sale.order(order_id).clerk_id is not None
    assert "Nobody is awaited" in desk.get(ORDERS)


def test_a_refund_says_how_many_tickets_and_how_much_before_it_is_done(desk: Desk) -> None:
    code = desk.sell(2)
    ids = ids_of(desk, code)
    label = next(iter(ids))
    asked = desk.get(f"{ORDERS}/{code}/refund?ticket={ids[label]}&way=as_paid&reason=ill")
    assert "1 ticket" in asked
    assert "150.00" in asked
    assert label in asked
    form = {"tickets": ids[label], "way": "as_paid", "reason": "ill"}
    desk.send(f"{ORDERS}/{code}/refund", **form, typed="no")
    assert len(ids_of(desk, code)) == 2
    desk.send(f"{ORDERS}/{code}/refund", **form, typed="refund")
    assert ids_of(desk, code).keys() == ids.keys() - {label}
    assert "In cash out of the till" in desk.get(f"{ORDERS}/{code}")
    assert ("counter.refund", f"order:{code}") in desk.office.trail()
    desk.sale.check_books()
    # Done once: the ticket is worth nothing any more.
    desk.send(f"{ORDERS}/{code}/refund", **form, typed="refund")
    assert "not valid any more" in desk.get(f"{ORDERS}/{code}")


def test_a_refund_needs_tickets_and_a_reason(desk: Desk) -> None:
    code = desk.sell(1)
    ticket = next(iter(ids_of(desk, code).values()))
    desk.office.get(f"{ORDERS}/{code}/refund?reason=ill")
    assert "Choose which tickets" in desk.get(f"{ORDERS}/{code}")
    desk.office.get(f"{ORDERS}/{code}/refund?ticket={ticket}")
    assert "Write a reason" in desk.get(f"{ORDERS}/{code}")


def test_an_exchange_shows_the_difference_and_takes_it(desk: Desk) -> None:
    code = desk.sell(1)
    old = next(iter(ids_of(desk, code)))
    assert "20:30" in desk.get(f"{ORDERS}/{code}/exchange?day=2030-05-18")
    to = f"{ORDERS}/{code}/exchange?to={desk.house.lettered}"
    page = desk.get(f"{to}&seats=B1")
    assert "To pay" in page
    assert "70.00" in page
    assert "taken" in desk.get(f"{to}&seats=Z1") or "free" in desk.get(f"{to}&seats=Z1")
    form = {"to": str(desk.house.lettered), "seats": "B1", "tender": "cash"}
    refused = desk.send(f"{ORDERS}/{code}/exchange", **form, received="69")
    assert "seats=B1" in refused.headers["Location"]
    assert ids_of(desk, code).keys() == {old}
    desk.send(f"{ORDERS}/{code}/exchange", **form, received="100")
    assert (ids_of(desk, code).keys(), desk.order(code).total_amount) == ({"B1"}, PRICE_B)
    desk.send(f"{ORDERS}/{code}/exchange", to=str(desk.house.lettered), seats=old)
    assert desk.order(code).refunded_amount == PRICE_B - PRICE_A
    assert "In cash out of the till" in desk.get(f"{ORDERS}/{code}")
    for to in ("x", "9999", ""):
        answer = desk.send(f"{ORDERS}/{code}/exchange", to=to, seats="B1")
        assert answer.status_code == 303
    desk.sale.check_books()


def test_money_that_nobody_gives_back_is_handed_out_of_the_till(desk: Desk) -> None:
    order_id = desk.sale.hold("A1")
    desk.sale.take_money(order_id)
    desk.sale.refund(order_id)
    carry_out_refunds(desk.sale.services.transactions, desk.sale.services.payments, now=NOW)
    public_id = desk.sale.read(lambda s: s.scalars(select(PaymentRefund.public_id)).one())
    page = desk.get(f"{CINEMA}/refunds")
    assert desk.sale.order(order_id).code in page
    assert "150.00" in desk.get(f"{CINEMA}/refunds/{public_id}")
    desk.send(f"{CINEMA}/refunds/{public_id}", typed="x")
    assert desk.sale.refunds() == [(PRICE_A, "by_hand")]
    desk.send(f"{CINEMA}/refunds/{public_id}", typed="refund")
    assert desk.sale.refunds() == [(PRICE_A, "succeeded")]
    desk.send(f"{CINEMA}/refunds/{public_id}", typed="refund")
    assert "handed out already" in desk.get(f"{CINEMA}/refunds")
    assert "No money waits" in desk.get(f"{CINEMA}/refunds")
    assert "150.00" in desk.get(f"{CINEMA}/refunds?state=succeeded&format=csv")
    assert desk.office.get(f"{CINEMA}/refunds/NONE").status_code == 404
    assert desk.office.get(f"/backoffice/at/lux/refunds/{public_id}").status_code in (303, 404)


def test_seats_are_blocked_with_a_note_and_unblocked(desk: Desk) -> None:
    desk.sale.sold("A1")
    refused = desk.send(desk.screening("/block"), seats="A1, A2", note="lamp")
    assert "seats=A1" in refused.headers["Location"]
    assert "No seat is kept back" in desk.get(desk.screening("/blocked"))
    desk.send(desk.screening("/block"), seats="A2, A3", note="lamp")
    page = desk.get(desk.screening("/blocked"))
    assert page.count("lamp") == 2
    desk.send(desk.screening("/unblock"), seat=["A2", "Z9"])
    assert desk.get(desk.screening("/blocked")).count("lamp") == 1
    desk.send(desk.screening("/unblock"), seat=["A2"])
    assert "None of these seats is blocked" in desk.get(desk.screening("/blocked"))
    assert [one for one in desk.office.trail() if one[0].startswith("screening.")] == [
        ("screening.block", f"screening:{desk.house.lettered}"),
        ("screening.unblock", f"screening:{desk.house.lettered}"),
    ]


def test_vouchers_are_sold_into_the_till_and_taken_out_of_use(desk: Desk) -> None:
    vouchers = f"{CINEMA}/vouchers"
    desk.send(f"{vouchers}/new", amount="50", tender="cash", valid_until="2030-12-31")
    page = desk.get(vouchers)
    code = page.split("has the code ")[1].split(". Write")[0].replace(" ", "")
    assert "2030-12-31" in page
    assert "50.00" in desk.get(f"{CINEMA}/till")
    assert code not in desk.get(vouchers)
    order = desk.hold(1)
    assert "Paid by voucher" in desk.send(f"{COUNTER}/sales/{order}/voucher", part=True, voucher=code).text
    desk.send(f"{vouchers}/1", active="0")
    assert "out of use" in desk.get(f"{vouchers}?state=out&hint={code[-4:]}")
    desk.send(f"{vouchers}/1", active="1")
    assert "back into use" not in desk.get(f"{vouchers}?state=active&sort=-worth")
    assert desk.send(f"{vouchers}/99", active="0").status_code == 404
    for amount in ("", "0", "x"):
        desk.send(f"{vouchers}/new", amount=amount, tender="none")
        assert "has the code" not in desk.get(vouchers)
    assert desk.send(f"{vouchers}/new", amount="1", valid_until="never").status_code == 400


@on_one_database
def test_a_voucher_is_given_away_without_a_till_but_not_sold(open_desk: OpenDesk) -> None:
    desk = open_desk(till=False)
    assert (
        desk.send(f"{CINEMA}/vouchers/new", amount="5", tender="cash").headers["Location"].endswith("/till")
    )
    desk.send(f"{CINEMA}/vouchers/new", amount="5", tender="none")
    assert "has the code" in desk.get(f"{CINEMA}/vouchers")
