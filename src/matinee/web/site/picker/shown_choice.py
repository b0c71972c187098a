"""What the visitor has chosen so far: as the panel beside the map shows it, and as its scripts are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from matinee.boxoffice.holds import WARNED_BEFORE_END
from matinee.boxoffice.models import Order
from matinee.boxoffice.order_details import OrderedSeat, details_of
from matinee.programme.models import Seat
from matinee.programme.queries import SeatOfHall
from matinee.programme.screening_prices import ZonePrice
from matinee.web.shared.services import services
from matinee.web.site.picker.shown_screening import ShownScreening
from matinee.web.site.picker.words import kind_title, seat_name, type_value, zone_name

# What the template of the panel calls.
PANEL_WORDS = {"kind_title": kind_title, "zone_name": zone_name, "type_value": type_value}


@dataclass(frozen=True, slots=True)
class ChosenSeat:
    """A seat of the hold, and what it may cost instead for somebody else."""

    seat: Seat | SeatOfHall
    name: str
    ticket_type: str | None
    amount: int
    types: Sequence[ZonePrice]


@dataclass(frozen=True, slots=True)
class ShownChoice:
    """A live hold. Amounts in minor units of `currency`."""

    code: str
    is_paying: bool
    expires_at: datetime
    warn_at: datetime
    extensions_left: int
    seats: Sequence[ChosenSeat]
    discount: int
    fee: int
    total: int
    currency: str


def present_choice(session: Session, *, hold: Order | None, shown: ShownScreening) -> ShownChoice | None:
    """The hold with its seats; None for none."""
    if hold is None:
        return None
    details = details_of(session, orders=[hold])[0]
    assert hold.hold_expires_at is not None, "a hold has an end"
    return ShownChoice(
        code=hold.code,
        is_paying=hold.state == "paying" or hold.paid_amount > 0,
        expires_at=hold.hold_expires_at,
        warn_at=hold.hold_expires_at - WARNED_BEFORE_END,
        extensions_left=max(0, services().hold_terms.extensions_max - hold.extensions),
        seats=[_chosen(one, shown) for one in details.seats],
        discount=hold.discount_amount,
        fee=hold.fee_amount,
        total=hold.total_amount,
        currency=hold.currency,
    )


def panel_of(choice: ShownChoice | None, *, shown: ShownScreening) -> str:
    """The inside of the panel."""
    return render_template("site/picker/panel.html", choice=choice, shown=shown, **PANEL_WORDS)


def told_hold(choice: ShownChoice | None, *, now: datetime) -> dict[str, Any]:
    """For scripts: the seats and their ticket types, and moments in milliseconds since 1970."""
    hold = None
    if choice is not None:
        hold = {
            "code": choice.code,
            "seats": [{"label": one.seat.label, "ticket_type": one.ticket_type} for one in choice.seats],
            "expires_at": _milliseconds(choice.expires_at),
            "warn_at": _milliseconds(choice.warn_at),
            "extensions_left": choice.extensions_left,
            "is_paying": choice.is_paying,
        }
    return {"now": _milliseconds(now), "hold": hold}


def _chosen(ordered: OrderedSeat, shown: ShownScreening) -> ChosenSeat:
    seat = ordered.seat
    return ChosenSeat(
        seat=seat,
        name=seat_name(seat.row, seat.place),
        ticket_type=ordered.ticket_type,
        amount=ordered.amount,
        types=shown.types_of(seat.zone),
    )


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
