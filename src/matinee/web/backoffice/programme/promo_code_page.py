"""/backoffice/at/<cinema>/promo-codes/<id>: a promo code made, changed, ended."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import PromoCodeNotFound
from matinee.boxoffice.models import PromoCode
from matinee.boxoffice.promo_code_book import change_promo_code, find_promo_code, uses_by_promo_code
from matinee.boxoffice.promo_codes import create_promo_code
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.programme.typed_numbers import typed_amount
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.days import YEAR_MAX, beginning_of
from matinee.web.backoffice.programme.forms import TypedForm, sentence_for_amount, whole_number
from matinee.web.backoffice.programme.here import cinema_here
from matinee.web.backoffice.programme.promo_codes import off_words, promo_state
from matinee.web.backoffice.programme.typed import ID_MAX
from matinee.web.backoffice.refusals import status_of
from matinee.web.shared.languages import _


@staff_page("/at/<cinema>/promo-codes/new", power="plan", methods=("GET", "POST"))
def new_promo_code(cinema: str) -> ResponseReturnValue:
    """Make a promo code."""
    form = TypedForm({"kind": "percentage"}, typed=request.method == "POST")
    now = clock.now()
    currency = read(lambda session: cinema_here(session).currency)
    if request.method == "GET":
        return _show_new(form, currency)
    values = {**_parsed_off(form, currency), **_parsed_limits(form), "valid_from": _day(form, "first_day", 0)}
    if not form.is_right:
        return _show_new(form, currency, status=422)

    def work(session: Session, trail: Trail) -> None:
        found = cinema_here(session)
        made = create_promo_code(session, cinema_id=found.id, now=now, **values)
        trail("promo.create", f"promo:{made.id}", f"Made the promo code {made.code}", cinema_id=found.id)

    try:
        change(work, now=now)
    except DomainError as error:
        form.refuse(error)
        return _show_new(form, currency, status=status_of(error))
    flash(_("The promo code can be used."), "good")
    return redirect(here("promo_codes"), code=303)


@staff_page("/at/<cinema>/promo-codes/<id:promo_id>", power="plan", methods=("GET", "POST"))
def promo_code_page(cinema: str, promo_id: int) -> ResponseReturnValue:
    """A promo code: until when and how often it can be used, whether at all. Raises PromoCodeNotFound."""
    now = clock.now()
    form = TypedForm(
        read(lambda session: _values(_promo_here(session, promo_id))), typed=request.method == "POST"
    )
    status = 200
    if request.method == "POST":
        limits = _parsed_limits(form)
        active = {"end": False, "begin": True}.get(form["active"])
        if form.is_right:
            try:
                change(lambda session, trail: _change(session, trail, promo_id, active, limits), now=now)
            except PromoCodeNotFound:
                raise
            except DomainError as error:
                form.refuse(error)
                status = status_of(error)
            else:
                flash(_("The promo code was changed."), "good")
                return redirect(here("promo_code_page", promo_id=promo_id), code=303)
        else:
            status = 422

    def look(session: Session) -> tuple[PromoCode, int, str]:
        promo = _promo_here(session, promo_id)
        return (
            promo,
            uses_by_promo_code(session, promos=[promo], now=now)[promo.id],
            cinema_here(session).currency,
        )

    promo, uses, currency = read(look)
    page = render_template(
        "backoffice/programme/promo_code.html",
        promo=promo,
        uses=uses,
        form=form,
        off=off_words(promo, currency),
        state=promo_state(promo, now=now),
    )
    return make_response(page, status)


def _change(
    session: Session, trail: Trail, promo_id: int, active: bool | None, limits: dict[str, Any]
) -> None:
    code = _promo_here(session, promo_id).code
    promo = find_promo_code(session, cinema_id=this_house().id, code=code)
    # Ending it, and letting it be used again, changes nothing else.
    change_promo_code(session, promo=promo, active=active, **({} if active is not None else limits))
    done = {None: "Changed", True: "Took up again", False: "Ended"}[active]
    trail(
        "promo.change",
        f"promo:{promo_id}",
        f"{done} the promo code {promo.code}",
        cinema_id=promo.cinema_id,
        details={"uses_max": promo.uses_max, "until": str(promo.valid_until), "active": promo.active},
    )


def _promo_here(session: Session, promo_id: int) -> PromoCode:
    found = session.get(PromoCode, promo_id)
    if found is None or found.cinema_id != this_house().id:
        raise PromoCodeNotFound
    return found


def _show_new(form: TypedForm, currency: str, *, status: int = 200) -> ResponseReturnValue:
    page = render_template("backoffice/programme/new_promo_code.html", form=form, currency=currency)
    return make_response(page, status)


def _parsed_off(form: TypedForm, currency: str) -> dict[str, Any]:
    kind = "amount" if form["kind"] == "amount" else "percentage"
    if kind == "amount":
        value = form.parse(
            "value",
            lambda text: typed_amount(text, currency=currency),
            sentence_for_amount(currency),
            otherwise=1,
        )
    else:
        value = form.parse(
            "value",
            lambda text: whole_number(text.strip().removesuffix("%")),
            _("A share is a whole number of per cent, from 1 to 100."),
            otherwise=1,
        )
    return {"code": form["code"], "kind": kind, "value": value}


def _parsed_limits(form: TypedForm) -> dict[str, Any]:
    uses_max = None
    if form["uses_max"].strip():
        uses_max = form.parse("uses_max", _uses, _("So often is no whole number from 1 on."), otherwise=1)
    return {"uses_max": uses_max, "valid_until": _day(form, "last_day", 1)}


def _uses(text: str) -> int:
    number = whole_number(text)
    if not 1 <= number <= ID_MAX:
        raise ValueError("not so many")
    return number


def _day(form: TypedForm, name: str, days_more: int) -> datetime | None:
    """The beginning of the day, or of the one after it; None where there is none."""
    if not form[name].strip():
        return None
    fallback = clock.now().date()

    def parsed(text: str) -> date:
        day = date.fromisoformat(text.strip())
        if day.year > YEAR_MAX:
            raise ValueError("too far away")
        return day

    day = form.parse(name, parsed, _("This is no day. A day looks like 2026-11-26."), otherwise=fallback)
    return beginning_of(day + timedelta(days=days_more), zone=this_house().timezone)


def _values(promo: PromoCode) -> dict[str, str]:
    zone = ZoneInfo(this_house().timezone)
    # Valid until a moment: the last day is the one that this moment ends.
    until = promo.valid_until
    last_day = "" if until is None else (until.astimezone(zone) - timedelta(seconds=1)).date().isoformat()
    return {"last_day": last_day, "uses_max": str(promo.uses_max or "")}
