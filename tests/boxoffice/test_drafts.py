"""Deleting drafts, and letting what was published be a draft again: never what somebody has an order for."""

from __future__ import annotations

import pytest

from matinee.boxoffice.planning import delete_drafts, withdraw_screenings
from matinee.programme.errors import CancelledScreening, ScreeningInUse, ScreeningNotFound
from matinee.programme.models import Screening
from tests.boxoffice.selling import Sale
from tests.building import NOW, cancel
from tests.programme.planning import schedule


def delete(sale: Sale, *ids: int) -> int:
    return sale.write(lambda s: delete_drafts(s, cinema_id=sale.house.cinema, screening_ids=ids))


def withdraw(sale: Sale, *ids: int) -> int:
    return sale.write(
        lambda s: withdraw_screenings(s, cinema_id=sale.house.cinema, screening_ids=ids, now=NOW)
    )


def is_draft(sale: Sale, screening_id: int) -> bool:
    return sale.read(lambda s: s.get_one(Screening, screening_id).draft)


def test_drafts_are_deleted_and_nothing_else_is(sale: Sale) -> None:
    draft = sale.write(lambda s: schedule(s, draft=True).id)
    sale.change_screening(sale.house.elsewhere, draft=True)
    before = sale.count(Screening)
    assert delete(sale, draft, sale.house.first_hall, sale.house.elsewhere, 10**6) == 1
    assert sale.count(Screening) == before - 1
    assert delete(sale, draft) == 0


def test_what_nobody_ordered_is_a_draft_again(sale: Sale) -> None:
    assert withdraw(sale, sale.house.lettered, sale.house.first_hall) == 2
    assert is_draft(sale, sale.house.lettered)


def test_what_is_sold_held_or_was_ever_ordered_stays_published(sale: Sale) -> None:
    order = sale.hold("A1")
    with pytest.raises(ScreeningInUse):
        withdraw(sale, sale.house.first_hall, sale.house.lettered)
    assert not is_draft(sale, sale.house.first_hall), "all of them, or none"
    # The hold is over, and still there is an order.
    sale.release(order)
    with pytest.raises(ScreeningInUse):
        withdraw(sale, sale.house.lettered)


def test_what_was_cancelled_or_is_another_cinemas_is_not_withdrawn(sale: Sale) -> None:
    sale.write(lambda s: cancel(s, sale.house.lettered))
    with pytest.raises(CancelledScreening):
        withdraw(sale, sale.house.lettered)
    with pytest.raises(ScreeningNotFound):
        withdraw(sale, sale.house.elsewhere)
    assert not is_draft(sale, sale.house.elsewhere)
