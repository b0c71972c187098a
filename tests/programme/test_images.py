"""Uploaded pictures in their places."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.programme.film_records import create_film, delete_film
from matinee.programme.images import set_logo, set_poster
from matinee.programme.models import Cinema, Film, Image
from matinee.programme.pictures import Picture, read_poster
from tests.building import NOW, House
from tests.pictures import picture

if TYPE_CHECKING:
    from matinee.web.shared.services import Services

RED, LARGE = read_poster(picture()), read_poster(picture(size=(80, 120)))


@pytest.fixture
def give(services: Services, house: House) -> Callable[[str, Picture | None], None]:
    """Gives a film a poster."""

    def give_one(title: str, poster: Picture | None) -> None:
        def work(session: Session) -> None:
            film = session.scalars(select(Film).where(Film.title == title)).one()
            set_poster(session, film=film, picture=poster, now=NOW)

        services.transactions.write(work)

    return give_one


def stored(services: Services) -> set[str]:
    return services.transactions.read(lambda session: set(session.scalars(select(Image.name))))


def test_a_poster_takes_the_place_of_the_one_before_which_is_deleted(
    services: Services, give: Callable[..., None]
) -> None:
    give("Café", RED)
    assert stored(services) == {RED.name}
    give("Café", LARGE)
    assert stored(services) == {LARGE.name}
    give("Café", None)
    assert stored(services) == set()


def test_the_same_poster_again_stays(services: Services, give: Callable[..., None]) -> None:
    give("Café", RED)
    give("Café", RED)
    assert stored(services) == {RED.name}


def test_a_picture_that_another_uses_stays(services: Services, give: Callable[..., None]) -> None:
    give("Café", RED)
    give("Nosferatu", RED)
    give("Café", None)
    assert stored(services) == {RED.name}


def test_a_picture_that_is_a_logo_too_stays(
    services: Services, give: Callable[..., None], house: House
) -> None:
    give("Café", RED)
    services.transactions.write(
        lambda session: set_logo(session, cinema=session.get_one(Cinema, house.cinema), picture=RED, now=NOW)
    )
    give("Café", None)
    assert stored(services) == {RED.name}


def test_a_film_that_is_deleted_takes_its_poster_along(services: Services) -> None:
    def enter(session: Session) -> int:
        film = create_film(session, title="Stalker", duration_minutes=162)
        set_poster(session, film=film, picture=RED, now=NOW)
        return film.id

    film_id = services.transactions.write(enter)
    assert stored(services) == {RED.name}
    services.transactions.write(lambda session: delete_film(session, film=session.get_one(Film, film_id)))
    assert stored(services) == set()
