"""POST /payment-notices/{provider}"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from flask import request
from flask.views import MethodView
from sqlalchemy.orm import Session

from matinee.boxoffice.settlement import deal_with_notice
from matinee.kernel import clock
from matinee.payments.errors import NoticeRefused, PaymentNotFound, ProviderNotFound, RefundNotFound
from matinee.payments.protocol import ProviderNotice
from matinee.payments.watching import provider_call
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import PUBLIC
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.shapes import Shape
from matinee.web.v1.tags import SALE

# An event of Stripe's has a few thousand bytes.
BODY_BYTES_MAX = 128 * 1024

log = logging.getLogger(__name__)


class NoticeTaken(Shape, example={"received": True}):
    """The notice need not be sent again."""

    received: bool


class PaymentNotices(MethodView):
    """What payment providers tell us."""

    @operation(
        "take_payment_notice",
        tag=SALE,
        access=PUBLIC,
        answers={200: Returns(NoticeTaken, "It was dealt with, now or before, or is about nothing of ours")},
        refusals=(ProviderNotFound, NoticeRefused),
        # A provider that was away sends all that it kept at once. What counts is the signature.
        counted=False,
    )
    def post(self, provider: str) -> Answer:
        """Take a notice of a payment provider

        For providers alone: the body and the header with the signature are as the provider makes them. See the page on
        payments in the documentation.
        """
        request.max_content_length = BODY_BYTES_MAX
        headers = {name.lower(): value for name, value in request.headers.items()}
        receive_notices(provider, request.get_data(cache=False), headers)
        return Answer(NoticeTaken(received=True))


def receive_notices(provider_name: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Deal with every notice in `body`, each in a transaction of its own. `headers` have names in lower case.

    Raises ProviderNotFound, NoticeRefused and DatabaseUnavailable.
    """
    provider = services().payments.get(provider_name)
    if provider is None:
        raise ProviderNotFound
    now = clock.now()
    with provider_call(provider_name, "notice"):
        notices = provider.read_notices(body, headers, now=now)
    for notice in notices:
        _deal_with(provider_name, notice, now)


def _deal_with(provider: str, notice: ProviderNotice, now: datetime) -> None:
    def work(session: Session) -> None:
        deal_with_notice(session, provider=provider, notice=notice, now=now)

    try:
        services().transactions.write(work)
    except (PaymentNotFound, RefundNotFound):
        # Another program may share the account at the provider. Sent again, it would be no better known.
        log.warning("a notice of %s is about nothing of ours: %s", provider, notice.event_id)


v1.add_url_rule("/payment-notices/<provider>", view_func=PaymentNotices.as_view("payment_notices"))
