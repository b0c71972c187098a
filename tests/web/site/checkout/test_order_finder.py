"""The way to an order for whoever has lost it"""

from __future__ import annotations

from sqlalchemy import select

from matinee.outbox.models import Message
from tests.boxoffice.selling import GUEST, Sale
from tests.building import Buyer
from tests.web.site.checkout.conftest import Browser


def ask(browser: Browser, code: str, email: str) -> str:
    data = {"csrf_token": browser.token(), "code": code, "email": email}
    answer = browser.client.post("/orders/code", data=data)
    assert answer.status_code == 303
    return browser.client.get(answer.headers["Location"]).text


def open_it(browser: Browser, code: str, typed: str) -> str:
    data = {"csrf_token": browser.token(), "code": code, "access_code": typed}
    answer = browser.client.post("/orders/open", data=data)
    assert answer.status_code == 303
    return browser.client.get(answer.headers["Location"]).text


def mailed_code(sale: Sale) -> str:
    wanted = select(Message).where(Message.kind == "order_access").order_by(Message.id.desc())
    return str(sale.read(lambda s: s.scalars(wanted).first()).payload["code"])  # type: ignore[union-attr]


def test_a_mailed_code_opens_a_guests_order_in_another_browser(stranger: Browser, sale: Sale) -> None:
    sold = sale.sold("A1", known=False)
    code = sale.order(sold).code
    assert "a mail with a code is on its way" in ask(stranger, f" {code.lower()} ", GUEST.upper())
    typed = mailed_code(sale)
    assert "This code is wrong" in open_it(stranger, code, typed[::-1])
    assert "Your ticket" in open_it(stranger, code, typed.lower())
    # From now on it is his, and he finds it.
    assert f"/orders/{code}" in stranger.client.get("/orders").text
    assert "The tickets were given back" in stranger.press(code, "returned", seat="A1")


def test_the_answer_is_the_same_whatever_was_asked(stranger: Browser, sale: Sale) -> None:
    code = sale.order(sale.sold("A1", known=False)).code
    said = {
        ask(stranger, asked, email).replace(asked, "CODE")
        for asked, email in ((code, GUEST), (code, "other@example.org"), ("ABCDEFGHJK", GUEST))
    }
    tokenless = {"".join(text.split("csrf_token")[0]) for text in said}
    assert len(tokenless) == 1
    assert sale.mails() == ["tickets", "order_access"]


def test_an_order_with_an_account_is_not_opened_by_a_code(
    stranger: Browser, sale: Sale, buyer: Buyer
) -> None:
    code = sale.order(sale.sold("A1")).code
    ask(stranger, code, buyer.username)
    assert mailed_code(sale) == ""
    open_it(stranger, code, "")
    assert stranger.look(code).status_code == 404


def test_a_cookie_that_somebody_wrote_himself_opens_nothing(stranger: Browser, sale: Sale) -> None:
    code = sale.order(sale.sold("A1", known=False)).code
    stranger.client.set_cookie("visitor", f'{{"opened":["{code}"]}}', domain="localhost")
    assert stranger.look(code).status_code == 404
