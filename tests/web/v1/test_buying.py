"""Buying from hold to tickets where the payer goes to a page of the provider's"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from apiflask import APIFlask

from matinee.payments.models import Payment
from matinee.web.shared.services import Services
from tests.building import NOW, PRICE_A, clock_at, count_rows, mail_kinds, on_one_database
from tests.payments.fake_stripe import SECRET_KEY, WEBHOOK_SECRET, FakeStripe, running_fake_stripe, signed
from tests.web.conftest import OpenApp
from tests.web.v1.conftest import Headers
from tests.web.v1.shopping import API, Json, Shop, refused, uah, with_secret

HERE = "http://localhost:8000"
SHOP = "https://shop.example.org"
SESSIONS = "/v1/checkout/sessions"
KEY = {"Idempotency-Key": "5f0c2c6e-8a0c-4c39-8d6f-1e4b2f8f6a11"}


@pytest.fixture
def fake_stripe() -> Iterator[FakeStripe]:
    with running_fake_stripe() as fake:
        yield fake


@pytest.fixture
def app(open_app: OpenApp, fake_stripe: FakeStripe) -> Iterator[APIFlask]:
    """Matinee on this machine, with demo payments and the fake Stripe."""
    made = open_app(
        base_url=HERE,
        cors_origins=(SHOP,),
        demo_payments="on",
        stripe_secret_key=SECRET_KEY,
        stripe_webhook_secret=WEBHOOK_SECRET,
        stripe_api_base=fake_stripe.url,
    )
    with made.app_context():
        yield made


@pytest.fixture
def ordered(shop: Shop) -> Json:
    """What a guest was told when A1 and A2 were held; where the tickets go is said."""
    told = shop.hold("A1", "A2")
    shop.order(told)
    return told


def press(shop: Shop, payment: Json, button: str) -> str:
    """Press a button of the demo page; return where it leads."""
    page = urlsplit(payment["redirect_url"])
    path = f"{page.path}?{page.query}"
    assert "300.00" in shop.client.get(path).text
    answer = shop.client.post(path, data={"answer": button})
    assert answer.status_code == 303
    return answer.headers["Location"]


def tell(shop: Shop, fake_stripe: FakeStripe) -> None:
    """Everything that the fake Stripe has to say arrives."""
    for event in fake_stripe.account.events:
        body, headers = signed(event)
        answer = shop.client.post(f"{API}/payment-notices/stripe", data=body, headers=headers)
        assert answer.status_code == 200


def test_a_guest_pays_on_the_demo_page(shop: Shop, ordered: Json, services: Services) -> None:
    code, mine = ordered["code"], with_secret(ordered)
    payment = shop.pay(code, "demo", mine, return_url=f"{HERE}/thanks")
    assert (payment["state"], payment["amount"]) == ("pending", uah(2 * PRICE_A))
    assert payment["redirect_url"].startswith(f"{HERE}/demo-payment/{payment['id']}?")
    assert shop.look(code, mine)["state"] == "paying"
    assert press(shop, payment, "pay") == f"{HERE}/thanks"
    order = shop.look(code, mine)
    assert (order["state"], order["outstanding"]) == ("paid", uah(0))
    assert [ticket["seat"] for ticket in order["tickets"]] == ["A1", "A2"]
    assert shop.get(f"/payments/{payment['id']}", mine).json["state"] == "settled"
    assert services.transactions.read(mail_kinds) == ["tickets"]


def test_a_buyer_who_declined_pays_another_way(shop: Shop, ordered: Json) -> None:
    code, mine = ordered["code"], with_secret(ordered)
    payment = shop.pay(code, "demo", mine)
    assert press(shop, payment, "decline") == f"{HERE}/"
    told = shop.get(f"/payments/{payment['id']}", mine).json
    assert (told["state"], told["failure"]) == ("failed", "declined on the demo page")
    order = shop.look(code, mine)
    assert (order["state"], order["expires_at"]) == ("held", "2030-05-17T12:15:00+03:00")
    press(shop, shop.pay(code, "demo", mine), "pay")
    assert shop.look(code, mine)["state"] == "paid"


def test_an_account_pays_at_stripe(
    shop: Shop, signed_in: Headers, fake_stripe: FakeStripe, services: Services
) -> None:
    code = shop.hold("A1", "A2", headers=signed_in)["code"]
    payment = shop.pay(code, "stripe", signed_in, return_url=f"{SHOP}/thanks", cancel_url=f"{SHOP}/basket")
    ((session_id, session),) = fake_stripe.account.sessions.items()
    assert payment["redirect_url"] == session["url"]
    (call,) = fake_stripe.calls_of("POST", SESSIONS)
    assert (call.params["success_url"], call.params["cancel_url"]) == (f"{SHOP}/thanks", f"{SHOP}/basket")
    assert call.params["customer_email"] == "user@example.com"
    fake_stripe.account.pay(session_id)
    for _ in range(2):
        tell(shop, fake_stripe)
    order = shop.look(code, signed_in)
    assert (order["state"], order["paid"]) == ("paid", uah(2 * PRICE_A))
    assert len(shop.get("/me/tickets", signed_in).json["items"]) == 2
    assert services.transactions.read(mail_kinds) == ["tickets"]


def test_a_request_that_is_sent_again_while_stripe_was_away_charges_once(
    shop: Shop, ordered: Json, fake_stripe: FakeStripe, services: Services
) -> None:
    headers, path = {**with_secret(ordered), **KEY}, f"/orders/{ordered['code']}/payments"
    fake_stripe.fail("POST", SESSIONS, 503, times=10)
    answer = shop.post(path, headers, provider="stripe")
    assert refused(answer) == (503, "provider_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert shop.look(ordered["code"], headers)["payments"][0]["state"] == "starting"
    fake_stripe.failures.clear()
    with clock_at(NOW + timedelta(minutes=1)):
        first = shop.post(path, headers, provider="stripe")
        again = shop.post(path, headers, provider="stripe")
    assert (first.status_code, first.json["state"]) == (201, "pending")
    assert (again.status_code, again.json) == (201, first.json)
    assert len(fake_stripe.account.sessions) == 1
    assert services.transactions.read(lambda s: count_rows(s, Payment)) == 1


def test_what_stripe_refuses_can_be_paid_another_way(
    shop: Shop, ordered: Json, fake_stripe: FakeStripe
) -> None:
    headers, path = {**with_secret(ordered), **KEY}, f"/orders/{ordered['code']}/payments"
    fake_stripe.fail("POST", SESSIONS, 402, times=1)
    # Whoever sends it again is told the same.
    for _ in range(2):
        assert refused(shop.post(path, headers, provider="stripe")) == (409, "payment_refused")
    assert shop.look(ordered["code"], headers)["state"] == "held"
    assert shop.pay(ordered["code"], "counter", with_secret(ordered))["state"] == "pending"


def test_money_that_arrives_when_the_seats_are_gone_goes_back(
    shop: Shop, ordered: Json, fake_stripe: FakeStripe, services: Services
) -> None:
    payment = shop.pay(ordered["code"], "stripe", with_secret(ordered))
    with clock_at(NOW + timedelta(minutes=15)):
        other = shop.hold("A1", "A2")
        fake_stripe.account.pay(next(iter(fake_stripe.account.sessions)))
        tell(shop, fake_stripe)
        told = shop.get(f"/payments/{payment['id']}", with_secret(ordered)).json
        assert (told["state"], told["refunded"]) == ("settled", uah(2 * PRICE_A))
        assert shop.look(ordered["code"], with_secret(ordered))["state"] == "expired"
        assert shop.look(other["code"], with_secret(other))["state"] == "held"
    assert services.transactions.read(mail_kinds) == ["payment_returned"]


def test_the_ways_to_pay_are_those_that_are_set_up(shop: Shop) -> None:
    names = [one["name"] for one in shop.get("/payment-providers").json["items"]]
    assert names == ["counter", "demo", "free", "stripe", "voucher"]


@on_one_database
@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example",
        "//evil.example/",
        "/thanks",
        "http://localhost:8001/",
        "https://localhost:8000/",
        "http://localhost:8000@evil.example/",
        "http://user@localhost:8000/",
        "http://localhost:8000.evil.example/",
        "http://evil.example\\@localhost:8000/",
        "http:\\\\localhost:8000/",
        "http://localhost:8000/\n",
        " http://localhost:8000/",
        "http://localhost:8000/ä",
        "http://localhost:99999/",
        "http://[",
        "javascript:alert(1)",
        "https://shop.example.org.evil.example/",
        "https://sub.shop.example.org/",
        "",
    ],
)
def test_a_payer_is_never_led_to_a_site_that_is_not_known(shop: Shop, ordered: Json, url: str) -> None:
    for field in ("return_url", "cancel_url"):
        answer = shop.post(
            f"/orders/{ordered['code']}/payments", with_secret(ordered), provider="demo", **{field: url}
        )
        assert refused(answer) == (422, "invalid_values")
        assert [fault["field"] for fault in answer.json["errors"]] == [field]


@on_one_database
@pytest.mark.parametrize("url", [f"{HERE}/x?y=1#z", "HTTP://LOCALHOST:8000", f"{SHOP}:443/a/%C3%A4", SHOP])
def test_a_payer_is_led_to_this_site_or_one_that_is_known(shop: Shop, ordered: Json, url: str) -> None:
    assert shop.pay(ordered["code"], "demo", with_secret(ordered), return_url=url)["state"] == "pending"
