"""What can be refused about a sale."""

from __future__ import annotations

from matinee.kernel.errors import Conflict, Expired, Invalid, NotAllowed, NotFound


class NothingOnThatDay(NotFound):
    """Nothing is shown on that day."""

    code = "nothing_on_that_day"


class FilmNotOnThatDay(NotFound):
    """This film is not shown on that day."""

    code = "film_not_on_that_day"


class NoScreeningAtThatTime(NotFound):
    """This film is not on sale at that time."""

    code = "no_screening_at_that_time"


class SeatsNotFree(NotFound):
    """Not all of these seats are free."""

    code = "seats_not_free"


class SeatNamedTwice(Invalid):
    """A seat is named twice."""

    code = "seat_named_twice"


class TooManySeats(Invalid):
    """These are more seats than one purchase may have."""

    code = "too_many_seats"


class SoldOnWebsiteOnly(NotAllowed):
    """The cinema sells screenings that have a price on its website only."""

    code = "sold_on_website_only"


class HoldExpired(Expired):
    """The hold has run out and its seats may be taken."""

    code = "hold_expired"


class StepNotAllowed(Conflict):
    """An order in this state does not allow this step."""

    code = "step_not_allowed"


class OrderNotFound(NotFound):
    """There is no such order."""

    code = "order_not_found"


class TicketNotFound(NotFound):
    """There is no such ticket."""

    code = "ticket_not_found"
