"""What reports are asked for in their addresses: which days, and how."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from flask import abort, request
from sqlalchemy.orm import Session

from matinee.programme.models import Cinema
from matinee.programme.queries import cinema_by_slug
from matinee.reports.periods import Period
from matinee.web.backoffice.days import FIRST, LAST, day_of
from matinee.web.shared.languages import _

# A good two years: more is asked for in parts.
DAYS_MAX = 800
Choice = TypeVar("Choice", bound=str)


def asked_period(zone: str, *, now: datetime) -> Period:
    """The days of the address; from the first of this month until today where it says nothing. 400 for what is none."""
    today = now.astimezone(ZoneInfo(zone)).date()
    last = day_of(request.args.get(LAST), default=today)
    first = day_of(request.args.get(FIRST), default=last.replace(day=1))
    if first > last:
        abort(400, _("The last day is before the first."))
    if last - first > timedelta(days=DAYS_MAX):
        abort(400, _("Ask for %(count)d days at the most.", count=DAYS_MAX))
    return Period(first, last, zone)


def asked_choice(name: str, options: Sequence[Choice], *, default: Choice) -> Choice:
    """One of some words. 400 for another one."""
    text = request.args.get(name) or default
    for option in options:
        if option == text:
            return option
    abort(400, _("There is no such report."))


def cinema_of(session: Session, slug: str) -> Cinema:
    """The cinema of the address. Raises CinemaNotFound."""
    return cinema_by_slug(session, slug)
