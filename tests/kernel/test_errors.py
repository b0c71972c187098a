"""The kinds of refusal"""

from __future__ import annotations

import pytest

from matinee.kernel.errors import Conflict, DomainError, Expired, Invalid, NotAllowed, NotFound


class SeatIsGreen(Conflict):
    """The seat is green.

    More for those who read the code.
    """

    code = "seat_is_green"


def test_the_first_line_of_the_docstring_is_what_people_read() -> None:
    assert SeatIsGreen().detail == "The seat is green."
    assert str(SeatIsGreen()) == "The seat is green."


def test_a_detail_can_be_more_exact() -> None:
    assert SeatIsGreen("Seat 5 is green.").detail == "Seat 5 is green."


@pytest.mark.parametrize("kind", [NotFound, NotAllowed, Conflict, Invalid, Expired])
def test_every_kind_has_a_code_of_its_own_and_a_sentence(kind: type[DomainError]) -> None:
    codes = [other.code for other in (DomainError, NotFound, NotAllowed, Conflict, Invalid, Expired)]
    assert codes.count(kind.code) == 1
    assert kind().detail.endswith(".")
