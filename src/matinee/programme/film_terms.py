"""Terms of a film: what its distributor is owed of a week, from the film's n-th week in a cinema on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matinee.db.constraints import translating
from matinee.programme.errors import InvalidTerms, TermsExist, TermsNotFound
from matinee.programme.fields import AMOUNT_MAX
from matinee.programme.models import TERMS_KINDS, Film, FilmTerms, FilmTermsStep
from matinee.programme.typed_numbers import BASIS_POINTS_MAX

WEEK_MAX = 500
STEPS_MAX = 12


@dataclass(frozen=True, slots=True)
class TermsStep:
    """The share (hundredths of a per cent) of all net takings of a week once they reach an amount (minor units)."""

    from_amount: int
    basis_points: int


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of a film from a week on. `percentage`: a share; `fixed`: a sum; `sliding`: the share below the first step, and
    the steps, ascending. Shares are hundredths of a per cent, amounts minor units of the cinema's currency.
    """

    week_from: int
    kind: str
    basis_points: int = 0
    fixed_amount: int = 0
    minimum_amount: int = 0
    steps: tuple[TermsStep, ...] = ()


def terms_of_film(session: Session, *, film_id: int) -> list[Terms]:
    """The terms of a film, ascending by their weeks."""
    rows = session.scalars(
        select(FilmTerms).where(FilmTerms.film_id == film_id).order_by(FilmTerms.week_from)
    ).all()
    found: dict[int, list[TermsStep]] = {row.id: [] for row in rows}
    wanted = (
        select(FilmTermsStep).where(FilmTermsStep.terms_id.in_(found)).order_by(FilmTermsStep.from_amount)
    )
    for step in session.scalars(wanted):
        found[step.terms_id].append(TermsStep(step.from_amount, step.basis_points))
    return [
        Terms(
            row.week_from,
            row.kind,
            row.basis_points,
            row.fixed_amount,
            row.minimum_amount,
            tuple(found[row.id]),
        )
        for row in rows
    ]


def set_terms(session: Session, *, film: Film, terms: Terms, replaces_week: int | None = None) -> None:
    """Store terms of a film, in place of those from the week `replaces_week` on; None: beside the others.

    Raises InvalidTerms, TermsExist for a week that has others, and TermsNotFound where there is nothing to replace.
    """
    plain = _checked(terms)
    row = FilmTerms(film_id=film.id) if replaces_week is None else _row(session, film, replaces_week)
    row.week_from, row.kind = plain.week_from, plain.kind
    row.basis_points, row.fixed_amount = plain.basis_points, plain.fixed_amount
    row.minimum_amount = plain.minimum_amount
    session.add(row)
    with translating({"uq_film_terms_film_id_week_from": TermsExist}):
        session.flush()
    session.execute(delete(FilmTermsStep).where(FilmTermsStep.terms_id == row.id))
    session.add_all(
        FilmTermsStep(terms_id=row.id, from_amount=step.from_amount, basis_points=step.basis_points)
        for step in plain.steps
    )
    session.flush()


def delete_terms(session: Session, *, film: Film, week_from: int) -> None:
    """Take terms of a film away; those of the weeks before count on. Raises TermsNotFound."""
    row = _row(session, film, week_from)
    session.execute(delete(FilmTermsStep).where(FilmTermsStep.terms_id == row.id))
    session.delete(row)
    session.flush()


def _row(session: Session, film: Film, week_from: int) -> FilmTerms:
    wanted = select(FilmTerms).where(FilmTerms.film_id == film.id, FilmTerms.week_from == week_from)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise TermsNotFound
    return found


def _checked(terms: Terms) -> Terms:
    """The terms with nothing in them that their kind does not have. Raises InvalidTerms."""
    if terms.kind not in TERMS_KINDS:
        raise InvalidTerms(f"Terms are one of {', '.join(TERMS_KINDS)}.")
    if not 1 <= terms.week_from <= WEEK_MAX:
        raise InvalidTerms(f"The first week of terms is 1 to {WEEK_MAX}.")
    _check_numbers(
        shares=[terms.basis_points, *(step.basis_points for step in terms.steps)],
        amounts=[terms.fixed_amount, terms.minimum_amount, *(step.from_amount for step in terms.steps)],
    )
    fixed, sliding = terms.kind == "fixed", terms.kind == "sliding"
    steps = tuple(sorted(terms.steps, key=lambda step: step.from_amount)) if sliding else ()
    if sliding and (not 1 <= len(steps) <= STEPS_MAX or steps[0].from_amount == 0):
        raise InvalidTerms(f"Sliding terms have 1 to {STEPS_MAX} steps, each from an amount above zero.")
    if len({step.from_amount for step in steps}) < len(steps):
        raise InvalidTerms("Two steps begin at the same amount.")
    return Terms(
        week_from=terms.week_from,
        kind=terms.kind,
        basis_points=0 if fixed else terms.basis_points,
        fixed_amount=terms.fixed_amount if fixed else 0,
        minimum_amount=0 if fixed else terms.minimum_amount,
        steps=steps,
    )


def _check_numbers(*, shares: Sequence[int], amounts: Sequence[int]) -> None:
    if not all(0 <= share <= BASIS_POINTS_MAX for share in shares):
        raise InvalidTerms("A share is from nothing to the whole.")
    if not all(0 <= amount <= AMOUNT_MAX for amount in amounts):
        raise InvalidTerms("An amount is negative or far too large.")
