from __future__ import annotations

from dataclasses import replace as replace_values
from typing import TYPE_CHECKING

import pytest

from matinee.programme.catalogue import find_hall
from matinee.programme.cinemas import cinema_to_fill
from matinee.programme.errors import HallExists, HallInUse, HallNotFound, InvalidHall
from matinee.programme.halls import (
    HallReport,
    change_turnaround,
    create_hall,
    delete_hall,
    layout_of_hall,
    rename_hall,
    replace_layout,
    store_layout,
)
from matinee.programme.layouts import HallLayout, parse_layout
from matinee.programme.queries import default_cinema, hall_by_name
from matinee.programme.seats import PlacedSeat
from tests.programme.files import import_text, shown

if TYPE_CHECKING:
    from matinee.web.shared.services import Services

SCREENING = "date,time,title,hall\n2026-12-05,14:00,Faust,Red\n"
FILM = "title,duration\nFaust,107\n"


def store(services: Services, text: str) -> HallReport:
    layout = parse_layout(text.encode(), file_name="hall.txt")

    def work(session):
        cinema, _ = cinema_to_fill(session, slug=None, timezone="UTC", currency="EUR")
        return store_layout(session, cinema=cinema, layout=layout)

    return services.transactions.write(work)


def stored(services: Services) -> HallLayout:
    return services.transactions.read(
        lambda session: layout_of_hall(session, cinema=default_cinema(session), name="Red")
    )


def test_a_hall_is_stored_as_its_layout_describes_it(services: Services) -> None:
    text = "hall: Red\nturnaround: 5\nA | 1 . 2\nB | 1\nsofa: B1\nzone back: row B"

    assert store(services, text).seats_new == 3
    assert stored(services) == parse_layout(text.encode(), file_name="hall.txt")
    assert not store(services, text).changed_anything


def test_a_changed_layout_changes_the_seats(services: Services) -> None:
    store(services, "hall: Red\nA | 1 2")

    report = store(services, "hall: Red\nturnaround: 10\nA | 1 . 2 3\npremium: A1")

    assert report == HallReport("Red", False, True, seats_new=1, seats_changed=2)
    assert [(seat.label, seat.x, seat.kind) for seat in stored(services).seats] == [
        ("A1", 0, "premium"), ("A2", 2, "standard"), ("A3", 3, "standard"),
    ]  # fmt: skip


def test_seats_go_as_long_as_nothing_is_shown_in_the_hall(services: Services) -> None:
    store(services, "hall: Red\nA | 1 2")

    assert store(services, "hall: Red\nA | 1").seats_removed == 1


def test_seats_go_where_nobody_has_one_although_something_is_shown(services: Services) -> None:
    store(services, "hall: Red\nA | 1 2\nhouse: A2")
    import_text(services, FILM, SCREENING)
    assert shown(services)[0][4] == {"A1"}

    assert store(services, "hall: Red\nA | 1 3").seats_removed == 1
    assert shown(services)[0][4] == {"A1", "A3"}


def test_a_hall_bends_as_its_layout_says(services: Services) -> None:
    text = "hall: Red\ncurve: 40\nA | 1 2\nhouse: A1\nbroken: A2"
    store(services, text)
    assert stored(services) == parse_layout(text.encode(), file_name="hall.txt")
    assert store(services, text.replace("40", "0")) == HallReport("Red", False, curve_changed=True)


def test_what_cannot_be_drawn_is_not_stored(services: Services) -> None:
    store(services, "hall: Red\nA | 1 2")
    twice = replace_values(
        stored(services), seats=(*stored(services).seats, PlacedSeat("B1", "B", "1", 0, 0))
    )

    def work(session):
        hall = hall_by_name(session, cinema_id=default_cinema(session).id, name="Red")
        replace_layout(session, hall=hall, layout=twice)

    with pytest.raises(InvalidHall, match="same_place: A1, B1"):
        services.transactions.write(work)


def test_a_hall_is_renamed_unless_another_has_the_name(services: Services) -> None:
    store(services, "hall: Blue\nA | 1")
    store(services, "hall: Green\nA | 1")

    def rename(name: str) -> None:
        def work(session):
            hall = hall_by_name(session, cinema_id=default_cinema(session).id, name="Blue")
            rename_hall(session, hall=hall, name=name)

        services.transactions.write(work)

    for name, error in (("Green", HallExists), (" ", InvalidHall), ("x" * 101, InvalidHall)):
        with pytest.raises(error):
            rename(name)
    rename(" Red ")
    assert stored(services).name == "Red"


def test_a_hall_goes_as_long_as_nothing_was_planned_in_it(services: Services) -> None:
    store(services, "hall: Red\nA | 1 2\nhouse: A2")
    store(services, "hall: Blue\nA | 1")
    import_text(services, FILM, SCREENING)

    def delete(name: str) -> None:
        def work(session):
            delete_hall(session, hall=hall_by_name(session, cinema_id=default_cinema(session).id, name=name))

        services.transactions.write(work)

    with pytest.raises(HallInUse):
        delete("Red")
    assert len(stored(services).seats) == 2
    delete("Blue")
    with pytest.raises(HallNotFound):
        delete("Blue")


def test_a_hall_that_is_not_there_is_not_found(services: Services) -> None:
    store(services, "hall: Blue\nA | 1")

    with pytest.raises(HallNotFound):
        stored(services)


def replace(services: Services, name: str, text: str) -> HallReport:
    layout = parse_layout(text.encode(), file_name="hall.txt")

    def work(session):
        hall = hall_by_name(session, cinema_id=default_cinema(session).id, name=name)
        return replace_layout(session, hall=hall, layout=layout)

    return services.transactions.write(work)


def test_the_seat_where_one_sits_best_is_kept_by_its_place_in_the_plan(services: Services) -> None:
    text = "hall: Red\nA | . 1 2\nB | . 1 2\nfocus: B2"
    store(services, text)

    def focus(session):
        hall = hall_by_name(session, cinema_id=default_cinema(session).id, name="Red")
        return (hall.focal_x, hall.focal_y)

    assert services.transactions.read(focus) == (2, 1)
    assert stored(services) == parse_layout(text.encode(), file_name="hall.txt")
    assert not store(services, text).changed_anything

    report = store(services, text.replace("focus: B2", ""))
    assert (report.focus_changed, report.changed_anything) == (True, True)
    assert services.transactions.read(focus) == (None, None)


def test_a_new_hall_takes_no_name_that_is_there(services: Services) -> None:
    store(services, "hall: Red\nA | 1")
    layout = parse_layout(b"hall: Red\nA | 1 2", file_name="hall.txt")

    with pytest.raises(HallExists):
        services.transactions.write(
            lambda session: create_hall(session, cinema=default_cinema(session), layout=layout)
        )
    assert len(stored(services).seats) == 1


def test_a_layout_that_replaces_another_may_rename_the_hall(services: Services) -> None:
    store(services, "hall: Blue\nA | 1 2")

    assert replace(services, "Blue", "hall: Red\nA | 1 2") == HallReport("Red", False, renamed=True)
    assert stored(services).name == "Red"

    store(services, "hall: Blue\nA | 1")
    with pytest.raises(HallExists):
        replace(services, "Blue", "hall: Red\nA | 1")


def test_a_turnaround_is_changed_within_reason(services: Services) -> None:
    store(services, "hall: Red\nA | 1")

    def change(minutes: int) -> None:
        def work(session):
            hall = find_hall(session, hall_id=1)
            change_turnaround(session, hall=hall, minutes=minutes)

        services.transactions.write(work)

    change(20)
    assert stored(services).turnaround_minutes == 20
    for minutes in (-1, 241):
        with pytest.raises(InvalidHall):
            change(minutes)
