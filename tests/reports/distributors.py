"""Distributors and terms for the films of the tests."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.programme.models import Distributor, Film, FilmTerms, FilmTermsStep

ADDRESS = "Street of Films 1\nKyiv"
EMAIL = "returns@distributor.example"


def rent_films(session: Session) -> None:
    """All films come from one distributor: 50 % in the first week, sliding with a minimum from the second on."""
    distributor = Distributor(name="Kinomania", address=ADDRESS, email=EMAIL)
    session.add(distributor)
    session.flush()
    for film in session.scalars(select(Film).order_by(Film.id)):
        film.distributor_id = distributor.id
        session.add(FilmTerms(film_id=film.id, week_from=1, kind="percentage", basis_points=5000))
        sliding = FilmTerms(
            film_id=film.id, week_from=2, kind="sliding", basis_points=3500, minimum_amount=10_000
        )
        session.add(sliding)
        session.flush()
        session.add(FilmTermsStep(terms_id=sliding.id, from_amount=50_000, basis_points=4200))
    session.flush()
