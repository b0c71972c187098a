"""What Stripe keeps for one account, as far as Matinee uses it: Checkout Sessions, refunds, and the events about them.

Written from Stripe's reference of its API. It refuses what Stripe refuses, so that a wrong call fails here, too.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from matinee.kernel import clock

MINUTE = 60
DAY = 24 * 60 * MINUTE
# Hundredths which must be none.
WHOLE_IN_HUNDREDTHS = ("isk", "ugx")
THOUSANDTHS = ("bhd", "jod", "kwd", "omr", "tnd")


class Refusal(Exception):
    """An answer with an error. One that was found by looking at the parameters is not kept under the key."""

    def __init__(self, message: str, *, code: str | None = None, status: int = 400,
                 kind: str = "invalid_request_error", kept: bool = False) -> None:  # fmt: skip
        super().__init__(message)
        self.status = status
        self.kept = kept
        self.body = {"error": {"type": kind, "message": message, **({"code": code} if code else {})}}


@dataclass
class StripeAccount:
    """The state; each method is one thing that Stripe, the payer or the bank does."""

    now: Callable[[], datetime] = clock.now
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    paid: dict[str, int] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    # What becomes of a new refund: "succeeded", or "pending" until `finish_refund`.
    new_refund_status: str = "succeeded"
    # Yesterday's takings were paid out, and today there were none.
    balance_is_empty: bool = False
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def create_session(self, params: dict[str, Any]) -> dict[str, Any]:
        """What POST /v1/checkout/sessions does."""
        now = self._seconds()
        expires_at = int(params.get("expires_at", now + DAY))
        if not now + 30 * MINUTE <= expires_at <= now + DAY:
            raise Refusal("The `expires_at` timestamp must be 30 minutes to 24 hours from creation.")
        if params.get("mode") != "payment":
            raise Refusal("This fake takes one-off payments alone.")
        for url in (params["success_url"], params["cancel_url"]):
            if urlsplit(url).scheme not in ("http", "https"):
                raise Refusal("Not a valid URL", code="url_invalid")
        if "customer_email" in params and "@" not in params["customer_email"]:
            raise Refusal(f"Invalid email address: {params['customer_email']}", code="email_invalid")
        price = params["line_items"]["0"]["price_data"]
        amount, currency = int(price["unit_amount"]), price["currency"]
        if not price["product_data"]["name"]:
            raise Refusal("A product needs a name.", code="parameter_invalid_empty")
        check_amount(amount, currency)
        session = {
            "id": f"cs_test_{next(self._numbers)}",
            "object": "checkout.session",
            "mode": "payment",
            "status": "open",
            "payment_status": "unpaid",
            "amount_total": amount * int(params["line_items"]["0"]["quantity"]),
            "currency": currency,
            "client_reference_id": params.get("client_reference_id"),
            "metadata": params.get("metadata", {}),
            "customer_email": params.get("customer_email"),
            "payment_intent": None,
            "success_url": params["success_url"],
            "cancel_url": params["cancel_url"],
            "created": now,
            "expires_at": expires_at,
        }
        session["url"] = f"https://checkout.stripe.test/c/pay/{session['id']}"
        self.sessions[session["id"]] = session
        return session

    def session(self, session_id: str) -> dict[str, Any]:
        """What GET /v1/checkout/sessions/<id> does."""
        if session_id not in self.sessions:
            raise Refusal("No such checkout.session", code="resource_missing", status=404)
        return self.sessions[session_id]

    def expire_session(self, session_id: str) -> dict[str, Any]:
        """What POST /v1/checkout/sessions/<id>/expire does, and what time does by itself."""
        session = self.session(session_id)
        if session["status"] != "open":
            raise Refusal(f"Only open sessions can be expired; this one is {session['status']}.")
        session.update(status="expired", url=None)
        self._tell("checkout.session.expired", session)
        return session

    def pay(self, session_id: str, *, by_bank: bool = False) -> None:
        """The payer pays: with a card at once, or by a bank that takes its time."""
        session = self.session(session_id)
        assert session["status"] == "open", "the page takes no money any more"
        session.update(status="complete", url=None, payment_intent=f"pi_{next(self._numbers)}")
        if not by_bank:
            self._receive(session)
        self._tell("checkout.session.completed", session)

    def bank_answers(self, session_id: str, *, paid: bool) -> None:
        """The bank has the payer's money, or does not get it."""
        session = self.session(session_id)
        if paid:
            self._receive(session)
        self._tell(f"checkout.session.async_payment_{'succeeded' if paid else 'failed'}", session)

    def create_refund(self, params: dict[str, Any]) -> dict[str, Any]:
        """What POST /v1/refunds does."""
        intent, amount = params["payment_intent"], int(params["amount"])
        if intent not in self.paid:
            raise Refusal("No such payment_intent", code="resource_missing", status=404)
        session = next(s for s in self.sessions.values() if s["payment_intent"] == intent)
        check_amount(amount, session["currency"])
        if self.balance_is_empty:
            raise Refusal("Insufficient funds in your Stripe balance.", code="balance_insufficient")
        left = self.paid[intent] - sum(self.amounts_refunded(intent))
        if left == 0:
            raise Refusal("Charge has already been refunded.", code="charge_already_refunded", kept=True)
        if amount > left:
            raise Refusal("Refund amount is greater than unrefunded amount on charge", kept=True)
        refund = {
            "id": f"re_{next(self._numbers)}",
            "object": "refund",
            "amount": amount,
            "currency": session["currency"],
            "payment_intent": intent,
            "metadata": params.get("metadata", {}),
            "status": self.new_refund_status,
        }
        self.refunds[refund["id"]] = refund
        self._tell("refund.created", refund)
        self._tell("charge.refund.updated", refund)
        return refund

    def refunds_of(self, intent: str) -> list[dict[str, Any]]:
        """What GET /v1/refunds?payment_intent= does: the newest first."""
        return [refund for refund in reversed(self.refunds.values()) if refund["payment_intent"] == intent]

    def amounts_refunded(self, intent: str) -> list[int]:
        """What went back and did not fail."""
        return [refund["amount"] for refund in self.refunds_of(intent) if refund["status"] != "failed"]

    def finish_refund(self, refund_id: str, *, failure: str | None = None) -> None:
        """The bank took the refund, or sends the money back to the account."""
        refund = self.refunds[refund_id]
        refund["status"] = "failed" if failure else "succeeded"
        if failure:
            refund["failure_reason"] = failure
            self._tell("refund.failed", refund)
        self._tell("refund.updated", refund)
        self._tell("charge.refund.updated", refund)

    def _receive(self, session: dict[str, Any]) -> None:
        session["payment_status"] = "paid"
        self.paid[session["payment_intent"]] = session["amount_total"]

    def _tell(self, kind: str, subject: dict[str, Any]) -> None:
        self.events.append(
            {
                "id": f"evt_{next(self._numbers)}",
                "object": "event",
                "type": kind,
                "created": self._seconds(),
                "livemode": False,
                "data": {"object": deepcopy(subject)},
            }
        )

    def _seconds(self) -> int:
        return int(self.now().timestamp())


def check_amount(amount: int, currency: str) -> None:
    """Stripe's rules of amounts."""
    if currency != currency.lower() or len(currency) != 3:
        raise Refusal("Invalid currency", code="currency_invalid")
    if amount <= 0 or (currency == "eur" and amount < 50):
        raise Refusal("The amount is too small.", code="amount_too_small")
    if currency in WHOLE_IN_HUNDREDTHS and amount % 100:
        raise Refusal("Invalid amount", code="invalid_charge_amount_no_decimal_compatible")
    if currency in THOUSANDTHS and amount % 10:
        raise Refusal("Invalid amount: the last digit must be 0", code="amount_invalid")
