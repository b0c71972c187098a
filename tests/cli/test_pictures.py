"""`matinee film poster` and `matinee cinema logo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from matinee.cli.main import main
from matinee.programme.models import Cinema, Film
from tests.building import House
from tests.pictures import picture

if TYPE_CHECKING:
    from matinee.web.shared.services import Services

pytestmark = pytest.mark.usefixtures("environment")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    path.write_bytes(picture())
    return path


def film(services: Services, title: str) -> Film:
    return services.transactions.read(
        lambda session: session.scalars(select(Film).where(Film.title == title)).one()
    )


def test_a_film_gets_a_poster_by_its_title_and_loses_it_by_its_id(
    services: Services, house: House, file: Path
) -> None:
    given = run("film", "poster", "Nosferatu", file)
    assert given.stdout == "'Nosferatu' has a new poster.\n", given.output
    found = film(services, "Nosferatu")
    assert found.poster_name

    assert run("film", "poster", found.id, "--remove").exit_code == 0
    assert film(services, "Nosferatu").poster_name is None


def test_two_films_of_a_title_are_told_apart_by_their_ids(
    services: Services, house: House, file: Path
) -> None:
    services.transactions.write(lambda session: session.add(Film(title="Nosferatu", duration_minutes=107)))
    refused = run("film", "poster", "Nosferatu", file)
    assert refused.exit_code == 1
    assert "2 films of this title" in refused.stderr
    assert "(107 minutes)" in refused.stderr


def test_a_cinema_gets_a_logo_and_loses_it(services: Services, house: House, file: Path) -> None:
    def logo() -> str | None:
        return services.transactions.read(lambda session: session.get_one(Cinema, house.cinema).logo_name)

    assert run("cinema", "logo", "odeon", file).stdout == "'Одеон' has a new logo.\n"
    assert logo()
    assert run("cinema", "logo", "odeon", "--remove").exit_code == 0
    assert logo() is None


def test_what_is_no_picture_or_no_film_is_said(house: House, file: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.png"
    text.write_text("not a picture")
    assert "no picture that can be read" in run("film", "poster", "Nosferatu", text).stderr
    assert "no such film" in run("film", "poster", "Stalker", file).stderr
    assert "no such film" in run("film", "poster", "99", file).stderr
    assert run("film", "poster", "Nosferatu").exit_code == 2


def test_a_cinema_has_a_colour_and_can_be_reached(services: Services, house: House) -> None:
    done = run("cinema", "set", "odeon", "--color", "#3FB8A5", "--phone", "044 1", "--email", "a@b.example")
    assert done.exit_code == 0, done.output
    found = services.transactions.read(lambda session: session.get_one(Cinema, house.cinema))
    assert (found.accent_color, found.phone, found.email) == ("#3fb8a5", "044 1", "a@b.example")
