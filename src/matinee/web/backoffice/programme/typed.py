"""What the forms of planning carry, read strictly: whatever is no such value is refused with 400 and a sentence."""

from __future__ import annotations

from datetime import date

from flask import abort, request

from matinee.programme.fields import parse_time
from matinee.web.backoffice.days import day_of
from matinee.web.shared.languages import _

# The largest key of a table whose keys are plain integers.
ID_MAX = 2**31 - 1
IDS_MAX = 1000


def typed_text(name: str, *, characters_max: int = 500) -> str:
    """A text on one line or several, without blanks around it."""
    text = request.form.get(name, "").strip()
    if len(text) > characters_max or "\0" in text:
        abort(400, _("A text in the form is too long, or holds what cannot be shown."))
    return text


def typed_number(name: str, *, at_least: int, at_most: int) -> int:
    """A whole number."""
    text = request.form.get(name, "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and at_least <= int(text) <= at_most):
        abort(
            400,
            _(
                "“%(text)s” is no whole number from %(least)d to %(most)d.",
                text=text[:20],
                least=at_least,
                most=at_most,
            ),
        )
    return int(text)


def typed_id(name: str) -> int:
    """The number of something that there is."""
    return typed_number(name, at_least=1, at_most=ID_MAX)


def typed_ids(name: str) -> list[int]:
    """Several numbers, each in a field of its own."""
    texts = request.form.getlist(name)
    if len(texts) > IDS_MAX or not all(
        text.isascii() and text.isdecimal() and len(text) <= 10 and 1 <= int(text) <= ID_MAX for text in texts
    ):
        abort(400, _("Something in the form is not right. Load the page again."))
    return [int(text) for text in texts]


def typed_day(name: str) -> date:
    """A day on the wall, YYYY-MM-DD."""
    text = request.form.get(name, "").strip()
    if not text:
        abort(400, _("Say on which day."))
    return day_of(text, default=date.min)


def typed_time(name: str) -> str:
    """A time on the wall, "HH:MM"."""
    text = request.form.get(name, "").strip()
    try:
        return parse_time(text)
    except ValueError:
        abort(400, _("“%(text)s” is no time. A time looks like 19:30.", text=text[:20]))
