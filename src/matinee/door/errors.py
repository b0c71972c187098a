"""What can be refused at the door."""

from __future__ import annotations

from datetime import UTC, datetime

from matinee.kernel.errors import Conflict, NotFound


class TicketNotValid(Conflict):
    """This ticket lets nobody in any more."""

    code = "ticket_not_valid"

    def __init__(self, state: str) -> None:
        """`state`: what became of the ticket."""
        self.state = state
        super().__init__(f"This ticket lets nobody in: it was {state}.")


class AlreadyAdmitted(Conflict):
    """Somebody came in with this ticket already."""

    code = "already_admitted"

    def __init__(self, admitted_at: datetime) -> None:
        """`admitted_at`: when."""
        self.admitted_at = admitted_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        super().__init__(f"Somebody came in with this ticket already, at {self.admitted_at}.")


class TicketUnpaid(Conflict):
    """The ticket's order is still to be paid."""

    code = "ticket_unpaid"


class AdmissionNotFound(NotFound):
    """Nobody was let in with this ticket."""

    code = "admission_not_found"


class ConflictNotFound(NotFound):
    """There is no such conflict."""

    code = "conflict_not_found"


class ScanToldDifferently(Conflict):
    """A number that this device gave to a scan was given to another one before."""

    code = "scan_told_differently"

    def __init__(self, sequence: int) -> None:
        """`sequence`: the number."""
        self.sequence = sequence
        super().__init__(
            f"This device told of something else as its scan number {sequence}. Count on, or take another name."
        )
