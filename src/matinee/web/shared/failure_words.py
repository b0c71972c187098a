"""What a page says to what went wrong, in the language of the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from matinee.web.shared.languages import _


class Words(NamedTuple):
    """A heading, and a sentence that helps."""

    title: str
    detail: str


_WORDS: dict[int, Callable[[], Words]] = {
    400: lambda: Words(_("We did not understand that"), _("Go back, load the page anew and try once more.")),
    403: lambda: Words(_("Not for you"), _("This page is for others, or you have to sign in first.")),
    404: lambda: Words(_("Nothing is shown here"), _("There is no page at this address. It may have moved.")),
    410: lambda: Words(_("That is over"), _("What was here is not there any more.")),
    413: lambda: Words(_("That is too much"), _("What you sent is larger than we can take.")),
    429: lambda: Words(_("Too many attempts"), _("Wait a little, then try again.")),
    500: lambda: Words(
        _("The film broke"), _("Something went wrong on our side. It was written down; try again shortly.")
    ),
    503: lambda: Words(
        _("The projector is being warmed up"),
        _("The box office cannot reach its records just now. Nothing was lost; try again shortly."),
    ),
}


def failure_words(status: int) -> Words | None:
    """What is said for this status; None where it has no words of its own."""
    make = _WORDS.get(status)
    return make() if make is not None else None
