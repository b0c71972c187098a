"""Codes that open an order without an account"""

from __future__ import annotations

from datetime import datetime

import pytest

from matinee.accounts.errors import WrongCode
from matinee.boxoffice.access import Asker
from matinee.boxoffice.access_codes import LIFETIME, open_order, send_access_code
from matinee.outbox.models import Message
from tests.boxoffice.selling import GUEST, Sale
from tests.building import NOW

KEY = "k" * 32


def mailed(sale: Sale, order_id: int, email: str = GUEST, now: datetime = NOW, key: str = KEY) -> str | None:
    """The code that this request brings into the mail; None where it brings none."""
    before = sale.count(Message)
    code = sale.order(order_id).code
    sale.write(lambda s: send_access_code(s, code=code, email=email, secret_key=key, now=now))
    if sale.count(Message) == before:
        return None
    last = sale.read(lambda s: s.query(Message).order_by(Message.id.desc()).first())
    assert last is not None
    assert (last.kind, last.recipient) == ("order_access", email)
    return str(last.payload["code"])


def opens(sale: Sale, order_id: int, typed: str | None, now: datetime = NOW, key: str = KEY) -> bool:
    code = sale.order(order_id).code
    try:
        found = sale.write(
            lambda s: open_order(s, code=code, access_code=typed or "", secret_key=key, now=now).code
        )
    except WrongCode:
        return False
    return found == code


def test_a_code_opens_its_order_once(sale: Sale) -> None:
    order_id = sale.sold("A1", known=False)
    code = mailed(sale, order_id)
    assert code is not None
    assert opens(sale, order_id, f" {code[:4].lower()} {code[4:]}")
    assert not opens(sale, order_id, code)
    # The next one is another, and opens it again.
    again = mailed(sale, order_id)
    assert again != code
    assert opens(sale, order_id, again)


def test_a_code_lasts_a_quarter_of_an_hour_and_at_most_twice_that(sale: Sale) -> None:
    order_id = sale.sold("A1", known=False)
    code = mailed(sale, order_id)
    assert not opens(sale, order_id, code, now=NOW + 2 * LIFETIME)
    assert opens(sale, order_id, code, now=NOW + LIFETIME)


def test_a_code_of_another_order_or_of_another_house_opens_nothing(sale: Sale) -> None:
    order_id, other = sale.sold("A1", known=False), sale.sold("A2", known=False)
    assert not opens(sale, order_id, mailed(sale, other))
    assert not opens(sale, order_id, mailed(sale, order_id), key="x" * 32)
    assert not opens(sale, order_id, "")
    assert not opens(sale, order_id, "ÜÄÖ\ud800")


def test_only_the_mail_of_the_order_brings_a_code(sale: Sale) -> None:
    order_id = sale.sold("A1", known=False)
    assert mailed(sale, order_id, email="stranger@example.org") is None
    assert mailed(sale, sale.hold("A2", known=False, email=None)) is None
    sale.write(lambda s: send_access_code(s, code="NOSUCH", email=GUEST, secret_key=KEY, now=NOW))
    with pytest.raises(WrongCode):
        sale.write(lambda s: open_order(s, code="NOSUCH", access_code="A", secret_key=KEY, now=NOW))


def test_an_order_with_an_account_is_opened_by_that_alone(sale: Sale) -> None:
    order_id = sale.sold("A1")
    assert mailed(sale, order_id, email=sale.buyer.username) == ""
    assert not opens(sale, order_id, "")


def test_whoever_opened_an_order_has_that_one_until_it_has_an_account(sale: Sale) -> None:
    order = sale.order(sale.sold("A1", known=False))
    other = sale.order(sale.sold("A2", known=False))
    member = sale.order(sale.sold("A3"))
    asker = Asker(opened=order.code)
    assert [asker.owns(one) for one in (order, other, member)] == [True, False, False]
    assert not Asker(opened=member.code).owns(member)
