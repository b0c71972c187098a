"""Scopes: what a caller of the API may do, and which role brings which."""

from __future__ import annotations

from collections.abc import Iterable

from matinee.accounts.errors import ScopeMissing, ScopeNotFound
from matinee.accounts.models import ROLES

SCOPES: dict[str, str] = {
    "me": "One's own account, sessions and tickets. People only: a key is nobody.",
    "sales": "Holds, orders and payments, one's own or on behalf of buyers.",
    "programme:read": "The programme. It is public: this scope opens nothing that is closed without it.",
    "programme:write": "Cinemas, halls, films, screenings, prices and promo codes.",
    "orders:read": "Everybody's orders.",
    "orders:write": "Refunds, exchanges, taking money for everybody's orders, and vouchers.",
    "admissions:write": "Letting tickets in at the door.",
    "admissions:manage": "What doors let in twice, and letting in who has not paid.",
    "webhooks:write": "Where events are sent to.",
    "keys:write": "API keys.",
}
PERSONAL = frozenset({"me"})
# Every session has these, whoever it belongs to.
OF_EVERYBODY = frozenset({"me", "sales", "programme:read"})
OF_ROLE: dict[str, frozenset[str]] = {
    "manager": frozenset(SCOPES),
    "programmer": frozenset({"programme:write"}),
    "counter": frozenset({"sales", "orders:read", "orders:write", "admissions:write"}),
    "usher": frozenset({"admissions:write"}),
    "auditor": frozenset({"orders:read"}),
}
assert set(OF_ROLE) == set(ROLES), "every role brings scopes"


def scopes_of_roles(roles: Iterable[str]) -> frozenset[str]:
    """What the session of a user with these roles may do."""
    return OF_EVERYBODY.union(*(OF_ROLE[role] for role in roles))


def check_grantable(scopes: Iterable[str], *, held: frozenset[str]) -> tuple[str, ...]:
    """The scopes in their usual order, each once, if whoever holds `held` may give them to a key.

    Raises ScopeNotFound, also for what belongs to people alone, and ScopeMissing for one that the giver lacks.
    """
    wanted = set(scopes)
    if not wanted or not wanted <= set(SCOPES) - PERSONAL:
        raise ScopeNotFound
    for scope in sorted(wanted - held):
        raise ScopeMissing(scope)
    return tuple(scope for scope in SCOPES if scope in wanted)
