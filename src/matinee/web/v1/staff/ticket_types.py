"""GET and POST /cinemas/{slug}/ticket-types, PATCH /cinemas/{slug}/ticket-types/{ticket_type_id}"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.programme.errors import CinemaNotFound, InvalidTicketType, TicketTypeExists, TicketTypeNotFound
from matinee.programme.fields import TICKET_TYPE_CHARACTERS_MAX
from matinee.programme.models import TicketType
from matinee.programme.queries import cinema_by_slug
from matinee.programme.ticket_types import (
    NAME_CHARACTERS_MAX,
    create_ticket_type,
    rename_ticket_type,
    ticket_type_by_id,
    ticket_types_of,
)
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer, created
from matinee.web.v1.audited import write_audited
from matinee.web.v1.blueprint import PREFIX, v1
from matinee.web.v1.callers import PUBLIC, needs
from matinee.web.v1.idempotency import idempotent
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.shapes import Shape
from matinee.web.v1.tags import PROGRAMME, STAFF
from matinee.web.v1.values import Text, Values

EXAMPLE = {"id": 2, "code": "child", "name": "Child"}
Name = Annotated[Text, Field(max_length=NAME_CHARACTERS_MAX)]


class TicketTypeOfCinemaShape(Shape, example=EXAMPLE):
    """Who a ticket is for."""

    id: int
    code: str = Field(description="By which price lists and programs name it.")
    name: str = Field(description="What people read.")


class TicketTypeList(Shape, example={"items": [EXAMPLE]}):
    """The ticket types of a cinema. The first is meant where a purchase names none."""

    items: list[TicketTypeOfCinemaShape]


class NewTicketType(Values, example={"code": "child", "name": "Child"}):
    """Who a ticket is for."""

    code: Annotated[Text, Field(max_length=TICKET_TYPE_CHARACTERS_MAX)]
    name: Name


class RenamedTicketType(Values, example={"name": "Child up to 14"}):
    """What people are to read."""

    name: Name


class TicketTypes(MethodView):
    """The ticket types of a cinema."""

    @operation(
        "list_ticket_types",
        tag=PROGRAMME,
        access=PUBLIC,
        answers={200: Returns(TicketTypeList, "The ticket types, the first one at the front")},
        refusals=(CinemaNotFound,),
    )
    def get(self, slug: str) -> Answer:
        """List the ticket types of a cinema"""

        def read(session: Session) -> Answer:
            found = ticket_types_of(session, cinema_id=cinema_by_slug(session, slug).id)
            return Answer(TicketTypeList(items=[_present(one) for one in found]))

        return services().transactions.read(read)

    @operation(
        "create_ticket_type",
        tag=STAFF,
        access=needs("programme:write"),
        answers={201: Returns(TicketTypeOfCinemaShape, "The ticket type")},
        refusals=(CinemaNotFound, InvalidTicketType, TicketTypeExists),
        keyed=True,
    )
    def post(self, slug: str, body: NewTicketType, caller: Caller, now: datetime) -> Answer:
        """Enter a ticket type

        It is sold where a price list has an amount for it.
        """

        def make(session: Session) -> Answer:
            cinema = cinema_by_slug(session, slug)
            made = create_ticket_type(session, cinema=cinema, code=body.code, name=body.name)
            return created(_present(made), location=f"{PREFIX}/cinemas/{slug}/ticket-types/{made.id}")

        return idempotent(make, caller=caller, now=now)


class OneTicketType(MethodView):
    """One ticket type."""

    @operation(
        "rename_ticket_type",
        tag=STAFF,
        access=needs("programme:write"),
        answers={200: Returns(TicketTypeOfCinemaShape, "The ticket type")},
        refusals=(CinemaNotFound, TicketTypeNotFound, InvalidTicketType),
    )
    def patch(self, slug: str, ticket_type_id: int, body: RenamedTicketType) -> Answer:
        """Change what people read of a ticket type

        Its code, which files and programs use, stays.
        """

        def change(session: Session) -> Answer:
            cinema_id = cinema_by_slug(session, slug).id
            found = ticket_type_by_id(session, cinema_id=cinema_id, ticket_type_id=ticket_type_id)
            rename_ticket_type(session, ticket_type=found, name=body.name)
            return Answer(_present(found))

        return write_audited(change)


def _present(ticket_type: TicketType) -> TicketTypeOfCinemaShape:
    return TicketTypeOfCinemaShape(id=ticket_type.id, code=ticket_type.code, name=ticket_type.name)


v1.add_url_rule("/cinemas/<slug>/ticket-types", view_func=TicketTypes.as_view("ticket_types"))
v1.add_url_rule(
    "/cinemas/<slug>/ticket-types/<id:ticket_type_id>", view_func=OneTicketType.as_view("ticket_type")
)
