from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matinee.programme.halls import store_layout
from matinee.programme.layouts import parse_layout
from matinee.programme.queries import cinema_by_slug, default_cinema
from tests.depth import examples
from tests.programme.files import days, export, film, import_days, import_text, shown

if TYPE_CHECKING:
    from matinee.web.shared.services import Services

GIVEN = Path(__file__).parents[3] / "shared" / "data" / "days.json"
SAMPLE = Path(__file__).parents[2] / "examples" / "days.json"


@pytest.mark.parametrize("path", [SAMPLE, GIVEN], ids=["sample", "given"])
def test_what_was_imported_is_exported_again(services: Services, path: Path) -> None:
    if not path.exists():
        pytest.skip("the given schedule is not beside this copy of the project")
    import_days(services, path.read_bytes())

    assert json.loads(export(services)) == json.loads(path.read_bytes())


def test_a_programme_in_halls_of_its_own_names_them(services: Services) -> None:
    import_days(services, days(film(hall="Blue", free=[1, 3])))

    [entry] = json.loads(export(services))["2026.12.01"]["films"]

    assert (entry["hall"], entry["aviableTikets"], entry["houseSeats"]) == ("Blue", [1, 3], [2])


def test_the_same_film_at_one_time_in_two_halls_comes_back(services: Services) -> None:
    import_days(services, days(film(hall="Blue"), film(hall="Red")), cinema="a")
    import_days(services, export(services, "a").encode(), cinema="b")

    assert export(services, "b") == export(services, "a")
    assert '"Red"' in export(services, "b")


def test_a_hall_with_a_turnaround_is_named(services: Services) -> None:
    import_days(services, days(film()))
    layout = parse_layout(b"hall: Hall 1\nturnaround: 30\n| 1 2 3", file_name="hall.txt")
    services.transactions.write(
        lambda session: store_layout(session, cinema=default_cinema(session), layout=layout)
    )

    assert json.loads(export(services))["2026.12.01"]["films"][0]["hall"] == "Hall 1"


def test_a_price_list_is_named_so_that_nothing_becomes_free_unseen(services: Services) -> None:
    import_text(services, "price_list,amount\nWeekend,9.50\n")
    import_days(services, days(film(priceList="Weekend")))

    assert json.loads(export(services))["2026.12.01"]["films"][0]["priceList"] == "Weekend"


def test_a_list_that_goes_by_the_time_comes_back_so_and_so_does_the_manner(services: Services) -> None:
    import_text(services, "price_list,amount,weekdays\nWeek,9,12345\nWeekend,11,67\n", cinema="a")
    entry = film(
        priceList="auto", format="3D", language="de", subtitles="uk", accessFeatures="captions relaxed"
    )
    import_days(services, days(entry), cinema="a")

    [written] = json.loads(export(services, "a"))["2026.12.01"]["films"]
    assert written == entry

    import_text(services, "price_list,amount,weekdays\nWeek,9,12345\nWeekend,11,67\n", cinema="b")
    import_days(services, export(services, "a").encode(), cinema="b")
    assert export(services, "b") == export(services, "a")


def test_no_screenings_are_an_empty_object(services: Services) -> None:
    import_text(services, "title,duration\nNosferatu,94\n")

    assert json.loads(export(services)) == {}


LABELS = st.one_of(
    st.integers(1, 30),
    st.builds(lambda row, place: f"{row}{place}", st.sampled_from("ABЖ"), st.integers(1, 9)),
)
TITLES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=20)


def _films_of_a_day(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without those that the format cannot hold: blank titles, the same title twice at one time."""
    import unicodedata

    found: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in entries:
        entry["title"] = unicodedata.normalize("NFC", entry["title"]).strip()
        if entry["title"]:
            found.setdefault((entry["title"], entry["beginTime"]), entry)
    return list(found.values())


FILMS = st.fixed_dictionaries(
    {
        "title": st.one_of(st.sampled_from(["Nosferatu", "Metropolis", "Земля"]), TITLES),
        "duration": st.integers(1, 300),
        "trailer": st.sampled_from(["", "https://example.org/a", "https://example.org/b"]),
        "aviableTikets": st.lists(LABELS, unique=True, max_size=8),
        "beginTime": st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.sampled_from([0, 15, 30])),
    },
    optional={"hall": st.sampled_from(["Blue", "Hall 2"])},
)
SCHEDULES = st.dictionaries(
    st.integers(0, 5).map(lambda number: f"{date(2026, 11, 3) + timedelta(days=number):%Y.%m.%d}"),
    st.lists(FILMS, min_size=1, max_size=6)
    .map(_films_of_a_day)
    .filter(bool)
    .map(lambda films: {"films": films}),
    min_size=1,
    max_size=4,
)


def _without_overlaps(schedule: dict[str, Any]) -> dict[str, Any]:
    """Halls are named at most once on a day, and not late: films in them never overlap."""
    for day in schedule.values():
        named: set[str] = set()
        for entry in day["films"]:
            if entry.get("hall") in named or entry["beginTime"] > "18:00":
                entry.pop("hall", None)
            elif "hall" in entry:
                named.add(entry["hall"])
        seen: set[tuple[str, str]] = set()
        day["films"] = [
            entry
            for entry in day["films"]
            if (entry["title"], entry["beginTime"]) not in seen
            and not seen.add((entry["title"], entry["beginTime"]))
        ]
    return schedule


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(SCHEDULES.map(_without_overlaps))
def test_whatever_is_imported_comes_back_from_its_export(
    services: Services, schedule: dict[str, Any]
) -> None:
    names = [f"c{services.transactions.read(_cinema_count)}-{side}" for side in ("first", "second")]
    import_days(services, json.dumps(schedule).encode(), cinema=names[0])
    written = export(services, names[0])

    report = import_days(services, written.encode(), cinema=names[1])

    assert export(services, names[1]) == written
    assert report.screenings_new == sum(len(day["films"]) for day in schedule.values())
    assert not import_days(services, written.encode(), cinema=names[0]).changed_anything
    assert not import_days(services, json.dumps(schedule).encode(), cinema=names[0]).changed_anything
    free = {
        (day, entry["title"], entry["beginTime"], frozenset(map(str, entry["aviableTikets"])))
        for day, content in schedule.items()
        for entry in content["films"]
    }
    assert free == {
        (day, entry["title"], entry["beginTime"], frozenset(map(str, entry["aviableTikets"])))
        for day, content in json.loads(written).items()
        for entry in content["films"]
    }


def _cinema_count(session: Any) -> int:
    from matinee.programme.queries import cinemas

    return len(cinemas(session))


def test_an_unknown_cinema_is_not_exported(services: Services) -> None:
    from matinee.programme.errors import CinemaNotFound

    with pytest.raises(CinemaNotFound):
        services.transactions.read(lambda session: cinema_by_slug(session, "nowhere"))
    assert shown(services) == []
