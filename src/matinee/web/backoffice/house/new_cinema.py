"""Adding a cinema."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import available_timezones

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import StringField, ValidationError
from wtforms.validators import InputRequired, Length

from matinee.programme.cinemas import create_cinema
from matinee.programme.errors import CinemaExists
from matinee.programme.queries import cinema_by_slug
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.house.settings_form import is_currency, is_zone, one_line
from matinee.web.backoffice.refusals import staff_sentence
from matinee.web.shared.forms import HouseForm, stripped
from matinee.web.shared.languages import _


def _is_slug(_form: FlaskForm, field: Any) -> None:
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", field.data or ""):
        raise ValidationError(_("Small letters, digits and single hyphens, such as odeon-2."))


class NewCinemaForm(HouseForm):
    """What a cinema needs to begin with."""

    form_name = "cinema"
    name = StringField(filters=[stripped], validators=[InputRequired(), Length(max=200), one_line])
    slug = StringField(filters=[stripped], validators=[InputRequired(), Length(max=60), _is_slug])
    timezone = StringField(filters=[stripped], validators=[InputRequired(), is_zone])
    currency = StringField(filters=[stripped], validators=[InputRequired(), is_currency])

    def labels(self) -> dict[str, str]:
        return {
            "name": _("Name"),
            "slug": _("Short name"),
            "timezone": _("Time zone"),
            "currency": _("Currency"),
        }


@staff_page("/cinemas/new", power="system", methods=("GET", "POST"))
def new_cinema() -> ResponseReturnValue:
    """The form; and a new cinema, whose settings are shown next."""
    form = NewCinemaForm()
    if not form.is_submitted():
        # A chain's next cinema is mostly like its others.
        slug = this_house().slug
        usual = read(lambda session: cinema_by_slug(session, slug))
        form = NewCinemaForm(formdata=None, data={"timezone": usual.timezone, "currency": usual.currency})
    elif form.validate():
        try:
            slug = change(lambda session, trail: _make(session, trail, form))
        except CinemaExists as error:
            form.refuse("slug", staff_sentence(error))
        else:
            flash(_("The cinema is there. Halls and prices come next."), "good")
            return redirect(here("cinema_settings", cinema=slug), code=303)
    page = render_template("backoffice/house/new_cinema.html", form=form, zones=sorted(available_timezones()))
    return page, 422 if form.errors else 200


def _make(session: Session, trail: Trail, form: NewCinemaForm) -> str:
    made = create_cinema(
        session,
        slug=form.slug.data,
        name=form.name.data,
        timezone=form.timezone.data,
        currency=form.currency.data,
    )
    trail(
        "cinema.create",
        f"cinema:{made.slug}",
        f"The cinema {made.name} was added",
        cinema_id=made.id,
        details={"after": {name: form[name].data for name in ("name", "slug", "timezone", "currency")}},
    )
    return made.slug
