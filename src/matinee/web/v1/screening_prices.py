"""GET /screenings/{screening_id}/prices"""

from __future__ import annotations

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.programme.catalogue import find_screening
from matinee.programme.errors import ScreeningNotFound
from matinee.programme.screening_prices import prices_of_screening
from matinee.web.v1.answers import Answer
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import PUBLIC
from matinee.web.v1.kept import kept
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.shapes import Money, Shape
from matinee.web.v1.tags import PROGRAMME

EXAMPLE = {
    "screening": 517,
    "ticket_types": [{"code": "adult", "name": "Adult"}, {"code": "child", "name": "Child"}],
    "prices": [
        {"zone": "standard", "ticket_type": "adult", "price": {"amount": 15000, "currency": "UAH"}},
        {"zone": "standard", "ticket_type": "child", "price": {"amount": 9000, "currency": "UAH"}},
    ],
    "booking_fee": {"amount": 1000, "currency": "UAH"},
    "booking_fee_per": "ticket",
}


class TicketTypeShape(Shape):
    """Who a ticket is for."""

    code: str
    name: str


class ZonePriceShape(Shape):
    """What a seat of a zone costs for somebody."""

    zone: str
    ticket_type: str = Field(description="The code of the ticket type.")
    price: Money


class PricesShape(Shape, example=EXAMPLE):
    """What the seats of a screening cost."""

    screening: int
    ticket_types: list[TicketTypeShape] = Field(description="The first is meant where a purchase names none.")
    prices: list[ZonePriceShape] = Field(
        description="Of each zone of the hall for each ticket type that is sold."
    )
    booking_fee: Money = Field(
        description="What booking online costs beside the tickets that cost something."
    )
    booking_fee_per: str = Field(description="`ticket` or `order`.")


class ScreeningPrices(MethodView):
    """The prices of a screening."""

    @operation(
        "get_prices",
        tag=PROGRAMME,
        access=PUBLIC,
        answers={200: Returns(PricesShape, "The prices")},
        refusals=(ScreeningNotFound,),
    )
    def get(self, screening_id: int) -> Answer:
        """Read what the seats of a screening cost"""
        return kept(lambda session: _prices(session, screening_id), key=("prices", screening_id))


def _prices(session: Session, screening_id: int) -> Answer:
    screening = find_screening(session, screening_id=screening_id)
    cinema = screening.hall.cinema
    found = prices_of_screening(session, screening=screening)
    types = {price.ticket_type_code: price.ticket_type_name for price in found}
    return Answer(
        PricesShape(
            screening=screening_id,
            ticket_types=[TicketTypeShape(code=code, name=name) for code, name in types.items()],
            prices=[
                ZonePriceShape(
                    zone=price.zone,
                    ticket_type=price.ticket_type_code,
                    price=Money(amount=price.amount, currency=cinema.currency),
                )
                for price in found
            ],
            booking_fee=Money(amount=cinema.booking_fee_amount, currency=cinema.currency),
            booking_fee_per=cinema.booking_fee_per,
        )
    )


v1.add_url_rule("/screenings/<id:screening_id>/prices", view_func=ScreeningPrices.as_view("prices"))
