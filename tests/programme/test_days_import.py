from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from matinee.boxoffice.models import Order, SeatClaim
from matinee.programme.errors import FaultyFile
from matinee.programme.models import Cinema, Film, Hall, HouseSeat, Screening, Seat
from tests.programme.files import days, export, film, import_days, screenings, shown

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from matinee.web.shared.services import Services

GIVEN = Path(__file__).parents[3] / "shared" / "data" / "days.json"
SAMPLE = Path(__file__).parents[2] / "examples" / "days.json"


def counts(services: Services) -> list[int]:
    tables = (Cinema, Hall, Seat, Film, Screening, HouseSeat)
    return services.transactions.read(
        lambda session: [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]
    )


def test_seats_that_are_not_listed_as_free_are_house_seats(services: Services) -> None:
    import_days(services, days(film(free=[2, 5])))

    assert counts(services)[2] == 5
    assert shown(services)[0][4] == {"2", "5"}


def test_films_that_overlap_are_spread_over_halls(services: Services) -> None:
    # 94 minutes each.
    data = days(
        film("A", "10:00"), film("B", "11:00"), film("C", "11:34"), film("D", "12:00"), film("E", "12:33")
    )
    import_days(services, data)

    assert [(title, hall) for _, _, title, hall, _ in shown(services)] == [
        ("A", "Hall 1"), ("B", "Hall 2"), ("C", "Hall 1"), ("D", "Hall 3"), ("E", "Hall 4"),
    ]  # fmt: skip


def test_every_hall_has_the_seats_up_to_the_highest_number_of_the_file(services: Services) -> None:
    import_days(services, days(film("A", free=[1, 7]), film("B", free=[2])))

    def labels(session):
        return {
            name: set(session.scalars(select(Seat.label).join(Hall).where(Hall.name == name)))
            for name in ("Hall 1", "Hall 2")
        }

    seven = {str(number) for number in range(1, 8)}
    assert services.transactions.read(labels) == {"Hall 1": seven, "Hall 2": seven}


def test_numbers_and_labels_do_not_share_a_hall(services: Services) -> None:
    import_days(services, days(film("A", "10:00", free=[1, 2]), film("B", "14:00", free=["A1", "B2"])))

    assert [(hall, free) for *_, hall, free in shown(services)] == [
        ("Hall 1", {"1", "2"}),
        ("Hall 2", {"A1", "B2"}),
    ]


def test_a_second_import_changes_nothing(services: Services) -> None:
    data = SAMPLE.read_bytes()
    import_days(services, data)
    before = counts(services), shown(services)

    report = import_days(services, data)

    assert not report.changed_anything
    assert report.screenings_same == 11
    assert (counts(services), shown(services)) == before


def test_an_import_moves_the_version_of_the_data_and_a_second_does_not(services: Services) -> None:
    import_days(services, days(film()))
    first = services.version.current()
    import_days(services, days(film("Metropolis", "22:00")))

    assert services.version.current() != first


@pytest.mark.skipif(not GIVEN.exists(), reason="the given schedule is not beside this copy of the project")
def test_the_given_schedule_is_imported(services: Services) -> None:
    report = import_days(services, GIVEN.read_bytes(), starting=date(2026, 12, 1))

    assert (report.screenings_new, report.films_new, report.halls_new, report.seats_new) == (50, 19, 2, 96)
    assert {row[0] for row in shown(services)} == {f"2026-12-{day:02d}" for day in range(1, 11)}


def test_starting_moves_every_day_by_the_same_distance(services: Services) -> None:
    import_days(services, days(film(), d2026_12_04=[film()]), starting=date(2027, 1, 30))

    assert [row[0] for row in shown(services)] == ["2027-01-30", "2027-02-02"]


def test_starting_too_far_away_is_refused(services: Services) -> None:
    with pytest.raises(FaultyFile, match="cannot start on 9999-12-31"):
        import_days(services, days(film()), starting=date(9999, 12, 31))


def test_times_are_those_of_the_wall_clock_of_the_cinema(services: Services) -> None:
    import_days(services, days(film(at="00:30"), d2026_07_01=[film()]))

    assert [(each.starts_at, each.day, each.time) for each in screenings(services)] == [
        (datetime(2026, 7, 1, 15, 0, tzinfo=UTC), date(2026, 7, 1), "18:00"),
        (datetime(2026, 11, 30, 22, 30, tzinfo=UTC), date(2026, 12, 1), "00:30"),
    ]


def test_a_time_that_the_clock_skips_is_refused(services: Services) -> None:
    with pytest.raises(FaultyFile, match="there is no 03:30 on 2027-03-28 in Europe/Kyiv"):
        import_days(services, days(d2027_03_28=[film(at="03:30")]))
    assert counts(services) == [0] * 6


def test_a_time_that_the_clock_shows_twice_is_the_first(services: Services) -> None:
    import_days(services, days(d2026_10_25=[film(at="03:30")]))

    assert screenings(services)[0].starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_changed_duration_keeps_the_screening(services: Services) -> None:
    import_days(services, days(film()))
    [before] = screenings(services)

    report = import_days(services, days(film(duration=100)))

    [after] = screenings(services)
    assert (report.screenings_changed, report.screenings_new) == (1, 0)
    assert after.id == before.id
    assert (after.ends_at - after.starts_at).total_seconds() == 6000


def test_a_duration_that_would_reach_into_the_next_screening_is_refused(services: Services) -> None:
    import_days(services, days(film("A", "10:00"), film("B", "12:00")))

    with pytest.raises(FaultyFile) as refused:
        import_days(services, days(film("A", "10:00", duration=200)))

    assert (
        "film 'A' at 10:00: it overlaps in 'Hall 1' with 'B' on 2026-12-01 at 12:00" in refused.value.detail
    )


def test_changed_free_seats_change_the_house_seats(services: Services) -> None:
    import_days(services, days(film(free=[1, 2, 3])))

    report = import_days(services, days(film(free=[2])))

    assert report.screenings_changed == 1
    assert shown(services)[0][4] == {"2"}


def test_what_a_second_file_leaves_out_stays(services: Services) -> None:
    import_days(services, days(film("A", "10:00"), film("B", "14:00")))

    report = import_days(services, days(film("B", "14:00"), film("C", "18:00")))

    assert (report.screenings_new, report.screenings_same) == (1, 1)
    assert [row[2] for row in shown(services)] == ["A", "B", "C"]


def test_a_hall_that_grows_keeps_its_new_seats_from_earlier_screenings(services: Services) -> None:
    first = days(film("A", "10:00", free=[1, 2, 3]))
    import_days(services, first)

    report = import_days(services, days(film("B", "14:00", free=[4, 6])))

    assert report.seats_new == 3
    assert [row[4] for row in shown(services)] == [{"1", "2", "3"}, {"4", "6"}]
    assert not import_days(services, first).changed_anything


def test_a_second_import_after_a_sale_changes_nothing(services: Services) -> None:
    data = days(film(free=[1, 2]))
    import_days(services, data)
    [showing] = screenings(services)

    def sell(session: Session) -> None:
        seat = session.scalars(select(Seat).where(Seat.hall_id == showing.hall_id, Seat.label == "1")).one()
        order = Order(
            code="ABCDEFGHJK", screening_id=showing.id, state="paid", channel="given", seats_asked=1,
            seats_claimed=1, total_amount=0, currency="UAH", created_at=showing.starts_at,
        )  # fmt: skip
        session.add(order)
        session.flush()
        session.add(SeatClaim(screening_id=showing.id, seat_id=seat.id, order_id=order.id))

    services.transactions.write(sell)
    exported = export(services)

    assert not import_days(services, data).changed_anything
    assert export(services) == exported
    claims = services.transactions.read(lambda session: session.scalars(select(SeatClaim)).all())
    assert [claim.screening_id for claim in claims] == [showing.id]


def test_two_cinemas_have_programmes_of_their_own(services: Services) -> None:
    import_days(services, days(film()), cinema="odeon")
    report = import_days(services, days(film()), cinema="roxy")

    assert (report.cinema_name, report.screenings_new) == ("Roxy", 1)


def test_a_hall_that_is_named_is_taken_and_overlaps_in_it_are_refused(services: Services) -> None:
    import_days(services, days(film(hall="Blue")))
    with pytest.raises(FaultyFile) as refused:
        import_days(
            services, days(film("Metropolis", "19:00", hall="Blue"), film("Faust", "23:00", hall="Blue"))
        )

    assert "film 'Metropolis' at 19:00: it overlaps in 'Blue' with 'Nosferatu'" in refused.value.detail
    assert len(shown(services)) == 1


def test_a_price_makes_a_price_list_and_a_file_without_prices_leaves_it(services: Services) -> None:
    import_days(services, days(film(price=750)))
    [priced] = screenings(services)

    assert priced.price_list_id is not None
    assert not import_days(services, days(film())).changed_anything


def test_a_price_list_that_is_not_there_is_refused(services: Services) -> None:
    with pytest.raises(FaultyFile, match="no price list 'Weekend'"):
        import_days(services, days(film(priceList="Weekend")))
    assert counts(services) == [0] * 6


def test_more_halls_than_any_cinema_has_are_refused(services: Services) -> None:
    with pytest.raises(FaultyFile, match="more than 200 halls"):
        import_days(services, days(*(film(f"Film {number}") for number in range(201))))


def test_a_file_with_a_film_without_and_with_its_trailer_changes_nothing_the_second_time(
    services: Services,
) -> None:
    import_days(services, days(film("A", "10:00", trailer="https://example.org/old")))
    data = days(film("A", "18:00", trailer=""), film("A", "20:00", trailer="https://example.org/new"))
    assert import_days(services, data).films_new == 1

    assert not import_days(services, data).changed_anything
    # Nor where more of them come meanwhile.
    import_days(services, days(film("A", "22:00", trailer="https://example.org/another")))
    assert not import_days(services, data).changed_anything
