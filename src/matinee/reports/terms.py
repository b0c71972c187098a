"""What a distributor is owed for a week, by the terms that were agreed for a film."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.programme.models import FilmTerms, FilmTermsStep


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms as they are from the film's n-th week on. Amounts in minor units, shares in hundredths of a per cent."""

    week_from: int
    kind: str
    basis_points: int
    fixed_amount: int
    minimum_amount: int
    # Of sliding terms: from which net takings on which share is owed of all of them; ascending.
    steps: Sequence[tuple[int, int]] = ()

    def share_at(self, net: int) -> int:
        """Which share of the net takings of the week is owed, where they are so much."""
        reached = [share for begin, share in self.steps if begin <= net]
        return reached[-1] if reached else self.basis_points

    def rental(self, net: int) -> int:
        """What is owed for a week of such net takings, half a unit rounded up."""
        if self.kind == "fixed":
            owed = self.fixed_amount
        else:
            share = self.share_at(net) if self.kind == "sliding" else self.basis_points
            owed = (2 * net * share + 10_000) // 20_000
        return max(owed, self.minimum_amount)

    def as_json(self) -> dict[str, Any]:
        """As it is kept with a return."""
        return {
            "week_from": self.week_from,
            "kind": self.kind,
            "basis_points": self.basis_points,
            "fixed_amount": self.fixed_amount,
            "minimum_amount": self.minimum_amount,
            "steps": [list(step) for step in self.steps],
        }


def terms_in_week(session: Session, *, film_id: int, number: int) -> Terms | None:
    """The terms of the film in its n-th week; None where none were agreed for it."""
    found = session.scalars(
        select(FilmTerms)
        .where(FilmTerms.film_id == film_id, FilmTerms.week_from <= number)
        .order_by(FilmTerms.week_from.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    steps = session.execute(
        select(FilmTermsStep.from_amount, FilmTermsStep.basis_points)
        .where(FilmTermsStep.terms_id == found.id)
        .order_by(FilmTermsStep.from_amount)
    )
    return Terms(
        week_from=found.week_from,
        kind=found.kind,
        basis_points=found.basis_points,
        fixed_amount=found.fixed_amount,
        minimum_amount=found.minimum_amount,
        steps=[(begin, share) for begin, share in steps],
    )
