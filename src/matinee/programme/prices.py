"""Price lists: amounts by zone and ticket type. A zone without an amount of its own costs what the standard zone does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.kernel.money import Money
from matinee.programme.errors import FaultyFile
from matinee.programme.fields import parse_amount
from matinee.programme.models import STANDARD_ZONE, Cinema, Price, PriceList, TicketType
from matinee.programme.price_choice import AUTO, is_flat_name, validity_of
from matinee.programme.schedule import PlannedPrice
from matinee.programme.ticket_types import first_ticket_type, store_ticket_type
from matinee.programme.validity import Validity


def store_prices(session: Session, *, cinema: Cinema, prices: Iterable[PlannedPrice]) -> int:
    """Make or change price lists and ticket types; return how many amounts, or times at which a list is valid, differ.

    Raises FaultyFile: for an amount that is none, for a list that may not have its name or its times, and for one that
    does not say what the standard zone costs for the first ticket type, since its seats would be given away.
    """
    changed = 0
    problems: list[str] = []
    lists: dict[str, tuple[PriceList, str]] = {}
    for planned in prices:
        try:
            amount = parse_amount(planned.amount, currency=cinema.currency)
            price_list, made = _price_list(session, cinema, planned.price_list)
            narrowed = _store_validity(price_list, planned.validity, cinema.currency)
        except ValueError as error:
            problems.append(f"{planned.where}: {error}")
            continue
        # The times of a new list are no change beside its amounts.
        changed += narrowed and not made
        lists.setdefault(price_list.name, (price_list, planned.where))
        ticket_type = (
            first_ticket_type(session, cinema=cinema)
            if planned.ticket_type is None
            else store_ticket_type(session, cinema=cinema, code=planned.ticket_type)
        )
        changed += _store_amount(session, price_list, planned.zone, ticket_type, amount)
    problems += [
        f"{where}: price list {name!r} has no amount for the zone {STANDARD_ZONE!r} and the type {first.code!r}"
        for name, (price_list, where) in lists.items()
        for first in [first_ticket_type(session, cinema=cinema)]
        if session.get(Price, (price_list.id, STANDARD_ZONE, first.id)) is None
    ]
    if problems:
        raise FaultyFile(problems)
    return changed


def price_rows(session: Session, *, cinema: Cinema) -> list[tuple[str, ...]]:
    """Every amount of the cinema as people write it: price list, zone, ticket type, amount; weekdays, from, until.

    The first ticket type comes first, so that it is the first again wherever the rows are imported.
    """
    wanted = (
        select(PriceList, Price.zone, TicketType.code, Price.amount)
        .join(Price, Price.price_list_id == PriceList.id)
        .join(TicketType, TicketType.id == Price.ticket_type_id)
        .where(PriceList.cinema_id == cinema.id)
        .order_by(TicketType.id, PriceList.id, Price.zone)
    )
    return [
        (each.name, zone, code, str(Money(amount, cinema.currency)).partition(" ")[0],
         each.weekdays, each.begins, each.ends)
        for each, zone, code, amount in session.execute(wanted)
    ]  # fmt: skip


def flat_price_list(session: Session, *, cinema: Cinema, price: int | str) -> int:
    """The id of the price list "7.50 EUR", made if it is not there; it costs that much everywhere.

    Raises ValueError where `price` is not an amount.
    """
    amount = parse_amount(price, currency=cinema.currency)
    price_list, _made = _price_list(session, cinema, str(Money(amount, cinema.currency)))
    ticket_type = first_ticket_type(session, cinema=cinema)
    if session.get(Price, (price_list.id, STANDARD_ZONE, ticket_type.id)) is None:
        _store_amount(session, price_list, STANDARD_ZONE, ticket_type, amount)
    return price_list.id


def _price_list(session: Session, cinema: Cinema, name: str) -> tuple[PriceList, bool]:
    """The list of this name, and whether it had to be made."""
    if name.casefold() == AUTO:
        raise ValueError(f"no price list is called {name!r}: the word means the one for the time")
    wanted = select(PriceList).where(PriceList.cinema_id == cinema.id, PriceList.name == name)
    found = session.scalars(wanted).one_or_none()
    if found is not None:
        return found, False
    made = PriceList(cinema_id=cinema.id, name=name)
    session.add(made)
    session.flush()
    return made, True


def _store_validity(price_list: PriceList, wanted: Validity | None, currency: str) -> bool:
    """Whether the list is valid at other times than it was; None leaves it as it is."""
    if wanted is None or wanted == validity_of(price_list):
        return False
    if is_flat_name(price_list.name, currency=currency):
        raise ValueError(f"the list {price_list.name!r} is for that one price, at all times")
    price_list.weekdays, price_list.begins, price_list.ends = wanted.weekdays, wanted.begins, wanted.ends
    return True


def _store_amount(
    session: Session, price_list: PriceList, zone: str, ticket_type: TicketType, amount: int
) -> bool:
    """Whether the amount is new or different."""
    price = session.get(Price, (price_list.id, zone, ticket_type.id))
    if price is None:
        session.add(
            Price(price_list_id=price_list.id, zone=zone, ticket_type_id=ticket_type.id, amount=amount)
        )
    elif price.amount == amount:
        return False
    else:
        price.amount = amount
    session.flush()
    return True


def amounts_by_zone_and_type(session: Session, *, price_list_id: int) -> dict[tuple[str, int], int]:
    """Every amount of the list in minor units, by zone and ticket type."""
    wanted = select(Price.zone, Price.ticket_type_id, Price.amount).where(
        Price.price_list_id == price_list_id
    )
    return {(zone, type_id): amount for zone, type_id, amount in session.execute(wanted)}


def price_for(amounts: Mapping[tuple[str, int], int], zone: str, ticket_type_id: int | None) -> int | None:
    """What a seat of the zone costs for the ticket type; None where the list does not sell it.

    A zone without an amount of its own costs what the standard zone does.
    """
    if ticket_type_id is None:
        return None
    own = amounts.get((zone, ticket_type_id))
    return own if own is not None else amounts.get((STANDARD_ZONE, ticket_type_id))
