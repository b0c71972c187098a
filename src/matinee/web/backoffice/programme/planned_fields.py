"""How a screening is planned, as forms carry it and as the audit log tells it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import abort, request

from matinee.programme.fields import parse_access_features, parse_format, parse_language
from matinee.programme.lengths import ADVERTS_MINUTES_MAX
from matinee.programme.models import Screening
from matinee.programme.price_choice import AUTO
from matinee.web.backoffice.programme.typed import typed_id, typed_number
from matinee.web.shared.languages import _

# In place of the number of a price list: what the hall's last screening had; no price list.
USUAL, FREE = "usual", "free"


def typed_price_list() -> int | str | None:
    """What is typed as `price_list`, as `schedule_screening` takes it; not to be asked where it is `USUAL`."""
    typed = request.form.get("price_list", "")
    if typed == AUTO:
        return AUTO
    return None if typed == FREE else typed_id("price_list")


def typed_manner() -> dict[str, Any]:
    """What the form says of how the screening is shown, by the names that `schedule_screening` takes. 400 for nonsense."""
    form, found = request.form, dict[str, Any]()
    if form.get("price_list", USUAL) != USUAL:
        found["price_list"] = typed_price_list()
    if form.get("adverts", ""):
        found["adverts_minutes"] = typed_number("adverts", at_least=0, at_most=ADVERTS_MINUTES_MAX)
    try:
        if "format" in form:
            found["format"] = parse_format(form["format"])
        for name in ("language", "subtitles"):
            if name in form:
                found[name] = parse_language(form[name], what=name)
        if "access_features" in form:
            found["access_features"] = parse_access_features(" ".join(form.getlist("access_features")))
        if form.get("sales_end_at"):
            found["sales_end_at"] = _moment(form["sales_end_at"])
    except ValueError:
        abort(400, _("Format, language or subtitles are not right. A language looks like uk or pt-BR."))
    return found


def as_planned(screening: Screening) -> dict[str, Any]:
    """What plans the same once more, but for its price list."""
    end = screening.sales_end_at
    return {
        "film": screening.film_id,
        "hall": screening.hall_id,
        "day": screening.day.isoformat(),
        "time": screening.time,
        "adverts": screening.adverts_minutes,
        "format": screening.format,
        "language": screening.language,
        "subtitles": screening.subtitles,
        "access_features": screening.access_features,
        "sales_end_at": end.isoformat() if end is not None else "",
    }


def words_of(screening: Screening) -> str:
    """A screening in one line of the audit log."""
    return f"{screening.film.title}, {screening.hall.name}, {screening.day} {screening.time}"


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return moment
