"""What a programme file says, once it has been read: plain values, not yet compared with the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from matinee.programme.errors import FaultyFile
from matinee.programme.fields import check_year
from matinee.programme.validity import Validity

FilmKey = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class FilmDetails:
    """A film. Empty texts say nothing: they take nothing away from what is known."""

    title: str
    duration_minutes: int
    trailer_url: str = ""
    poster_url: str = ""
    certificate: str = ""
    synopsis: str = ""

    @property
    def key(self) -> FilmKey:
        """What makes it one film."""
        return (self.title, self.duration_minutes, self.trailer_url)


@dataclass(frozen=True, slots=True)
class PlannedPrice:
    """One amount of a price list: of a zone and a ticket type (None: the cinema's first)."""

    where: str
    price_list: str
    zone: str
    ticket_type: str | None
    amount: str
    # When the list is valid; None: the file does not say.
    validity: Validity | None = None


@dataclass(frozen=True, slots=True)
class PlannedScreening:
    """A screening as a file describes it. `where` names the file and the place in it, for messages."""

    where: str
    day: date
    time: str
    title: str
    # None: the file names the film by its title alone, and it must be known already.
    film: FilmDetails | None = None
    duration_minutes: int | None = None
    # None: any hall that is free.
    hall: str | None = None
    # None: the file says nothing about seats.
    free_labels: frozenset[str] | None = None
    # None: the file does not list the house seats one by one.
    house_labels: frozenset[str] | None = None
    # False: what the screening costs stays as it is; a new one is free.
    states_price: bool = False
    # A name, or `price_choice.AUTO` in any letter case.
    price_list: str | None = None
    # A number counts minor units, a text is an amount as people write it ("7.50").
    price: int | str | None = None
    # None: the file does not say.
    format: str | None = None
    language: str | None = None
    subtitles: str | None = None
    access_features: str | None = None

    @property
    def tells_seats(self) -> bool:
        """Whether the file says which seats the house keeps back."""
        return self.free_labels is not None or self.house_labels is not None

    @property
    def labels(self) -> frozenset[str]:
        """Every seat that the file names for this screening."""
        return (self.free_labels or frozenset()) | (self.house_labels or frozenset())


@dataclass(frozen=True, slots=True)
class Schedule:
    """One file. `makes_halls`: halls and seats that are missing are made."""

    file_name: str
    films: tuple[FilmDetails, ...] = ()
    screenings: tuple[PlannedScreening, ...] = ()
    prices: tuple[PlannedPrice, ...] = ()
    makes_halls: bool = False
    ignored_keys: Mapping[str, int] = field(default_factory=Counter)

    def starting(self, first_day: date) -> Schedule:
        """The same with its first day moved to `first_day`; the others keep their distance. Raises FaultyFile."""
        if not self.screenings:
            return self
        distance = first_day - min(planned.day for planned in self.screenings)
        try:
            check_year(first_day)
            check_year(max(planned.day for planned in self.screenings) + distance)
        except (ValueError, OverflowError) as error:
            raise FaultyFile([f"{self.file_name}: cannot start on {first_day}: {error}"]) from None
        moved = tuple(replace(planned, day=planned.day + distance) for planned in self.screenings)
        return replace(self, screenings=moved)
