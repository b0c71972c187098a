"""GET and POST /backoffice/at/<cinema>/screenings/<id>: a screening, and what can change of it while tickets are sold."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.cancellations import CancellationPreview, preview_cancellation
from matinee.boxoffice.planning import ChangedScreening, change_planned_screening, screening_to_change
from matinee.kernel import clock
from matinee.programme.fields import moment_at
from matinee.programme.models import ACCESS_FEATURES, Hall, PriceList, Screening
from matinee.programme.price_choice import AUTO
from matinee.programme.price_lists import price_lists_of
from matinee.programme.queries import halls_of, house_seats_by_screening
from matinee.web.backoffice.blueprint import here, may_here, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.programme.access_words import access_words
from matinee.web.backoffice.programme.here import screening_here
from matinee.web.backoffice.programme.planned_fields import FREE, typed_manner, words_of
from matinee.web.backoffice.programme.screenings import state_of, state_words
from matinee.web.backoffice.programme.typed import typed_day, typed_time
from matinee.web.shared.languages import _


class _Seen(NamedTuple):
    screening: Screening
    price_lists: list[PriceList]
    halls: list[Hall]
    kept_back: int
    sold: CancellationPreview


@staff_page("/at/<cinema>/screenings/<id:screening_id>", power="plan")
def screening_page(cinema: str, screening_id: int) -> ResponseReturnValue:
    """What is planned, with the form that changes it."""

    def look(session: Session) -> _Seen:
        found = screening_here(session, screening_id)
        return _Seen(
            found,
            price_lists_of(session, cinema_id=found.cinema_id),
            halls_of(session, cinema_id=found.cinema_id),
            len(house_seats_by_screening(session, [screening_id])[screening_id]),
            preview_cancellation(session, screening_id=screening_id),
        )

    seen, now = read(look), clock.now()
    screening = seen.screening
    state = state_of(screening, now=now)
    zone = ZoneInfo(this_house().timezone)
    return render_template(
        "backoffice/programme/screening.html",
        seen=seen,
        screening=screening,
        film=screening.film,
        hall=screening.hall,
        currency=screening.hall.cinema.currency,
        state=state,
        state_words=state_words(state),
        has_begun=screening.starts_at <= now,
        prices=AUTO if screening.price_list_by_time else screening.price_list_id or FREE,
        access=screening.access_features.split(),
        access_features=[(feature, access_words(feature)) for feature in ACCESS_FEATURES],
        blocked_url=_page_of_blocked_seats(screening_id),
        sale_end=screening.sales_end_at.astimezone(zone) if screening.sales_end_at else None,
    )


@staff_page("/at/<cinema>/screenings/<id:screening_id>/change", power="plan", methods=("POST",))
def change_shown_screening(cinema: str, screening_id: int) -> ResponseReturnValue:
    """Change prices, manner, adverts and end of sale, also of a screening that is sold."""
    what = _typed_changes()
    now = clock.now()

    def work(session: Session, trail: Trail) -> None:
        screening_here(session, screening_id)
        screening = screening_to_change(session, screening_id=screening_id, place={})
        before = _facts(screening)
        change_planned_screening(session, screening=screening, place={}, what=what, now=now)
        after = _facts(screening)
        changed = [name for name in before if before[name] != after[name]]
        trail(
            "screening.change",
            f"screening:{screening_id}",
            f"Changed {', '.join(changed) or 'nothing'} of {words_of(screening)}",
            cinema_id=screening.cinema_id,
            details={name: [before[name], after[name]] for name in changed},
        )

    change(work, now=now)
    flash(_("The screening was changed."), "good")
    return redirect(here("screening_page", screening_id=screening_id), code=303)


def _page_of_blocked_seats(screening_id: int) -> str:
    """Where seats of one screening are kept back, for whoever may do that; the counter's page."""
    return here("blocked_seats", screening_id=screening_id) if may_here("sell") else ""


def _typed_changes() -> ChangedScreening:
    manner = typed_manner()
    changes: ChangedScreening = {**manner}  # type: ignore[typeddict-item]
    if "access_features_shown" in request.form:
        # No box is ticked: no feature.
        changes.setdefault("access_features", "")
    if "sale_end_day" in request.form:
        changes["sales_end_at"] = _typed_sale_end()
    return changes


def _typed_sale_end() -> datetime | None:
    if not (request.form.get("sale_end_day") or request.form.get("sale_end_time")):
        return None
    try:
        return moment_at(
            typed_day("sale_end_day"), typed_time("sale_end_time"), ZoneInfo(this_house().timezone)
        )
    except ValueError:
        abort(400, _("The clock never shows this time: it is put forward in that night."))


def _facts(screening: Screening) -> dict[str, Any]:
    end = screening.sales_end_at
    return {
        "price_list": AUTO if screening.price_list_by_time else screening.price_list_id,
        "format": screening.format,
        "language": screening.language,
        "subtitles": screening.subtitles,
        "access_features": screening.access_features,
        "adverts_minutes": screening.adverts_minutes,
        "sales_end_at": end.isoformat() if end else None,
    }
