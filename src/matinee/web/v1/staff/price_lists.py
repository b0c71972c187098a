"""GET and POST /cinemas/{slug}/price-lists; GET, PUT and DELETE /cinemas/{slug}/price-lists/{price_list_id}"""

from __future__ import annotations

from datetime import datetime

from flask.views import MethodView
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.programme.errors import (
    AmbiguousPriceList,
    CinemaNotFound,
    InvalidPriceList,
    NoPriceListThen,
    PriceListExists,
    PriceListInUse,
    PriceListNotFound,
    TicketTypeNotFound,
)
from matinee.programme.locks import lock_price_lists, lock_row
from matinee.programme.models import Cinema, PriceList
from matinee.programme.price_lists import (
    change_price_list,
    create_price_list,
    delete_price_list,
    price_list_by_id,
    price_lists_of,
)
from matinee.programme.queries import cinema_by_slug
from matinee.web.shared.services import services
from matinee.web.v1.answers import NO_CONTENT, Answer, created
from matinee.web.v1.audited import write_audited
from matinee.web.v1.blueprint import PREFIX, v1
from matinee.web.v1.callers import needs
from matinee.web.v1.conditions import require_unchanged
from matinee.web.v1.idempotency import idempotent
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.staff.price_list_shapes import (
    NewPriceList,
    PriceListList,
    PriceListShape,
    present_price_list,
)
from matinee.web.v1.tags import STAFF

OF_A_LIST = (InvalidPriceList, PriceListExists, TicketTypeNotFound, NoPriceListThen, AmbiguousPriceList)


class PriceLists(MethodView):
    """The price lists of a cinema."""

    @operation(
        "list_price_lists",
        tag=STAFF,
        access=needs("programme:write"),
        answers={200: Returns(PriceListList, "The price lists")},
        refusals=(CinemaNotFound,),
    )
    def get(self, slug: str) -> Answer:
        """List the price lists of a cinema"""

        def read(session: Session) -> Answer:
            cinema = cinema_by_slug(session, slug)
            found = price_lists_of(session, cinema_id=cinema.id)
            return Answer(PriceListList(items=[present_price_list(session, one, cinema) for one in found]))

        return services().transactions.read(read)

    @operation(
        "create_price_list",
        tag=STAFF,
        access=needs("programme:write"),
        answers={201: Returns(PriceListShape, "The price list")},
        refusals=(CinemaNotFound, *OF_A_LIST),
        keyed=True,
    )
    def post(self, slug: str, body: NewPriceList, caller: Caller, now: datetime) -> Answer:
        """Enter a price list

        Screenings to come whose list goes by the time get it where it is the narrowest that is valid then.
        """

        def make(session: Session) -> Answer:
            cinema = cinema_by_slug(session, slug)
            made = create_price_list(session, cinema=cinema, now=now, **body.values())
            shape = present_price_list(session, made, cinema)
            return created(shape, location=f"{PREFIX}/cinemas/{slug}/price-lists/{made.id}")

        return idempotent(make, caller=caller, now=now)


class OnePriceList(MethodView):
    """One price list."""

    @operation(
        "get_price_list",
        tag=STAFF,
        access=needs("programme:write"),
        answers={200: Returns(PriceListShape, "The price list")},
        refusals=(CinemaNotFound, PriceListNotFound),
    )
    def get(self, slug: str, price_list_id: int) -> Answer:
        """Read a price list"""

        def read(session: Session) -> Answer:
            cinema = cinema_by_slug(session, slug)
            found = price_list_by_id(session, cinema_id=cinema.id, price_list_id=price_list_id)
            return Answer(present_price_list(session, found, cinema))

        return services().transactions.read(read)

    @operation(
        "replace_price_list",
        tag=STAFF,
        access=needs("programme:write"),
        answers={200: Returns(PriceListShape, "The price list")},
        refusals=(CinemaNotFound, PriceListNotFound, *OF_A_LIST),
        if_match=True,
    )
    def put(self, slug: str, price_list_id: int, body: NewPriceList, now: datetime) -> Answer:
        """Replace a price list

        What is held or sold keeps its price. Then it is chosen anew for the screenings to come whose list goes by the time.
        """

        def replace(session: Session) -> Answer:
            cinema = cinema_by_slug(session, slug)
            found = _unchanged_list(session, cinema, price_list_id)
            change_price_list(session, price_list=found, now=now, **body.values())
            return Answer(present_price_list(session, found, cinema))

        return write_audited(replace)

    @operation(
        "delete_price_list",
        tag=STAFF,
        access=needs("programme:write"),
        answers={204: Returns(None, "It is gone")},
        refusals=(CinemaNotFound, PriceListNotFound, PriceListInUse),
        if_match=True,
    )
    def delete(self, slug: str, price_list_id: int) -> Answer:
        """Delete a price list that no screening has, past or to come"""

        def delete(session: Session) -> Answer:
            found = _unchanged_list(session, cinema_by_slug(session, slug), price_list_id)
            delete_price_list(session, price_list=found)
            return NO_CONTENT

        return write_audited(delete)


def _unchanged_list(session: Session, cinema: Cinema, price_list_id: int) -> PriceList:
    lock_price_lists(session, cinema_id=cinema.id)
    found = price_list_by_id(session, cinema_id=cinema.id, price_list_id=price_list_id)
    lock_row(session, found, gone=PriceListNotFound)
    require_unchanged(present_price_list(session, found, cinema))
    return found


v1.add_url_rule("/cinemas/<slug>/price-lists", view_func=PriceLists.as_view("price_lists"))
v1.add_url_rule(
    "/cinemas/<slug>/price-lists/<id:price_list_id>", view_func=OnePriceList.as_view("price_list")
)
