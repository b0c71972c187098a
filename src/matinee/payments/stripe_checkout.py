"""Cards and what else Stripe takes, on a page of Stripe's: one Checkout Session for each payment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from matinee.kernel import clock
from matinee.payments.errors import PaymentRefused
from matinee.payments.protocol import (
    PaymentRequest,
    ProviderNotice,
    RefundOutcome,
    RefundRequest,
    StartedPayment,
)
from matinee.payments.stripe_amounts import to_stripe
from matinee.payments.stripe_notices import failure_of_refund, notices_of, verify_signature
from matinee.payments.stripe_sdk import StripeSdk

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

STRIPE_API_BASE = "https://api.stripe.com"
TIMEOUT_SECONDS = 10.0
# Tries after the first, by the library, with the same key.
RETRIES_MAX = 2
# Stripe keeps a session open for 30 minutes at the least and for a day at the most, from when it was made.
SESSION_OPEN_MIN = timedelta(minutes=31)
SESSION_OPEN_MAX = timedelta(hours=23, minutes=59)
DESCRIPTION_CHARACTERS_MAX = 250
REFUNDS_PER_PAGE = 100


class StripeCheckout:
    """One Stripe account."""

    name = "stripe"

    def __init__(
        self,
        *,
        secret_key: str,
        webhook_secret: str,
        api_base: str = STRIPE_API_BASE,
        timeout_seconds: float = TIMEOUT_SECONDS,
        retries_max: int = RETRIES_MAX,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._webhook_secret = webhook_secret
        self._now = now
        self._sdk = StripeSdk(
            secret_key=secret_key,
            api_base=api_base,
            timeout_seconds=timeout_seconds,
            retries_max=retries_max,
        )

    def start(self, request: PaymentRequest) -> StartedPayment:
        """Open a Checkout Session. Raises ProviderUnavailable and PaymentRefused.

        Asked again in the same words, Stripe answers with the session that it opened the first time; and with the same
        fault, if it was one, for a day. Then this payment cannot be begun any more, and another one can: nobody was ever
        told where the page of a session is that may have been opened all the same.
        """
        params = self._session_params(request)
        with self._sdk.errors_named(f"payment {request.payment_id}", kept_faults_refuse=True):
            session = self._sdk.client.v1.checkout.sessions.create(
                params, {"idempotency_key": request.payment_id}
            )
        return StartedPayment(provider_ref=session.id, redirect_url=session.url or "")

    def read_notices(
        self, body: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> Sequence[ProviderNotice]:
        """What a webhook says. Raises NoticeRefused for one that Stripe did not sign in the last five minutes."""
        verify_signature(
            self._sdk.module.WebhookSignature,
            body=body,
            headers=headers,
            secret=self._webhook_secret,
            now=now,
        )
        return notices_of(body)

    def cancel(self, *, payment_id: str, provider_ref: str) -> None:
        """Close the session. One that is paid or has run out stays as it is. Raises ProviderUnavailable."""
        try:
            with self._sdk.errors_named(f"the end of payment {payment_id}"):
                self._sdk.client.v1.checkout.sessions.expire(provider_ref)
        except PaymentRefused:
            # Too late: it is paid, or it has run out.
            return

    def refund(self, request: RefundRequest) -> RefundOutcome:
        """Give money back to where it came from. Raises ProviderUnavailable.

        Stripe forgets keys after a day, and answers a fault with the same fault until then. So it is asked first
        whether the refund was made already: a second one is never made, however long the answer to the first was lost.
        """
        try:
            with self._sdk.errors_named(f"refund {request.refund_id}"):
                return self._refund(request)
        except PaymentRefused as refusal:
            return RefundOutcome("failed", reason=refusal.detail)

    def _refund(self, request: RefundRequest) -> RefundOutcome:
        amount = _amount(request.amount, request.currency)
        if request.provider_ref is None:
            return RefundOutcome("failed", reason="Which session was paid at Stripe is not known.")
        session = self._sdk.client.v1.checkout.sessions.retrieve(request.provider_ref)
        if session.payment_intent is None:
            return RefundOutcome("failed", reason="Nothing was paid in this session of Stripe's.")
        intent = str(session.payment_intent)
        refunds = self._sdk.client.v1.refunds
        made = refunds.list({"payment_intent": intent, "limit": REFUNDS_PER_PAGE})
        for refund in (found.to_dict() for found in made.auto_paging_iter()):
            if (refund.get("metadata") or {}).get("refund_id") == request.refund_id:
                return _outcome(refund)
        created = refunds.create(
            {
                "payment_intent": intent,
                "amount": amount,
                "metadata": {"refund_id": request.refund_id, "payment_id": request.payment_id},
            },
            {"idempotency_key": request.refund_id},
        )
        return _outcome(created.to_dict())

    def _session_params(self, request: PaymentRequest) -> SessionCreateParams:
        metadata = {"payment_id": request.payment_id}
        description = request.description[:DESCRIPTION_CHARACTERS_MAX]
        params: SessionCreateParams = {
            "mode": "payment",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": request.currency.lower(),
                        "unit_amount": _amount(request.amount, request.currency),
                        "product_data": {"name": description},
                    },
                }
            ],
            "client_reference_id": request.payment_id,
            "metadata": metadata,
            "payment_intent_data": {"metadata": metadata, "description": description},
            "success_url": request.return_url,
            "cancel_url": request.cancel_url,
        }
        if request.email:
            params["customer_email"] = request.email
        if (closes_at := self._closes_at(request.expires_at)) is not None:
            params["expires_at"] = closes_at
        return params

    def _closes_at(self, expires_at: datetime | None) -> int | None:
        """When Stripe is to close the session by itself, in seconds of Unix time; None for a day after it was made.

        Later than the seats are kept, since Stripe allows nothing as short as a hold: see `cancel`. Counted from the
        hold's end and not from now, so that a call that is made again is the same word for word, as its key demands.
        """
        if expires_at is None:
            return None
        closes_at = expires_at + SESSION_OPEN_MIN
        return int(closes_at.timestamp()) if closes_at - self._now() < SESSION_OPEN_MAX else None


def _amount(amount: int, currency: str) -> int:
    try:
        return to_stripe(amount, currency)
    except ValueError as error:
        raise PaymentRefused(f"The payment provider does not take this amount: {error}.") from None


def _outcome(refund: Mapping[str, Any]) -> RefundOutcome:
    if refund["status"] == "succeeded":
        return RefundOutcome("succeeded", provider_ref=refund["id"])
    if refund["status"] in ("failed", "canceled"):
        return RefundOutcome("failed", provider_ref=refund["id"], reason=failure_of_refund(refund))
    return RefundOutcome("pending", provider_ref=refund["id"])
