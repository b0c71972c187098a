"""The tax that is in the prices of a cinema: a rate from a day on, and taking one away that has not begun."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.kernel import clock
from matinee.programme.errors import InvalidTaxRate, TaxRateExists, TaxRateNotFound, TaxRatePast
from matinee.programme.queries import cinema_by_slug
from matinee.programme.tax_rates import add_tax_rate, parse_rate, remove_tax_rate
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change
from matinee.web.backoffice.days import day_of
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.shared.languages import _


@staff_page("/at/<cinema>/settings/tax", power="system", methods=("POST",))
def add_rate(cinema: str) -> ResponseReturnValue:
    """Another rate from a day on."""
    today = _today()
    day = day_of(request.form.get("valid_from"), default=today)

    def work(session: Session, trail: Trail) -> None:
        found = cinema_by_slug(session, cinema)
        points = parse_rate(request.form.get("rate", ""))
        add_tax_rate(session, cinema=found, valid_from=day, basis_points=points, today=today)
        trail(
            "tax_rate.add",
            f"cinema:{cinema}",
            f"Tax of {found.name} from {day} on: {points / 100:g} %",
            cinema_id=found.id,
            details={"valid_from": str(day), "basis_points": points},
        )

    try:
        change(work)
    except (InvalidTaxRate, TaxRateExists, TaxRatePast) as error:
        flash_refusal(error)
    else:
        flash(_("The rate counts from that day on."), "good")
    return redirect(here("cinema_settings", _anchor="tax"), code=303)


@staff_page("/at/<cinema>/settings/tax/<day>/remove", power="system", methods=("POST",))
def remove_rate(cinema: str, day: str) -> ResponseReturnValue:
    """Take a rate away that has not begun."""
    today = _today()
    try:
        valid_from = date.fromisoformat(day)
    except ValueError:
        abort(404)

    def work(session: Session, trail: Trail) -> None:
        found = cinema_by_slug(session, cinema)
        points = remove_tax_rate(session, cinema=found, valid_from=valid_from, today=today)
        trail(
            "tax_rate.remove",
            f"cinema:{cinema}",
            f"Tax of {found.name} from {valid_from} on was taken away: {points / 100:g} %",
            cinema_id=found.id,
            details={"valid_from": str(valid_from), "basis_points": points},
        )

    try:
        change(work)
    except (TaxRateNotFound, TaxRatePast) as error:
        flash_refusal(error)
    else:
        flash(_("That rate is gone."), "good")
    return redirect(here("cinema_settings", _anchor="tax"), code=303)


def _today() -> date:
    return clock.now().astimezone(ZoneInfo(this_house().timezone)).date()
