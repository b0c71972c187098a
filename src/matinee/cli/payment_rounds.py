"""The worker's share in payments: money that goes back, and payments that nobody needs any more."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from matinee.boxoffice.open_payments import stop_open_payments
from matinee.db.transaction import Transactions
from matinee.kernel import clock
from matinee.payments.carry_out import carry_out_refunds
from matinee.payments.protocol import PaymentProvider

PAUSE_SECONDS = 5.0


class PaymentRounds:
    """Carries out the refunds that are due, and ends payments of orders that are over."""

    def __init__(self, transactions: Transactions, providers: Mapping[str, PaymentProvider]) -> None:
        self._transactions = transactions
        self._providers = providers
        self._next_at = 0.0

    def do_what_is_due(self, over: Callable[[], bool]) -> int:
        """Every few seconds: end payments, and carry refunds out for some seconds; return how many were tried.

        Raises DatabaseUnavailable.
        """
        if time.monotonic() < self._next_at:
            return 0
        self._next_at = time.monotonic() + PAUSE_SECONDS
        return self._do_round(over)

    def do_all(self, over: Callable[[], bool]) -> None:
        """Carry out every refund that is due. Raises DatabaseUnavailable."""
        while self._do_round(over):
            pass

    def _do_round(self, over: Callable[[], bool]) -> int:
        stop_open_payments(self._transactions, self._providers, now=clock.now(), should_stop=over)
        return carry_out_refunds(self._transactions, self._providers, now=clock.now(), should_stop=over)
