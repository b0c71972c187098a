"""Where one can stand at the door"""

from __future__ import annotations

from datetime import datetime, timedelta

from matinee.door.screenings import screenings_at_doors
from matinee.programme.lengths import LASTS_MAX
from matinee.programme.models import Screening
from tests.boxoffice.selling import Sale
from tests.query_plans import tables_read_whole


def doors(sale: Sale, now: datetime, cinema_id: int | None = None) -> list[int]:
    return sale.read(lambda s: [one.id for one in screenings_at_doors(s, now=now, cinema_id=cinema_id)])


def start_of(sale: Sale, screening: int) -> datetime:
    return sale.read(lambda s: s.get_one(Screening, screening).starts_at)


def end_of(sale: Sale, screening: int) -> datetime:
    return sale.read(lambda s: s.get_one(Screening, screening).ends_at)


def test_from_eighteen_hours_before_the_start_to_an_hour_after_the_end(sale: Sale) -> None:
    here = sale.house.lettered
    begins, ends, moment = start_of(sale, here), end_of(sale, here), timedelta(seconds=1)
    for now, is_there in (
        (begins - timedelta(hours=18), False),
        (begins - timedelta(hours=18) + moment, True),
        (begins, True),
        (ends + timedelta(hours=1) - moment, True),
        (ends + timedelta(hours=1), False),
    ):
        assert (here in doors(sale, now)) == is_there, now


def test_the_longest_one_that_can_be_is_there_to_its_end(sale: Sale) -> None:
    here = sale.house.lettered
    ends = start_of(sale, here) + LASTS_MAX
    sale.change_screening(here, ends_at=ends)
    assert here in doors(sale, ends + timedelta(minutes=59))
    assert here not in doors(sale, ends + timedelta(hours=1))


def test_they_are_in_order_of_one_cinema_or_of_all(sale: Sale) -> None:
    now = start_of(sale, sale.house.lettered)
    shown = doors(sale, now)
    starts = [start_of(sale, one) for one in shown]
    assert starts == sorted(starts)
    assert sale.house.elsewhere in shown
    assert sale.house.elsewhere not in doors(sale, now, sale.house.cinema)


def test_cancelled_ones_are_there_and_drafts_are_not(sale: Sale) -> None:
    now = start_of(sale, sale.house.lettered)
    sale.cancel(sale.house.lettered)
    sale.change_screening(sale.house.first_hall, draft=True)
    assert sale.house.lettered in doors(sale, now)
    assert sale.house.first_hall not in doors(sale, now)


def test_tickets_are_not_read_for_it(sale: Sale) -> None:
    now = start_of(sale, sale.house.lettered)
    read = tables_read_whole(sale.services, lambda s: screenings_at_doors(s, now=now))
    assert not read & {"ticket", "sale_order", "admission"}
