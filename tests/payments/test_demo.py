"""Play money: on this machine alone, and only by the page's own hand."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from matinee.payments.demo import SIGNATURE_HEADER, DemoNotHere, DemoPage, DemoProvider
from matinee.payments.errors import NoticeRefused, PaymentRefused
from matinee.payments.protocol import ProviderNotice, RefundRequest
from matinee.payments.this_machine import is_this_machine
from tests.building import NOW
from tests.payments.opened import payment_request

HERE = "http://127.0.0.1:8000"
ADDRESS_CHARACTERS_MAX = 2000


@pytest.fixture
def demo() -> DemoProvider:
    return DemoProvider(base_url=HERE, secret_key="k" * 40)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost",
        "http://LOCALHOST:8000",
        "http://127.0.0.1:8000",
        "https://127.9.8.7",
        "http://[::1]:80",
    ],
)
def test_this_machine_is_known_by_its_own_addresses(url: str) -> None:
    assert is_this_machine(url)
    DemoProvider(base_url=url, secret_key="k" * 40)


@pytest.mark.parametrize(
    "url",
    [
        "https://tickets.example.org",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
        "http://localhost@example.org",
        "http://0.0.0.0:8000",
        "http://10.0.0.1",
        "http://192.168.1.5",
        "http://[::]",
        "http://[::ffff:127.0.0.1]",
        "http://[fe80::1]",
        "http://2130706433",
        "http://128.0.0.1",
        "",
    ],
)
def test_play_money_is_refused_where_others_could_buy_with_it(url: str) -> None:
    assert not is_this_machine(url)
    with pytest.raises(DemoNotHere, match="no real money"):
        DemoProvider(base_url=url, secret_key="k" * 40)


def opened_page(demo: DemoProvider, **changes: object) -> tuple[str, DemoPage, str]:
    """The path of the page that a payment leads to, what it says, and its seal."""
    address = urlsplit(demo.start(payment_request(**changes)).redirect_url)
    values = {name: found[0] for name, found in parse_qs(address.query).items()}
    seal = values.pop("seal")
    return address.path, DemoPage(payment_id=address.path.rsplit("/", 1)[-1], **values), seal


def test_a_payment_leads_to_a_page_of_ours_that_knows_the_way_back(demo: DemoProvider) -> None:
    path, page, seal = opened_page(demo)
    assert path == "/demo-payment/PAYMENT1"
    assert page == DemoPage(
        payment_id="PAYMENT1",
        description="Амели, 18 May 18:00, 2 tickets",
        return_url="https://odeon.example/orders/1?paid=1",
        cancel_url="https://odeon.example/orders/1",
    )
    assert demo.is_sealed(page, seal)


@pytest.mark.parametrize("changed", ["payment_id", "description", "return_url", "cancel_url"])
def test_a_page_that_was_changed_is_not_ours(demo: DemoProvider, changed: str) -> None:
    _, page, seal = opened_page(demo)
    assert not demo.is_sealed(replace(page, **{changed: "https://evil.example"}), seal)


def test_a_seal_is_not_guessed(demo: DemoProvider) -> None:
    _, page, seal = opened_page(demo)
    assert not any(demo.is_sealed(page, guess) for guess in ("", "0" * 64, seal[:-1], "é", "\ud800"))
    assert not DemoProvider(base_url=HERE, secret_key="x" * 40).is_sealed(page, seal)


def test_a_long_description_still_fits_into_the_address(demo: DemoProvider) -> None:
    started = demo.start(payment_request(description="Ї" * 1000))
    assert len(started.redirect_url) < ADDRESS_CHARACTERS_MAX


@pytest.mark.parametrize("which", ["return_url", "cancel_url"])
def test_a_payer_is_sent_back_to_web_addresses_alone(demo: DemoProvider, which: str) -> None:
    with pytest.raises(PaymentRefused):
        demo.start(payment_request(**{which: "javascript:alert(1)"}))


@pytest.mark.parametrize(
    ("paid", "kind", "reason"), [(True, "settled", ""), (False, "failed", "declined on the demo page")]
)
def test_a_notice_of_the_page_is_read(demo: DemoProvider, paid: bool, kind: str, reason: str) -> None:
    body, headers = demo.write_notice(payment_id="PAYMENT1", amount=2500, currency="EUR", paid=paid)
    [notice] = demo.read_notices(body, headers, now=NOW)
    assert notice == ProviderNotice(
        event_id=f"PAYMENT1-{kind}",
        kind=kind,  # type: ignore[arg-type]
        subject_id="PAYMENT1",
        amount=2500,
        currency="EUR",
        reason=reason,
    )


def test_a_notice_that_somebody_else_wrote_is_refused(demo: DemoProvider) -> None:
    body, headers = demo.write_notice(payment_id="PAYMENT1", amount=2500, currency="EUR", paid=False)
    paid = json.dumps({**json.loads(body), "kind": "settled"}).encode()
    other = DemoProvider(base_url=HERE, secret_key="x" * 40)
    _, signed_by_other = other.write_notice(payment_id="PAYMENT1", amount=2500, currency="EUR", paid=False)
    _, _, seal = opened_page(demo)
    for forged, signature in (
        (paid, headers),
        (body, {}),
        (body, {SIGNATURE_HEADER: ""}),
        (body, {SIGNATURE_HEADER: "é\ud800"}),
        (body, {SIGNATURE_HEADER: seal}),
        (body, signed_by_other),
    ):
        with pytest.raises(NoticeRefused):
            demo.read_notices(forged, signature, now=NOW)


def test_play_money_is_back_at_once(demo: DemoProvider) -> None:
    request = RefundRequest(
        refund_id="REFUND1", payment_id="PAYMENT1", provider_ref=None, amount=100, currency="EUR"
    )
    assert demo.refund(request).state == "succeeded"
    demo.cancel(payment_id="PAYMENT1", provider_ref="")
