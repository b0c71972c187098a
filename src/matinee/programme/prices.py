"""Price lists: amounts by zone and ticket type. A zone without an amount of its own costs what the standard zone does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.kernel.money import Money
from matinee.programme.errors import FaultyFile
from matinee.programme.fields import parse_amount
from matinee.programme.models import STANDARD_ZONE, Cinema, Price, PriceList, TicketType
from matinee.programme.schedule import PlannedPrice

DEFAULT_TICKET_TYPE = "adult"


def price_lists_by_name(session: Session, *, cinema_id: int) -> dict[str, int]:
    """The ids of the cinema's price lists."""
    wanted = select(PriceList.name, PriceList.id).where(PriceList.cinema_id == cinema_id)
    return dict(session.execute(wanted).all())


def store_prices(session: Session, *, cinema: Cinema, prices: Iterable[PlannedPrice]) -> int:
    """Make or change price lists and ticket types; return how many amounts are new or different.

    Raises FaultyFile: for an amount that is none, and for a list that does not say what the standard zone costs for the
    first ticket type, since its seats would be given away.
    """
    changed = 0
    problems: list[str] = []
    lists: dict[str, tuple[PriceList, str]] = {}
    for planned in prices:
        try:
            amount = parse_amount(planned.amount, currency=cinema.currency)
        except ValueError as error:
            problems.append(f"{planned.where}: {error}")
            continue
        price_list = _price_list(session, cinema, planned.price_list)
        lists.setdefault(price_list.name, (price_list, planned.where))
        ticket_type = _ticket_type(session, cinema, planned.ticket_type)
        changed += _store_amount(session, price_list, planned.zone, ticket_type, amount)
    for name, (price_list, where) in lists.items():
        first = _ticket_type(session, cinema, None)
        if session.get(Price, (price_list.id, STANDARD_ZONE, first.id)) is None:
            problems.append(
                f"{where}: price list {name!r} has no amount for the zone {STANDARD_ZONE!r} and the type {first.code!r}"
            )
    if problems:
        raise FaultyFile(problems)
    return changed


def price_rows(session: Session, *, cinema: Cinema) -> list[tuple[str, str, str, str]]:
    """Every amount of the cinema as people write it: price list, zone, ticket type, amount.

    The first ticket type comes first, so that it is the first again wherever the rows are imported.
    """
    wanted = (
        select(PriceList.name, Price.zone, TicketType.code, Price.amount)
        .join(Price, Price.price_list_id == PriceList.id)
        .join(TicketType, TicketType.id == Price.ticket_type_id)
        .where(PriceList.cinema_id == cinema.id)
        .order_by(TicketType.id, PriceList.id, Price.zone)
    )
    return [
        (name, zone, code, str(Money(amount, cinema.currency)).partition(" ")[0])
        for name, zone, code, amount in session.execute(wanted)
    ]


def flat_price_list(session: Session, *, cinema: Cinema, price: int | str) -> int:
    """The id of the price list "7.50 EUR", made if it is not there; it costs that much everywhere.

    Raises ValueError where `price` is not an amount.
    """
    amount = parse_amount(price, currency=cinema.currency)
    price_list = _price_list(session, cinema, str(Money(amount, cinema.currency)))
    ticket_type = _ticket_type(session, cinema, None)
    if session.get(Price, (price_list.id, STANDARD_ZONE, ticket_type.id)) is None:
        _store_amount(session, price_list, STANDARD_ZONE, ticket_type, amount)
    return price_list.id


def _price_list(session: Session, cinema: Cinema, name: str) -> PriceList:
    wanted = select(PriceList).where(PriceList.cinema_id == cinema.id, PriceList.name == name)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        found = PriceList(cinema_id=cinema.id, name=name)
        session.add(found)
        session.flush()
    return found


def _ticket_type(session: Session, cinema: Cinema, code: str | None) -> TicketType:
    """The ticket type of this code; for None the cinema's first. Made if it is not there."""
    wanted = select(TicketType).where(TicketType.cinema_id == cinema.id).order_by(TicketType.id).limit(1)
    if code is not None:
        wanted = wanted.where(TicketType.code == code)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        code = code or DEFAULT_TICKET_TYPE
        found = TicketType(cinema_id=cinema.id, code=code, name=code.capitalize())
        session.add(found)
        session.flush()
    return found


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
