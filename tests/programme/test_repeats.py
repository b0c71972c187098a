from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.programme.errors import HallTaken, InvalidScreening, NotAllFit
from matinee.programme.models import Screening
from matinee.programme.queries import default_cinema
from matinee.programme.repeats import Repeat, Repeated, plan_repeats
from matinee.programme.week_plan import films_to_plan, screenings_of_days, shows_of_days
from tests.building import DAY, NOW, TODAY, House, cancel, count_rows
from tests.programme.planning import add_list, list_name, read, schedule, write

if TYPE_CHECKING:
    from matinee.web.shared.services import Services

NEXT = DAY + timedelta(days=7)


def repeat(
    services: Services, pairs: Sequence[tuple[int, date]], *, without_refused: bool = False
) -> Repeated:
    def work(session: Session) -> Repeated:
        wanted = [Repeat(session.get_one(Screening, number), day) for number, day in pairs]
        return plan_repeats(
            session,
            cinema=default_cinema(session),
            repeats=wanted,
            without_refused=without_refused,
            now=NOW,
        )

    return write(services, work)


def days_of(services: Services, screening_ids: Sequence[int]) -> list[tuple[date, str]]:
    wanted = select(Screening.day, Screening.time).where(Screening.id.in_(screening_ids))
    return read(
        services, lambda s: [(day, time) for day, time in s.execute(wanted.order_by(Screening.starts_at))]
    )


def test_a_repeat_is_a_draft_that_is_planned_in_the_same_way(services: Services, house: House) -> None:
    made_id = write(
        services,
        lambda s: (
            schedule(
                s,
                format="3D",
                language="uk",
                subtitles="en",
                access_features="captions",
                adverts_minutes=12,
                price_list="evening",
                sales_end_at=NOW + timedelta(hours=23),
            ).id
        ),
    )
    found = repeat(services, [(made_id, NEXT)])
    assert (len(found.made), found.refused, found.same) == (1, (), 0)

    def look(session: Session) -> None:
        source, again = session.get_one(Screening, made_id), session.get_one(Screening, found.made[0].id)
        assert again.draft
        assert not source.draft
        for name in ("hall_id", "film_id", "time", "format", "language", "subtitles", "access_features",
                     "adverts_minutes", "price_list_id"):  # fmt: skip
            assert getattr(again, name) == getattr(source, name), name
        assert (again.day, again.starts_at - source.starts_at) == (NEXT, timedelta(days=7))
        assert again.sales_end_at == source.sales_end_at + timedelta(days=7)

    read(services, look)


def test_the_wall_shows_the_same_time_also_when_the_clock_was_changed(
    services: Services, house: House
) -> None:
    # In Kyiv the clock is put back on Sunday, 27 October 2030.
    before = write(services, lambda s: schedule(s, day=date(2030, 10, 24), time="19:00").id)
    (made,) = repeat(services, [(before, date(2030, 10, 31))]).made

    def look(session: Session) -> timedelta:
        return session.get_one(Screening, made.id).starts_at - session.get_one(Screening, before).starts_at

    assert days_of(services, [made.id]) == [(date(2030, 10, 31), "19:00")]
    assert read(services, look) == timedelta(days=7, hours=1)


def test_a_price_list_that_goes_by_the_time_is_chosen_for_the_other_day(
    services: Services, house: House
) -> None:
    write(services, lambda s: add_list(s, "tuesday", weekdays="2"))
    by_time = write(services, lambda s: schedule(s, price_list="auto").id)
    (made,) = repeat(services, [(by_time, date(2030, 5, 21))]).made
    assert read(services, lambda s: list_name(s, made.id)) == "tuesday"


def test_where_something_does_not_fit_nothing_is_planned(services: Services, house: House) -> None:
    made = write(services, lambda s: schedule(s, time="12:00").id)
    before = read(services, lambda s: count_rows(s, Screening))
    # In Hall 1 there is one at 18:00 on DAY; 17:00 reaches into it.
    other = write(services, lambda s: schedule(s, time="17:00", day=NEXT).id)
    with pytest.raises(NotAllFit) as refused:
        repeat(services, [(made, NEXT), (other, DAY), (made, TODAY)])
    assert [(one.title, one.day, one.time) for one in refused.value.refused] == [
        ("Nosferatu", TODAY, "12:00"), ("Nosferatu", DAY, "17:00"),
    ]  # fmt: skip
    assert [type(one.why) for one in refused.value.refused] == [InvalidScreening, HallTaken]
    assert refused.value.fit == 1
    assert read(services, lambda s: count_rows(s, Screening)) == before + 1


def test_the_rest_is_planned_if_it_may_go_on(services: Services, house: House) -> None:
    made = write(services, lambda s: schedule(s, time="12:00").id)
    found = repeat(services, [(made, NEXT), (made, TODAY)], without_refused=True)
    assert days_of(services, [one.id for one in found.made]) == [(NEXT, "12:00")]
    assert len(found.refused) == 1


def test_what_is_there_already_is_not_planned_twice(services: Services, house: House) -> None:
    made = write(services, lambda s: schedule(s).id)
    first = repeat(services, [(made, NEXT)])
    again = repeat(services, [(made, NEXT)])
    assert (len(again.made), again.refused, again.same) == (0, (), 1)
    write(services, lambda s: cancel(s, first.made[0].id))
    assert len(repeat(services, [(made, NEXT)]).made) == 1


def test_two_that_are_in_each_others_way_do_not_both_fit(services: Services, house: House) -> None:
    one = write(services, lambda s: schedule(s, time="12:00").id)
    other = write(services, lambda s: schedule(s, time="13:00", day=DAY + timedelta(days=1)).id)
    found = repeat(services, [(one, NEXT), (other, NEXT)], without_refused=True)
    assert days_of(services, [each.id for each in found.made]) == [(NEXT, "12:00")]
    assert [refused.time for refused in found.refused] == ["13:00"]


def test_the_programme_of_a_day_ends_in_the_night(services: Services, house: House) -> None:
    def look(session: Session) -> list[tuple[date, str]]:
        shows = shows_of_days(session, cinema_id=house.cinema, first_day=DAY, days=1)
        return [(show.day, show.time) for show in shows]

    # "Café" at 00:30 is on the wall's next day.
    assert read(services, look)[-1] == (DAY + timedelta(days=1), "00:30")
    write(services, lambda s: cancel(s, house.first_hall))
    found = read(services, lambda s: screenings_of_days(s, cinema_id=house.cinema, first_day=DAY, days=1))
    assert house.first_hall not in [each.id for each in found]
    assert house.lettered in [each.id for each in found]
    assert house.elsewhere not in [each.id for each in found]


def test_films_are_offered_by_their_titles(services: Services, house: House) -> None:
    def titles(part: str = "") -> list[str]:
        return read(
            services,
            lambda s: [
                film.title for film in films_to_plan(s, cinema_id=house.cinema, around=DAY, title=part)
            ],
        )

    assert titles() == ["Café", "Nosferatu", "Амели"]
    assert titles("АМ") == ["Амели"]
