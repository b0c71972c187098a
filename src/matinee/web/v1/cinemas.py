"""GET /cinemas, GET /cinemas/{slug}"""

from __future__ import annotations

from flask.views import MethodView
from pydantic import Field

from matinee.programme.errors import CinemaNotFound
from matinee.programme.models import Cinema
from matinee.programme.queries import cinema_by_slug, cinemas
from matinee.web.shared.images import image_url
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import PUBLIC
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.shapes import Money, Shape
from matinee.web.v1.tags import PROGRAMME

EXAMPLE = {
    "slug": "odeon",
    "name": "Odeon",
    "address": "Volodymyrska 1, Kyiv",
    "timezone": "Europe/Kyiv",
    "currency": "UAH",
    "booking_fee": {"amount": 1000, "currency": "UAH"},
    "booking_fee_per": "ticket",
    "sells_priced_unpaid": False,
    "orphan_rule": True,
    "selling_out_percent": 90,
    "companion_until_minutes": 60,
    "refund_until_minutes": 60,
    "counter_until_minutes": 30,
    "accent_color": "#b3202a",
    "phone": "+380 44 123 45 67",
    "email": "office@odeon.example",
    "logo_url": "",
}


class CinemaShape(Shape, example=EXAMPLE):
    """A venue."""

    slug: str = Field(description="By which other calls name it.")
    name: str
    address: str
    timezone: str = Field(description="Of the tz database. All its times are by this clock.")
    currency: str
    booking_fee: Money = Field(description="What booking online costs beside the tickets.")
    booking_fee_per: str = Field(description="`ticket` or `order`.")
    sells_priced_unpaid: bool = Field(
        description="Whether the API as given, which takes no money, sells screenings that have a price."
    )
    orphan_rule: bool = Field(description="Whether a choice may leave no single empty seat beside it.")
    selling_out_percent: int = Field(
        description="From this share of seats taken on, a house is selling out: holds are not extended."
    )
    companion_until_minutes: int = Field(
        description="Minutes before the start until when companion seats go with their wheelchair places alone."
    )
    refund_until_minutes: int = Field(
        description="Minutes before the start until when buyers give tickets back or exchange them."
    )
    counter_until_minutes: int = Field(
        description="Minutes before the start until when orders that are to be paid at the counter are kept."
    )
    accent_color: str = Field(description="Of its website, `#rrggbb`; empty: the house's own.")
    phone: str
    email: str
    logo_url: str = Field(description="Where its uploaded logo is; empty where it has none.")


class CinemaList(Shape, example={"items": [EXAMPLE]}):
    """Every cinema."""

    items: list[CinemaShape]


def present_cinema(cinema: Cinema) -> CinemaShape:
    """A cinema as the API tells it."""
    return CinemaShape(
        slug=cinema.slug,
        name=cinema.name,
        address=cinema.address,
        timezone=cinema.timezone,
        currency=cinema.currency,
        booking_fee=Money(amount=cinema.booking_fee_amount, currency=cinema.currency),
        booking_fee_per=cinema.booking_fee_per,
        sells_priced_unpaid=cinema.sells_priced_unpaid,
        orphan_rule=cinema.orphan_rule,
        selling_out_percent=cinema.selling_out_percent,
        companion_until_minutes=cinema.companion_until_minutes,
        refund_until_minutes=cinema.refund_until_minutes,
        counter_until_minutes=cinema.counter_until_minutes,
        accent_color=cinema.accent_color,
        phone=cinema.phone,
        email=cinema.email,
        logo_url=image_url(cinema.logo_name),
    )


class Cinemas(MethodView):
    """The venues of the house."""

    @operation(
        "list_cinemas", tag=PROGRAMME, access=PUBLIC, answers={200: Returns(CinemaList, "The cinemas")}
    )
    def get(self) -> Answer:
        """List the cinemas

        The default one, which is meant where a call names none, comes first.
        """
        return services().transactions.read(
            lambda session: Answer(CinemaList(items=[present_cinema(one) for one in cinemas(session)]))
        )


class OneCinema(MethodView):
    """One venue."""

    @operation(
        "get_cinema",
        tag=PROGRAMME,
        access=PUBLIC,
        answers={200: Returns(CinemaShape, "The cinema")},
        refusals=(CinemaNotFound,),
    )
    def get(self, slug: str) -> Answer:
        """Read a cinema"""
        return services().transactions.read(
            lambda session: Answer(present_cinema(cinema_by_slug(session, slug)))
        )


v1.add_url_rule("/cinemas", view_func=Cinemas.as_view("cinemas"))
v1.add_url_rule("/cinemas/<slug>", view_func=OneCinema.as_view("cinema"))
