"""How many calls that write somebody may make, whichever surface they come through."""

from __future__ import annotations

from matinee.accounts.callers import Caller
from matinee.accounts.throttling import Allowance
from matinee.web.shared.address import caller_address
from matinee.web.shared.services import services


def allowance_of(caller: Caller) -> Allowance | None:
    """Count one call of the caller, or of the address where nobody knows who calls; None where nothing is counted."""
    kind = caller.identity.partition(":")[0] if caller.is_known else "address"
    who = caller.identity if caller.is_known else caller_address()
    return services().throttle.count_call(kind, who=who)
