"""Pay at the till: a person takes the money, and a person hands it out again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from matinee.payments.errors import NoticeRefused
from matinee.payments.protocol import (
    PaymentRequest,
    ProviderNotice,
    RefundOutcome,
    RefundRequest,
    StartedPayment,
)


class CounterProvider:
    """The counter in the foyer. Until when an order is kept for it is up to the room above."""

    name = "counter"

    def start(self, request: PaymentRequest) -> StartedPayment:
        """The money is awaited at the till; there is no page to go to."""
        return StartedPayment()

    def read_notices(
        self, body: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> Sequence[ProviderNotice]:
        """Raises NoticeRefused: the till sends none, its staff enter what they took."""
        raise NoticeRefused

    def cancel(self, *, payment_id: str, provider_ref: str) -> None:
        """There is nothing to stop: the till looks at the order before it takes money."""

    def refund(self, request: RefundRequest) -> RefundOutcome:
        """A person has to hand the money out; see `refunds.hand_out_refund`."""
        return RefundOutcome("by_hand")
