from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from matinee.programme.errors import InvalidTerms, TermsExist, TermsNotFound
from matinee.programme.film_records import delete_film
from matinee.programme.film_terms import Terms, TermsStep, delete_terms, set_terms, terms_of_film
from matinee.programme.models import Film, FilmTermsStep
from tests.building import House, count_rows
from tests.programme.planning import film_titled, read, write

if TYPE_CHECKING:
    from matinee.web.shared.services import Services

SHARE = Terms(week_from=1, kind="percentage", basis_points=5250, minimum_amount=20000)
SUM = Terms(week_from=3, kind="fixed", fixed_amount=35000)
SLIDING = Terms(
    week_from=2, kind="sliding", basis_points=3500, steps=(TermsStep(100000, 4500), TermsStep(500000, 5250))
)


def put(services: Services, terms: Terms, *, replaces_week: int | None = None) -> None:
    write(
        services,
        lambda s: set_terms(s, film=film_titled(s, "Café"), terms=terms, replaces_week=replaces_week),
    )


def kept(services: Services) -> list[Terms]:
    return read(services, lambda s: terms_of_film(s, film_id=film_titled(s, "Café").id))


def test_terms_are_kept_by_their_weeks(services: Services, house: House) -> None:
    for terms in (SUM, SHARE, SLIDING):
        put(services, terms)
    assert kept(services) == [SHARE, SLIDING, SUM]


def test_terms_are_replaced_with_all_that_they_had(services: Services, house: House) -> None:
    put(services, SLIDING)
    put(services, replace(SHARE, week_from=2), replaces_week=2)
    assert kept(services) == [replace(SHARE, week_from=2)]
    assert read(services, lambda s: count_rows(s, FilmTermsStep)) == 0


def test_what_a_kind_does_not_have_is_not_kept(services: Services, house: House) -> None:
    put(services, replace(SUM, basis_points=5000, minimum_amount=7, steps=SLIDING.steps))
    assert kept(services) == [SUM]


def test_steps_stand_in_the_order_of_their_amounts(services: Services, house: House) -> None:
    put(services, replace(SLIDING, steps=SLIDING.steps[::-1]))
    assert kept(services) == [SLIDING]


@pytest.mark.parametrize(
    "wrong",
    [
        replace(SHARE, week_from=0), replace(SHARE, week_from=501), replace(SHARE, kind="barter"),
        replace(SHARE, basis_points=10001), replace(SHARE, minimum_amount=-1), replace(SUM, fixed_amount=10**9),
        replace(SLIDING, steps=()), replace(SLIDING, steps=(TermsStep(0, 100),)),
        replace(SLIDING, steps=(TermsStep(5, 100), TermsStep(5, 200))), replace(SLIDING, steps=(TermsStep(5, 10001),)),
        replace(SLIDING, steps=tuple(TermsStep(number, 1) for number in range(1, 14))),
    ],
)  # fmt: skip
def test_terms_that_cannot_be_are_refused(services: Services, house: House, wrong: Terms) -> None:
    with pytest.raises(InvalidTerms):
        put(services, wrong)
    assert kept(services) == []


def test_a_week_has_terms_once(services: Services, house: House) -> None:
    put(services, SHARE)
    put(services, SUM)
    with pytest.raises(TermsExist):
        put(services, replace(SUM, week_from=1))
    with pytest.raises(TermsExist):
        put(services, replace(SUM, week_from=1), replaces_week=3)
    assert kept(services) == [SHARE, SUM]


def test_terms_are_deleted_with_their_steps(services: Services, house: House) -> None:
    put(services, SLIDING)
    write(services, lambda s: delete_terms(s, film=film_titled(s, "Café"), week_from=2))
    assert kept(services) == []
    assert read(services, lambda s: count_rows(s, FilmTermsStep)) == 0
    with pytest.raises(TermsNotFound):
        write(services, lambda s: delete_terms(s, film=film_titled(s, "Café"), week_from=2))
    with pytest.raises(TermsNotFound):
        put(services, SHARE, replaces_week=9)


def test_a_film_goes_with_its_terms(services: Services, house: House) -> None:
    def work(session: object) -> None:
        film = Film(title="Faust", duration_minutes=107)
        session.add(film)  # type: ignore[attr-defined]
        session.flush()  # type: ignore[attr-defined]
        set_terms(session, film=film, terms=SLIDING)  # type: ignore[arg-type]
        delete_film(session, film=film)  # type: ignore[arg-type]

    write(services, work)
    assert read(services, lambda s: count_rows(s, FilmTermsStep)) == 0
