"""What a payment provider does: the one protocol that all of them keep to.

A provider is called outside any transaction. Each call carries a key of ours, so that a call that is made again, because
nobody knows what became of the first, has no second effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

# A voucher pays inside the transaction of the sale, and gets its money back so: no provider is ever asked about it.
VOUCHER = "voucher"


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """Money that is asked for. `payment_id` is the payment's public id and the key of the call."""

    payment_id: str
    amount: int
    currency: str
    # One line that the payer reads.
    description: str
    email: str | None
    # Where the payer's browser goes afterwards, paid or not. No secret is in it.
    return_url: str
    cancel_url: str
    # Until when the seats are kept; a provider may not be able to stop taking money as early.
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class StartedPayment:
    """What the provider made of a request."""

    provider_ref: str | None = None
    # The page on which the payer pays; empty where there is none.
    redirect_url: str = ""
    # The money is there already, so no notice will come.
    settled: bool = False


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Money that is to go back. `refund_id` is the key of the call."""

    refund_id: str
    payment_id: str
    provider_ref: str | None
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class RefundOutcome:
    """What became of a refund. `pending`: a notice will say."""

    state: Literal["succeeded", "pending", "by_hand", "failed"]
    provider_ref: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ProviderNotice:
    """What a provider tells us. `event_id` is the same in every copy of the same notice."""

    event_id: str
    kind: Literal["settled", "failed", "refund_succeeded", "refund_failed"]
    # The payment's public id, or for a refund the refund's.
    subject_id: str
    # What was paid, in minor units; None where the notice does not say.
    amount: int | None = None
    currency: str | None = None
    provider_ref: str | None = None
    reason: str = ""


class PaymentProvider(Protocol):
    """One way to pay."""

    name: str

    def start(self, request: PaymentRequest) -> StartedPayment:
        """Ask for the money. Raises ProviderUnavailable (nobody knows what became of it) and PaymentRefused."""

    def read_notices(
        self, body: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> Sequence[ProviderNotice]:
        """What a notice says; nothing for kinds that do not matter here. Raises NoticeRefused for one that is not the
        provider's own. `headers` have names in lower case."""

    def cancel(self, *, payment_id: str, provider_ref: str) -> None:
        """Stop taking money for a payment that was started. Harmless when it is too late. Raises ProviderUnavailable."""

    def refund(self, request: RefundRequest) -> RefundOutcome:
        """Give money back. Raises ProviderUnavailable."""
