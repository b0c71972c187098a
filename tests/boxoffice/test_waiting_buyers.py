"""Who waits for whom where holds run out: PostgreSQL, where takers, payers and the sweeper go on at once"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.holds import Holder, hold_seats, release_expired_holds
from matinee.boxoffice.settlement import settle_payment
from tests.boxoffice.interleaving import beside
from tests.boxoffice.selling import ANY_CHOICE, PAYMENT, TERMS, Sale, choices_of
from tests.building import NOW, PRICE_A

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
LATE = NOW + PAYMENT


def taking(sale: Sale, *labels: str) -> Callable[[Session], int]:
    """Somebody takes seats whose holds have run out."""
    return lambda session: hold_seats(
        session, screening_id=sale.house.lettered, choices=choices_of(labels),
        holder=Holder("site", session.get_one(User, sale.buyer.id)), terms=TERMS, rules=ANY_CHOICE, now=LATE,
    ).order.id  # fmt: skip


def test_the_sweeper_and_a_taker_never_wait_for_each_other_in_a_circle(sale: Sale) -> None:
    # The taker comes first to the seat that the sweeper comes to last.
    sale.hold("A2")
    sale.hold("A1")
    sweep = beside(
        sale.services, lambda s: release_expired_holds(s, now=LATE), before="DELETE FROM seat_claim", match=2
    )
    with sweep as sweeper:
        sweeper.wait_until_it_stands_still()
        with beside(sale.services, taking(sale, "A1", "A2")) as taker:
            taker.wait_until_it_waits()
            sweeper.go_on()
    assert sweeper.result() == 2
    assert sale.claimed(taker.result()).keys() == {"A1", "A2"}


def test_a_late_payer_and_a_taker_never_wait_for_each_other_in_a_circle(sale: Sale) -> None:
    late = sale.hold("A1", "A2")
    payment = sale.intend(late)
    # The payer lost the first seat of the two, and it is free again.
    sale.release(sale.hold("A1", now=LATE), now=LATE)
    pay = beside(
        sale.services,
        lambda s: settle_payment(s, public_id=payment, now=LATE),
        before="INSERT INTO seat_claim",
    )
    with pay as payer:
        payer.wait_until_it_stands_still()
        with beside(sale.services, taking(sale, "A1", "A2")) as taker:
            taker.wait_until_it_waits_or_ends()
            payer.go_on()
    assert sale.claimed(taker.result()).keys() == {"A1", "A2"}
    assert sale.refunds() == [(2 * PRICE_A, "pending")]
    sale.check_books()
