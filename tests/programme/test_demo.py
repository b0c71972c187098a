from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from matinee.programme.demo import DAYS, DemoReport, store_demo_programme
from matinee.programme.models import ACCESS_FEATURES
from matinee.programme.outline import WHEELCHAIR, Kind, coming_kinds
from matinee.programme.queries import cinemas
from tests.programme.files import screenings, shown

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from matinee.web.shared.services import Services

NOON = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def store(services: Services, now: datetime, timezone: str = "Europe/Kyiv") -> DemoReport:
    return services.transactions.write(
        lambda session: store_demo_programme(session, timezone=timezone, currency="UAH", now=now)
    )


def test_every_day_of_two_weeks_has_a_programme_and_halls_differ(services: Services) -> None:
    report = store(services, NOON)

    days = {row[0] for row in shown(services)}
    assert days == {(date(2026, 11, 24) + timedelta(days=number)).isoformat() for number in range(DAYS)}
    assert len({frozenset(row[4]) for row in shown(services)}) == len(report.hall_names) == 4


def test_a_second_run_changes_nothing_and_one_on_a_later_day_adds_the_missing_days(
    services: Services,
) -> None:
    first = store(services, NOON)

    assert store(services, NOON).screenings_new == 0
    later = store(services, NOON + timedelta(days=3))
    assert later.screenings_new == first.screenings_new * 3 // DAYS


def test_some_screenings_are_free_of_charge_and_most_are_not(services: Services) -> None:
    store(services, NOON)

    free = [each for each in screenings(services) if each.price_list_id is None]
    assert 0 < len(free) < len(screenings(services)) / 2


def test_something_begins_later_today_even_late_in_the_evening(services: Services) -> None:
    late = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)  # 23:30 in Kyiv
    store(services, late)

    assert any(each.starts_at > late and each.day == date(2026, 11, 24) for each in screenings(services))


@pytest.mark.parametrize("timezone", ["UTC", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("month", [3, 4, 10, 11])
def test_no_change_of_the_clock_is_in_its_way(services: Services, timezone: str, month: int) -> None:
    for day in (1, 15, 28):
        store(services, datetime(2027, month, day, 12, 0, tzinfo=UTC), timezone)

    assert len(screenings(services)) > 0


def test_there_is_a_second_smaller_cinema_and_something_for_every_filter(services: Services) -> None:
    store(services, NOON)

    def read(session: Session) -> tuple[list[str], tuple[Kind, ...]]:
        found = cinemas(session)
        return [cinema.slug for cinema in found], coming_kinds(session, cinema_id=found[0].id, now=NOON)

    slugs, kinds = services.transactions.read(read)
    assert slugs == ["aurora", "loft"]
    for name in ("format", "language", "certificate"):
        assert len({getattr(kind, name) for kind in kinds}) > 2, name
    assert set().union(*(kind.access for kind in kinds)) == {*ACCESS_FEATURES, WHEELCHAIR}
