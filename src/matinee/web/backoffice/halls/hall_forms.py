"""New halls, and what a hall is called: the forms beside the editor of its plan."""

from __future__ import annotations

import re
from typing import ClassVar

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import StringField

from matinee.programme.errors import HallExists
from matinee.programme.fields import HALL_NAME_CHARACTERS_MAX
from matinee.programme.hall_book import TURNAROUND_MINUTES_MAX
from matinee.programme.halls import change_turnaround, create_hall, rename_hall
from matinee.programme.layouts import HallLayout
from matinee.programme.models import Hall
from matinee.programme.queries import cinema_by_slug
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.halls.found import hall_here
from matinee.web.backoffice.refusals import staff_sentence
from matinee.web.shared.forms import HouseForm, stripped
from matinee.web.shared.languages import _


class HallForm(HouseForm):
    """What a hall is called, and how long cleaning it takes."""

    form_name: ClassVar[str] = "hall"

    name = StringField(filters=[stripped])
    turnaround = StringField(filters=[stripped])

    def labels(self) -> dict[str, str]:
        """What stands over the fields."""
        return {"name": _("Name"), "turnaround": _("Minutes of cleaning after a screening")}

    def validate_fields(self) -> bool:
        """Whether both can be; what is wrong is said at them."""
        name, turnaround = self.name.data or "", self.turnaround.data or ""
        if not name or not name.isprintable() or len(name) > HALL_NAME_CHARACTERS_MAX:
            self.refuse(
                "name",
                _("A hall has a name of at most %(number)d characters.", number=HALL_NAME_CHARACTERS_MAX),
            )
        if not re.fullmatch(r"[0-9]{1,3}", turnaround, re.ASCII) or int(turnaround) > TURNAROUND_MINUTES_MAX:
            self.refuse("turnaround", _("A number from 0 to %(number)d.", number=TURNAROUND_MINUTES_MAX))
        return not any(field.errors for field in self)

    @property
    def minutes(self) -> int:
        """The turnaround, once it was validated."""
        return int(self.turnaround.data)


@staff_page("/at/<cinema>/halls/new", power="plan", methods=("GET", "POST"))
def new_hall(cinema: str) -> ResponseReturnValue:
    """Make a hall without seats, to be drawn next."""
    form = (
        HallForm(formdata=request.form) if request.method == "POST" else HallForm(data={"turnaround": "15"})
    )
    if request.method == "POST" and form.validate_fields():

        def make(session: Session, trail: Trail) -> int:
            house = cinema_by_slug(session, cinema)
            hall, _report = create_hall(
                session, cinema=house, layout=HallLayout(form.name.data, form.minutes, ())
            )
            trail("hall.create", f"hall:{hall.id}", f"{hall.name} made", cinema_id=house.id)
            return hall.id

        try:
            return redirect(here("hall", hall_id=change(make)), code=303)
        except HallExists as error:
            form.refuse("name", staff_sentence(error))
    return _shown(form, None)


@staff_page("/at/<cinema>/halls/<int:hall_id>/settings", power="plan", methods=("GET", "POST"))
def hall_settings(cinema: str, hall_id: int) -> ResponseReturnValue:
    """Rename the hall; change its turnaround, for what is planned from now on."""
    hall = read(lambda session: hall_here(session, cinema_id=this_house().id, hall_id=hall_id))
    if request.method == "GET":
        return _shown(HallForm(data={"name": hall.name, "turnaround": str(hall.turnaround_minutes)}), hall)
    form = HallForm(formdata=request.form)
    if form.validate_fields():

        def rename(session: Session, trail: Trail) -> None:
            found = hall_here(session, cinema_id=this_house().id, hall_id=hall_id)
            before = {"name": found.name, "turnaround_minutes": found.turnaround_minutes}
            rename_hall(session, hall=found, name=form.name.data)
            change_turnaround(session, hall=found, minutes=form.minutes)
            after = {"name": found.name, "turnaround_minutes": found.turnaround_minutes}
            trail(
                "hall.settings", f"hall:{hall_id}", f"{before['name']}: called {found.name}, {form.minutes} minutes",
                cinema_id=found.cinema_id, details={"before": before, "after": after},
            )  # fmt: skip

        try:
            change(rename)
            flash(_("Saved."), "good")
            return redirect(here("hall", hall_id=hall_id), code=303)
        except HallExists as error:
            form.refuse("name", staff_sentence(error))
    return _shown(form, hall)


def _shown(form: HallForm, hall: Hall | None) -> ResponseReturnValue:
    status = 422 if any(field.errors for field in form) else 200
    return render_template("backoffice/halls/hall_form.html", form=form, hall=hall), status
