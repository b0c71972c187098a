"""Stripe's own library: imported late, kept quiet, and its errors named in our words."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from matinee.payments.errors import PaymentRefused, ProviderUnavailable

if TYPE_CHECKING:
    from stripe import StripeClient

# Answers that mean "later", though Stripe counts them among those that were wrongly asked.
_LATER_CODES = frozenset({"idempotency_key_in_use", "lock_timeout", "rate_limit", "balance_insufficient"})

log = logging.getLogger(__name__)


class StripeSdk:
    """A client of one Stripe account, made when it is first needed. Safe for threads."""

    def __init__(self, *, secret_key: str, api_base: str, timeout_seconds: float, retries_max: int) -> None:
        self._secret_key = secret_key
        self._api_base = api_base.rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._retries_max = retries_max

    @cached_property
    def module(self) -> Any:
        """The package `stripe`. Its import takes longer than all the rest of a command."""
        stripe: Any = importlib.import_module("stripe")
        # It would write a file into the home directory and tell how long calls took.
        stripe.enable_telemetry = False
        # Its log of refused calls quotes what was asked, the payer's address among it.
        logging.getLogger("stripe").setLevel(logging.WARNING)
        return stripe

    @cached_property
    def client(self) -> StripeClient:
        """The client, with our limits of time. Each POST carries a key, so that a second try has no second effect."""
        client: StripeClient = self.module.StripeClient(
            self._secret_key,
            base_addresses={"api": self._api_base},
            max_network_retries=self._retries_max,
            http_client=self.module.RequestsClient(timeout=self._timeout_seconds),
        )
        return client

    @contextmanager
    def errors_named(self, what: str, *, kept_faults_refuse: bool = False) -> Iterator[None]:
        """Raise PaymentRefused and ProviderUnavailable in place of Stripe's errors. `what` stands in the log.

        `kept_faults_refuse`: a fault that Stripe has kept with the key counts as a refusal; it would be the same for a day.
        Stripe's sentences are kept out of the log and of the errors: they quote what was asked.
        """
        stripe = self.module
        try:
            yield
        except (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError) as error:
            code = _code_of(error)
            log.warning("Stripe refused %s: %s, request %s", what, code, error.request_id)
            if code in _LATER_CODES:
                raise ProviderUnavailable from None
            raise PaymentRefused(f"The payment provider does not take this: {code}.") from None
        except stripe.StripeError as error:
            # A wrong key is among these, too: once it is put right, what waits is asked again.
            kind = type(error).__name__
            log.warning("Stripe did not answer %s: %s, status %s", what, kind, error.http_status)
            if kept_faults_refuse and _is_kept_fault(error):
                raise PaymentRefused("The payment provider failed. Nothing was charged.") from None
            raise ProviderUnavailable from None


def _is_kept_fault(error: Any) -> bool:
    headers = {str(name).lower(): str(value) for name, value in dict(error.headers or {}).items()}
    return (error.http_status or 0) >= 500 and headers.get("idempotent-replayed") == "true"


def _code_of(error: Any) -> str:
    """What programs compare: a word of Stripe's own list."""
    code = error.code or getattr(error.error, "code", None)
    return str(code or getattr(error.error, "type", None) or type(error).__name__)
