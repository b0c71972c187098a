"""Changing the plan of a hall whose seats are sold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import SeatsInUse
from matinee.boxoffice.hall_plans import ChangedPlan, change_hall_plan
from matinee.boxoffice.models import Ticket
from matinee.boxoffice.seats_sold import seats_sold
from matinee.programme.halls import layout_of
from matinee.programme.layouts import parse_layout
from matinee.programme.models import Hall, HouseSeat, Screening, Seat
from tests.boxoffice.selling import HOLD, Sale
from tests.building import NOW

# The lettered hall of `tests.building`: A1 to B2 in one line.
ROW = "A | 1 2 3 4 B:1 B:2"
SOFA = "zone sofa: B1 B2"
OVER = NOW + timedelta(days=3)


def lettered(session: Session, sale: Sale) -> Hall:
    return session.get_one(Hall, session.get_one(Screening, sale.house.lettered).hall_id)


def change(sale: Sale, text: str, now: object = NOW) -> ChangedPlan:
    layout = parse_layout(f"hall: Hall 10\n{text}".encode(), file_name="x")
    return sale.write(
        lambda session: change_hall_plan(session, hall=lettered(session, sale), layout=layout, now=now)  # type: ignore[arg-type]
    )


def labels(sale: Sale) -> list[str]:
    return sale.read(lambda s: [seat.label for seat in layout_of(s, hall=lettered(s, sale)).seats])


def kept(sale: Sale) -> dict[str, str]:
    wanted = select(Seat.label, HouseSeat.reason).join(HouseSeat, HouseSeat.seat_id == Seat.id)
    return sale.read(
        lambda s: dict(s.execute(wanted.where(HouseSeat.screening_id == sale.house.lettered)).all())
    )


@pytest.mark.parametrize(
    ("text", "harm"),
    [
        (f"A | 1 . 3 4 B:1 B:2\n{SOFA}", "removed"),
        (f"A | 1 22=A2 3 4 B:1 B:2\n{SOFA}", "renamed"),
        (f"{ROW}\n{SOFA}\npremium: A2", "kind"),
        (f"{ROW}\n{SOFA} A2", "zone"),
        (f"A | 1 . 3 4 B:1 B:2\n  | A:2\n{SOFA}", "moved"),
    ],
)
def test_a_seat_that_somebody_has_stays_what_and_where_it_is(sale: Sale, text: str, harm: str) -> None:
    code = sale.order(sale.sold("A2", "A3")).code
    before = labels(sale)
    with pytest.raises(SeatsInUse) as refused:
        change(sale, text)
    found = [
        (one.harm, one.sold.label, one.sold.order_code, one.sold.title) for one in refused.value.conflicts
    ]
    assert found == [(harm, "A2", code, "Café")]
    assert (refused.value.conflicts[0].sold.time, refused.value.conflicts[0].sold.is_held) == ("20:30", False)
    assert labels(sale) == before


def test_around_seats_that_somebody_has_everything_may_change(sale: Sale) -> None:
    order = sale.sold("A2")
    changed = change(
        sale, f"curve: 20\n  |\nA | 0 . 1 . 2 . 4 5\nB | 1 2\n{SOFA}\nsofa: row B\nwheelchair: A0"
    )
    assert (changed.report.seats_new, changed.report.seats_removed) == (2, 1)
    assert labels(sale) == ["A0", "A1", "A2", "A4", "A5", "B1", "B2"]
    assert list(sale.tickets(order)) == ["A2"]


def test_a_hold_counts_until_it_runs_out(sale: Sale) -> None:
    sale.hold("A1")
    with pytest.raises(SeatsInUse) as refused:
        change(sale, "A | 2")
    assert refused.value.conflicts[0].sold.is_held
    change(sale, "A | 2", now=NOW + HOLD)
    assert labels(sale) == ["A2"]
    # Money that comes late finds no seat, and somebody else may have a new one of that name.
    change(sale, "A | 1 2", now=NOW + HOLD)
    sale.sold("A1", now=NOW + HOLD)


def test_a_seat_goes_once_the_screening_is_over_and_its_tickets_still_name_it(sale: Sale) -> None:
    order = sale.sold("A1", "B2")
    change(sale, f"A | 1 2=A99\n{SOFA.replace(' B2', '').replace('B1', 'A1')}", now=OVER)
    assert labels(sale) == ["A1", "A99"]
    assert list(sale.tickets(order)) == ["A1", "B2"]
    # The label is free for a seat that is another one.
    change(sale, "A | 1 2 3 4 B:1 B:2", now=OVER)
    seats = sale.read(lambda s: [seat.hall_id for seat in s.scalars(select(Seat).where(Seat.label == "B2"))])
    assert len(seats) == 2
    assert None in seats
    assert sale.count(Ticket) == 2


def test_what_somebody_has_is_told_by_screening_and_label(sale: Sale) -> None:
    sale.sold("A2", "B1")
    refunded = sale.sold("A3")
    sale.refund(refunded)

    def read(session: Session) -> list[str]:
        return [one.label for one in seats_sold(session, hall_id=lettered(session, sale).id, now=NOW)]

    assert sale.read(read) == ["A2", "B1"]
    sale.cancel(sale.house.lettered)
    assert sale.read(read) == []


def test_seats_that_are_kept_back_from_now_on_are_so_at_coming_screenings(sale: Sale) -> None:
    code = sale.order(sale.sold("A2")).code
    changed = change(sale, f"{ROW}\n{SOFA}\nhouse: A1 A2\nbroken: B2")
    assert kept(sale) == {"A1": "house", "B2": "broken"}
    assert [(one.harm, one.sold.label, one.sold.order_code) for one in changed.not_kept_back] == [
        ("kept_back", "A2", code)
    ]
    change(sale, f"{ROW} B:3\n{SOFA} B3\nbroken: A1 B3\nhouse: A2")
    assert kept(sale) == {"A1": "broken", "B3": "broken"}
    change(sale, f"{ROW}\n{SOFA}")
    assert kept(sale) == {}


def test_what_staff_blocked_for_one_screening_stays_blocked(sale: Sale) -> None:
    def block(session: Session) -> None:
        for label in ("A1", "A3"):
            wanted = select(Seat.id).where(Seat.hall_id == lettered(session, sale).id, Seat.label == label)
            session.add(
                HouseSeat(
                    screening_id=sale.house.lettered, seat_id=session.scalars(wanted).one(), reason="blocked"
                )
            )

    sale.write(block)
    change(sale, f"{ROW}\n{SOFA}\nhouse: A1\nbroken: A3")
    assert kept(sale) == {"A1": "blocked", "A3": "broken"}
    change(sale, f"{ROW}\n{SOFA}")
    assert kept(sale) == {"A1": "blocked"}


def test_what_is_over_or_has_another_hall_stays_as_it_was(sale: Sale) -> None:
    def count(session: Session) -> int:
        return len(session.scalars(select(HouseSeat)).all())

    before = sale.read(count)
    change(sale, f"{ROW}\n{SOFA}\nhouse: A1", now=OVER)
    assert sale.read(count) == before
