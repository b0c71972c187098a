"""Reading the programme."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, joinedload

from matinee.kernel.natural import natural_key
from matinee.programme.errors import CinemaNotFound, HallNotFound
from matinee.programme.models import Cinema, Hall, HouseSeat, Price, PriceList, Screening, Seat, TicketType

# SQLite takes 32,766 values in one statement, PostgreSQL 65,535.
IDS_PER_STATEMENT = 10_000


@dataclass(frozen=True, slots=True)
class SeatOfHall:
    """A seat as maps and schedules need it: plain values that outlive the session."""

    id: int
    label: str
    row: str
    place: str
    x: int
    y: int
    kind: str
    zone: str
    # Why new screenings keep it back; empty: they do not.
    held_back: str = ""


def cinemas(session: Session) -> Sequence[Cinema]:
    """Every cinema, the default one first."""
    return session.scalars(select(Cinema).order_by(Cinema.id)).all()


def default_cinema(session: Session) -> Cinema:
    """The cinema that was entered first. Raises CinemaNotFound."""
    found = session.scalars(select(Cinema).order_by(Cinema.id).limit(1)).one_or_none()
    if found is None:
        raise CinemaNotFound("There is no cinema yet.")
    return found


def cinema_by_slug(session: Session, slug: str | None) -> Cinema:
    """The cinema of this slug; the default one for None. Raises CinemaNotFound."""
    if slug is None:
        return default_cinema(session)
    found = session.scalars(select(Cinema).where(Cinema.slug == slug)).one_or_none()
    if found is None:
        raise CinemaNotFound
    return found


def halls_of(session: Session, *, cinema_id: int) -> list[Hall]:
    """The halls of a cinema in natural order of their names."""
    found = session.scalars(select(Hall).where(Hall.cinema_id == cinema_id))
    return sorted(found, key=lambda hall: natural_key(hall.name))


def seats_per_hall(session: Session, *, cinema_id: int) -> dict[int, int]:
    """How many seats each hall of the cinema has; halls without seats are left out."""
    wanted = select(Hall.id, func.count()).join(Seat, Seat.hall_id == Hall.id)
    rows = session.execute(wanted.where(Hall.cinema_id == cinema_id).group_by(Hall.id))
    return {hall_id: count for hall_id, count in rows}  # noqa: C416 - rows


def hall_by_name(session: Session, *, cinema_id: int, name: str) -> Hall:
    """The hall of this name. Raises HallNotFound."""
    found = session.scalars(select(Hall).where(Hall.cinema_id == cinema_id, Hall.name == name)).one_or_none()
    if found is None:
        raise HallNotFound
    return found


def screenings_between(
    session: Session, *, cinema_id: int, first_day: date, last_day: date | None, for_staff: bool = False
) -> list[Screening]:
    """The screenings of these days (last one included; None: all later ones), with film and hall loaded.

    Ascending by day, time, then hall in natural order. Days are those on the cinema's wall. What was cancelled is no
    longer shown to anybody, and what is a draft not yet; staff may ask for both.
    """
    wanted = (
        select(Screening)
        .where(Screening.cinema_id == cinema_id, Screening.day >= first_day)
        .options(joinedload(Screening.film), joinedload(Screening.hall))
    )
    if last_day is not None:
        wanted = wanted.where(Screening.day <= last_day)
    if not for_staff:
        wanted = wanted.where(is_public())
    names: dict[str, object] = {}

    def order(screening: Screening) -> tuple[date, str, object, int]:
        name = screening.hall.name
        key = names.get(name) or names.setdefault(name, natural_key(name))
        return (screening.day, screening.time, key, screening.id)

    return sorted(session.scalars(wanted), key=order)


def seats_by_hall(session: Session, hall_ids: Iterable[int]) -> dict[int, list[SeatOfHall]]:
    """The seats of each hall in natural order of their labels; an empty list for a hall without seats."""
    found: dict[int, list[SeatOfHall]] = {hall_id: [] for hall_id in hall_ids}
    columns = (Seat.hall_id, Seat.id, Seat.label, Seat.row, Seat.place, Seat.x, Seat.y, Seat.kind, Seat.zone,
               Seat.held_back)  # fmt: skip
    for ids in in_portions(found):
        for hall_id, *seat in session.execute(select(*columns).where(Seat.hall_id.in_(ids))):
            found[hall_id or 0].append(SeatOfHall(*seat))
    for seats in found.values():
        seats.sort(key=lambda seat: natural_key(seat.label))
    return found


def house_seats_by_screening(session: Session, screening_ids: Iterable[int]) -> dict[int, set[int]]:
    """The ids of the seats that the house keeps back, of each screening; an empty set where it keeps none."""
    found: dict[int, set[int]] = {screening_id: set() for screening_id in screening_ids}
    for ids in in_portions(found):
        wanted = select(HouseSeat.screening_id, HouseSeat.seat_id).where(HouseSeat.screening_id.in_(ids))
        for screening_id, seat_id in session.execute(wanted):
            found[screening_id].add(seat_id)
    return found


def house_seat_reasons(session: Session, *, screening_id: int) -> dict[int, str]:
    """Why each seat that the house keeps back at the screening is kept back, by the seat's id."""
    return house_reasons_by_screening(session, [screening_id])[screening_id]


def house_reasons_by_screening(session: Session, screening_ids: Iterable[int]) -> dict[int, dict[int, str]]:
    """The same of each screening."""
    found: dict[int, dict[int, str]] = {screening_id: {} for screening_id in screening_ids}
    columns = (HouseSeat.screening_id, HouseSeat.seat_id, HouseSeat.reason)
    for ids in in_portions(found):
        wanted = select(*columns).where(HouseSeat.screening_id.in_(ids))
        for screening_id, seat_id, reason in session.execute(wanted):
            found[screening_id][seat_id] = reason
    return found


def prices_from(session: Session, screenings: Iterable[Screening]) -> dict[int, int]:
    """For each price list of these screenings the lowest amount, in minor units, of the cinema's first ticket type.

    A list that has no amount for that type is left out.
    """
    ids = {screening.price_list_id for screening in screenings if screening.price_list_id is not None}
    first_type = (
        select(func.min(TicketType.id))
        .where(TicketType.cinema_id == PriceList.cinema_id)
        .correlate(PriceList)
        .scalar_subquery()
    )
    found: dict[int, int] = {}
    for portion in in_portions(ids):
        wanted = (
            select(Price.price_list_id, func.min(Price.amount))
            .join(PriceList, PriceList.id == Price.price_list_id)
            .where(Price.price_list_id.in_(portion), Price.ticket_type_id == first_type)
            .group_by(Price.price_list_id)
        )
        found.update((list_id, amount) for list_id, amount in session.execute(wanted))
    return found


def is_public() -> ColumnElement[bool]:
    """Whether everybody sees the screening: it is published, and not cancelled."""
    return and_(Screening.cancelled_at.is_(None), Screening.draft.is_(False))


def in_portions(ids: Collection[int]) -> Iterable[list[int]]:
    """The ids in ascending order, cut so that each part fits into one statement."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), IDS_PER_STATEMENT):
        yield ordered[start : start + IDS_PER_STATEMENT]
