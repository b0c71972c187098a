"""The worker's share in payments: money that goes back, and payments that nobody needs any more."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from matinee.boxoffice.checkout import stop_open_payments
from matinee.db.transaction import Transactions
from matinee.kernel import clock
from matinee.payments.carry_out import carry_out_refunds
from matinee.payments.protocol import PaymentProvider

PAUSE_SECONDS = 5.0


class PaymentRounds:
    """Carries out the refunds that are due, a few seconds at a time, and ends payments of orders that are over."""

    def __init__(
        self,
        transactions: Transactions,
        providers: Mapping[str, PaymentProvider],
        should_stop: Callable[[], bool],
    ) -> None:
        self._transactions = transactions
        self._providers = providers
        self._should_stop = should_stop
        self._next_at = 0.0

    def do_what_is_due(self) -> None:
        """Carry refunds out for some seconds, and then leave time for the mail. Raises DatabaseUnavailable."""
        if time.monotonic() >= self._next_at:
            self._stop_payments()
            self._carry_out()
            self._next_at = time.monotonic() + PAUSE_SECONDS

    def do_all(self) -> None:
        """Carry out every refund that is due. Raises DatabaseUnavailable."""
        self._stop_payments()
        while self._carry_out():
            pass

    def _carry_out(self) -> int:
        return carry_out_refunds(
            self._transactions, self._providers, now=clock.now(), should_stop=self._should_stop
        )

    def _stop_payments(self) -> None:
        stop_open_payments(
            self._transactions, self._providers, now=clock.now(), should_stop=self._should_stop
        )
