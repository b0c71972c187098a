"""What can be refused about the programme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matinee.kernel.errors import Conflict, DomainError, Invalid, NotFound

PROBLEMS_SHOWN_MAX = 20


class CinemaNotFound(NotFound):
    """There is no such cinema."""

    code = "cinema_not_found"


class CinemaExists(Conflict):
    """There is a cinema of this name already."""

    code = "cinema_exists"


class InvalidCinema(Invalid):
    """A property of the cinema is not acceptable."""

    code = "invalid_cinema"


class InvalidImage(Invalid):
    """This is no picture that can be shown."""

    code = "invalid_image"


class HallNotFound(NotFound):
    """There is no such hall."""

    code = "hall_not_found"


class ScreeningNotFound(NotFound):
    """There is no such screening."""

    code = "screening_not_found"


class HallExists(Conflict):
    """There is a hall of this name already."""

    code = "hall_exists"


class InvalidHall(Invalid):
    """A property of the hall is not acceptable."""

    code = "invalid_hall"


class PlanChanged(Conflict):
    """Somebody else changed the plan of the hall meanwhile."""

    code = "plan_changed"


class HallTaken(Conflict):
    """The hall is taken at that time."""

    code = "hall_taken"

    def __init__(
        self,
        detail: str | None = None,
        *,
        hall: str = "",
        title: str = "",
        day: date | None = None,
        time: str = "",
    ) -> None:
        """By which film, and when that begins on the cinema's wall; empty where it is not known."""
        super().__init__(detail)
        self.hall, self.title, self.day, self.time = hall, title, day, time


class HallInUse(Conflict):
    """The hall has screenings, so it stays."""

    code = "hall_in_use"


class SeatNotFound(NotFound):
    """The hall has no such seat."""

    code = "seat_not_found"


class FilmNotFound(NotFound):
    """There is no such film."""

    code = "film_not_found"


class FilmExists(Conflict):
    """There is a film of this title, duration and trailer already."""

    code = "film_exists"


class FilmInUse(Conflict):
    """The film has screenings, so it stays."""

    code = "film_in_use"


class DistributorNotFound(NotFound):
    """There is no such distributor."""

    code = "distributor_not_found"


class DistributorExists(Conflict):
    """There is a distributor of this name already."""

    code = "distributor_exists"


class DistributorInUse(Conflict):
    """The distributor has films, so it stays."""

    code = "distributor_in_use"


class InvalidDistributor(Invalid):
    """A property of the distributor is not acceptable."""

    code = "invalid_distributor"


class TermsNotFound(NotFound):
    """There are no such terms."""

    code = "terms_not_found"


class TermsExist(Conflict):
    """There are terms from this week on already."""

    code = "terms_exist"


class InvalidTerms(Invalid):
    """Something about the terms is not acceptable."""

    code = "invalid_terms"


class InvalidFilm(Invalid):
    """A property of the film is not acceptable."""

    code = "invalid_film"


class InvalidScreening(Invalid):
    """A property of the screening is not acceptable."""

    code = "invalid_screening"

    def __init__(self, detail: str | None = None, *, why: str = "") -> None:
        """`why`: "over" for a start that is over, "skipped" for a time that the clock on the wall never shows."""
        super().__init__(detail)
        self.why = why


@dataclass(frozen=True, slots=True)
class RefusedRepeat:
    """A screening that cannot be planned on a day (on the wall, as the time "HH:MM" is), and why."""

    title: str
    hall: str
    day: date
    time: str
    why: DomainError


class NotAllFit(Conflict):
    """Not all of these screenings can be planned then."""

    code = "not_all_fit"

    def __init__(self, refused: Sequence[RefusedRepeat] = (), *, fit: int = 0) -> None:
        """`fit`: how many could be."""
        super().__init__()
        self.refused, self.fit = tuple(refused), fit


class ScreeningInUse(Conflict):
    """There are orders for the screening, so it stays."""

    code = "screening_in_use"


class CancelledScreening(Conflict):
    """The screening was cancelled, so it cannot be changed."""

    code = "cancelled_screening"


class PriceListNotFound(NotFound):
    """There is no such price list."""

    code = "price_list_not_found"


class PriceListExists(Conflict):
    """There is a price list of this name already."""

    code = "price_list_exists"


class PriceListInUse(Conflict):
    """The price list has screenings, so it stays."""

    code = "price_list_in_use"


class InvalidPriceList(Invalid):
    """A property of the price list is not acceptable."""

    code = "invalid_price_list"


class PriceListNotValidThen(Invalid):
    """The price list is not valid at that time."""

    code = "price_list_not_valid_then"


class NoPriceListThen(Conflict):
    """No price list is valid at that time."""

    code = "no_price_list_then"


class AmbiguousPriceList(Conflict):
    """Several price lists are valid at that time, and none of them is narrower than the others."""

    code = "ambiguous_price_list"


class TicketTypeNotFound(NotFound):
    """There is no such ticket type."""

    code = "ticket_type_not_found"


class TicketTypeExists(Conflict):
    """There is a ticket type of this code already."""

    code = "ticket_type_exists"


class InvalidTicketType(Invalid):
    """A property of the ticket type is not acceptable."""

    code = "invalid_ticket_type"


class FaultyFile(Invalid):
    """The file cannot be imported."""

    code = "faulty_file"

    def __init__(self, problems: Sequence[str]) -> None:
        """`problems`: a sentence for each, with the file and the place in it."""
        self.problems = tuple(problems)
        shown = list(self.problems[:PROBLEMS_SHOWN_MAX])
        if len(self.problems) > PROBLEMS_SHOWN_MAX:
            shown.append(f"... and {len(self.problems) - PROBLEMS_SHOWN_MAX} more")
        super().__init__("\n".join(shown) or None)


class InvalidTaxRate(Invalid):
    """The tax rate is not acceptable."""

    code = "invalid_tax_rate"


class TaxRateExists(Conflict):
    """A tax rate begins on this day already."""

    code = "tax_rate_exists"


class TaxRateNotFound(NotFound):
    """No tax rate begins on this day."""

    code = "tax_rate_not_found"


class TaxRatePast(Conflict):
    """What was sold at a tax rate keeps it: one that began on a past day stays, and none begins on one."""

    code = "tax_rate_past"
