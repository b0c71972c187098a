"""GET and POST /cinemas/{slug}/promo-codes, PATCH /cinemas/{slug}/promo-codes/{code}"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.boxoffice.errors import InvalidOffer, PromoCodeExists, PromoCodeNotFound
from matinee.boxoffice.models import PromoCode
from matinee.boxoffice.promo_code_book import (
    change_promo_code,
    find_promo_code,
    promo_codes_in_order,
    uses_by_promo_code,
)
from matinee.boxoffice.promo_codes import create_promo_code
from matinee.programme.errors import CinemaNotFound
from matinee.programme.fields import AMOUNT_MAX
from matinee.programme.models import Cinema
from matinee.programme.queries import cinema_by_slug
from matinee.programme.unchanged import UNCHANGED
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer, created
from matinee.web.v1.audited import write_audited
from matinee.web.v1.blueprint import ID_MAX, PREFIX, v1
from matinee.web.v1.callers import needs
from matinee.web.v1.idempotency import idempotent
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.paging import Page, PageQuery, after, example_of_page, page_of
from matinee.web.v1.shapes import Shape
from matinee.web.v1.tags import OFFERS
from matinee.web.v1.values import Text, Values, When

EXAMPLE = {
    "code": "SPRING",
    "cinema": "odeon",
    "currency": "UAH",
    "kind": "percentage",
    "value": 10,
    "uses": 37,
    "uses_max": 100,
    "valid_from": None,
    "valid_until": "2030-06-01T00:00:00Z",
    "active": True,
}
UsesMax = Annotated[int, Field(ge=1, le=ID_MAX)]


class PromoCodeShape(Shape, example=EXAMPLE):
    """A code that makes orders cheaper."""

    code: str
    cinema: str = Field(description="The slug of its cinema.")
    currency: str
    kind: Literal["percentage", "amount"]
    value: int = Field(description="Per cent, or minor units of the currency, off an order.")
    uses: int = Field(description="How many orders have it now, sold or held.")
    uses_max: int | None = Field(description="Null: any number.")
    valid_from: datetime | None
    valid_until: datetime | None
    active: bool


class PromoCodePage(Page[PromoCodeShape], example=example_of_page(EXAMPLE)):
    """Promo codes, the one that was entered first at the front."""


class NewPromoCode(Values, example={"code": "spring", "kind": "percentage", "value": 10, "uses_max": 100}):
    """A promo code."""

    code: Annotated[Text, Field(max_length=40)] = Field(
        description="Letters, digits and hyphens; capitals do not count."
    )
    kind: Literal["percentage", "amount"]
    value: int = Field(ge=1, le=AMOUNT_MAX, description="Per cent, or minor units of the cinema's currency.")
    uses_max: UsesMax | None = Field(None, description="Null: any number.")
    valid_from: When | None = None
    valid_until: When | None = None


class ChangedPromoCode(Values, example={"active": False}):
    """What is to be different; what is left out stays as it is."""

    active: bool | None = Field(None, description="Null: as it is.")
    valid_until: When | None = Field(None, description="Null: without an end.")
    uses_max: UsesMax | None = Field(None, description="Null: any number.")


class PromoCodes(MethodView):
    """The promo codes of a cinema."""

    @operation(
        "list_promo_codes",
        tag=OFFERS,
        access=needs("programme:write"),
        answers={200: Returns(PromoCodePage, "A page of codes", headers={"Link": "The next page."})},
        refusals=(CinemaNotFound,),
    )
    def get(self, slug: str, query: PageQuery, now: datetime) -> Answer:
        """List the promo codes of a cinema"""
        behind = after(query.cursor, PromoCode.id)

        def read(session: Session) -> Answer:
            cinema = cinema_by_slug(session, slug)
            found = promo_codes_in_order(session, cinema_id=cinema.id, behind=behind, limit=query.limit + 1)
            uses = uses_by_promo_code(session, promos=found, now=now)
            return page_of(
                PromoCodePage,
                found,
                query,
                key=lambda promo: (promo.id,),
                present=lambda promo: _present(promo, cinema, uses[promo.id]),
            )

        return services().transactions.read(read)

    @operation(
        "create_promo_code",
        tag=OFFERS,
        access=needs("programme:write"),
        answers={201: Returns(PromoCodeShape, "The promo code")},
        refusals=(CinemaNotFound, InvalidOffer, PromoCodeExists),
        keyed=True,
    )
    def post(self, slug: str, body: NewPromoCode, caller: Caller, now: datetime) -> Answer:
        """Make a promo code"""

        def make(session: Session) -> Answer:
            cinema = cinema_by_slug(session, slug)
            promo = create_promo_code(session, cinema_id=cinema.id, now=now, **body.model_dump())
            location = f"{PREFIX}/cinemas/{slug}/promo-codes/{promo.code}"
            return created(_present(promo, cinema, uses=0), location=location)

        return idempotent(make, caller=caller, now=now)


class OnePromoCode(MethodView):
    """One promo code."""

    @operation(
        "change_promo_code",
        tag=OFFERS,
        access=needs("programme:write"),
        answers={200: Returns(PromoCodeShape, "The promo code")},
        refusals=(CinemaNotFound, PromoCodeNotFound, InvalidOffer),
    )
    def patch(self, slug: str, code: str, body: ChangedPromoCode, now: datetime) -> Answer:
        """Change until when a promo code is valid, how often it can be used, or end it

        What it takes off stays: make another one instead. Orders that are sold or held with it keep their price.
        """

        def change(session: Session) -> Answer:
            cinema = cinema_by_slug(session, slug)
            promo = find_promo_code(session, cinema_id=cinema.id, code=code)
            given = body.model_fields_set
            change_promo_code(
                session,
                promo=promo,
                active=body.active,
                valid_until=body.valid_until if "valid_until" in given else UNCHANGED,
                uses_max=body.uses_max if "uses_max" in given else UNCHANGED,
            )
            uses = uses_by_promo_code(session, promos=[promo], now=now)
            return Answer(_present(promo, cinema, uses[promo.id]))

        return write_audited(change)


def _present(promo: PromoCode, cinema: Cinema, uses: int) -> PromoCodeShape:
    return PromoCodeShape(
        code=promo.code,
        cinema=cinema.slug,
        currency=cinema.currency,
        kind="percentage" if promo.kind == "percentage" else "amount",
        value=promo.value,
        uses=uses,
        uses_max=promo.uses_max,
        valid_from=promo.valid_from,
        valid_until=promo.valid_until,
        active=promo.active,
    )


v1.add_url_rule("/cinemas/<slug>/promo-codes", view_func=PromoCodes.as_view("promo_codes"))
v1.add_url_rule("/cinemas/<slug>/promo-codes/<code>", view_func=OnePromoCode.as_view("promo_code"))
