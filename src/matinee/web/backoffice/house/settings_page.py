"""GET and POST /backoffice/at/<cinema>/settings: what is known about a cinema, how it sells, how it appears."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.kernel import clock
from matinee.programme.cinemas import change_cinema
from matinee.programme.errors import InvalidCinema
from matinee.programme.images import set_logo
from matinee.programme.locks import lock_cinema
from matinee.programme.models import Cinema, PriceList, Screening, TaxRate
from matinee.programme.pictures import read_logo
from matinee.programme.queries import cinema_by_slug
from matinee.programme.tax_rates import tax_rates_of_cinema
from matinee.web.backoffice.blueprint import here, staff_page
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.house.settings_form import SettingsForm, typed
from matinee.web.backoffice.house.weekdays import weekdays
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.shared.languages import _


@dataclass(frozen=True, slots=True)
class Known:
    """What the page shows beside the form. What is `fixed` cannot change any more."""

    cinema: Cinema
    rates: tuple[TaxRate, ...]
    timezone_fixed: bool
    currency_fixed: bool


@staff_page("/at/<cinema>/settings", power="system", methods=("GET", "POST"))
def cinema_settings(cinema: str) -> ResponseReturnValue:
    """The form; and changing what is different. Raises CinemaNotFound."""
    now = clock.now()
    known = read(lambda session: _known(session, cinema))
    if request.method == "GET":
        return _page(known, SettingsForm(formdata=None, data=typed(known.cinema)), now)
    form = SettingsForm()
    if not form.validate():
        return _page(known, form, now), 422
    values = form.values()
    try:
        changed = change(lambda session, trail: _change(session, trail, cinema, values), now=now)
    except InvalidCinema as error:
        flash_refusal(error)
        return _page(known, form, now), 422
    flash(_("The settings are saved.") if changed else _("Nothing was different."), "good")
    return redirect(here("cinema_settings"), code=303)


def _known(session: Session, slug: str) -> Known:
    cinema = cinema_by_slug(session, slug)
    screening = select(Screening.id).where(Screening.cinema_id == cinema.id).limit(1)
    price_list = select(PriceList.id).where(PriceList.cinema_id == cinema.id).limit(1)
    return Known(
        cinema=cinema,
        rates=tuple(tax_rates_of_cinema(session, cinema_id=cinema.id)),
        timezone_fixed=session.scalar(screening) is not None,
        currency_fixed=session.scalar(price_list) is not None,
    )


def _page(known: Known, form: SettingsForm, now: datetime) -> str:
    return render_template(
        "backoffice/house/settings.html",
        form=form,
        known=known,
        zones=sorted(available_timezones()),
        weekdays=weekdays(),
        today=now.astimezone(ZoneInfo(known.cinema.timezone)).date(),
    )


def _change(session: Session, trail: Trail, slug: str, values: dict[str, Any]) -> bool:
    cinema = cinema_by_slug(session, slug)
    lock_cinema(session, cinema)
    before = {name: getattr(cinema, name) for name in values}
    change_cinema(session, cinema=cinema, **values)
    different = {name: getattr(cinema, name) for name in values if getattr(cinema, name) != before[name]}
    trail(
        "cinema.change",
        f"cinema:{slug}",
        f"Settings of {cinema.name}: {', '.join(different) or 'nothing different'}",
        cinema_id=cinema.id,
        details={"before": {name: before[name] for name in different}, "after": different},
    )
    return bool(different)


@staff_page("/at/<cinema>/settings/logo", power="system", methods=("POST",))
def change_logo(cinema: str) -> ResponseReturnValue:
    """Another logo, or none. Raises CinemaNotFound, InvalidImage."""
    upload = request.files.get("logo")
    removed = "remove" in request.form
    if not removed and (upload is None or not upload.filename):
        flash(_("Choose a picture first."), "error")
        return redirect(here("cinema_settings"), code=303)
    # Unpacking a picture takes a while; no transaction waits for it.
    picture = None if removed or upload is None else read_logo(upload.read())

    def work(session: Session, trail: Trail) -> None:
        found = cinema_by_slug(session, cinema)
        before = found.logo_name
        set_logo(session, cinema=found, picture=picture, now=trail.now)
        trail(
            "cinema.logo",
            f"cinema:{cinema}",
            f"{found.name} has {'no logo any more' if picture is None else 'another logo'}",
            cinema_id=found.id,
            details={"before": {"logo_name": before}, "after": {"logo_name": found.logo_name}},
        )

    change(work)
    flash(_("The logo is gone.") if removed else _("The logo is changed."), "good")
    return redirect(here("cinema_settings"), code=303)
