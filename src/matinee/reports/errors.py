"""What can be refused about figures."""

from __future__ import annotations

from matinee.kernel.errors import Conflict, Invalid, NotFound


class ReturnNotFound(NotFound):
    """There is no such return."""

    code = "return_not_found"


class NoWeekBegins(Invalid):
    """No week of the cinema begins on that day."""

    code = "no_week_begins"


class WeekNotOver(Conflict):
    """The week is not over yet."""

    code = "week_not_over"


class NothingToSend(Conflict):
    """What was told is what it is: nothing is left to be sent."""

    code = "nothing_to_send"


class FiguresChanged(Conflict):
    """The figures changed since they were looked at."""

    code = "figures_changed"


class FilmWithoutDistributor(Conflict):
    """The film has no distributor to whom a return could be sent."""

    code = "film_without_distributor"
