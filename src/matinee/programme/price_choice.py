"""Which price list a screening has: the one that is named, or the one that is valid at its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.db.version import announce_change
from matinee.kernel.money import Money
from matinee.programme.errors import (
    AmbiguousPriceList,
    NoPriceListThen,
    PriceListNotFound,
    PriceListNotValidThen,
)
from matinee.programme.fields import parse_amount
from matinee.programme.locks import lock_price_lists
from matinee.programme.models import Cinema, PriceList, Screening
from matinee.programme.validity import Validity

# In place of a name: the list that is valid at the time of the screening.
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class PriceBook:
    """The price lists of a cinema at one moment."""

    currency: str
    lists: tuple[PriceList, ...]

    def valid_at(self, day: date, time: str) -> PriceList | None:
        """The narrowest of the lists that are valid on this day at this time ("HH:MM", both on the cinema's wall).

        A list that an import made for a single price ("7.50 EUR") is none of them. Raises AmbiguousPriceList where
        two are equally narrow: which of them costs what, only people can say.
        """
        valid = [
            each
            for each in self.lists
            if validity_of(each).covers(day, time) and not is_flat_name(each.name, currency=self.currency)
        ]
        if not valid:
            return None
        narrowness = min(validity_of(each).narrowness for each in valid)
        narrowest = sorted(each.name for each in valid if validity_of(each).narrowness == narrowness)
        if len(narrowest) > 1:
            raise AmbiguousPriceList(
                f"On {day} at {time} the price lists {' and '.join(map(repr, narrowest))} are valid, and none of them is "
                "narrower than the others: name the one that is meant, or change when they are valid."
            )
        return next(each for each in valid if each.name == narrowest[0])

    def chosen_for(self, day: date, time: str) -> PriceList:
        """As `valid_at`; raises NoPriceListThen where there is none, since the seats would be given away."""
        found = self.valid_at(day, time)
        if found is None:
            raise NoPriceListThen(f"No price list is valid on {day} at {time}.")
        return found


def price_book(session: Session, *, cinema_id: int) -> PriceBook:
    """The cinema's price lists as they are now."""
    currency = session.get_one(Cinema, cinema_id).currency
    wanted = select(PriceList).where(PriceList.cinema_id == cinema_id).order_by(PriceList.id)
    return PriceBook(currency, tuple(session.scalars(wanted.execution_options(populate_existing=True))))


def validity_of(price_list: PriceList) -> Validity:
    """When the list is valid."""
    return Validity(price_list.weekdays, price_list.begins, price_list.ends)


def is_flat_name(name: str, *, currency: str) -> bool:
    """Whether the name is an amount of money, as that of a list which an import makes for a single price."""
    written, _, code = name.rpartition(" ")
    try:
        return code == currency and str(Money(parse_amount(written, currency=currency), currency)) == name
    except ValueError:
        return False


def price_list_valid_at(session: Session, *, cinema_id: int, day: date, time: str) -> PriceList | None:
    """The cinema's price list for this day and time ("HH:MM") on its wall; None where none is valid then.

    Of several the narrowest: one for days and times before one for days, that before one for times, that before one for
    always; then the one for fewer days, then the one for less time. Raises AmbiguousPriceList where two are alike in this.
    """
    return price_book(session, cinema_id=cinema_id).valid_at(day, time)


def choose_price_list(
    session: Session, *, cinema_id: int, wanted: int | str | None, day: date, time: str
) -> tuple[int | None, bool]:
    """The id of the list that a screening gets at this day and time, and whether it was chosen by the time.

    `wanted` is the id or the name of a list, `AUTO`, or None: free of charge. Raises PriceListNotFound,
    PriceListNotValidThen, NoPriceListThen and AmbiguousPriceList.
    """
    if wanted is None:
        return None, False
    lock_price_lists(session, cinema_id=cinema_id, shared=True)
    book = price_book(session, cinema_id=cinema_id)
    if wanted == AUTO:
        return book.chosen_for(day, time).id, True
    found = next((each for each in book.lists if wanted in (each.id, each.name)), None)
    if found is None:
        raise PriceListNotFound
    require_valid(found, day=day, time=time)
    return found.id, False


def require_valid(price_list: PriceList, *, day: date, time: str) -> None:
    """Raise PriceListNotValidThen where the list is not valid on this day at this time."""
    validity = validity_of(price_list)
    if not validity.covers(day, time):
        raise PriceListNotValidThen(
            f"The price list {price_list.name!r} ({validity}) is not valid on {day} at {time}."
        )


def choose_price_lists_anew(session: Session, *, cinema_id: int, now: datetime) -> int:
    """Choose once more for all screenings to come whose list goes by the time; return how many got another one.

    What is held or sold keeps its price. Raises NoPriceListThen and AmbiguousPriceList.
    """
    lock_price_lists(session, cinema_id=cinema_id)
    book = price_book(session, cinema_id=cinema_id)
    wanted = select(Screening).where(
        Screening.cinema_id == cinema_id,
        Screening.price_list_by_time,
        Screening.cancelled_at.is_(None),
        Screening.starts_at > now,
    )
    changed = 0
    for screening in session.scalars(wanted.order_by(Screening.starts_at)):
        chosen = book.chosen_for(screening.day, screening.time)
        if chosen.id != screening.price_list_id:
            screening.price_list_id = chosen.id
            changed += 1
    if changed:
        session.flush()
        announce_change(session)
    return changed
