"""Price lists one at a time, each with all its amounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from matinee.db.constraints import translating
from matinee.db.version import announce_change
from matinee.programme.errors import (
    InvalidPriceList,
    PriceListExists,
    PriceListInUse,
    PriceListNotFound,
    TicketTypeNotFound,
)
from matinee.programme.fields import (
    AMOUNT_MAX,
    PRICE_LIST_CHARACTERS_MAX,
    ZONE_CHARACTERS_MAX,
    parse_line,
    told_as,
)
from matinee.programme.locks import lock_price_lists, lock_row
from matinee.programme.models import STANDARD_ZONE, Cinema, Price, PriceList, Screening
from matinee.programme.price_choice import AUTO, choose_price_lists_anew, is_flat_name, validity_of
from matinee.programme.ticket_types import first_ticket_type, ticket_types_of
from matinee.programme.validity import Validity, parse_validity

# By zone and code of the ticket type, in minor units.
Amounts = Mapping[tuple[str, str], int]


def price_lists_of(session: Session, *, cinema_id: int) -> list[PriceList]:
    """The price lists of a cinema, the one that was entered first at the front."""
    return list(
        session.scalars(select(PriceList).where(PriceList.cinema_id == cinema_id).order_by(PriceList.id))
    )


def price_list_by_id(session: Session, *, cinema_id: int, price_list_id: int) -> PriceList:
    """The price list of this cinema. Raises PriceListNotFound."""
    found = session.get(PriceList, price_list_id)
    if found is None or found.cinema_id != cinema_id:
        raise PriceListNotFound
    return found


def create_price_list(
    session: Session,
    *,
    cinema: Cinema,
    name: str,
    amounts: Amounts,
    weekdays: str = "",
    begins: str = "",
    ends: str = "",
    now: datetime,
) -> PriceList:
    """Store a price list with its amounts, and choose anew for the screenings to come whose list goes by the time.

    `amounts` must have one for the zone "standard" and the cinema's first ticket type. Raises InvalidPriceList,
    PriceListExists, TicketTypeNotFound, NoPriceListThen and AmbiguousPriceList.
    """
    lock_price_lists(session, cinema_id=cinema.id)
    price_list = PriceList(cinema_id=cinema.id, name=_checked_name(name, cinema))
    _set_validity(price_list, _checked_validity(weekdays, begins, ends))
    session.add(price_list)
    with translating({"uq_price_list_cinema_id_name": PriceListExists}):
        session.flush()
    _replace_amounts(session, cinema, price_list, amounts)
    choose_price_lists_anew(session, cinema_id=cinema.id, now=now)
    announce_change(session)
    return price_list


def change_price_list(
    session: Session,
    *,
    price_list: PriceList,
    now: datetime,
    name: str | None = None,
    amounts: Amounts | None = None,
    weekdays: str | None = None,
    begins: str | None = None,
    ends: str | None = None,
) -> None:
    """Change what is given; None leaves as it is, `amounts` replaces all of them. What is held or sold keeps its price.

    Then it is chosen anew for the screenings to come whose list goes by the time; those that name a list keep it, also
    where it is not valid at their time any more. Raises what `create_price_list` does, and PriceListNotFound.
    """
    cinema = session.get_one(Cinema, price_list.cinema_id)
    lock_price_lists(session, cinema_id=cinema.id)
    lock_row(session, price_list, gone=PriceListNotFound)
    was = validity_of(price_list)
    price_list.name = _checked_name(price_list.name if name is None else name, cinema)
    _set_validity(
        price_list,
        _checked_validity(
            was.weekdays if weekdays is None else weekdays,
            was.begins if begins is None else begins,
            was.ends if ends is None else ends,
        ),
    )
    with translating({"uq_price_list_cinema_id_name": PriceListExists}):
        session.flush()
    if amounts is not None:
        _replace_amounts(session, cinema, price_list, amounts)
    choose_price_lists_anew(session, cinema_id=cinema.id, now=now)
    announce_change(session)


def delete_price_list(session: Session, *, price_list: PriceList) -> None:
    """Delete a price list that no screening has, past or to come. Raises PriceListInUse and PriceListNotFound."""
    lock_price_lists(session, cinema_id=price_list.cinema_id)
    lock_row(session, price_list, gone=PriceListNotFound)
    used = select(Screening.id).where(Screening.price_list_id == price_list.id).limit(1)
    if session.scalar(used) is not None:
        raise PriceListInUse
    session.delete(price_list)
    session.flush()
    announce_change(session)


def _checked_name(name: str, cinema: Cinema) -> str:
    with told_as(InvalidPriceList, "The price list"):
        plain = parse_line(name, what="name", characters_max=PRICE_LIST_CHARACTERS_MAX)
    if plain.casefold() == AUTO:
        raise InvalidPriceList(f"No price list is called {plain!r}: the word means the one for the time.")
    if is_flat_name(plain, currency=cinema.currency):
        raise InvalidPriceList(
            f"A list of the name {plain!r} belongs to imports, and costs just that: choose another name."
        )
    return plain


def _checked_validity(weekdays: str, begins: str, ends: str) -> Validity:
    with told_as(InvalidPriceList, "The price list"):
        return parse_validity(weekdays, begins, ends)


def _set_validity(price_list: PriceList, validity: Validity) -> None:
    price_list.weekdays = validity.weekdays
    price_list.begins = validity.begins
    price_list.ends = validity.ends


def _replace_amounts(session: Session, cinema: Cinema, price_list: PriceList, amounts: Amounts) -> None:
    first = first_ticket_type(session, cinema=cinema)
    ids = {each.code: each.id for each in ticket_types_of(session, cinema_id=cinema.id)}
    if (STANDARD_ZONE, first.code) not in amounts:
        raise InvalidPriceList(
            f"The price list has no amount for the zone {STANDARD_ZONE!r} and the type {first.code!r}."
        )
    rows = []
    for (zone, code), amount in amounts.items():
        if code not in ids:
            raise TicketTypeNotFound(f"There is no ticket type {code[:40]!r}.")
        if not 0 <= amount <= AMOUNT_MAX:
            raise InvalidPriceList("An amount is negative or far too large.")
        with told_as(InvalidPriceList, "The price list"):
            plain = parse_line(zone, what="zone", characters_max=ZONE_CHARACTERS_MAX)
        row = {"price_list_id": price_list.id, "zone": plain, "ticket_type_id": ids[code]}
        rows.append(row | {"amount": amount})
    if len({(row["zone"], row["ticket_type_id"]) for row in rows}) < len(rows):
        raise InvalidPriceList("The price list says twice what a zone costs for a ticket type.")
    session.execute(delete(Price).where(Price.price_list_id == price_list.id))
    session.execute(insert(Price), rows)
