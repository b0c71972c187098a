"""What was cancelled is not on the programme any more, and an import does not bring it back."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from matinee.programme.models import Screening
from matinee.programme.queries import default_cinema, screenings_between
from tests.building import cancel
from tests.programme.files import days, export, film, import_days, import_text, screenings, shown
from tests.programme.planning import read, write
from tests.programme.test_halls import store

if TYPE_CHECKING:
    from matinee.web.shared.services import Services

FILMS = "title,duration\nFaust,107\nNosferatu,94\n"
HEAD = "date,time,title,hall\n"


def cancel_first(services: Services) -> None:
    first = screenings(services)[0].id
    write(services, lambda session: cancel(session, first))


def test_it_is_not_shown_but_to_staff_that_asks(services: Services) -> None:
    import_days(services, days(film(), film("Faust", "21:00")))
    cancel_first(services)

    def titles(session, **more):
        found = screenings_between(
            session, cinema_id=default_cinema(session).id, first_day=date.min, last_day=None, **more
        )
        return [each.film.title for each in found]

    assert read(services, titles) == ["Faust"]
    assert read(services, lambda session: titles(session, for_staff=True)) == ["Nosferatu", "Faust"]


def test_it_is_not_exported(services: Services) -> None:
    import_days(services, days(film(), d2026_12_02=[film("Faust")]))
    cancel_first(services)

    assert list(json.loads(export(services))) == ["2026.12.02"]


def test_its_hall_is_free_for_another_film_at_the_same_moment(services: Services) -> None:
    store(services, "hall: Red\nA | 1")
    import_text(services, FILMS, HEAD + "2026-12-05,14:00,Faust,Red\n")
    cancel_first(services)

    report = import_text(services, HEAD + "2026-12-05,14:00,Nosferatu,Red\n")

    assert report.screenings_new == 1
    assert [row[:4] for row in shown(services)] == [("2026-12-05", "14:00", "Nosferatu", "Red")]


def test_a_file_that_is_imported_again_does_not_bring_it_back(services: Services) -> None:
    file = days(film(hall="Hall 1"), film(hall="Hall 2"), film("Faust", "21:00"))
    import_days(services, file)
    cancel_first(services)

    report = import_days(services, file)

    assert (report.screenings_same, report.screenings_cancelled) == (2, 1)
    assert not report.changed_anything
    assert [row[2:4] for row in shown(services)] == [("Nosferatu", "Hall 2"), ("Faust", "Hall 1")]


def test_a_file_of_which_all_was_cancelled_changes_nothing(services: Services) -> None:
    import_days(services, days(film()))
    cancel_first(services)

    report = import_days(services, days(film()))

    assert (report.screenings_cancelled, report.changed_anything) == (1, False)
    assert read(services, lambda session: session.scalar(select(func.count()).select_from(Screening))) == 1


def test_one_that_was_put_on_the_programme_again_is_the_one_that_a_file_means(services: Services) -> None:
    store(services, "hall: Red\nA | 1")
    import_text(services, FILMS, HEAD + "2026-12-05,14:00,Faust,Red\n")
    cancel_first(services)
    gone = screenings(services)[0]

    def again(session):
        session.add(
            Screening(
                cinema_id=gone.cinema_id, hall_id=gone.hall_id, film_id=gone.film_id, starts_at=gone.starts_at,
                ends_at=gone.ends_at, day=gone.day, time=gone.time,
            )
        )  # fmt: skip

    write(services, again)

    report = import_text(services, "date,time,title,hall,price\n2026-12-05,14:00,Faust,Red,7\n")
    assert (report.screenings_changed, report.screenings_cancelled) == (1, 0)
    by_state = {each.cancelled_at is None: each.price_list_id for each in screenings(services)}
    assert by_state[False] is None
    assert by_state[True] is not None
