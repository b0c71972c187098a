"""What can be refused about the programme."""

from __future__ import annotations

from collections.abc import Sequence

from matinee.kernel.errors import Conflict, Invalid, NotFound

PROBLEMS_SHOWN_MAX = 20


class CinemaNotFound(NotFound):
    """There is no such cinema."""

    code = "cinema_not_found"


class CinemaExists(Conflict):
    """There is a cinema of this name already."""

    code = "cinema_exists"


class InvalidCinema(Invalid):
    """A property of the cinema is not acceptable."""

    code = "invalid_cinema"


class HallNotFound(NotFound):
    """There is no such hall."""

    code = "hall_not_found"


class SeatsInUse(Conflict):
    """The hall has screenings, so none of its seats can go."""

    code = "seats_in_use"


class FaultyFile(Invalid):
    """The file cannot be imported."""

    code = "faulty_file"

    def __init__(self, problems: Sequence[str]) -> None:
        """`problems`: a sentence for each, with the file and the place in it."""
        self.problems = tuple(problems)
        shown = list(self.problems[:PROBLEMS_SHOWN_MAX])
        if len(self.problems) > PROBLEMS_SHOWN_MAX:
            shown.append(f"... and {len(self.problems) - PROBLEMS_SHOWN_MAX} more")
        super().__init__("\n".join(shown) or None)
