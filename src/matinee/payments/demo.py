"""Play money: a card page of ours on which anybody may press Pay. For trying things out, on this machine alone."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from matinee.payments.errors import NoticeRefused, PaymentRefused
from matinee.payments.protocol import (
    PaymentRequest,
    ProviderNotice,
    RefundOutcome,
    RefundRequest,
    StartedPayment,
)
from matinee.payments.this_machine import is_this_machine

SIGNATURE_HEADER = "matinee-demo-signature"
# So that the address of the page fits where it is kept.
DESCRIPTION_CHARACTERS_MAX = 200
DECLINED = "declined on the demo page"


class DemoNotHere(ValueError):
    """The demo payments take no real money, so they are for http://localhost and http://127.0.0.1 alone."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


@dataclass(frozen=True, slots=True)
class DemoPage:
    """What the page of one payment has to know. It stands in the page's address, sealed."""

    payment_id: str
    description: str
    return_url: str
    cancel_url: str


class DemoProvider:
    """Takes play money. Refuses to be built where others than this machine could buy with it."""

    name = "demo"

    def __init__(self, *, base_url: str, secret_key: str) -> None:
        """`secret_key`: of the installation; keys of our own are derived from it. Raises DemoNotHere."""
        if not is_this_machine(base_url):
            raise DemoNotHere
        self._base_url = base_url.rstrip("/")
        self._notice_key = _derived(secret_key, "notices")
        self._page_key = _derived(secret_key, "pages")

    def start(self, request: PaymentRequest) -> StartedPayment:
        """Lead the payer to the demo page. Raises PaymentRefused for an address that a browser cannot be sent back to."""
        if not all(_is_web_address(url) for url in (request.return_url, request.cancel_url)):
            raise PaymentRefused("A payer can only be sent back to an http or https address.")
        page = DemoPage(
            payment_id=request.payment_id,
            description=request.description[:DESCRIPTION_CHARACTERS_MAX],
            return_url=request.return_url,
            cancel_url=request.cancel_url,
        )
        query = urlencode(
            {
                "description": page.description,
                "return_url": page.return_url,
                "cancel_url": page.cancel_url,
                "seal": self._seal(page),
            }
        )
        return StartedPayment(redirect_url=f"{self._base_url}/demo-payment/{page.payment_id}?{query}")

    def is_sealed(self, page: DemoPage, seal: str) -> bool:
        """Whether we made the address of this page."""
        return hmac.compare_digest(self._seal(page).encode(), seal.encode("utf-8", "surrogatepass"))

    def write_notice(
        self, *, payment_id: str, amount: int, currency: str, paid: bool
    ) -> tuple[bytes, dict[str, str]]:
        """The body and the headers of the notice that the payer has paid, or declined to."""
        kind = "settled" if paid else "failed"
        notice = {
            # The same however often the button is pressed.
            "id": f"{payment_id}-{kind}",
            "kind": kind,
            "payment_id": payment_id,
            "amount": amount,
            "currency": currency,
        }
        body = json.dumps(notice).encode()
        return body, {SIGNATURE_HEADER: self._signature(body)}

    def read_notices(
        self, body: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> Sequence[ProviderNotice]:
        """What the demo page said. Raises NoticeRefused for what it did not say."""
        signature = headers.get(SIGNATURE_HEADER, "")
        if not hmac.compare_digest(
            self._signature(body).encode(), signature.encode("utf-8", "surrogatepass")
        ):
            raise NoticeRefused
        notice = json.loads(body)
        return [
            ProviderNotice(
                event_id=notice["id"],
                kind=notice["kind"],
                subject_id=notice["payment_id"],
                amount=notice["amount"],
                currency=notice["currency"],
                reason=DECLINED if notice["kind"] == "failed" else "",
            )
        ]

    def cancel(self, *, payment_id: str, provider_ref: str) -> None:
        """There is nothing to stop: the page looks at the payment before it takes the play money."""

    def refund(self, request: RefundRequest) -> RefundOutcome:
        """Play money is back at once."""
        return RefundOutcome("succeeded")

    def _signature(self, body: bytes) -> str:
        return hmac.new(self._notice_key, body, hashlib.sha256).hexdigest()

    def _seal(self, page: DemoPage) -> str:
        # As JSON, so that no part can pass for the end of another.
        sealed = json.dumps([page.payment_id, page.description, page.return_url, page.cancel_url])
        return hmac.new(self._page_key, sealed.encode(), hashlib.sha256).hexdigest()


def _derived(secret_key: str, purpose: str) -> bytes:
    return hmac.new(secret_key.encode(), f"matinee demo payment {purpose}".encode(), hashlib.sha256).digest()


def _is_web_address(url: str) -> bool:
    return urlsplit(url).scheme in ("http", "https")
