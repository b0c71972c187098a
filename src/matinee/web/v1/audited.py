"""What staff, and programs with scopes of staff, change through the API leaves audit rows, too: in the same transaction.

What is written down is known from the operation's declaration and the path, so that no operation has to say it. Not here:
what buyers do, and admissions, which are themselves the record of who was let in by whom.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flask import g, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.audit import record_audit
from matinee.accounts.callers import Caller
from matinee.accounts.scopes import OF_EVERYBODY
from matinee.boxoffice.models import Order
from matinee.programme.models import Cinema, Hall, Screening
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer
from matinee.web.v1.blueprint import PREFIX
from matinee.web.v1.callers import SAFE_METHODS, Access
from matinee.web.v1.values import Values

Result = TypeVar("Result")

# Selling at a till, or for somebody: with this scope an order may be anybody's.
OF_ORDERS = "orders:write"
RECORDED_ELSEWHERE = frozenset({"admissions:write"})
# Of a body that is kept as it was sent. Larger ones are plans of halls.
BODY_CHARACTERS_MAX = 4000
# Only what these change names no person and holds no secret.
PLAIN_SCOPE = "programme:write"


@dataclass(frozen=True, slots=True)
class StaffCall:
    """A call that changes something as staff does."""

    name: str
    summary: str
    caller: Caller
    is_plain: bool
    body: Values | None
    now: datetime


def begin_call(
    *, name: str, summary: str, access: Access, caller: Caller, body: Values | None, now: datetime
) -> None:
    """Note which operation this request is, where it is one of staff that changes something."""
    g.staff_call = None
    if request.method in SAFE_METHODS or not _is_of_staff(access, caller):
        return
    is_plain = access.scopes == (PLAIN_SCOPE,)
    g.staff_call = StaffCall(name=name, summary=summary, caller=caller, is_plain=is_plain, body=body, now=now)


def _is_of_staff(access: Access, caller: Caller) -> bool:
    if access.kind == "scope":
        return not set(access.scopes) & (OF_EVERYBODY | RECORDED_ELSEWHERE)
    return caller.may(OF_ORDERS) and request.path.startswith(f"{PREFIX}/orders")


def write_audited(work: Callable[[Session], Result]) -> Result:
    """Carry `work` out in one transaction, with an audit row where staff does it. Raises what `work` raises."""
    return services().transactions.write(audited(work))


def audited(work: Callable[[Session], Result]) -> Callable[[Session], Result]:
    """`work`, and the audit row of what it did; `work` itself where the request is none of staff's."""
    call: StaffCall | None = g.get("staff_call")
    if call is None:
        return work

    def recorded(session: Session) -> Result:
        result = work(session)
        _record(session, call, result)
        return result

    return recorded


def _record(session: Session, call: StaffCall, result: object) -> None:
    path = request.path.removeprefix(PREFIX)
    made = result.headers.get("Location", "") if isinstance(result, Answer) else ""
    known_by = made.removeprefix(PREFIX) if made and "/orders/" not in path else path
    deed, _, what = call.name.partition("_")
    details: dict[str, Any] = {"through": "api"}
    if call.is_plain and call.body is not None:
        sent = call.body.model_dump(mode="json", exclude_unset=True)
        if len(json.dumps(sent)) <= BODY_CHARACTERS_MAX:
            details["sent"] = sent
    record_audit(
        session,
        actor=call.caller.name,
        action=f"{what or 'call'}.{deed}"[:60],
        subject=subject_of(known_by),
        summary=call.summary,
        cinema_id=_cinema_of(session, path),
        details=details,
        now=call.now,
    )


def subject_of(path: str) -> str:
    """What a path is about: "/films/7/poster" is about "film:7", "/cinemas/odeon/price-lists/3" about "price_list:3"."""
    found = _pairs(path)
    if not found:
        return path.strip("/").replace("-", "_")[:100]
    kind, key = found[-1]
    singular = f"{kind.removesuffix('ies')}y" if kind.endswith("ies") else kind.removesuffix("s")
    return f"{singular.replace('-', '_')}:{key}"[:100]


def _pairs(path: str) -> list[tuple[str, str]]:
    # All that scanners ask for stands under one word, which is no collection.
    parts = path.removeprefix("/door").strip("/").split("/")
    return list(zip(parts[0::2], parts[1::2], strict=False))


def _cinema_of(session: Session, path: str) -> int | None:
    for kind, key in _pairs(path)[:1]:
        if kind == "cinemas":
            return session.scalar(select(Cinema.id).where(Cinema.slug == key))
        if kind == "halls":
            return session.scalar(select(Hall.cinema_id).where(Hall.id == int(key)))
        if kind == "screenings":
            return session.scalar(select(Screening.cinema_id).where(Screening.id == int(key)))
        if kind == "orders":
            screening = select(Order.screening_id).where(Order.code == key.upper()).scalar_subquery()
            return session.scalar(select(Screening.cinema_id).where(Screening.id == screening))
    return None
