"""Who looks at a page: a member who is signed in, or somebody whose browser keeps the secrets of orders."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, session

from matinee.accounts.callers import ANONYMOUS, Caller
from matinee.accounts.errors import SessionNotValid
from matinee.boxoffice.access import Asker
from matinee.kernel import clock
from matinee.web.shared.session_callers import caller_with_session
from matinee.web.shared.signin import session_cookie

# Of orders without an account; the oldest are forgotten. A cookie has 4 kB.
ORDERS_MAX = 20
_ORDERS = "orders"
# Codes of orders that were opened with a code from their mail, the newest last.
_OPENED = "opened"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever looks at the page."""

    caller: Caller

    @property
    def is_member(self) -> bool:
        """Whether somebody is signed in."""
        return self.caller.user_id is not None

    @property
    def user_id(self) -> int | None:
        """The account."""
        return self.caller.user_id

    @property
    def name(self) -> str:
        """The mail address of a member."""
        return self.caller.name


def visitor() -> Visitor:
    """Who looks at this page. The cookie of a session that has run out is none. Raises DatabaseUnavailable."""
    if "visitor" not in g:
        g.visitor = Visitor(_caller())
    found: Visitor = g.visitor
    return found


def asker_for(code: str) -> Asker:
    """By what right the visitor asks for the order of this code."""
    code = code.upper()
    return Asker(
        user_id=visitor().user_id,
        secret=session.get(_ORDERS, {}).get(code),
        opened=code if code in session.get(_OPENED, []) else None,
    )


def remember_order(code: str, secret: str) -> None:
    """Let the visitor's browser keep the secret of an order that has no account."""
    orders = {**session.get(_ORDERS, {}), code: secret}
    session[_ORDERS] = dict(list(orders.items())[-ORDERS_MAX:])


def remember_opened(code: str) -> None:
    """Let the visitor's browser have an order without an account that was opened with a code from its mail.

    The cookie is signed: nobody else can write the order's code into it.
    """
    others = [one for one in session.get(_OPENED, []) if one != code]
    session[_OPENED] = [*others, code][-ORDERS_MAX:]


def remembered_orders() -> list[str]:
    """The codes of the orders that the browser may see without an account, the newest first."""
    return list({**session.get(_ORDERS, {}), **dict.fromkeys(session.get(_OPENED, []))})[::-1]


def order_secrets() -> dict[str, str]:
    """Order code -> secret, of all that the browser keeps."""
    return dict(session.get(_ORDERS, {}))


def _caller() -> Caller:
    token = session_cookie()
    if token is None:
        return ANONYMOUS
    try:
        return caller_with_session(token, clock.now())
    except SessionNotValid:
        return ANONYMOUS
