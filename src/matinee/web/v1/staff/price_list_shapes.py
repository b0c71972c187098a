"""A price list as staff read and write it."""

from __future__ import annotations

from typing import Annotated, TypedDict

from pydantic import Field
from sqlalchemy.orm import Session

from matinee.programme.fields import (
    AMOUNT_MAX,
    PRICE_LIST_CHARACTERS_MAX,
    TICKET_TYPE_CHARACTERS_MAX,
    ZONE_CHARACTERS_MAX,
)
from matinee.programme.models import Cinema, PriceList
from matinee.programme.price_lists import Amounts
from matinee.programme.prices import amounts_by_zone_and_type
from matinee.programme.ticket_types import ticket_types_of
from matinee.web.v1.errors import InvalidValues
from matinee.web.v1.shapes import Shape
from matinee.web.v1.values import Text, Values

VALUES_EXAMPLE = {
    "name": "weekend",
    "weekdays": [6, 7],
    "begins": "17:00",
    "ends": "",
    "amounts": [
        {"zone": "standard", "ticket_type": "adult", "amount": 15000},
        {"zone": "standard", "ticket_type": "child", "amount": 9000},
    ],
}
EXAMPLE = {"id": 5, "cinema": "odeon", "currency": "UAH", **VALUES_EXAMPLE}
WEEKDAYS = "1 (Monday) to 7 (Sunday), by the cinema's wall; none: all days."
BEGINS = "Valid from this time on, `17:00`, by the cinema's wall; empty: from midnight on."
ENDS = "Valid before this time; empty: until midnight. Where it is the earlier one, over midnight."
Time = Annotated[str, Field(max_length=5)]


class AmountShape(Shape):
    """What a seat of a zone costs for somebody."""

    zone: str
    ticket_type: str = Field(description="The code of the ticket type.")
    amount: int = Field(description="In minor units of the list's currency.")


class PriceListShape(Shape, example=EXAMPLE):
    """Prices by zone and ticket type, and when they are valid."""

    id: int
    cinema: str = Field(description="The slug of its cinema.")
    currency: str
    name: str
    weekdays: list[int] = Field(description=WEEKDAYS)
    begins: str = Field(description=BEGINS)
    ends: str = Field(description=ENDS)
    amounts: list[AmountShape] = Field(
        description="A zone without an amount of its own costs what the zone `standard` does."
    )


class PriceListList(Shape, example={"items": [EXAMPLE]}):
    """The price lists of a cinema, the one that was entered first at the front."""

    items: list[PriceListShape]


class NewAmount(Values):
    """What a seat of a zone costs for somebody."""

    zone: Annotated[Text, Field(max_length=ZONE_CHARACTERS_MAX)] = Field(
        description="`standard`, or another of the halls'."
    )
    ticket_type: Annotated[Text, Field(max_length=TICKET_TYPE_CHARACTERS_MAX)] = Field(
        description="The code of a ticket type of the cinema."
    )
    amount: int = Field(ge=0, le=AMOUNT_MAX, description="In minor units of the cinema's currency.")


class PriceListValues(TypedDict):
    """As the programme takes it."""

    name: str
    amounts: Amounts
    weekdays: str
    begins: str
    ends: str


class NewPriceList(Values, example=VALUES_EXAMPLE):
    """A whole price list. It must say what `standard` costs for the first ticket type."""

    name: Annotated[Text, Field(max_length=PRICE_LIST_CHARACTERS_MAX)]
    amounts: Annotated[list[NewAmount], Field(min_length=1, max_length=1000)]
    weekdays: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(max_length=7)] = Field(
        [], description=WEEKDAYS
    )
    begins: Time = Field("", description=BEGINS)
    ends: Time = Field("", description=ENDS)

    def values(self) -> PriceListValues:
        """As the programme takes it. Raises InvalidValues for an amount that is said twice."""
        amounts: dict[tuple[str, str], int] = {}
        for number, each in enumerate(self.amounts):
            key = (each.zone, each.ticket_type)
            if key in amounts:
                fault = {
                    "field": f"amounts.{number}",
                    "message": "says again what this zone costs for this type",
                }
                raise InvalidValues([fault])
            amounts[key] = each.amount
        return {
            "name": self.name,
            "amounts": amounts,
            "weekdays": "".join(map(str, self.weekdays)),
            "begins": self.begins,
            "ends": self.ends,
        }


def present_price_list(session: Session, price_list: PriceList, cinema: Cinema) -> PriceListShape:
    """A price list with its amounts, in the order of the ticket types."""
    codes = {each.id: each.code for each in ticket_types_of(session, cinema_id=cinema.id)}
    places = {type_id: place for place, type_id in enumerate(codes)}
    amounts = amounts_by_zone_and_type(session, price_list_id=price_list.id)
    ordered = sorted(amounts.items(), key=lambda item: (places[item[0][1]], item[0][0]))
    return PriceListShape(
        id=price_list.id,
        cinema=cinema.slug,
        currency=cinema.currency,
        name=price_list.name,
        weekdays=[int(digit) for digit in price_list.weekdays],
        begins=price_list.begins,
        ends=price_list.ends,
        amounts=[
            AmountShape(zone=zone, ticket_type=codes[type_id], amount=amount)
            for (zone, type_id), amount in ordered
        ],
    )
