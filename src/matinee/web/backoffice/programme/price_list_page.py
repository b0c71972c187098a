"""/backoffice/at/<cinema>/prices/<id>: a price list entered, copied, changed, deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from flask import flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.programme.errors import PriceListNotFound
from matinee.programme.models import Cinema, PriceList, Screening, TicketType
from matinee.programme.price_choice import is_flat_name
from matinee.programme.price_lists import (
    change_price_list,
    create_price_list,
    delete_price_list,
    price_list_by_id,
)
from matinee.programme.ticket_types import ticket_types_of
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.programme.deleting import ask_to_delete, word_to_delete
from matinee.web.backoffice.programme.forms import TypedForm
from matinee.web.backoffice.programme.here import cinema_here
from matinee.web.backoffice.programme.price_grid import grid_values, lines_of, parsed_amounts
from matinee.web.backoffice.programme.validity_words import weekdays_in_words
from matinee.web.backoffice.refusals import flash_refusal, status_of
from matinee.web.backoffice.sure import is_sure
from matinee.web.shared.languages import _

SCREENINGS_SHOWN_MAX = 20


class _Seen(NamedTuple):
    cinema: Cinema
    price_list: PriceList | None
    types: list[TicketType]
    values: dict[str, str]
    screenings: list[Screening]


@staff_page("/at/<cinema>/prices/new", power="plan", methods=("GET", "POST"))
def new_price_list(cinema: str) -> ResponseReturnValue:
    """Enter a price list; with `like`, beginning as a copy of another one."""
    if request.method == "GET":
        like = request.args.get("like", 0, type=_small_number)
        return _show(None, like=like)
    now = clock.now()

    def make(session: Session, trail: Trail, values: dict[str, Any]) -> int:
        found = cinema_here(session)
        made = create_price_list(session, cinema=found, now=now, **values)
        trail("prices.create", f"price_list:{made.id}", f"Entered the prices {made.name}", cinema_id=found.id)
        return made.id

    return _kept(make, None, now)


@staff_page("/at/<cinema>/prices/<id:price_list_id>", power="plan", methods=("GET", "POST"))
def price_list_page(cinema: str, price_list_id: int) -> ResponseReturnValue:
    """A price list, with the form that changes it. Raises PriceListNotFound."""
    if request.method == "GET":
        return _show(price_list_id)
    now = clock.now()

    def store(session: Session, trail: Trail, values: dict[str, Any]) -> int:
        found = _list_here(session, price_list_id)
        change_price_list(session, price_list=found, now=now, **values)
        amounts = {f"{zone} / {kind}": amount for (zone, kind), amount in values["amounts"].items()}
        trail(
            "prices.change",
            f"price_list:{price_list_id}",
            f"Changed the prices {found.name}",
            cinema_id=found.cinema_id,
            details={"amounts": amounts},
        )
        return price_list_id

    return _kept(store, price_list_id, now)


@staff_page("/at/<cinema>/prices/<id:price_list_id>/delete", power="plan", methods=("GET", "POST"))
def delete_shown_price_list(cinema: str, price_list_id: int) -> ResponseReturnValue:
    """Delete a price list that no screening has; asked first."""
    back = here("price_list_page", price_list_id=price_list_id)
    if request.method == "GET" or not is_sure(word_to_delete()):
        found = read(lambda session: _list_here(session, price_list_id))
        action = here("delete_shown_price_list", price_list_id=price_list_id)
        return ask_to_delete(found.name, action=action, back=back)

    def work(session: Session, trail: Trail) -> None:
        found = _list_here(session, price_list_id)
        said = f"Deleted the prices {found.name}"
        trail("prices.delete", f"price_list:{price_list_id}", said, cinema_id=found.cinema_id)
        delete_price_list(session, price_list=found)

    try:
        change(work)
    except DomainError as error:
        flash_refusal(error)
        return redirect(back, code=303)
    flash(_("The price list was deleted."), "good")
    return redirect(here("price_lists"), code=303)


def _list_here(session: Session, price_list_id: int) -> PriceList:
    return price_list_by_id(session, cinema_id=this_house().id, price_list_id=price_list_id)


def _kept(store: Any, price_list_id: int | None, now: datetime) -> ResponseReturnValue:
    """Let `store` keep what was typed; where it is not right, show the form again."""
    form = TypedForm({}, typed=True)

    def look(session: Session) -> tuple[str, list[TicketType]]:
        found = cinema_here(session)
        return found.currency, ticket_types_of(session, cinema_id=found.id)

    currency, types = read(look)
    weekdays = "".join(digit for digit in request.form.getlist("weekdays") if digit in set("1234567"))
    values = {
        "name": form["name"],
        "weekdays": weekdays,
        "begins": form["begins"],
        "ends": form["ends"],
        "amounts": parsed_amounts(form, types=types, currency=currency),
    }
    form.values["weekdays"] = weekdays
    if not form.is_right:
        return _show(price_list_id, form=form, status=422)
    try:
        kept_id = change(lambda session, trail: store(session, trail, values), now=now)
    except PriceListNotFound:
        raise
    except DomainError as error:
        form.refuse(error)
        return _show(price_list_id, form=form, status=status_of(error))
    flash(_("The prices were saved. What is held or sold keeps its price."), "good")
    return redirect(here("price_list_page", price_list_id=kept_id), code=303)


def _show(
    price_list_id: int | None, *, form: TypedForm | None = None, like: int = 0, status: int = 200
) -> ResponseReturnValue:
    now = clock.now()

    def look(session: Session) -> _Seen:
        found = cinema_here(session)
        shown = None if price_list_id is None else _list_here(session, price_list_id)
        source = _list_here(session, like) if like else shown
        values = grid_values(session, cinema_id=found.id, price_list=source, currency=found.currency)
        if source is not None:
            name = _("Copy of %(name)s", name=source.name)[:100] if like else source.name
            values |= {
                "name": name,
                "weekdays": source.weekdays,
                "begins": source.begins,
                "ends": source.ends,
            }
        users = [] if shown is None else _screenings_to_come(session, shown, now)
        return _Seen(found, shown, ticket_types_of(session, cinema_id=found.id), values, users)

    seen = read(look)
    shown_form = form or TypedForm(seen.values)
    is_flat = seen.price_list is not None and is_flat_name(
        seen.price_list.name, currency=seen.cinema.currency
    )
    page = render_template(
        "backoffice/programme/price_list.html",
        price_list=seen.price_list,
        types=seen.types,
        currency=seen.cinema.currency,
        form=shown_form,
        lines=lines_of(shown_form),
        weekdays=weekdays_in_words(),
        is_flat=is_flat,
        screenings=seen.screenings[:SCREENINGS_SHOWN_MAX],
        more=len(seen.screenings) > SCREENINGS_SHOWN_MAX,
    )
    return make_response(page, status)


def _screenings_to_come(session: Session, price_list: PriceList, now: datetime) -> list[Screening]:
    wanted = select(Screening).where(
        Screening.price_list_id == price_list.id,
        Screening.cinema_id == price_list.cinema_id,
        Screening.starts_at > now,
        Screening.cancelled_at.is_(None),
    )
    wanted = wanted.order_by(Screening.starts_at).limit(SCREENINGS_SHOWN_MAX + 1)
    return list(session.scalars(wanted.options(joinedload(Screening.film), joinedload(Screening.hall))))


def _small_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
