"""Calls to payment providers, counted by their outcome and traced: somebody else's server is what fails first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from matinee.kernel.counts import count
from matinee.kernel.spans import span
from matinee.payments.errors import NoticeRefused, PaymentRefused, ProviderUnavailable

Call = Literal["start", "cancel", "refund", "notice"]
_OUTCOMES: dict[type[Exception], str] = {
    ProviderUnavailable: "unavailable",
    PaymentRefused: "refused",
    NoticeRefused: "refused",
}


@contextmanager
def provider_call(provider: str, call: Call) -> Iterator[None]:
    """The block is one call to the provider of this name. What it raises passes through."""
    outcome = "ok"
    with span(f"payment {call}", kind="client", payment__provider=provider, payment__call=call):
        try:
            yield
        except Exception as error:
            outcome = _OUTCOMES.get(type(error), "fault")
            raise
        finally:
            count("provider_calls", provider=provider, call=call, outcome=outcome)
