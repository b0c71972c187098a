"""POST /backoffice/at/<cinema>/week/...: a screening on other days, a day or a week once more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.kernel import clock
from matinee.programme.errors import NotAllFit
from matinee.programme.models import Cinema
from matinee.programme.repeats import Repeat, Repeated, plan_repeats
from matinee.programme.week_plan import screenings_of_days
from matinee.programme.weeks import DAYS_PER_WEEK, days_to_repeat
from matinee.web.backoffice.blueprint import staff_page
from matinee.web.backoffice.changes import Trail, change
from matinee.web.backoffice.programme.here import cinema_here, screening_here
from matinee.web.backoffice.programme.planned_fields import words_of
from matinee.web.backoffice.programme.steps import done, ids_of, not_all_fit
from matinee.web.backoffice.programme.typed import typed_day, typed_id, typed_number
from matinee.web.shared.languages import _, ngettext

WEEKS_MAX = 26
# What is to be planned, and what the audit log says of it.
Choose = Callable[[Session, Cinema], tuple[Sequence[Repeat], str]]


@staff_page("/at/<cinema>/week/repeat", power="plan", methods=("POST",))
def repeat_screening(cinema: str) -> ResponseReturnValue:
    """Plan the screening `screening` on the `weekdays` of this and the next weeks, `weeks` in all."""
    screening_id = typed_id("screening")
    weeks = typed_number("weeks", at_least=1, at_most=WEEKS_MAX)
    weekdays = {int(digit) for digit in request.form.getlist("weekdays") if digit in "1234567" and digit}
    if not weekdays:
        abort(400, _("Choose at least one weekday."))

    def choose(session: Session, cinema: Cinema) -> tuple[Sequence[Repeat], str]:
        source = screening_here(session, screening_id)
        days = days_to_repeat(source.day, weekdays=weekdays, weeks=weeks, starts_on=cinema.week_starts_on)
        return [Repeat(source, day) for day in days], f"Repeated {words_of(source)}"

    fields = {"screening": screening_id, "weeks": weeks, "weekdays": sorted(weekdays)}
    return _plan(choose, endpoint="repeat_screening", fields=fields, now=clock.now())


@staff_page("/at/<cinema>/week/copy", power="plan", methods=("POST",))
def copy_planned(cinema: str) -> ResponseReturnValue:
    """Plan once more, from the day `to` on, what stands in the programme of `days` days from `from` on."""
    first_day, to_day = typed_day("from"), typed_day("to")
    days = typed_number("days", at_least=1, at_most=DAYS_PER_WEEK)
    ahead = to_day - first_day

    def choose(session: Session, cinema: Cinema) -> tuple[Sequence[Repeat], str]:
        sources = screenings_of_days(session, cinema_id=cinema.id, first_day=first_day, days=days)
        repeats = [Repeat(each, each.day + ahead) for each in sources]
        return repeats, f"Copied {days} days from {first_day} to {to_day}"

    fields = {"from": first_day.isoformat(), "to": to_day.isoformat(), "days": days}
    return _plan(choose, endpoint="copy_planned", fields=fields, now=clock.now())


def _plan(choose: Choose, *, endpoint: str, fields: dict[str, object], now: datetime) -> ResponseReturnValue:
    go_on = request.form.get("go_on") == "1"

    def work(session: Session, trail: Trail) -> tuple[Repeated, list[int]]:
        cinema = cinema_here(session)
        repeats, what = choose(session, cinema)
        found = plan_repeats(session, cinema=cinema, repeats=repeats, without_refused=go_on, now=now)
        ids = [made.id for made in found.made]
        trail(
            "screening.repeat",
            f"cinema:{cinema.id}",
            f"{what}: {len(ids)} new, {len(found.refused)} did not fit",
            cinema_id=cinema.id,
            details={"screenings": ids},
        )
        return found, ids

    try:
        found, ids = change(work, now=now)
    except NotAllFit as error:
        return not_all_fit(error, endpoint=endpoint, fields=fields)
    said = [ngettext("%(num)d screening was planned.", "%(num)d screenings were planned.", len(ids))]
    if found.same:
        said.append(ngettext("%(num)d was there already.", "%(num)d were there already.", found.same))
    if found.refused:
        said.append(ngettext("%(num)d does not fit.", "%(num)d do not fit.", len(found.refused)))
    return done(" ".join(said), undo=("delete_planned", ids_of(ids)) if ids else None)
