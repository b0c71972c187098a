"""The box office's own words for why money goes back"""

from __future__ import annotations

import pytest

from matinee.boxoffice import reasons
from tests.boxoffice.selling import END, PAYMENT, Sale
from tests.building import NOW


def test_every_reason_is_known_as_one() -> None:
    written = {value for name, value in vars(reasons).items() if name.isupper() and isinstance(value, str)}
    assert written == reasons.KNOWN
    assert all(reason[0].isupper() and reason.endswith(".") for reason in written)


@pytest.mark.parametrize(
    "what", ["released", "expired", "cancelled", "paid twice", "too late", "refunded before"]
)
def test_what_mails_are_told_is_one_of_them(sale: Sale, what: str) -> None:
    order_id = sale.hold("A1")
    if what in ("released", "expired", "cancelled"):
        sale.use_voucher(order_id, sale.voucher(1000))
    first = sale.intend(order_id)
    if what == "released":
        sale.release(order_id)
    elif what == "expired":
        sale.sweep(END + PAYMENT)
    elif what == "cancelled":
        sale.cancel(sale.house.lettered)
    elif what == "paid twice":
        second = sale.intend(order_id)
        sale.settle(first)
        sale.settle(second)
    elif what == "refunded before":
        second = sale.intend(order_id)
        sale.settle(first)
        sale.refund(order_id)
        sale.settle(second)
    else:
        sale.sold("A1", now=NOW + PAYMENT)
        sale.settle(first, now=NOW + PAYMENT)
    told = [mail.payload["reason"] for mail in sale.messages() if mail.kind == "payment_returned"]
    assert len(told) == 1
    # What staff wrote stands behind.
    assert told[0].removesuffix(" no power") in reasons.KNOWN
