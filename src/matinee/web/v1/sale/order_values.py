"""What a request about an order says."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from matinee.boxoffice.order_search import OrderFilter
from matinee.web.v1.paging import PageQuery
from matinee.web.v1.values import Address, Id, Text, Values

OrderCode = Annotated[Text, Field(max_length=20)]
PromoCodeText = Annotated[Text, Field(max_length=40)]
Reason = Annotated[Text, Field(description="For the trail and the buyer. The staff must say one.")]


class NewOrder(Values, example={"hold": "K7RM2X9QTD", "email": "guest@example.org"}):
    """Whose a hold is, and what makes it cheaper."""

    hold: OrderCode = Field(description="The hold's code, which is that of the order, too.")
    email: Address | None = Field(
        default=None, description="Where the tickets go. Left out: the address of the account."
    )
    promo_code: PromoCodeText | None = None


class ChangedOrder(Values, example={"promo_code": "SPRING"}):
    """What changes; what is left out stays. Null takes it away."""

    email: Address | None = None
    promo_code: PromoCodeText | None = None


class OrderQuery(PageQuery):
    """Which orders."""

    mine: bool = Field(False, description="One's own alone, also for who may see all.")
    screening: Id | None = Field(None, description="The id of a screening.")
    state: Literal["held", "paying", "due", "paid", "refunded", "cancelled", "expired"] | None = None
    code: OrderCode | None = None
    email: Address | None = Field(None, description="Of the account, or where the mail goes.")

    def wanted(self, user_id: int | None) -> OrderFilter:
        """As the box office takes it; `user_id`: those of this account alone."""
        return OrderFilter(
            user_id=user_id,
            screening_id=self.screening,
            state=self.state,
            code=self.code,
            email=self.email,
        )
