"""GET /backoffice/at/<cinema>/halls/<id>: the editor of the hall's plan."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.seats_sold import seats_sold
from matinee.kernel import clock
from matinee.programme.halls import is_used, layout_of, version_of_plan
from matinee.programme.labels import LABEL_CHARACTERS_MAX, SEAT_NUMBER_MAX
from matinee.programme.layouts import LINES_MAX
from matinee.programme.models import HELD_BACK, SEAT_KINDS, Hall
from matinee.programme.seats import COLUMNS_MAX
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.halls.editor_words import editor_words
from matinee.web.backoffice.halls.found import hall_here
from matinee.web.backoffice.halls.plan_json import told_plan
from matinee.web.backoffice.halls.words import held_back_name, kind_name


@staff_page("/at/<cinema>/halls/<int:hall_id>", power="plan")
def hall(cinema: str, hall_id: int) -> ResponseReturnValue:
    """The plan, to be drawn; and the ways to the other pages of the hall."""
    now = clock.now()

    def look(session: Session) -> tuple[Hall, dict[str, Any], bool]:
        found = hall_here(session, cinema_id=this_house().id, hall_id=hall_id)
        sold = seats_sold(session, hall_id=hall_id, now=now)
        version = version_of_plan(session, hall=found)
        return (
            found,
            told_plan(layout_of(session, hall=found), version=version, sold=sold),
            is_used(session, hall=found),
        )

    found, plan, used = read(look)
    return render_template(
        "backoffice/halls/hall.html",
        hall=found,
        used=used,
        kinds=[(kind, kind_name(kind)) for kind in SEAT_KINDS],
        held_back=[(why, held_back_name(why)) for why in ("", *HELD_BACK)],
        config={
            "plan": plan,
            "url": here("save_hall_plan", hall_id=hall_id),
            "limits": {
                "seats": SEAT_NUMBER_MAX,
                "columns": COLUMNS_MAX,
                "lines": LINES_MAX,
                "characters": LABEL_CHARACTERS_MAX,
            },
            "kinds": {kind: kind_name(kind) for kind in SEAT_KINDS},
            "held_back": {why: held_back_name(why) for why in HELD_BACK},
            "words": editor_words(),
        },
    )
