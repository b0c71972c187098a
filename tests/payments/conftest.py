"""What the tests of payments start with: a database, a fake Stripe, and the provider that talks to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from matinee.db.transaction import Transactions
from matinee.payments.stripe_checkout import StripeCheckout
from tests.building import NOW, clock_at
from tests.outbox.opened import opened_transactions
from tests.payments.fake_stripe import FakeStripe, running_fake_stripe
from tests.payments.opened import stripe_at


@pytest.fixture(autouse=True)
def _clock_stands() -> Iterator[None]:
    with clock_at(NOW):
        yield


@pytest.fixture
def transactions(database_url: str) -> Iterator[Transactions]:
    with opened_transactions(database_url) as opened:
        yield opened


@pytest.fixture
def fake_stripe() -> Iterator[FakeStripe]:
    with running_fake_stripe() as fake:
        yield fake


@pytest.fixture
def stripe(fake_stripe: FakeStripe) -> StripeCheckout:
    """Does not try again by itself, and does not wait for long."""
    return stripe_at(fake_stripe)
