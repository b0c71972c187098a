"""A cinema's colour and contact."""

from __future__ import annotations

import pytest

from matinee.programme.cinemas import change_cinema
from matinee.programme.errors import InvalidCinema
from matinee.programme.models import Cinema
from matinee.web.shared.services import Services
from tests.building import House


def change(services: Services, house: House, **look: str) -> Cinema:
    def work(session) -> Cinema:
        cinema = session.get_one(Cinema, house.cinema)
        change_cinema(session, cinema=cinema, **look)
        return cinema

    return services.transactions.write(work)


def test_they_are_set_and_taken_away(services: Services, house: House) -> None:
    changed = change(
        services, house, accent_color="#B3202A", phone=" +380 (44) 123-45-67 ", email="a@odeon.example"
    )
    assert (changed.accent_color, changed.phone, changed.email) == (
        "#b3202a",
        "+380 (44) 123-45-67",
        "a@odeon.example",
    )
    changed = change(services, house, accent_color="", phone="")
    assert (changed.accent_color, changed.phone, changed.email) == ("", "", "a@odeon.example")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"accent_color": "red"}, "its colour is 'red'"),
        ({"accent_color": "#b3202"}, "its colour is '#b3202'"),
        ({"accent_color": "}body"}, "its colour is '}body'"),
        ({"phone": "call us"}, "its phone number is 'call us'"),
        ({"phone": "1" * 41}, "more than 40 characters"),
        ({"email": "nobody"}, "its mail address is 'nobody'"),
        ({"email": "a@b.c?bcc=<x>"}, "its mail address is"),
    ],
)
def test_what_they_cannot_be_is_refused(
    services: Services, house: House, wrong: dict[str, str], sentence: str
) -> None:
    with pytest.raises(InvalidCinema, match=sentence):
        change(services, house, **wrong)
