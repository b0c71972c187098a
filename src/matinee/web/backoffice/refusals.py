"""What staff is told of what the domain refuses: as on the website, but for what is said to another person."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash

from matinee.kernel.errors import DomainError
from matinee.languages.formats import short_day_text
from matinee.programme import errors as programme
from matinee.web.backoffice.refused_words import SENTENCES
from matinee.web.shared import refusals
from matinee.web.shared.languages import _, ngettext, page_language
from matinee.web.shared.refusals import status_of


def staff_sentence(error: DomainError) -> str:
    """What is said to a member of the staff, in the language of the page."""
    makers: dict[type[DomainError], Callable[[], str]] = {
        programme.HallTaken: lambda: _hall_taken(error),
        programme.InvalidScreening: lambda: _invalid_screening(error),
        programme.NotAllFit: lambda: _not_all_fit(error),
    }
    make = makers.get(type(error))
    if make is not None:
        return make()
    known = SENTENCES.get(type(error))
    return _(known) if known is not None else refusals.sentence(error)


def _hall_taken(error: DomainError) -> str:
    assert isinstance(error, programme.HallTaken)
    # Where two plan at the same moment, only the database knows that it is taken.
    day = getattr(error, "day", None)
    if day is None:
        return _("The hall is taken at that time.")
    return _(
        "%(hall)s is taken: %(title)s, %(day)s at %(time)s, with its turnaround.",
        hall=error.hall,
        title=error.title,
        day=short_day_text(day, page_language()),
        time=error.time,
    )


def _invalid_screening(error: DomainError) -> str:
    why = getattr(error, "why", "")
    if why == "over":
        return _("This time is over. A screening begins later than now.")
    if why == "skipped":
        return _("The clock never shows this time: it is put forward in that night.")
    return _("Something about the screening is not right. Look at it once more.")


def _not_all_fit(error: DomainError) -> str:
    count = len(getattr(error, "refused", ()))
    return ngettext(
        "%(num)d screening does not fit. Nothing was planned.",
        "%(num)d screenings do not fit. Nothing was planned.",
        count,
    )


def flash_refusal(error: DomainError) -> None:
    """Show it at the top of the next page."""
    flash(staff_sentence(error), "error")


__all__ = ["flash_refusal", "staff_sentence", "status_of"]
