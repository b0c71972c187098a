"""What can be refused about a payment."""

from __future__ import annotations

from matinee.kernel.errors import Conflict, Invalid, NotAllowed, NotFound


class PaymentNotFound(NotFound):
    """There is no such payment."""

    code = "payment_not_found"


class ProviderNotFound(NotFound):
    """There is no such way to pay here."""

    code = "provider_not_found"


class PaymentRefused(Conflict):
    """The payment provider does not take this payment."""

    code = "payment_refused"


class ProviderUnavailable(Conflict):
    """The payment provider cannot be reached; nothing was charged, try again."""

    code = "provider_unavailable"


class NoticeRefused(Invalid):
    """This notice is not one of the payment provider's."""

    code = "notice_refused"


class RefundTooHigh(Conflict):
    """More would be given back than was paid."""

    code = "refund_too_high"


class ProviderNotForYou(NotAllowed):
    """This way to pay is for the staff at the counter."""

    code = "provider_not_for_you"


class RefundNotFound(NotFound):
    """There is no such refund."""

    code = "refund_not_found"


class RefundNotByHand(Conflict):
    """This refund is not one that a person hands out."""

    code = "refund_not_by_hand"


class RefundNotFailed(Conflict):
    """This refund did not fail, so it is not asked for again."""

    code = "refund_not_failed"
