from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.sales import sell_seats
from matinee.programme.catalogue import find_screening
from matinee.programme.csv_format import read_csv
from matinee.programme.errors import (
    CancelledScreening,
    FaultyFile,
    HallNotFound,
    HallTaken,
    InvalidScreening,
    PriceListNotValidThen,
    ScreeningInUse,
    ScreeningNotFound,
)
from matinee.programme.halls import change_turnaround
from matinee.programme.house_seats import set_house_seats
from matinee.programme.models import Cinema, HouseSeat, Screening, Seat
from matinee.programme.occupancy import is_free
from matinee.programme.price_lists import change_price_list, price_lists_of
from matinee.programme.programme_import import import_programme
from matinee.programme.queries import house_seats_by_screening
from matinee.programme.screenings import (
    change_screening,
    delete_screening,
    reschedule_screening,
    schedule_screening,
)
from tests.building import DAY, KYIV, NOW, TODAY, Buyer, House, cancel
from tests.programme.planning import (
    add_list,
    film_titled,
    hall_named,
    list_name,
    read,
    schedule,
    write,
)

if TYPE_CHECKING:
    from matinee.web.shared.services import Services


def change(services: Services, screening_id: int, **changes: Any) -> None:
    write(
        services,
        lambda session: change_screening(
            session, screening=session.get_one(Screening, screening_id), **({"now": NOW} | changes)
        ),
    )


def move(services: Services, screening_id: int, hall: str | None = None, **changes: Any) -> None:
    def work(session: Session) -> None:
        to_hall = None if hall is None else hall_named(session, hall)
        screening = session.get_one(Screening, screening_id)
        reschedule_screening(session, screening=screening, hall=to_hall, **({"now": NOW} | changes))

    write(services, work)


def found(services: Services, screening_id: int) -> Screening:
    return read(services, lambda session: find_screening(session, screening_id=screening_id))


def house_labels(services: Services, screening_id: int) -> set[str]:
    wanted = select(Seat.label).join(HouseSeat, HouseSeat.seat_id == Seat.id)
    return read(
        services,
        lambda session: set(session.scalars(wanted.where(HouseSeat.screening_id == screening_id))),
    )


def test_a_screening_is_stored_with_its_moments_and_manner(services: Services, house: House) -> None:
    made = write(
        services,
        lambda session: (
            schedule(
                session,
                format=" 3D ",
                language="EN-us",
                subtitles="uk",
                access_features="Relaxed, captions captions",
                sales_end_at=NOW,
            ).id
        ),
    )

    screening = found(services, made)
    assert (screening.starts_at, screening.ends_at) == (
        datetime(2030, 5, 18, 9, 0, tzinfo=UTC), datetime(2030, 5, 18, 10, 34, tzinfo=UTC),
    )  # fmt: skip
    assert (screening.day, screening.time, screening.sales_end_at) == (DAY, "12:00", NOW)
    assert (screening.format, screening.language, screening.subtitles) == ("3D", "en-US", "uk")
    assert screening.access_features == "captions relaxed"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"time": "noon"}, "'noon' is not a time"),
        ({"day": date(3030, 1, 1)}, "is not between the years"),
        ({"day": TODAY, "time": "12:00"}, "is over"),
        # The night in which the clock is put forward in Kyiv.
        ({"day": date(2031, 3, 30), "time": "03:30"}, "the clock is put forward"),
        ({"format": "x" * 41}, "its format has more than 40"),
        ({"language": "English"}, "its language is 'English', not a language such as"),
        ({"subtitles": "e"}, "its subtitles is 'e'"),
        (
            {"access_features": "captions popcorn"},
            "its access_features hold 'popcorn'; known are audio_description",
        ),
    ],
)
def test_what_a_screening_cannot_be_is_refused(
    services: Services, house: House, wrong: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InvalidScreening, match=sentence):
        write(services, lambda session: schedule(session, **wrong))


def test_a_hall_of_another_cinema_is_not_found(services: Services, house: House) -> None:
    def work(session: Session) -> None:
        schedule_screening(
            session,
            cinema=session.scalars(select(Cinema).where(Cinema.slug == "lux")).one(),
            hall=hall_named(session, "Hall 1"),
            film=film_titled(session, "Café"),
            day=DAY,
            time="12:00",
            now=NOW,
        )

    with pytest.raises(HallNotFound):
        write(services, work)


@pytest.mark.parametrize("at", ["16:12", "18:00", "20:16"])
def test_a_hall_shows_one_film_at_a_time_and_is_cleaned_between(
    services: Services, house: House, at: str
) -> None:
    # It shows 122 minutes from 18:00 on; Nosferatu has 94.
    write(
        services, lambda session: change_turnaround(session, hall=hall_named(session, "Hall 1"), minutes=15)
    )

    with pytest.raises(
        HallTaken,
        match=r"overlaps in 'Hall 1' \(15 minutes of turnaround included\) with 'Амели' on 2030-05-18 at 18:00",
    ):
        write(services, lambda session: schedule(session, time=at))


@pytest.mark.parametrize("at", ["16:11", "20:17"])
def test_the_next_film_may_begin_when_the_turnaround_ends(services: Services, house: House, at: str) -> None:
    write(
        services, lambda session: change_turnaround(session, hall=hall_named(session, "Hall 1"), minutes=15)
    )

    assert write(services, lambda session: schedule(session, time=at).time) == at


def test_an_overlap_over_midnight_is_seen(services: Services, house: House) -> None:
    with pytest.raises(HallTaken, match="'Café' on 2030-05-19 at 00:30"):
        write(services, lambda session: schedule(session, time="23:30"))


def test_a_screening_that_was_cancelled_leaves_its_hall_to_others(services: Services, house: House) -> None:
    write(services, lambda session: cancel(session, house.first_hall))

    # At the very same moment, too.
    assert write(services, lambda session: schedule(session, time="18:00").day) == DAY


def test_whether_a_hall_is_free_can_be_asked(services: Services, house: House) -> None:
    def ask(session: Session) -> tuple[bool, bool, bool]:
        screening = session.get_one(Screening, house.first_hall)
        span = {"starts_at": screening.starts_at, "ends_at": screening.ends_at}
        return (
            is_free(session, hall=screening.hall, **span),
            is_free(session, hall=screening.hall, **span, except_screening=screening),
            is_free(session, hall=hall_named(session, "Hall 10"), **span),
        )

    assert read(services, ask) == (False, True, True)


def import_at_half_past_twelve(session: Session) -> str:
    text = "date,time,title,hall\n2030-05-18,12:30,Nosferatu,Hall 1\n"
    import_programme(
        session, files=[read_csv(text.encode(), file_name="file.csv")], cinema_slug=None, timezone=KYIV,
        currency="UAH", now=NOW,
    )  # fmt: skip
    return "12:30"


@pytest.mark.parametrize(
    "second",
    [lambda session: schedule(session, time="12:30").time, import_at_half_past_twelve],
    ids=["a planner", "an import"],
)
def test_of_two_planners_at_the_same_time_one_gets_the_hall(
    services: Services, house: House, second: Callable[[Session], str]
) -> None:
    planned = threading.Event()
    answers: list[str] = []

    def first(session: Session) -> str:
        screening = schedule(session, time="12:00")
        planned.set()
        # Not committed yet: the second must wait, or it sees an empty hall.
        time.sleep(0.5)
        return screening.time

    def run(work: Callable[[Session], str]) -> None:
        try:
            answers.append(write(services, work))
        except (HallTaken, FaultyFile) as error:
            answers.append(error.detail)

    one = threading.Thread(target=run, args=(first,))
    one.start()
    assert planned.wait(10)
    run(second)
    one.join()

    got, refused = sorted(answers, key=len)
    assert got == "12:00"
    assert "overlaps in 'Hall 1' with 'Nosferatu' on 2030-05-18 at 12:00" in refused


def test_a_change_changes_what_is_given(services: Services, house: House) -> None:
    change(services, house.lettered, format="IMAX", language="fr", subtitles="uk", sales_end_at=NOW)
    change(services, house.lettered, language="")

    screening = found(services, house.lettered)
    assert (screening.format, screening.language, screening.subtitles) == ("IMAX", "", "uk")
    assert screening.sales_end_at == NOW
    assert read(services, lambda session: list_name(session, house.lettered)) == "evening"

    change(services, house.lettered, sales_end_at=None, price_list=None)
    screening = found(services, house.lettered)
    assert (screening.sales_end_at, screening.price_list_id) == (None, None)
    change(services, house.lettered, price_list="auto")
    assert found(services, house.lettered).price_list_by_time
    change(services, house.lettered, price_list="evening")
    assert not found(services, house.lettered).price_list_by_time


def test_another_film_ends_when_its_duration_says_if_the_hall_is_free_until_then(
    services: Services, house: House
) -> None:
    def film(title: str) -> Any:
        return read(services, lambda session: film_titled(session, title))

    change(services, house.closed, film=film("Café"))
    screening = found(services, house.closed)
    assert screening.ends_at - screening.starts_at == timedelta(minutes=90)

    # Hall 1: Nosferatu until 17:59, then another film at 18:00.
    made = write(services, lambda session: schedule(session, time="16:25").id)
    with pytest.raises(HallTaken):
        change(services, made, film=film("Амели"))


def test_what_was_cancelled_is_not_changed_and_what_is_gone_not_found(
    services: Services, house: House
) -> None:
    write(services, lambda session: cancel(session, house.lettered))
    with pytest.raises(CancelledScreening):
        change(services, house.lettered, format="3D")
    with pytest.raises(CancelledScreening):
        move(services, house.lettered, time="12:00")

    made = write(services, schedule)
    write(services, lambda session: delete_screening(session, screening=session.get_one(Screening, made.id)))
    with pytest.raises(ScreeningNotFound):
        write(services, lambda session: change_screening(session, screening=made, format="3D", now=NOW))
    with pytest.raises(ScreeningNotFound):
        found(services, made.id)


def test_a_screening_moves_in_time_with_the_end_of_its_sale(services: Services, house: House) -> None:
    change(services, house.first_hall, sales_end_at=datetime(2030, 5, 18, 14, 0, tzinfo=UTC))
    move(services, house.first_hall, day=DAY + timedelta(days=1), time="9:30")

    screening = found(services, house.first_hall)
    assert (screening.day, screening.time) == (DAY + timedelta(days=1), "09:30")
    assert screening.starts_at == datetime(2030, 5, 19, 6, 30, tzinfo=UTC)
    assert screening.ends_at == screening.starts_at + timedelta(minutes=122)
    assert screening.sales_end_at == screening.starts_at - timedelta(hours=1)


def test_a_screening_moves_only_to_where_there_is_room(services: Services, house: House) -> None:
    with pytest.raises(HallTaken):
        move(services, house.first_hall, "Hall 2")
    with pytest.raises(HallTaken):
        move(services, house.first_hall, time="23:00")
    with pytest.raises(InvalidScreening, match="is over"):
        move(services, house.first_hall, day=TODAY, time="10:00")
    # Into the time that it has itself.
    move(services, house.first_hall, time="18:15")
    assert found(services, house.first_hall).time == "18:15"


def test_in_another_hall_the_house_keeps_the_seats_of_the_same_labels(
    services: Services, house: House
) -> None:
    def plan(session: Session) -> int:
        screening = schedule(session)
        set_house_seats(session, screening=screening, labels=["3", "4"])
        session.add(Seat(hall_id=hall_named(session, "Hall 10").id, label="3", row="", place="3", x=0, y=5))
        return screening.id

    made = write(services, plan)
    move(services, made, "Hall 10")

    assert found(services, made).hall_id == found(services, house.lettered).hall_id
    assert house_labels(services, made) == {"3"}


def test_a_hall_of_another_cinema_is_nowhere_to_move_to(services: Services, house: House) -> None:
    def work(session: Session) -> None:
        elsewhere = session.get_one(Screening, house.elsewhere).hall
        screening = session.get_one(Screening, house.first_hall)
        reschedule_screening(session, screening=screening, hall=elsewhere, now=NOW)

    with pytest.raises(HallNotFound):
        write(services, work)


def test_a_list_that_goes_by_the_time_goes_with_it_and_a_named_one_must_be_valid(
    services: Services, house: House
) -> None:
    def plan(session: Session) -> tuple[int, int]:
        add_list(session, "matinee", ends="14:00")
        by_time = schedule(session, time="10:00", price_list="auto")
        return by_time.id, schedule(session, time="12:00", price_list="matinee").id

    by_time, named = write(services, plan)
    move(services, by_time, time="15:00")
    assert read(services, lambda session: list_name(session, by_time)) == "evening"
    with pytest.raises(PriceListNotValidThen):
        move(services, named, "Hall 2", time="15:00")

    # Narrowed since: at the time at which it is, the screening keeps it.
    def narrow(session: Session) -> None:
        matinee = price_lists_of(session, cinema_id=house.cinema)[-1]
        change_price_list(session, price_list=matinee, ends="11:00", now=NOW)

    write(services, narrow)
    move(services, named, "Hall 2")
    assert read(services, lambda session: list_name(session, named)) == "matinee"


def test_a_screening_goes_with_its_house_seats(services: Services, house: House) -> None:
    write(
        services,
        lambda session: delete_screening(session, screening=session.get_one(Screening, house.first_hall)),
    )

    def left(session: Session) -> tuple[object, object]:
        kept = house_seats_by_screening(session, [house.first_hall])
        return session.get(Screening, house.first_hall), kept[house.first_hall]

    assert read(services, left) == (None, set())


def test_a_screening_with_an_order_stays(services: Services, house: House, buyer: Buyer) -> None:
    def sell(session: Session) -> None:
        user = session.get_one(User, buyer.id)
        sell_seats(
            session,
            screening_id=house.second_hall,
            labels=["1"],
            buyer=user,
            currency="UAH",
            channel="counter",
            now=NOW,
        )

    write(services, sell)
    with pytest.raises(ScreeningInUse):
        write(
            services,
            lambda session: delete_screening(
                session, screening=session.get_one(Screening, house.second_hall)
            ),
        )
    assert found(services, house.second_hall).time == "18:00"
