"""Nothing to pay: settled at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from matinee.payments.errors import NoticeRefused, PaymentRefused
from matinee.payments.protocol import (
    PaymentRequest,
    ProviderNotice,
    RefundOutcome,
    RefundRequest,
    StartedPayment,
)


class FreeProvider:
    """For orders whose total is nothing."""

    name = "free"

    def start(self, request: PaymentRequest) -> StartedPayment:
        """Settled at once. Raises PaymentRefused where there is something to pay."""
        if request.amount != 0:
            raise PaymentRefused("Only an order that costs nothing is free.")
        return StartedPayment(settled=True)

    def read_notices(
        self, body: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> Sequence[ProviderNotice]:
        """Raises NoticeRefused: nobody sends any."""
        raise NoticeRefused

    def cancel(self, *, payment_id: str, provider_ref: str) -> None:
        """There is nothing to stop."""

    def refund(self, request: RefundRequest) -> RefundOutcome:
        """Nothing was taken, so nothing is left to give back."""
        return RefundOutcome("succeeded")
