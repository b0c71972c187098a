"""What the tests of the programme's pages share."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from matinee.db.version import announce_change
from matinee.programme.models import Film, Screening
from matinee.web.shared import kept_answers
from matinee.web.shared.services import Services
from tests.web.v1.conftest import sell

__all__ = ["change", "film_titled", "main_of", "sell"]

Change = Callable[..., None]
FilmTitled = Callable[[str], int]


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of these tests moves faster than the second for which answers are kept."""
    monkeypatch.setattr(kept_answers, "SECONDS_TO_LIVE", 0.0)


@pytest.fixture
def change(services: Services) -> Change:
    """Changes columns of rows by their ids: of a screening unless another model is given."""

    def do(row_id: int, *, model: Any = Screening, **values: Any) -> None:
        def work(session) -> None:
            session.execute(update(model).where(model.id == row_id).values(**values))
            announce_change(session)

        services.transactions.write(work)

    return do


@pytest.fixture
def film_titled(services: Services) -> FilmTitled:
    """The id of a film."""
    return lambda title: services.transactions.read(
        lambda session: session.scalars(select(Film.id).where(Film.title == title)).one()
    )


def main_of(page: str) -> str:
    """What stands between the header and the footer, its white space made one."""
    found = re.search(r"<main.*?</main>", page, re.S)
    assert found is not None, page
    return " ".join(found[0].split())
