"""/backoffice/at/<cinema>/ticket-types: adult, child, ...: who a ticket is for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from matinee.kernel.errors import DomainError
from matinee.programme.models import TicketType
from matinee.programme.ticket_types import (
    create_ticket_type,
    rename_ticket_type,
    ticket_type_by_id,
    ticket_types_of,
)
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.listing import Column, Listing, Wanted, in_order, show_listing
from matinee.web.backoffice.programme.forms import TypedForm
from matinee.web.backoffice.programme.here import cinema_here
from matinee.web.backoffice.refusals import status_of
from matinee.web.shared.languages import _


@staff_page("/at/<cinema>/ticket-types", power="plan")
def ticket_types(cinema: str) -> ResponseReturnValue:
    """The kinds of tickets; the first is meant where none is named."""
    columns: list[Column[TicketType]] = [
        Column("number", _("Number"), lambda each: each.id, sorts=True),
        Column("code", _("Code"), lambda each: each.code, sorts=True),
        Column("name", _("Name"), lambda each: each.name, _name, sorts=True),
    ]
    return show_listing(
        Listing(
            name="ticket-types",
            title=_("Kinds of tickets"),
            columns=columns,
            source=_rows,
            sort="number",
            nothing=_("There is no kind of ticket yet."),
        ),
        template="backoffice/programme/ticket_types.html",
    )


@staff_page("/at/<cinema>/ticket-types/new", power="plan", methods=("GET", "POST"))
def new_ticket_type(cinema: str) -> ResponseReturnValue:
    """Enter a kind of ticket."""
    form = TypedForm({}, typed=request.method == "POST")

    def work(session: Session, trail: Trail) -> None:
        found = cinema_here(session)
        made = create_ticket_type(session, cinema=found, code=form["code"], name=form["name"])
        trail("ticket_type.create", f"ticket_type:{made.id}", f"Entered {made.code}", cinema_id=found.id)

    return _answer(work, None, form)


@staff_page("/at/<cinema>/ticket-types/<id:ticket_type_id>", power="plan", methods=("GET", "POST"))
def ticket_type_page(cinema: str, ticket_type_id: int) -> ResponseReturnValue:
    """Change what people read of a kind of ticket; its code stays. Raises TicketTypeNotFound."""
    cinema_id = this_house().id

    def found(session: Session) -> TicketType:
        return ticket_type_by_id(session, cinema_id=cinema_id, ticket_type_id=ticket_type_id)

    shown = read(found)
    form = TypedForm({"name": shown.name}, typed=request.method == "POST")

    def work(session: Session, trail: Trail) -> None:
        ticket_type = found(session)
        was = ticket_type.name
        rename_ticket_type(session, ticket_type=ticket_type, name=form["name"])
        said = f"Renamed {ticket_type.code}: {was} is {ticket_type.name}"
        trail("ticket_type.change", f"ticket_type:{ticket_type_id}", said, cinema_id=cinema_id)

    return _answer(work, shown, form)


def _answer(
    work: Callable[[Session, Trail], None], shown: TicketType | None, form: TypedForm
) -> ResponseReturnValue:
    status = 200
    if request.method == "POST":
        try:
            change(work)
        except DomainError as error:
            form.refuse(error)
            status = status_of(error)
        else:
            flash(_("The kind of ticket was saved."), "good")
            return redirect(here("ticket_types"), code=303)
    page = render_template("backoffice/programme/ticket_type.html", ticket_type=shown, form=form)
    return make_response(page, status)


def _rows(session: Session, wanted: Wanted) -> Sequence[TicketType]:
    return in_order(
        ticket_types_of(session, cinema_id=this_house().id),
        wanted,
        {
            "number": lambda each: each.id,
            "code": lambda each: (each.code.casefold(), each.id),
            "name": lambda each: (each.name.casefold(), each.id),
        },
    )


def _name(each: TicketType) -> Markup:
    address = here("ticket_type_page", ticket_type_id=each.id)
    return Markup('<a href="{}">{}</a>').format(address, each.name)
