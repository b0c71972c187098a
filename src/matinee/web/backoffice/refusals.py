"""What staff is told of what the domain refuses: as on the website, but for what is said to another person."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash

from matinee.boxoffice import errors as sale
from matinee.kernel.errors import DomainError
from matinee.web.shared import refusals
from matinee.web.shared.languages import _
from matinee.web.shared.refusals import status_of


def staff_sentence(error: DomainError) -> str:
    """What is said to a member of the staff, in the language of the page."""
    makers: dict[type[DomainError], Callable[[], str]] = {
        sale.OrderNotFound: lambda: _("There is no such order."),
        sale.NotTheseTickets: lambda: _("These tickets are not valid any more."),
        sale.TicketNotFound: lambda: _("There is no such ticket."),
    }
    make = makers.get(type(error))
    return make() if make is not None else refusals.sentence(error)


def flash_refusal(error: DomainError) -> None:
    """Show it at the top of the next page."""
    flash(staff_sentence(error), "error")


__all__ = ["flash_refusal", "staff_sentence", "status_of"]
