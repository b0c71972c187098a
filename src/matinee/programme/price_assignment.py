"""What a screening of a file costs: the list that it names, the one for its time, or a price of its own."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from matinee.kernel.errors import DomainError
from matinee.programme.models import Cinema
from matinee.programme.price_choice import AUTO, price_book, require_valid
from matinee.programme.prices import flat_price_list
from matinee.programme.screening_rows import PlacedScreening


def assign_prices(session: Session, *, cinema: Cinema, placed: Iterable[PlacedScreening]) -> list[str]:
    """Set the price list of each; return a sentence for each that cannot have the one it asks for.

    What a file does not state stays as it is. So does the list of a screening that is there and goes by the time: it is
    chosen anew when lists change, not when a file is read again.
    """
    lists = _PriceLists(session, cinema)
    problems: list[str] = []
    for screening in placed:
        try:
            screening.price_list_id, screening.price_list_by_time = lists.of(screening)
        except ValueError as error:
            problems.append(f"{screening.planned.where}: {error}")
        except DomainError as error:
            problems.append(f"{screening.planned.where}: {error.detail}")
    return problems


class _PriceLists:
    """The price lists that screenings name, each looked up once."""

    def __init__(self, session: Session, cinema: Cinema) -> None:
        self._session = session
        self._cinema = cinema
        self._book = price_book(session, cinema_id=cinema.id)
        self._by_name = {each.name: each for each in self._book.lists}
        self._flat: dict[int | str, int] = {}

    def of(self, screening: PlacedScreening) -> tuple[int | None, bool]:
        """The id of the list, and whether it goes by the time."""
        planned, known = screening.planned, screening.existing
        if not planned.states_price:
            return (known.price_list_id, known.price_list_by_time) if known is not None else (None, False)
        if planned.price_list is not None and planned.price is not None:
            raise ValueError("it has both a price and a price list")
        if planned.price_list is not None:
            if planned.price_list.casefold() == AUTO:
                return self._for_time(screening), True
            return self._named(screening, planned.price_list), False
        if planned.price is None:
            return None, False
        if planned.price not in self._flat:
            self._flat[planned.price] = flat_price_list(
                self._session, cinema=self._cinema, price=planned.price
            )
        return self._flat[planned.price], False

    def _for_time(self, screening: PlacedScreening) -> int | None:
        known = screening.existing
        if known is not None and known.price_list_by_time:
            return known.price_list_id
        return self._book.chosen_for(screening.planned.day, screening.planned.time).id

    def _named(self, screening: PlacedScreening, name: str) -> int:
        if name not in self._by_name:
            raise ValueError(f"there is no price list {name!r}; import the prices first")
        found = self._by_name[name]
        # One that has the list already keeps it, should the list have been narrowed since.
        if screening.existing is None or screening.existing.price_list_id != found.id:
            require_valid(found, day=screening.planned.day, time=screening.planned.time)
        return found.id
