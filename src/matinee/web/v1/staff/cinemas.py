"""POST /cinemas, PATCH /cinemas/{slug}"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.programme.cinema_rules import UNTIL_MINUTES_MAX
from matinee.programme.cinemas import change_cinema, create_cinema
from matinee.programme.errors import CinemaExists, CinemaNotFound, InvalidCinema
from matinee.programme.fields import AMOUNT_MAX
from matinee.programme.locks import lock_cinema
from matinee.programme.queries import cinema_by_slug
from matinee.web.v1.answers import Answer, created
from matinee.web.v1.audited import write_audited
from matinee.web.v1.blueprint import PREFIX, v1
from matinee.web.v1.callers import needs
from matinee.web.v1.cinemas import CinemaShape, present_cinema
from matinee.web.v1.conditions import require_unchanged
from matinee.web.v1.idempotency import idempotent
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.tags import STAFF
from matinee.web.v1.values import Text, Values

UntilMinutes = Annotated[int, Field(ge=0, le=UNTIL_MINUTES_MAX)]
Street = Annotated[str, Field(max_length=500)]
Line = Annotated[str, Field(max_length=40)]
Address = Annotated[str, Field(max_length=320)]
Word = Annotated[str, Field(max_length=60)]


class ChangedCinema(Values, example={"booking_fee_amount": 1000, "booking_fee_per": "order"}):
    """What is to be different; what is left out or null stays as it is."""

    name: Text | None = None
    address: Street | None = None
    timezone: Word | None = Field(None, description="Of the tz database; it stays once there are screenings.")
    currency: Word | None = Field(None, description="ISO 4217; it stays once there are price lists.")
    booking_fee_amount: Annotated[int, Field(ge=0, le=AMOUNT_MAX)] | None = Field(
        None, description="In minor units of the currency."
    )
    booking_fee_per: Literal["ticket", "order"] | None = None
    sells_priced_unpaid: bool | None = None
    orphan_rule: bool | None = None
    selling_out_percent: Annotated[int, Field(ge=1, le=100)] | None = None
    companion_until_minutes: UntilMinutes | None = None
    refund_until_minutes: UntilMinutes | None = None
    counter_until_minutes: UntilMinutes | None = None
    accent_color: Line | None = Field(None, description="Of its website, `#rrggbb`; empty: the house's own.")
    phone: Line | None = None
    email: Address | None = None


class NewCinema(
    ChangedCinema,
    example={
        "slug": "odeon",
        "name": "Odeon",
        "timezone": "Europe/Kyiv",
        "currency": "UAH",
        "orphan_rule": True,
    },
):
    """A cinema; rules that are left out or null are the usual ones."""

    slug: Word = Field(
        description="By which other calls name it: lower-case letters, digits, single hyphens."
    )
    name: Text
    timezone: Word = Field(description="Of the tz database.")
    currency: Word = Field(description="ISO 4217.")


class NewCinemas(MethodView):
    """Entering cinemas."""

    @operation(
        "create_cinema",
        tag=STAFF,
        access=needs("programme:write"),
        answers={201: Returns(CinemaShape, "The cinema")},
        refusals=(InvalidCinema, CinemaExists),
        keyed=True,
    )
    def post(self, body: NewCinema, caller: Caller, now: datetime) -> Answer:
        """Enter a cinema

        The one that was entered first is the default: it is meant where a call names none.
        """

        def make(session: Session) -> Answer:
            cinema = create_cinema(session, **body.model_dump(exclude_none=True))
            return created(present_cinema(cinema), location=f"{PREFIX}/cinemas/{cinema.slug}")

        return idempotent(make, caller=caller, now=now)


class PlannedCinema(MethodView):
    """Changing a cinema."""

    @operation(
        "change_cinema",
        tag=STAFF,
        access=needs("programme:write"),
        answers={200: Returns(CinemaShape, "The cinema")},
        refusals=(CinemaNotFound, InvalidCinema),
        if_match=True,
    )
    def patch(self, slug: str, body: ChangedCinema) -> Answer:
        """Change a cinema and how it sells

        Another booking fee is that of holds to come; what is held or sold keeps its price.
        """

        def change(session: Session) -> Answer:
            cinema = cinema_by_slug(session, slug)
            lock_cinema(session, cinema)
            require_unchanged(present_cinema(cinema))
            change_cinema(session, cinema=cinema, **body.model_dump(exclude_none=True))
            return Answer(present_cinema(cinema))

        return write_audited(change)


v1.add_url_rule("/cinemas", view_func=NewCinemas.as_view("new_cinemas"))
v1.add_url_rule("/cinemas/<slug>", view_func=PlannedCinema.as_view("planned_cinema"))
