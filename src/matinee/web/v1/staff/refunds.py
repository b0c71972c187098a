"""GET /refunds, POST /refunds/{refund_id}/handed-out"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.boxoffice.refund_list import RefundOfOrder, hand_out_refund_of_order, refunds_in_order
from matinee.payments.errors import RefundNotByHand, RefundNotFound
from matinee.payments.models import PaymentRefund
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import needs
from matinee.web.v1.idempotency import idempotent
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.paging import Page, PageQuery, after, example_of_page, page_of
from matinee.web.v1.shapes import Money, Shape
from matinee.web.v1.tags import OFFERS

EXAMPLE = {
    "id": "R4T8W1X9K3V2M7Q5N6Z0",
    "order": "7KQ2MX9RT4",
    "provider": "counter",
    "amount": {"amount": 16000, "currency": "UAH"},
    "reason": "The buyer is ill.",
    "state": "by_hand",
    "error": "",
    "created_at": "2030-05-17T09:00:00Z",
    "finished_at": None,
}
RefundState = Literal["pending", "by_hand", "succeeded", "failed"]


class RefundOfOrderShape(Shape, example=EXAMPLE):
    """Money that goes back to a buyer."""

    id: str
    order: str = Field(description="The code of the order.")
    provider: str = Field(description="How it had been paid.")
    amount: Money
    reason: str
    state: str = Field(
        description="`pending`: on its way; `by_hand`: to be handed out at the counter; `succeeded`; `failed`: the provider "
        "cannot give it back, so a person must."
    )
    error: str = Field(description="What the provider said last; empty where all is well.")
    created_at: datetime
    finished_at: datetime | None


class RefundPage(Page[RefundOfOrderShape], example=example_of_page(EXAMPLE)):
    """Refunds, the oldest first."""


class RefundQuery(PageQuery):
    """Which refunds."""

    state: RefundState | None = Field(None, description="Only those in this state.")


class Refunds(MethodView):
    """Money that goes back."""

    @operation(
        "list_refunds",
        tag=OFFERS,
        access=needs("orders:read", "orders:write"),
        answers={200: Returns(RefundPage, "A page of refunds", headers={"Link": "The next page."})},
    )
    def get(self, query: RefundQuery) -> Answer:
        """List what goes back to buyers

        `by_hand` and `failed` wait for a person who hands the money out.
        """
        behind = after(query.cursor, PaymentRefund.id)

        def read(session: Session) -> Answer:
            found = refunds_in_order(session, state=query.state, behind=behind, limit=query.limit + 1)
            return page_of(RefundPage, found, query, key=lambda row: (row[0].id,), present=_present)

        return services().transactions.read(read)


class HandedOut(MethodView):
    """Money that was handed out."""

    @operation(
        "hand_out_refund",
        tag=OFFERS,
        access=needs("orders:write"),
        answers={200: Returns(RefundOfOrderShape, "The refund")},
        refusals=(RefundNotFound, RefundNotByHand),
        keyed=True,
    )
    def post(self, refund_id: str, caller: Caller, now: datetime) -> Answer:
        """Say that the money of a refund was handed out

        Of one by hand, or of one that failed at its provider. The trail of the order keeps who did.
        """

        def hand_out(session: Session) -> Answer:
            row = hand_out_refund_of_order(session, public_id=refund_id, actor=caller.name, now=now)
            return Answer(_present(row))

        return idempotent(hand_out, caller=caller, now=now)


def _present(row: RefundOfOrder) -> RefundOfOrderShape:
    refund, order_code = row
    return RefundOfOrderShape(
        id=refund.public_id,
        order=order_code,
        provider=refund.payment.provider,
        amount=Money(amount=refund.amount, currency=refund.payment.currency),
        reason=refund.reason,
        state=refund.state,
        error=refund.last_error,
        created_at=refund.created_at,
        finished_at=refund.finished_at,
    )


v1.add_url_rule("/refunds", view_func=Refunds.as_view("refunds_of_orders"))
v1.add_url_rule("/refunds/<refund_id>/handed-out", view_func=HandedOut.as_view("handed_out"))
