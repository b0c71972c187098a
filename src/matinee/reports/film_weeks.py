"""A film in a week of a cinema, as it is now: shows, admissions, takings, and what is owed for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, literal_column, select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, Ticket
from matinee.programme.models import Cinema, Screening
from matinee.programme.queries import in_portions, is_public
from matinee.reports.names import names_of
from matinee.reports.return_figures import ReturnFigures, ReturnLine, in_order
from matinee.reports.takings import TicketGroup
from matinee.reports.tax_rates import tax_in, tax_rates_of
from matinee.reports.terms import Terms, terms_in_week
from matinee.reports.ticket_groups import Comps, priced, read_groups, type_of, wanted_comps
from matinee.reports.weeks import Week, number_of_week


@dataclass(frozen=True, slots=True)
class FilmWeek:
    """What is now of a film in a week. `number`: which week of the film in this cinema it is."""

    film_id: int
    week: Week
    number: int
    terms: Terms | None
    figures: ReturnFigures


def films_in_week(session: Session, *, cinema: Cinema, week: Week) -> Sequence[int]:
    """The films that have a published screening in the week, cancelled or not."""
    return session.scalars(
        select(Screening.film_id)
        .where(_in_week(cinema, week), Screening.draft.is_(False))
        .distinct()
        .order_by(Screening.film_id)
    ).all()


def film_week(session: Session, *, cinema: Cinema, film_id: int, week: Week, comps: Comps) -> FilmWeek:
    """By the days of the screenings, whenever tickets were sold: those that are valid and paid for now.

    The tax of a ticket is that of the day on which it was sold. Where nothing was shown nothing is owed, not even a minimum.
    """
    lines = _lines(session, cinema, film_id, week, comps)
    number = number_of_week(session, cinema=cinema, film_id=film_id, week=week)
    terms = terms_in_week(session, film_id=film_id, number=number)
    shows = session.scalar(
        select(func.count()).select_from(Screening).where(_of_film(cinema, film_id, week), is_public())
    )
    net = sum(line.net for line in lines)
    rental = terms.rental(net) if terms is not None and shows else 0
    return FilmWeek(film_id, week, number, terms, ReturnFigures(shows or 0, lines, rental))


def _lines(session: Session, cinema: Cinema, film_id: int, week: Week, comps: Comps) -> list[ReturnLine]:
    ids = session.scalars(select(Screening.id).where(_of_film(cinema, film_id, week))).all()
    groups = _groups(session, cinema, ids, comps)
    names = names_of(session, "type", {group.keys[0] for group in groups})
    found: dict[tuple[int | None, int], ReturnLine] = {}
    for group in groups:
        type_id: int | None = group.keys[0]
        had = found.get((type_id, group.amount))
        found[type_id, group.amount] = ReturnLine(
            type_id=type_id,
            type_name=names.of(type_id)[0] or "",
            price=group.amount,
            admissions=group.count + (had.admissions if had else 0),
            gross=group.count * group.amount + (had.gross if had else 0),
            tax=group.count * tax_in(group.amount, group.basis_points) + (had.tax if had else 0),
        )
    return in_order(found.values())


def _groups(
    session: Session, cinema: Cinema, screening_ids: Collection[int], comps: Comps
) -> list[TicketGroup]:
    rates = tax_rates_of(session, cinema=cinema)
    return [
        group
        for portion in in_portions(screening_ids)
        for group in read_groups(
            session,
            select(type_of(cinema).label("type_id"), *priced(rates))
            .join(Order, Order.id == Ticket.order_id)
            .where(paid_tickets(portion), wanted_comps(comps)),
        )
    ]


def paid_tickets(screening_ids: Collection[int]) -> ColumnElement[bool]:
    """Whether a ticket is for one of these screenings, valid and paid for."""
    return and_(
        Ticket.screening_id.in_(screening_ids),
        # As the index on valid tickets has it, word by word: SQLite sees then that it serves.
        literal_column("ticket.state") == literal_column("'valid'"),
        Ticket.sold_at.is_not(None),
    )


def _of_film(cinema: Cinema, film_id: int, week: Week) -> ColumnElement[bool]:
    return and_(Screening.film_id == film_id, _in_week(cinema, week))


def _in_week(cinema: Cinema, week: Week) -> ColumnElement[bool]:
    return and_(
        Screening.cinema_id == cinema.id,
        Screening.day >= week.first_day,
        Screening.day <= week.last_day,
    )
