"""By what right a caller asks for an order."""

from __future__ import annotations

from matinee.accounts.callers import Caller
from matinee.boxoffice.access import Asker
from matinee.web.v1.callers import optional, order_secret

READ_ALL = "orders:read"
CHANGE_ALL = "orders:write"
# Whoever has the order: an account, the secret, or one of these scopes.
WHOEVER_HAS_IT = optional(order_secret=True)


def reading(caller: Caller) -> Asker:
    """For looking at an order."""
    return Asker(caller.user_id, order_secret(), is_staff=caller.may(READ_ALL))


def changing(caller: Caller) -> Asker:
    """For changing one."""
    return Asker(caller.user_id, order_secret(), is_staff=caller.may(CHANGE_ALL))
