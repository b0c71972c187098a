"""What Stripe's webhooks say: the signature first, then the few kinds of event that matter here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from matinee.payments.errors import NoticeRefused
from matinee.payments.protocol import ProviderNotice
from matinee.payments.stripe_amounts import from_stripe

SIGNATURE_HEADER = "stripe-signature"
# How old a signature may be, and how far ahead Stripe's clock may go. An old notice that somebody kept is refused.
TOLERANCE_SECONDS = 300

_SETTLING = frozenset({"checkout.session.completed", "checkout.session.async_payment_succeeded"})
_FAILING = {
    "checkout.session.async_payment_failed": "the bank did not pay",
    "checkout.session.expired": "the time to pay has run out",
}
_ABOUT_REFUNDS = frozenset({"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"})


def verify_signature(
    webhook_signature: Any, *, body: bytes, headers: Mapping[str, str], secret: str, now: datetime
) -> None:
    """`webhook_signature`: the class of Stripe's library that checks it. Raises NoticeRefused for one that is not good or
    too old."""
    header = headers.get(SIGNATURE_HEADER, "")
    try:
        # The age is ours to check: the library asks the system's clock.
        webhook_signature.verify_header(body, header, secret, None)
    except Exception:  # noqa: BLE001 - it stumbles over forged headers in many ways, and each means the same
        raise NoticeRefused from None
    signed_at = [
        value for name, _, value in (part.partition("=") for part in header.split(",")) if name == "t"
    ]
    # Exactly one, in plain digits: the library takes the first of several, and must not have checked another than we do.
    if len(signed_at) != 1 or not (signed_at[0].isascii() and signed_at[0].isdigit()):
        raise NoticeRefused
    if abs(now.timestamp() - int(signed_at[0])) > TOLERANCE_SECONDS:
        raise NoticeRefused("This notice is too old.")


def notices_of(body: bytes) -> Sequence[ProviderNotice]:
    """What a webhook whose signature was checked says; nothing for kinds that do not matter and payments that are not
    ours. Raises NoticeRefused for what is no event."""
    try:
        event = json.loads(body)
        event_id, kind, subject = str(event["id"]), str(event["type"]), event["data"]["object"]
        if kind in _SETTLING or kind in _FAILING:
            return _about_payment(event_id, kind, subject)
        if kind in _ABOUT_REFUNDS:
            return _about_refund(event_id, subject)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NoticeRefused from None
    return []


def _about_payment(event_id: str, kind: str, session: dict[str, Any]) -> Sequence[ProviderNotice]:
    payment_id = (session.get("metadata") or {}).get("payment_id")
    # A session that is completed and not paid waits for the bank; another event will say.
    if not payment_id or (kind in _SETTLING and session["payment_status"] != "paid"):
        return []
    currency = str(session["currency"]).upper()
    return [
        ProviderNotice(
            event_id=event_id,
            kind="settled" if kind in _SETTLING else "failed",
            subject_id=payment_id,
            amount=from_stripe(int(session["amount_total"]), currency),
            currency=currency,
            provider_ref=session["id"],
            reason=_FAILING.get(kind, ""),
        )
    ]


def _about_refund(event_id: str, refund: dict[str, Any]) -> Sequence[ProviderNotice]:
    refund_id = (refund.get("metadata") or {}).get("refund_id")
    kind = _kind_of_refund(refund["status"])
    if not refund_id or kind is None:
        return []
    currency = str(refund["currency"]).upper()
    return [
        ProviderNotice(
            event_id=event_id,
            kind=kind,
            subject_id=refund_id,
            amount=from_stripe(int(refund["amount"]), currency),
            currency=currency,
            provider_ref=refund["id"],
            reason=failure_of_refund(refund) if kind == "refund_failed" else "",
        )
    ]


def _kind_of_refund(status: str) -> Literal["refund_succeeded", "refund_failed"] | None:
    if status == "succeeded":
        return "refund_succeeded"
    return "refund_failed" if status in ("failed", "canceled") else None


def failure_of_refund(refund: Mapping[str, Any]) -> str:
    """Why Stripe could not give money back, as one of its words."""
    return str(refund.get("failure_reason") or refund["status"])
