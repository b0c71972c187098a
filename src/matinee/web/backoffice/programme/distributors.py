"""/backoffice/distributors: whom films are rented from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from matinee.kernel.errors import DomainError
from matinee.programme.distributors import (
    change_distributor,
    create_distributor,
    delete_distributor,
    distributors_by_name,
    films_per_distributor,
    find_distributor,
)
from matinee.programme.models import Distributor
from matinee.web.backoffice.blueprint import here, staff_page
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, in_order, show_listing
from matinee.web.backoffice.programme.deleting import ask_to_delete, word_to_delete
from matinee.web.backoffice.programme.forms import TypedForm
from matinee.web.backoffice.refusals import flash_refusal, status_of
from matinee.web.backoffice.sure import is_sure
from matinee.web.shared.languages import _

FIELDS = ("name", "address", "email")


@dataclass(frozen=True, slots=True)
class _Row:
    distributor: Distributor
    films: int


@staff_page("/distributors", power="plan")
def distributors() -> ResponseReturnValue:
    """The distributors, by their names."""
    columns: list[Column[_Row]] = [
        Column("name", _("Name"), lambda row: row.distributor.name, _name, sorts=True),
        Column("email", _("Mail address"), lambda row: row.distributor.email),
        Column("address", _("Address"), lambda row: ", ".join(row.distributor.address.splitlines())),
        Column("films", _("Films"), lambda row: row.films, _films, sorts=True, at_end=True),
    ]
    return show_listing(
        Listing(
            name="distributors",
            title=_("Distributors"),
            columns=columns,
            filters=(Filter("name", _("Name")),),
            source=_rows,
            sort="name",
            nothing=_("No distributor yet."),
        ),
        template="backoffice/programme/distributors.html",
    )


@staff_page("/distributors/new", power="plan", methods=("GET", "POST"))
def new_distributor() -> ResponseReturnValue:
    """Enter a distributor."""
    form = TypedForm({}, typed=request.method == "POST")
    if request.method == "GET":
        return _show(None, form)

    def work(session: Session, trail: Trail) -> None:
        made = create_distributor(session, **_typed(form))
        trail("distributor.create", f"distributor:{made.id}", f"Entered {made.name}")

    return _kept(work, None, form)


@staff_page("/distributors/<id:distributor_id>", power="plan", methods=("GET", "POST"))
def distributor_page(distributor_id: int) -> ResponseReturnValue:
    """A distributor, with the form that changes it. Raises DistributorNotFound."""
    found = read(lambda session: find_distributor(session, distributor_id=distributor_id))
    form = TypedForm(_values(found), typed=request.method == "POST")
    if request.method == "GET":
        return _show(found, form)

    def work(session: Session, trail: Trail) -> None:
        distributor = find_distributor(session, distributor_id=distributor_id)
        before = _values(distributor)
        change_distributor(session, distributor=distributor, **_typed(form))
        trail(
            "distributor.change",
            f"distributor:{distributor_id}",
            f"Changed {distributor.name}",
            details={"before": before, "after": _values(distributor)},
        )

    return _kept(work, found, form)


@staff_page("/distributors/<id:distributor_id>/delete", power="plan", methods=("GET", "POST"))
def delete_shown_distributor(distributor_id: int) -> ResponseReturnValue:
    """Delete a distributor without films; asked first."""
    back = here("distributor_page", distributor_id=distributor_id)
    if request.method == "GET" or not is_sure(word_to_delete()):
        found = read(lambda session: find_distributor(session, distributor_id=distributor_id))
        action = here("delete_shown_distributor", distributor_id=distributor_id)
        return ask_to_delete(found.name, action=action, back=back)

    def work(session: Session, trail: Trail) -> None:
        distributor = find_distributor(session, distributor_id=distributor_id)
        trail("distributor.delete", f"distributor:{distributor_id}", f"Deleted {distributor.name}")
        delete_distributor(session, distributor=distributor)

    try:
        change(work)
    except DomainError as error:
        flash_refusal(error)
        return redirect(back, code=303)
    flash(_("The distributor was deleted."), "good")
    return redirect(here("distributors"), code=303)


def _kept(
    work: Callable[[Session, Trail], None], distributor: Distributor | None, form: TypedForm
) -> ResponseReturnValue:
    try:
        change(work)
    except DomainError as error:
        form.refuse(error)
        return _show(distributor, form, status=status_of(error))
    flash(_("The distributor was saved."), "good")
    return redirect(here("distributors"), code=303)


def _show(distributor: Distributor | None, form: TypedForm, *, status: int = 200) -> ResponseReturnValue:
    page = render_template("backoffice/programme/distributor.html", distributor=distributor, form=form)
    return make_response(page, status)


def _typed(form: TypedForm) -> dict[str, str]:
    return {name: form[name] for name in FIELDS}


def _values(distributor: Distributor) -> dict[str, str]:
    return {name: getattr(distributor, name) for name in FIELDS}


def _rows(session: Session, wanted: Wanted) -> Sequence[_Row]:
    films, part = films_per_distributor(session), wanted.filters.get("name", "").casefold()
    found = [
        _Row(each, films.get(each.id, 0))
        for each in distributors_by_name(session)
        if part in each.name.casefold()
    ]
    by_name = {"name": lambda row: (row.distributor.name.casefold(), row.distributor.id),
               "films": lambda row: (row.films, row.distributor.id)}  # fmt: skip
    return in_order(found, wanted, by_name)


def _name(row: _Row) -> Markup:
    address = here("distributor_page", distributor_id=row.distributor.id)
    return Markup('<a href="{}">{}</a>').format(address, row.distributor.name)


def _films(row: _Row) -> Markup:
    return Markup('<a href="{}">{}</a>').format(here("films", distributor=row.distributor.id), row.films)
