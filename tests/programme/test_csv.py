from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from matinee.programme.csv_format import read_csv
from matinee.programme.errors import FaultyFile
from matinee.programme.models import Price, PriceList, Screening, TicketType
from matinee.programme.price_choice import validity_of
from matinee.programme.queries import prices_from
from matinee.programme.validity import Validity
from tests.programme.files import days as days_file
from tests.programme.files import film as days_film
from tests.programme.files import import_days, import_files, import_text, screenings, shown
from tests.programme.test_halls import store

if TYPE_CHECKING:
    from matinee.web.shared.services import Services

EXAMPLES = Path(__file__).parents[2] / "examples"
FILMS = "title,duration\nFaust,107\nNosferatu,94\n"
HEAD = "date,time,title,hall\n"


def problems(services: Services, *texts: str) -> str:
    with pytest.raises(FaultyFile) as refused:
        import_text(services, *texts)
    return refused.value.detail


def test_the_examples_are_imported_and_a_second_time_changes_nothing(services: Services) -> None:
    store(services, (EXAMPLES / "hall.txt").read_text("utf-8"))
    names = ("prices.csv", "films.csv", "screenings.csv")
    files = [read_csv((EXAMPLES / name).read_bytes(), file_name=name) for name in names]

    report = import_files(services, files)

    assert (report.films_new, report.screenings_new, report.prices_changed) == (3, 4, 6)
    assert "D1" not in shown(services)[1][4]
    assert "D3" in shown(services)[1][4]
    assert not import_files(services, files).changed_anything


def test_prices_are_kept_by_zone_and_ticket_type(services: Services) -> None:
    import_text(services, (EXAMPLES / "prices.csv").read_text("utf-8"))

    def read(session):
        wanted = select(PriceList.name, Price.zone, TicketType.code, Price.amount).join_from(
            Price, PriceList, Price.price_list_id == PriceList.id
        )
        return {
            tuple(row)
            for row in session.execute(wanted.join(TicketType, Price.ticket_type_id == TicketType.id))
        }

    found = services.transactions.read(read)
    assert ("Weekend", "standard", "adult", 950) in found
    assert ("Weekend", "back", "child", 850) in found
    assert len(found) == 6


def test_the_price_shown_is_the_lowest_of_the_first_ticket_type(services: Services) -> None:
    store(services, "hall: Red\nA | 1 2")
    prices = (
        "price_list,zone,ticket_type,amount\nEve,standard,adult,9\nEve,back,adult,7\nEve,standard,child,1\n"
    )
    import_text(services, prices, FILMS, "date,time,title,hall,price_list\n2026-12-05,14:00,Faust,Red,Eve\n")

    def read(session):
        return list(prices_from(session, session.scalars(select(Screening))).values())

    assert services.transactions.read(read) == [700]


def test_two_screenings_that_overlap_in_a_hall_are_refused_with_both_films(services: Services) -> None:
    store(services, "hall: Red\nturnaround: 15\nA | 1")
    told = problems(services, FILMS, HEAD + "2026-12-05,14:00,Faust,Red\n2026-12-05,16:00,Nosferatu,Red\n")

    assert "file.csv, line 3, film 'Nosferatu' on 2026-12-05 at 16:00" in told
    assert "overlaps in 'Red' (15 minutes of turnaround included) with file.csv, line 2, film 'Faust'" in told
    assert shown(services) == []


def test_a_screening_may_begin_when_the_turnaround_ends(services: Services) -> None:
    store(services, "hall: Red\nturnaround: 15\nA | 1")
    import_text(services, FILMS, HEAD + "2026-12-05,14:00,Faust,Red\n2026-12-05,16:02,Nosferatu,Red\n")

    assert len(shown(services)) == 2


def test_an_overlap_with_what_is_there_is_refused_also_over_midnight(services: Services) -> None:
    store(services, "hall: Red\nA | 1")
    import_text(services, FILMS, HEAD + "2026-12-05,23:00,Faust,Red\n")

    assert "with 'Faust' on 2026-12-05 at 23:00" in problems(
        services, HEAD + "2026-12-06,0:30,Nosferatu,Red\n"
    )


def test_a_film_that_is_told_without_its_trailer_is_the_one_that_is_there(services: Services) -> None:
    import_days(services, days_file(days_film()))

    report = import_text(services, "title,duration,rating\nNosferatu,94,12\n")

    assert (report.films_new, report.films_changed) == (0, 1)


def test_two_films_of_one_title_are_told_apart_by_their_duration(services: Services) -> None:
    store(services, "hall: Red\nA | 1")
    films = "title,duration\nNosferatu,94\nNosferatu,132\n"

    assert "2 films of this title (94, 132 minutes)" in problems(
        services, films, HEAD + "2026-12-05,14:00,Nosferatu,Red\n"
    )
    import_text(services, films, "date,time,title,hall,duration\n2026-12-05,14:00,Nosferatu,Red,132\n")
    assert len(shown(services)) == 1


def test_semicolons_of_a_spreadsheet_are_read() -> None:
    assert len(read_csv("title;duration\r\nFaust;107\r\n".encode("utf-8-sig"), file_name="f.csv").films) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "file.csv: it is empty"),
        ("title,duration\n", "file.csv: it holds nothing but the names of columns"),
        ("name,length\nFaust,1\n", "line 1: the columns must be those of"),
        ("title,duration,colour\nFaust,1,grey\n", "line 1: the column 'colour' is not known"),
        ("title,duration,title\nFaust,1,Faust\n", "line 1: a column stands twice"),
        ("title,duration\nFaust\n", "line 2: it has 1 values for 2 columns"),
        ("title,duration\nFaust,long\n", "line 2, film 'Faust': its duration is 'long', not a whole number"),
        ("title,duration\nFaust,-3\n", "line 2, film 'Faust': its duration is -3 minutes"),
        ('title,duration\n"Faust,3\n', "it is not CSV"),
        (
            HEAD + "05.12.2026,14:00,Faust,Red\n",
            "line 2, film 'Faust' on 05.12.2026 at 14:00 in 'Red': '05.12.2026' is not",
        ),
        (HEAD + "2026-12-05,2pm,Faust,Red\n", "is not a time such as 19:30"),
        (
            HEAD + "2026-12-05,14:00,Faust,Red\n" * 2,
            "line 3, film 'Faust' on 2026-12-05 at 14:00 in 'Red': the same",
        ),
        (HEAD + "2026-12-05,14:00,Faust,Red\n", "the film is not known"),
        (FILMS + "\n", None),
        ("price_list,amount\nEve,cheap\n", "line 2: 'cheap' is not an amount in UAH"),
        ("price_list,amount\nEve,9.505\n", "line 2: '9.505' is not an amount in UAH"),
        ("price_list,amount\nEve,-1\n", "line 2: the amount '-1' is negative"),
        ("price_list,amount\nEve,1e99999999999\n", "line 2: "),
        ("price_list,amount\nEve,1\nEve,2\n", "line 3: the list says twice"),
        ("price_list,zone,amount\nEve,back,9\n", "has no amount for the zone 'standard'"),
        ("price_list,amount\nAuto,9\n", "line 2: no price list is called 'Auto'"),
        ("price_list,amount,weekdays\nEve,9,Sat\n", "line 2: its weekdays are 'Sat', not digits"),
        ("price_list,amount,from\nEve,9,6pm\n", "line 2: its time '6pm' is not a time"),
        ("price_list,amount,from\n9.00 UAH,9,18:00\n", "line 2: the list '9.00 UAH' is for that one price"),
        (
            "price_list,zone,amount,weekdays,from\nEve,,9,67,\nEve,back,8,,\nEve,side,8,6,18:00\n",
            "line 4: the list is valid Sat from 18:00, and another line says Sat, Sun",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(services: Services, text: str, sentence: str | None) -> None:
    if sentence is None:
        assert import_text(services, text).films_new == 2
    else:
        assert sentence in problems(services, text)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("Faust,Blue,,,", "there is no hall 'Blue'"),
        ("Faust,Red,Eve,,", "there is no price list 'Eve'"),
        ("Faust,Red,Eve,7,", "it has both a price and a price list"),
        ("Faust,Red,auto,,", "No price list is valid on 2026-12-05 at 14:00"),
        ("Faust,Red,,7 euro,", "'7 euro' is not an amount"),
        ("Faust,Red,,,A9", "there is no seat A9 in 'Red'"),
    ],
)
def test_what_a_screening_names_must_be_there(services: Services, row: str, sentence: str) -> None:
    store(services, "hall: Red\nA | 1")
    head = "date,time,title,hall,price_list,price,house_seats\n"

    assert sentence in problems(services, FILMS, head + f"2026-12-05,14:00,{row}\n")
    assert shown(services) == []


LISTS = (
    "price_list,zone,amount,weekdays,from,until\n"
    "Usual,,9,,,\nMatinee,,6,,,14:00\nWeekend,back,12,,,\nWeekend,,11,76,,\n"
)
PRICED = "date,time,title,hall,price_list\n"


def validities(services: Services) -> dict[str, Validity]:
    return services.transactions.read(
        lambda session: {each.name: validity_of(each) for each in session.scalars(select(PriceList))}
    )


def lists_of_screenings(services: Services) -> list[tuple[str | None, bool]]:
    wanted = select(PriceList.name, Screening.price_list_by_time).select_from(Screening)
    wanted = wanted.outerjoin(PriceList, PriceList.id == Screening.price_list_id)
    return services.transactions.read(
        lambda session: [tuple(row) for row in session.execute(wanted.order_by(Screening.starts_at))]
    )


def test_one_line_says_when_a_list_is_valid(services: Services) -> None:
    assert import_text(services, LISTS).prices_changed == 4

    assert validities(services) == {
        "Usual": Validity(), "Matinee": Validity(ends="14:00"), "Weekend": Validity("67"),
    }  # fmt: skip
    assert not import_text(services, LISTS).changed_anything
    # A file without these columns says nothing about times, one with them says all.
    assert import_text(services, "price_list,amount\nWeekend,11\n").prices_changed == 0
    assert validities(services)["Weekend"] == Validity("67")
    assert import_text(services, "price_list,amount,from\nWeekend,11,18:00\n").prices_changed == 1
    assert validities(services)["Weekend"] == Validity(begins="18:00")


def test_auto_is_the_list_of_the_time_and_is_chosen_anew_with_new_prices(services: Services) -> None:
    store(services, "hall: Red\nA | 1")
    # A Friday and a Saturday.
    rows = (
        "2026-12-04,12:00,Faust,Red,Auto\n2026-12-04,18:00,Faust,Red,auto\n2026-12-05,12:00,Faust,Red,auto\n"
    )
    import_text(services, LISTS, FILMS, PRICED + rows)

    assert lists_of_screenings(services) == [("Matinee", True), ("Usual", True), ("Weekend", True)]
    assert not import_text(services, PRICED + rows).changed_anything

    report = import_text(services, "price_list,amount,weekdays\nFriday,5,5\n")
    assert report.screenings_repriced == 2
    assert lists_of_screenings(services) == [("Friday", True), ("Friday", True), ("Weekend", True)]
    # Named now, it stays.
    import_text(services, PRICED + "2026-12-04,12:00,Faust,Red,Usual\n")
    assert lists_of_screenings(services)[0] == ("Usual", False)


def test_what_is_over_keeps_its_list(services: Services) -> None:
    store(services, "hall: Red\nA | 1")
    import_text(services, LISTS, FILMS, PRICED + "2026-12-04,12:00,Faust,Red,auto\n")

    later = datetime(2026, 12, 6, tzinfo=UTC)
    assert (
        import_text(services, "price_list,amount,weekdays\nFriday,5,5\n", now=later).screenings_repriced == 0
    )
    assert import_text(services, PRICED + "2026-12-04,12:00,Faust,Red,auto\n").screenings_same == 1
    assert lists_of_screenings(services) == [("Matinee", True)]


def test_a_named_list_that_is_not_valid_then_is_refused_unless_the_screening_has_it(
    services: Services,
) -> None:
    store(services, "hall: Red\nA | 1")
    row = "2026-12-04,18:00,Faust,Red,Usual\n"
    import_text(services, LISTS, FILMS, PRICED + row)

    assert "line 2, film 'Faust' on 2026-12-04 at 14:30 in 'Red': The price list 'Matinee'" in problems(
        services, PRICED + "2026-12-04,14:30,Faust,Red,Matinee\n"
    )
    import_text(services, "price_list,amount,weekdays\nUsual,9,1\n")
    assert not import_text(services, PRICED + row).changed_anything


def test_how_a_film_is_shown_is_told_and_kept(services: Services) -> None:
    store(services, "hall: Red\nA | 1")
    manner = "date,time,title,hall,format,language,subtitles,access_features\n"
    import_text(services, FILMS, manner + "2026-12-05,14:00,Faust,Red, 3D ,DE,uk,relaxed captions\n")

    def told() -> tuple[str, str, str, str]:
        [one] = screenings(services)
        return (one.format, one.language, one.subtitles, one.access_features)

    assert told() == ("3D", "de", "uk", "captions relaxed")
    assert not import_text(services, HEAD + "2026-12-05,14:00,Faust,Red\n").changed_anything
    assert import_text(services, manner + "2026-12-05,14:00,Faust,Red,3D,,uk,\n").screenings_changed == 1
    assert told() == ("3D", "", "uk", "")
    assert "its language is 'German'" in problems(services, manner + "2026-12-05,20:00,Faust,Red,,German,,\n")
    assert "access_features hold 'popcorn'" in problems(
        services, manner + "2026-12-05,20:00,Faust,Red,,,,popcorn\n"
    )
