"""POST /backoffice/at/<cinema>/week/...: planning a screening, moving it, deleting drafts, publishing, withdrawing."""

from __future__ import annotations

from typing import Any

from flask import abort
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.planning import (
    PlaceAndTime,
    change_planned_screening,
    delete_drafts,
    screening_to_change,
    withdraw_screenings,
)
from matinee.kernel import clock
from matinee.programme.catalogue import find_film
from matinee.programme.errors import ScreeningInUse
from matinee.programme.models import Cinema, Film, Hall, Screening
from matinee.programme.price_choice import AUTO
from matinee.programme.publishing import publish_screenings
from matinee.programme.screenings import schedule_screening
from matinee.programme.usual_manner import usual_manner
from matinee.programme.week_plan import shows_of_days
from matinee.programme.weeks import DAYS_PER_WEEK
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.programme.here import cinema_here, hall_here, screening_here
from matinee.web.backoffice.programme.planned_fields import as_planned, typed_manner, words_of
from matinee.web.backoffice.programme.steps import done, ids_of, lead_elsewhere
from matinee.web.backoffice.programme.typed import typed_day, typed_id, typed_ids, typed_number, typed_time
from matinee.web.shared.languages import _, ngettext


@staff_page("/at/<cinema>/week/plan", power="plan", methods=("POST",))
def plan_screening(cinema: str) -> ResponseReturnValue:
    """Plan a draft: `film`, `hall`, `day`, `time`; what is not said of its manner is as usual."""
    now, manner = clock.now(), typed_manner()
    film_id, hall_id = typed_id("film"), typed_id("hall")
    day, time = typed_day("day"), typed_time("time")

    def plan(session: Session, trail: Trail) -> tuple[int, str]:
        hall, film = hall_here(session, hall_id), find_film(session, film_id=film_id)
        made = schedule_screening(
            session,
            cinema=hall.cinema,
            hall=hall,
            film=film,
            day=day,
            time=time,
            draft=True,
            now=now,
            **_with_usual(session, film, hall, manner),
        )
        trail(
            "screening.plan", f"screening:{made.id}", f"Planned: {words_of(made)}", cinema_id=hall.cinema_id
        )
        return made.id, film.title

    made_id, title = change(plan, now=now)
    return done(
        _("Planned: %(title)s. It is a draft.", title=title),
        undo=("delete_planned", ids_of([made_id])),
        focus=made_id,
    )


@staff_page("/at/<cinema>/week/move", power="plan", methods=("POST",))
def replan_screening(cinema: str) -> ResponseReturnValue:
    """Move the screening `screening` to `hall`, `day` and `time`. One that has sold leads to a page that asks first."""
    now = clock.now()
    screening_id, hall_id = typed_id("screening"), typed_id("hall")
    day, time = typed_day("day"), typed_time("time")

    def move(session: Session, trail: Trail) -> tuple[dict[str, Any], str]:
        screening_here(session, screening_id)
        place: PlaceAndTime = {"hall": hall_here(session, hall_id), "day": day, "time": time}
        screening = screening_to_change(session, screening_id=screening_id, place=place)
        before, was = _place_of(screening), words_of(screening)
        change_planned_screening(session, screening=screening, place=place, what={}, now=now)
        trail(
            "screening.move",
            f"screening:{screening_id}",
            f"Moved: {was}; now {words_of(screening)}",
            cinema_id=screening.cinema_id,
            details={"before": before, "after": _place_of(screening)},
        )
        return before, screening.film.title

    try:
        before, title = change(move, now=now)
    except ScreeningInUse:
        if _is_another_hall_alone(screening_id, hall_id, day.isoformat(), time):
            return lead_elsewhere(here("move_sold_screening", screening_id=screening_id, hall=hall_id))
        raise
    return done(
        _("Moved: %(title)s.", title=title),
        undo=("replan_screening", {"screening": screening_id, **before}),
        focus=screening_id,
    )


@staff_page("/at/<cinema>/week/delete", power="plan", methods=("POST",))
def delete_planned(cinema: str) -> ResponseReturnValue:
    """Delete the drafts among the screenings `ids`."""
    ids = typed_ids("ids")

    def delete(session: Session, trail: Trail) -> tuple[int, dict[str, Any] | None]:
        found = cinema_here(session)
        again = _again(session, found, ids)
        count = delete_drafts(session, cinema_id=found.id, screening_ids=ids)
        subject = f"screening:{ids[0]}" if len(ids) == 1 else f"cinema:{found.id}"
        trail(
            "screening.delete",
            subject,
            f"Deleted {count} drafts",
            cinema_id=found.id,
            details={"screenings": ids},
        )
        return count, again if count else None

    count, again = change(delete)
    return done(
        ngettext("%(num)d draft was deleted.", "%(num)d drafts were deleted.", count),
        undo=None if again is None else ("plan_screening", again),
    )


@staff_page("/at/<cinema>/week/publish", power="plan", methods=("POST",))
def publish_planned(cinema: str) -> ResponseReturnValue:
    """Publish the drafts among the screenings `ids`, or those of `days` days from `from` on."""
    now = clock.now()
    ids = typed_ids("ids")
    first_day = None if ids else typed_day("from")
    days = 0 if ids else typed_number("days", at_least=1, at_most=DAYS_PER_WEEK)

    def publish(session: Session, trail: Trail) -> list[int]:
        found = cinema_here(session)
        wanted = ids
        if first_day is not None:
            shows = shows_of_days(session, cinema_id=found.id, first_day=first_day, days=days)
            wanted = [show.id for show in shows if show.draft]
        published = publish_screenings(session, cinema_id=found.id, screening_ids=wanted, now=now)
        what = f"{days} days from {first_day}" if first_day is not None else "one by one"
        trail(
            "screening.publish",
            f"screening:{ids[0]}" if len(ids) == 1 else f"cinema:{found.id}",
            f"Published {len(published)} screenings: {what}",
            cinema_id=found.id,
            details={"screenings": published},
        )
        return published

    published = change(publish, now=now)
    if not published:
        return done(_("There is no draft to publish. One that has begun is not published any more."))
    return done(
        ngettext("%(num)d screening was published.", "%(num)d screenings were published.", len(published)),
        undo=("withdraw_published", ids_of(published)),
    )


@staff_page("/at/<cinema>/week/withdraw", power="plan", methods=("POST",))
def withdraw_published(cinema: str) -> ResponseReturnValue:
    """Let the screenings `ids` be drafts again; all of them, or none where one has had an order."""
    now, ids = clock.now(), typed_ids("ids")
    if not ids:
        abort(400)

    def withdraw(session: Session, trail: Trail) -> int:
        cinema_id = this_house().id
        count = withdraw_screenings(session, cinema_id=cinema_id, screening_ids=ids, now=now)
        trail(
            "screening.withdraw",
            f"screening:{ids[0]}" if len(ids) == 1 else f"cinema:{cinema_id}",
            f"Made drafts again: {count} screenings",
            cinema_id=cinema_id,
            details={"screenings": ids},
        )
        return count

    count = change(withdraw, now=now)
    return done(
        ngettext("%(num)d screening is a draft again.", "%(num)d screenings are drafts again.", count),
        undo=("publish_planned", ids_of(ids)),
    )


def _with_usual(session: Session, film: Film, hall: Hall, manner: dict[str, Any]) -> dict[str, Any]:
    """The manner that was said, over the usual one. A price list that is named in the form must be this cinema's."""
    usual = usual_manner(session, film=film, hall=hall)
    return {
        "price_list": usual.price_list,
        "format": usual.format,
        "language": usual.language,
        "subtitles": usual.subtitles,
        "access_features": usual.access_features,
        **manner,
    }


def _place_of(screening: Screening) -> dict[str, Any]:
    return {"hall": screening.hall_id, "day": screening.day.isoformat(), "time": screening.time}


def _is_another_hall_alone(screening_id: int, hall_id: int, day: str, time: str) -> bool:
    at = read(lambda session: _place_of(screening_here(session, screening_id)))
    return at["hall"] != hall_id and (at["day"], at["time"]) == (day, time)


def _again(session: Session, cinema: Cinema, ids: list[int]) -> dict[str, Any] | None:
    """What plans a draft once more that is about to be deleted; for one alone."""
    found = session.get(Screening, ids[0]) if len(ids) == 1 else None
    if found is None or found.cinema_id != cinema.id or not found.draft:
        return None
    return {
        **as_planned(found),
        "price_list": AUTO if found.price_list_by_time else found.price_list_id or "free",
    }
