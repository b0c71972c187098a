"""`matinee film`: what the website shows of films."""

from __future__ import annotations

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.cli.files import read_given
from matinee.cli.opened import opened_services
from matinee.cli.prepared import prepare_database
from matinee.cli.refusals import refusals_shown
from matinee.cli.trail import leave_trail
from matinee.kernel import clock
from matinee.programme.errors import FilmNotFound
from matinee.programme.images import set_poster
from matinee.programme.models import Film
from matinee.programme.pictures import read_poster


@click.group()
def film() -> None:
    """Films: their posters."""


@film.command("poster")
@click.argument("name", metavar="TITLE-OR-ID")
@click.argument("file", required=False)
@click.option("--remove", is_flag=True, help="Take it away: a poster is drawn from the title.")
def set_film_poster(name: str, file: str | None, *, remove: bool) -> None:
    """Give a film the poster in FILE (PNG, JPEG or WebP; two by three looks best).

    \b
    matinee film poster Nosferatu nosferatu.jpg
    matinee film poster 12 --remove
    """
    if (file is None) != remove:
        raise click.UsageError("Name a file, or say --remove.")
    with refusals_shown(), opened_services() as (_settings, services):
        picture = read_poster(read_given(file)[1]) if file is not None else None
        prepare_database(services.engine)

        def work(session: Session) -> str:
            found = film_named(session, name)
            set_poster(session, film=found, picture=picture, now=clock.now())
            news = "no poster of its own any more" if remove else "another poster"
            leave_trail(session, "film.poster", f"film:{found.id}", f"{found.title} has {news}")
            return found.title

        title = services.transactions.write(work)
    click.echo(f"{title!r} has {'no poster of its own any more' if remove else 'a new poster'}.")


def film_named(session: Session, name: str) -> Film:
    """The film of this title; where there is none, of this id. Raises FilmNotFound."""
    of_title = session.scalars(select(Film).where(Film.title == name)).all()
    if len(of_title) > 1:
        choices = ", ".join(f"{found.id} ({found.duration_minutes} minutes)" for found in of_title)
        raise FilmNotFound(f"There are {len(of_title)} films of this title; name one by its id: {choices}.")
    if of_title:
        return of_title[0]
    found = session.get(Film, int(name)) if name.isascii() and name.isdecimal() and len(name) < 10 else None
    if found is None:
        raise FilmNotFound
    return found
