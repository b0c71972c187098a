"""GET and POST /admissions, DELETE /admissions/{ticket}"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.boxoffice.errors import TicketNotFound
from matinee.door.admissions import admissions_in_order, admit_ticket, take_back_admission, time_warning
from matinee.door.errors import AdmissionNotFound, AlreadyAdmitted, TicketNotValid, TicketUnpaid
from matinee.door.models import Admission
from matinee.tickets.codes import CODE_CHARACTERS_MAX, believed_ticket_id
from matinee.tickets.signing import public_keys
from matinee.web.shared.services import services
from matinee.web.v1.answers import NO_CONTENT, Answer, created
from matinee.web.v1.blueprint import PREFIX, v1
from matinee.web.v1.callers import needs
from matinee.web.v1.idempotency import idempotent
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.paging import Page, PageQuery, after, example_of_page, page_of
from matinee.web.v1.shapes import Moment, Shape, in_zone
from matinee.web.v1.tags import ADMISSIONS
from matinee.web.v1.values import Id, Query, Text, Values

EXAMPLE = {
    "ticket": "K3V9X2M7Q4T8R1WZ",
    "order": "7KQ2MX9RT4",
    "seat": "C7",
    "screening": 517,
    "film": "Nosferatu",
    "hall": "Hall 1",
    "starts_at": "2030-05-18T19:00:00+03:00",
    "admitted_at": "2030-05-18T18:47:12+03:00",
    "admitted_by": "usher@example.org",
}


class AdmissionShape(Shape, example=EXAMPLE):
    """A ticket that was let in."""

    ticket: str
    order: str = Field(description="The code of its order.")
    seat: str
    screening: int
    film: str
    hall: str
    starts_at: Moment
    admitted_at: Moment
    admitted_by: str = Field(description="A user's name, or an API key's.")


class NewAdmissionShape(AdmissionShape, example={**EXAMPLE, "warning": None}):
    """A ticket that was let in just now."""

    warning: Literal["early", "over"] | None = Field(
        description="What is odd about it: `early`, the screening begins in more than three hours; `over`, it has ended."
    )


class AdmissionPage(Page[AdmissionShape], example=example_of_page(EXAMPLE)):
    """Admissions in the order in which they were made."""


class AdmissionQuery(PageQuery):
    """Which admissions."""

    screening: Id | None = Field(None, description="The id of a screening; else those of all.")


class TicketAtTheDoor(Values, example={"ticket": "K3V9X2M7Q4T8R1WZ"}):
    """A ticket that was scanned."""

    ticket: Annotated[Text, Field(max_length=CODE_CHARACTERS_MAX)] = Field(
        description="What its code says, or its id alone. A code with a wrong signature is that of no ticket."
    )
    accept_unpaid: bool = Field(False, description="Let it in also where its order is still to be paid.")


class TakenBack(Query):
    """Why it is taken back."""

    note: Text | None = Field(None, description="Kept in the trail of the order.")


class Admissions(MethodView):
    """Who was let in."""

    @operation(
        "list_admissions",
        tag=ADMISSIONS,
        access=needs("admissions:write"),
        answers={200: Returns(AdmissionPage, "A page of admissions", headers={"Link": "The next page."})},
    )
    def get(self, query: AdmissionQuery) -> Answer:
        """List the tickets that were let in"""
        behind = after(query.cursor, Admission.admitted_at, Admission.ticket_id)

        def read(session: Session) -> Answer:
            found = admissions_in_order(
                session, screening_id=query.screening, behind=behind, limit=query.limit + 1
            )
            return page_of(
                AdmissionPage,
                found,
                query,
                key=lambda admission: (admission.admitted_at, admission.ticket_id),
                present=lambda admission: AdmissionShape.model_validate(_told(admission)),
            )

        return services().transactions.read(read)

    @operation(
        "admit_ticket",
        tag=ADMISSIONS,
        access=needs("admissions:write"),
        answers={201: Returns(NewAdmissionShape, "Let them in")},
        refusals=(TicketNotFound, TicketNotValid, AlreadyAdmitted, TicketUnpaid),
        keyed=True,
    )
    def post(self, body: TicketAtTheDoor, caller: Caller, now: datetime) -> Answer:
        """Let a ticket in

        Once: of two scanners at once, one gets `already_admitted`, which says when the first came in. Send an
        Idempotency-Key with each scan, so that a lost answer does not look like a second guest. A ticket of another day is
        let in with a `warning`.
        """

        def admit(session: Session) -> Answer:
            ticket_id = believed_ticket_id(body.ticket, keys=public_keys(session))
            admission = admit_ticket(
                session, ticket_id=ticket_id, by=caller.name, now=now, accept_unpaid=body.accept_unpaid
            )
            warning = time_warning(admission.ticket.screening, now=now)
            shape = NewAdmissionShape.model_validate({**_told(admission), "warning": warning})
            return created(shape, location=f"{PREFIX}/admissions/{admission.ticket_id}")

        return idempotent(admit, caller=caller, now=now)


class OneAdmission(MethodView):
    """One admission."""

    @operation(
        "take_back_admission",
        tag=ADMISSIONS,
        access=needs("admissions:write"),
        answers={204: Returns(None, "The ticket lets somebody in again")},
        refusals=(TicketNotFound, AdmissionNotFound),
    )
    def delete(self, ticket: str, query: TakenBack, caller: Caller, now: datetime) -> Answer:
        """Take an admission back

        As for somebody who was let in by mistake. The trail of the order keeps who let it in, who took it back, and why.
        """
        services().transactions.write(
            lambda session: take_back_admission(
                session, ticket_id=ticket, by=caller.name, note=query.note or "", now=now
            )
        )
        return NO_CONTENT


def _told(admission: Admission) -> dict[str, object]:
    ticket = admission.ticket
    screening = ticket.screening
    timezone = screening.hall.cinema.timezone
    return {
        "ticket": ticket.id,
        "order": ticket.order.code,
        "seat": ticket.seat.label,
        "screening": screening.id,
        "film": screening.film.title,
        "hall": screening.hall.name,
        "starts_at": in_zone(screening.starts_at, timezone),
        "admitted_at": in_zone(admission.admitted_at, timezone),
        "admitted_by": admission.admitted_by,
    }


v1.add_url_rule("/admissions", view_func=Admissions.as_view("admissions"))
v1.add_url_rule("/admissions/<ticket>", view_func=OneAdmission.as_view("admission"))
