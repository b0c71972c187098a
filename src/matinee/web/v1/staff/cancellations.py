"""POST /screenings/{screening_id}/cancellation"""

from __future__ import annotations

from datetime import datetime

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.boxoffice.cancellations import cancel_screening
from matinee.boxoffice.errors import ScreeningCancelled
from matinee.programme.errors import ScreeningNotFound
from matinee.web.v1.answers import Answer, created
from matinee.web.v1.blueprint import PREFIX, v1
from matinee.web.v1.callers import needs
from matinee.web.v1.idempotency import idempotent
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.shapes import Shape
from matinee.web.v1.tags import STAFF
from matinee.web.v1.values import Text, Values


class CancellationShape(Shape, example={"screening": 517, "orders": 37, "holds": 2}):
    """What became of those who had seats of a cancelled screening."""

    screening: int
    orders: int = Field(description="How many orders are given back, with a mail to each buyer.")
    holds: int = Field(description="How many holds ended.")


class Cancelled(Values, example={"reason": "The projector is broken."}):
    """Why it is cancelled."""

    reason: Text = Field(description="Buyers read it in their mail.")


class Cancellation(MethodView):
    """Cancelling a screening."""

    @operation(
        "cancel_screening",
        tag=STAFF,
        access=needs("programme:write"),
        answers={201: Returns(CancellationShape, "It is cancelled")},
        refusals=(ScreeningNotFound, ScreeningCancelled),
        keyed=True,
    )
    def post(self, screening_id: int, body: Cancelled, caller: Caller, now: datetime) -> Answer:
        """Cancel a screening for good

        Everybody gets the money back and is told. A payment that arrives later is given back by itself. There is no way to
        take it back.
        """

        def cancel(session: Session) -> Answer:
            report = cancel_screening(
                session, screening_id=screening_id, actor=caller.name, reason=body.reason, now=now
            )
            shape = CancellationShape(screening=screening_id, orders=report.orders, holds=report.holds)
            return created(shape, location=f"{PREFIX}/screenings/{screening_id}")

        return idempotent(cancel, caller=caller, now=now)


v1.add_url_rule("/screenings/<id:screening_id>/cancellation", view_func=Cancellation.as_view("cancellation"))
