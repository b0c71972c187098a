from __future__ import annotations

from collections.abc import Iterator

import pytest

from matinee.db.transaction import Transactions
from matinee.outbox.webhooks.delivery import WebhookDelivery
from tests.outbox.webhooks.opened import open_webhooks
from tests.webhook_receiver import Receiver, running_receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as running:
        yield running


@pytest.fixture
def webhooks(transactions: Transactions) -> Iterator[WebhookDelivery]:
    opened = open_webhooks(transactions)
    yield opened
    opened.abort()
    opened.finish()
